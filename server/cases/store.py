"""Speaks SQL for cases and publishes them. Decides nothing."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from schemas.base import CaseId, SchoolId, StudentId, UserId
from schemas.cases import Case, CaseStatus
from server.db.database import Transaction
from server.db.tables.cases import CaseRow
from server.db.tables.people import StudentRow
from server.feed import store as feed
from server.feed.store import Author
from server.people import store as people

_NOBODY = Author()


def find(tx: Transaction, case_id: UUID) -> CaseRow | None:
    """Return a case, or None."""
    return tx.session.get(CaseRow, case_id)


def add(tx: Transaction, row: CaseRow) -> None:
    """Write a new case."""
    tx.session.add(row)
    tx.session.flush()


def save(tx: Transaction, case_id: UUID, changes: Mapping[str, Any]) -> None:
    """Change fields of a case. Publish it afterwards."""
    row = tx.session.get_one(CaseRow, case_id)
    for field, value in changes.items():
        setattr(row, field, value)
    tx.session.flush()


def case_of_year(tx: Transaction, student_id: UUID, school_year: str) -> CaseRow | None:
    """Return the student's case of this school year, whatever its status."""
    return tx.session.scalar(
        select(CaseRow).where(CaseRow.student_id == student_id, CaseRow.school_year == school_year)
    )


def open_case_of(tx: Transaction, student_id: UUID) -> CaseRow | None:
    """Return the student's newest case that is not closed, or None."""
    return tx.session.scalar(
        select(CaseRow)
        .where(CaseRow.student_id == student_id, CaseRow.status != CaseStatus.CLOSED)
        .order_by(CaseRow.school_year.desc())
        .limit(1)
    )


def open_cases_of(tx: Transaction, student_ids: Iterable[UUID]) -> list[CaseRow]:
    """Return the cases of these students that are not closed."""
    query = select(CaseRow).where(
        CaseRow.student_id.in_(list(student_ids)), CaseRow.status != CaseStatus.CLOSED
    )
    return list(tx.session.scalars(query))


def open_students_of_school(tx: Transaction, school_id: UUID) -> list[UUID]:
    """Return whom the school has an open case for."""
    query = select(CaseRow.student_id).where(
        CaseRow.school_id == school_id, CaseRow.status != CaseStatus.CLOSED
    )
    return list(tx.session.scalars(query))


def roots_assigned_to(tx: Transaction, user_id: UUID) -> list[str]:
    """Return the roots of the students whose open case is this person's or the partner's."""
    query = (
        select(StudentRow.root)
        .join(CaseRow, CaseRow.student_id == StudentRow.id)
        .where(
            or_(CaseRow.assignee_id == user_id, CaseRow.partner_id == user_id),
            CaseRow.status != CaseStatus.CLOSED,
        )
        .distinct()
        .order_by(StudentRow.root)
    )
    return list(tx.session.scalars(query))


def publish_case(tx: Transaction, case_id: UUID, *, by: Author = _NOBODY) -> None:
    """Publish a case in its student's root."""
    row = tx.session.get_one(CaseRow, case_id)
    case = Case(
        id=CaseId(row.id),
        student_id=StudentId(row.student_id),
        school_id=SchoolId(row.school_id),
        school_year=row.school_year,
        step=row.step,
        crossed_on=row.crossed_on,
        opened_on=row.opened_on,
        due_on=row.due_on,
        status=CaseStatus(row.status),
        assignee_id=UserId(row.assignee_id) if row.assignee_id else None,
        partner_id=UserId(row.partner_id) if row.partner_id else None,
        left_on=row.left_on,
        no_longer_met_on=row.no_longer_met_on,
    )
    root = people.root_of(tx, row.student_id)
    feed.publish(tx, "case", case, key=row.id, roots=[root], by=by)
