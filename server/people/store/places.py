"""Where students are, or were last."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import bindparam, select

from server.db.database import Transaction
from server.db.tables.people import EnrollmentRow

_AT_ONCE = 400
_PLACES = select(EnrollmentRow).where(
    EnrollmentRow.student_id.in_(bindparam("students", expanding=True))
)


def enrollment_of(tx: Transaction, student_id: UUID) -> EnrollmentRow | None:
    """Return where the student is now, or was last.

    What an enrolment file says comes before what events suggest; then a place without an exit
    before one with, then the newest year, then the latest entry.
    """
    return enrollments_of(tx, [student_id]).get(student_id)


def enrollments_of(tx: Transaction, student_ids: Iterable[UUID]) -> dict[UUID, EnrollmentRow]:
    """Return where students are now, or were last; one who was never enrolled is left out."""
    found: dict[UUID, EnrollmentRow] = {}
    wanted = list(student_ids)
    for at in range(0, len(wanted), _AT_ONCE):
        for row in tx.session.scalars(_PLACES, {"students": wanted[at : at + _AT_ONCE]}):
            known = found.get(row.student_id)
            if known is None or presence(row) > presence(known):
                found[row.student_id] = row
    return found


def presence(row: EnrollmentRow) -> tuple[bool, bool, str, str, int]:
    """Order a student's enrolments: the greatest is where he is now, or was last."""
    return (
        row.source == "enrollment_file",
        row.exit_on is None,
        row.school_year,
        row.entry_on.isoformat() if row.entry_on else "",
        row.id,
    )
