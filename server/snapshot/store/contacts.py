"""Speaks SQL for the contacts of a snapshot, and whose families are one household."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import or_, select, true

from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.cases import CaseRow, ContactRow
from server.db.tables.identity import UserRow
from server.db.tables.people import GuardianshipRow


class ContactLine(NamedTuple):
    """A contact with what decides whether it counts."""

    id: UUID
    student_id: UUID
    by_user_id: UUID
    by_role: str
    method: str
    direction: str
    outcome: str
    occurred_at: datetime
    est_at: datetime
    recorded_at: datetime
    voided_at: datetime | None
    school_id: UUID | None
    case_school_id: UUID | None


def between(
    tx: Transaction, *, first: datetime, last: datetime, with_voided: bool = False
) -> list[ContactLine]:
    """Return the contacts between two moments, in the order they happened.

    Without a role of its own a contact has its author's of today. ``with_voided``: those that were
    taken back since as well.
    """
    query = (
        select(
            ContactRow.id,
            ContactRow.student_id,
            ContactRow.by_user_id,
            ContactRow.by_role,
            UserRow.role,
            ContactRow.method,
            ContactRow.direction,
            ContactRow.outcome,
            ContactRow.occurred_at,
            ContactRow.est_at,
            ContactRow.recorded_at,
            ContactRow.voided_at,
            ContactRow.school_id,
            CaseRow.school_id,
        )
        .join(UserRow, UserRow.id == ContactRow.by_user_id)
        .outerjoin(CaseRow, CaseRow.id == ContactRow.case_id)
        .where(
            true() if with_voided else ContactRow.voided_at.is_(None),
            or_(
                ContactRow.occurred_at.between(first, last),
                ContactRow.est_at.between(first, last),
            ),
        )
        .order_by(ContactRow.occurred_at, ContactRow.id)
    )
    rows: Iterable[Any] = tx.session.execute(query)
    return [ContactLine._make((*row[:3], row[3] or row[4], *row[5:])) for row in rows]


def guardians(tx: Transaction, students: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """Return the guardians of these students."""
    found: dict[UUID, set[UUID]] = {}
    for part in parts(students):
        query = select(GuardianshipRow.student_id, GuardianshipRow.guardian_id).where(
            GuardianshipRow.student_id.in_(part), GuardianshipRow.ended_at.is_(None)
        )
        for student_id, guardian_id in tx.session.execute(query):
            found.setdefault(student_id, set()).add(guardian_id)
    return found
