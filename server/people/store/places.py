"""Where students are, or were last."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select

from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.people import EnrollmentRow


class Enrolled(NamedTuple):
    """Where a student is, or was: an enrolment, as far as anybody asks of many at once."""

    id: int
    student_id: UUID
    school_id: UUID
    school_year: str
    grade: str
    entry_on: date | None
    exit_on: date | None
    source: str


_PLACES = select(*(getattr(EnrollmentRow, name) for name in Enrolled._fields)).where(
    EnrollmentRow.student_id.in_(bindparam("students", expanding=True))
)


def enrollment_of(tx: Transaction, student_id: UUID) -> Enrolled | None:
    """Return where the student is now, or was last.

    What an enrolment file says comes before what events suggest; then a place without an exit
    before one with, then the newest year, then the latest entry.
    """
    return enrollments_of(tx, [student_id]).get(student_id)


def enrollments_of(tx: Transaction, student_ids: Iterable[UUID]) -> dict[UUID, Enrolled]:
    """Return where students are now, or were last; one who was never enrolled is left out."""
    found: dict[UUID, Enrolled] = {}
    tx.session.flush()  # a connection does not see what the session still holds
    connection = tx.session.connection()
    for part in parts(student_ids):
        rows = connection.execute(_PLACES, {"students": part})
        for row in map(Enrolled._make, rows):
            known = found.get(row.student_id)
            if known is None or presence(row) > presence(known):
                found[row.student_id] = row
    return found


def presence(row: Enrolled | EnrollmentRow) -> tuple[bool, bool, str, str, int]:
    """Order a student's enrolments: the greatest is where he is now, or was last."""
    return (
        row.source == "enrollment_file",
        row.exit_on is None,
        row.school_year,
        row.entry_on.isoformat() if row.entry_on else "",
        row.id,
    )
