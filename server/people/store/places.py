"""Where students are, or were last."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from server.db.among import among
from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.people import ENROLLED, EnrollmentRow

_IDS = 1 << 15
FROM_FILE = "enrollment_file"
"""What enrolment files say, not what events suggest."""


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
    among(EnrollmentRow.student_id, "students"), ENROLLED
)


def enrollment_of(tx: Transaction, student_id: UUID) -> Enrolled | None:
    """Return where the student is now, or was last.

    What an enrolment file says comes before what events suggest; then a place without an exit
    before one with, then the newest year, then the latest entry.
    """
    return enrollments_of(tx, [student_id]).get(student_id)


def enrollments_of(tx: Transaction, student_ids: Iterable[UUID]) -> dict[UUID, Enrolled]:
    """Return where students are now, or were last; one who was never enrolled is left out."""
    newest: dict[Any, tuple[tuple[bool, bool, str, str, int], tuple[Any, ...]]] = {}
    for part in parts(student_ids):
        # The driver's own rows: of a student's many years, only one becomes anything.
        with tx.run(_PLACES, {"students": part}) as result:
            cursor: Any = result.cursor
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        for row in rows:
            number, student, _, year, _, entry_on, exit_on, source = row
            order = source == FROM_FILE, exit_on is None, year, str(entry_on or ""), number
            known = newest.get(student)
            if known is None or order > known[0]:
                newest[student] = order, row
    found = (_enrolled(row) for _, row in newest.values())
    return {row.student_id: row for row in found}


def _enrolled(row: tuple[Any, ...]) -> Enrolled:
    number, student, school, year, grade, entry_on, exit_on, source = row
    return Enrolled(
        number, _id(student), _id(school), year, grade, _date(entry_on), _date(exit_on), source
    )


@lru_cache(maxsize=_IDS)
def _id(value: Any) -> UUID:
    """Return an id of the driver's: SQLite gives text. The same students come again and again."""
    return value if isinstance(value, UUID) else UUID(value)


def _date(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def presence(row: Enrolled | EnrollmentRow) -> tuple[bool, bool, str, str, int]:
    """Order a student's enrolments: the greatest is where he is now, or was last."""
    return (
        row.source == FROM_FILE,
        row.exit_on is None,
        row.school_year,
        row.entry_on.isoformat() if row.entry_on else "",
        row.id,
    )
