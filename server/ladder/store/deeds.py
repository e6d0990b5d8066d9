"""Speaks SQL for what was done about steps, decided and exempted. Nothing is ever deleted."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute

from server.db.among import among
from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.attendance import ExemptionRow, StepActionRow
from server.db.tables.cases import ContactRow
from server.db.tables.identity import UserRow

_AT_ONCE = 400

_ACTIONS = select(StepActionRow.student_id).where(
    StepActionRow.school_year == bindparam("year"), StepActionRow.ladder == bindparam("ladder")
)
_CONTACTS = select(ContactRow.student_id).where(
    ContactRow.est_at >= bindparam("since"), ContactRow.est_at < bindparam("until")
)
_EXEMPTIONS = select(ExemptionRow.student_id)
_ABOUT = union(_ACTIONS, _CONTACTS, _EXEMPTIONS)
_ABOUT_OF = union(
    _ACTIONS.where(among(StepActionRow.student_id, "students")),
    _CONTACTS.where(among(ContactRow.student_id, "students")),
    _EXEMPTIONS.where(among(ExemptionRow.student_id, "students")),
)


class Approach(NamedTuple):
    """What a logged contact says that a step's action may ask for."""

    id: UUID
    student_id: UUID
    method: str
    outcome: str
    party: str
    by_role: str
    causes: Sequence[str]
    est_at: datetime


def actions_of(
    tx: Transaction,
    students: Iterable[UUID],
    *,
    school_year: str,
    ladder: str,
    known_at: datetime | None = None,
) -> list[StepActionRow]:
    """Return what was done and decided about these students' steps, as known, by date."""
    return [
        row
        for part in parts(set(students), _AT_ONCE)
        for row in tx.session.scalars(
            select(StepActionRow)
            .where(
                StepActionRow.student_id.in_(part),
                StepActionRow.school_year == school_year,
                StepActionRow.ladder == ladder,
                _known(StepActionRow.recorded_at, StepActionRow.voided_at, known_at),
            )
            .order_by(StepActionRow.done_on, StepActionRow.recorded_at, StepActionRow.id)
        )
    ]


def exemptions_of(
    tx: Transaction, students: Iterable[UUID], *, known_at: datetime | None = None
) -> list[ExemptionRow]:
    """Return these students' exemptions, as known, by their first day."""
    return [
        row
        for part in parts(set(students), _AT_ONCE)
        for row in tx.session.scalars(
            select(ExemptionRow)
            .where(
                ExemptionRow.student_id.in_(part),
                _known(ExemptionRow.recorded_at, ExemptionRow.voided_at, known_at),
            )
            .order_by(ExemptionRow.from_on, ExemptionRow.recorded_at, ExemptionRow.id)
        )
    ]


def approaches_of(
    tx: Transaction,
    students: Iterable[UUID],
    *,
    since: datetime,
    until: datetime,
    known_at: datetime | None = None,
) -> list[Approach]:
    """Return the contacts with these students' families between two moments, as known."""
    return [
        _approach(row)
        for part in parts(set(students), _AT_ONCE)
        for row in tx.run(
            select(
                ContactRow.id,
                ContactRow.student_id,
                ContactRow.method,
                ContactRow.outcome,
                ContactRow.party,
                ContactRow.by_role,
                UserRow.role,
                ContactRow.causes,
                ContactRow.est_at,
            )
            .join(UserRow, UserRow.id == ContactRow.by_user_id)
            .where(
                ContactRow.student_id.in_(part),
                ContactRow.est_at >= since,
                ContactRow.est_at < until,
                _known(ContactRow.recorded_at, ContactRow.voided_at, known_at),
            )
            .order_by(ContactRow.est_at, ContactRow.id)
        )
    ]


def students_with_deeds(  # noqa: PLR0913  (what a deed is looked for by)
    tx: Transaction,
    students: Collection[UUID] | None,
    *,
    school_year: str,
    ladder: str,
    since: datetime,
    until: datetime,
) -> set[UUID]:
    """Return about whom (None: of everybody) anything was done or whose family was contacted."""
    values: dict[str, Any] = {
        "year": school_year,
        "ladder": ladder,
        "since": since,
        "until": until,
    }
    if students is None or len(students) > _AT_ONCE:
        return set(tx.run(_ABOUT, values).scalars())
    return set(tx.run(_ABOUT_OF, {**values, "students": list(students)}).scalars())


def add(tx: Transaction, row: StepActionRow | ExemptionRow) -> None:
    """Write that something was done, decided or exempted."""
    tx.session.add(row)
    tx.session.flush()


def find_action(tx: Transaction, action_id: UUID) -> StepActionRow | None:
    """Return what was done or decided, or None."""
    return tx.session.get(StepActionRow, action_id)


def find_exemption(tx: Transaction, exemption_id: UUID) -> ExemptionRow | None:
    """Return an exemption, or None."""
    return tx.session.get(ExemptionRow, exemption_id)


def void(tx: Transaction, row: StepActionRow | ExemptionRow) -> None:
    """Say that this never was: it counts no more from this moment on, and stays readable."""
    row.voided_at = tx.at
    tx.session.flush()


def _known(
    recorded: InstrumentedAttribute[datetime],
    voided: InstrumentedAttribute[datetime | None],
    at: datetime | None,
) -> ColumnElement[bool]:
    if at is None:
        return voided.is_(None)
    return and_(recorded <= at, or_(voided.is_(None), voided > at))


def _approach(row: Any) -> Approach:
    return Approach(
        id=row.id,
        student_id=row.student_id,
        method=row.method,
        outcome=row.outcome,
        party=row.party,
        by_role=row.by_role or row.role,
        causes=row.causes,
        est_at=row.est_at,
    )
