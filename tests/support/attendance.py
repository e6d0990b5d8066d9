"""A school year that tests write fact by fact, and correct at later moments."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from schemas.attendance import AttendanceKind
from server.attendance import store
from server.attendance.rules.calendar import Fact
from server.attendance.store import CalendarDay
from server.db.database import Database, Transaction
from server.db.tables.people import EnrollmentRow, SchoolRow
from server.ids import new_id
from tests.support.programme import YEAR, a_student

FIRST = date(2025, 8, 11)
UNEXCUSED = AttendanceKind.ABSENT_UNEXCUSED
EXCUSED = AttendanceKind.ABSENT_EXCUSED
WHOLE = 840


def weekdays(count: int = 180, first: date = FIRST) -> list[date]:
    """Return so many weekdays from the first school day on."""
    days = [first + timedelta(days=number) for number in range(count * 2)]
    return [day for day in days if day.weekday() < 5][:count]


DAYS = weekdays()


def school_year(
    tx: Transaction,
    code: str,
    *,
    year: str = YEAR,
    days: Iterable[date] = DAYS,
    told: date | None = None,
    level: str = "high",
) -> UUID:
    """Keep a school with a calendar, told up to a date (its last day, if none is named)."""
    row = tx.session.query(SchoolRow).filter_by(code=code).one_or_none()
    if row is None:
        row = SchoolRow(id=new_id(), code=code, name=f"School {code}", level=level)
        tx.session.add(row)
        tx.session.flush()
    known = list(days)
    store.save_calendar_days(
        tx,
        row.id,
        [(year, CalendarDay(day, "Instructional day", is_instructional=True)) for day in known],
    )
    store.save_submission(tx, row.id, year, until=told or known[-1])
    return row.id


def place(
    tx: Transaction,
    school_id: UUID,
    student_id: UUID,
    *,
    year: str = YEAR,
    entry_on: date | None = FIRST,
    exit_on: date | None = None,
) -> int:
    """Keep an enrolment; return its number."""
    row = (
        tx.session.query(EnrollmentRow)
        .filter_by(student_id=student_id, school_id=school_id, school_year=year)
        .one_or_none()
    )
    if row is None:
        row = EnrollmentRow(
            student_id=student_id,
            school_id=school_id,
            school_year=year,
            grade="9",
            source="enrollment_file",
        )
        tx.session.add(row)
    row.entry_on, row.exit_on = entry_on, exit_on
    tx.session.flush()
    return row.id


def miss(
    tx: Transaction,
    place_id: int,
    days: Iterable[date],
    kind: AttendanceKind = UNEXCUSED,
    *,
    units: int = WHOLE,
    code: str = "A",
) -> None:
    """Write down that these days were missed."""
    facts = [Fact(on_date=day, kind=kind, units=units, source_code=code) for day in days]
    store.open_facts(tx, store.record(tx), ((place_id, fact) for fact in facts))


def correct(tx: Transaction, place_id: int, day: date, kind: AttendanceKind) -> None:
    """Write down that a day was something else than was known."""
    retract(tx, place_id, day)
    miss(tx, place_id, [day], kind, code="E")


def retract(tx: Transaction, place_id: int, day: date) -> None:
    """Write down that nothing is known of a day."""
    school_id = tx.session.get_one(EnrollmentRow, place_id).school_id
    student_id = tx.session.get_one(EnrollmentRow, place_id).student_id
    known = store.facts_of_school(tx, school_id, first=day, last=day)
    ids = [one.id for one in known if one.student_id == student_id]
    store.close_facts(tx, store.record(tx), ids)


def a_missing_student(
    db: Database, days: Iterable[date], *, at: datetime, code: str = "1", number: str = ""
) -> tuple[UUID, int]:
    """Keep a student who missed these days without an excuse, known from a moment on."""
    with db.write(at) as tx:
        school_id = school_year(tx, code)
        student_id = a_student(tx, school_id, number=number)
        place_id = place(tx, school_id, student_id)
        miss(tx, place_id, days)
    return student_id, place_id
