"""Speaks SQL for a snapshot: reads in bulk, as plain tuples. Decides nothing.

No row of the ORM is made for the hundred thousands of facts: a district's two years are read in
seconds.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from schemas.attendance import AttendanceKind
from server.attendance.rules.calendar import PRECEDENCE
from server.attendance.store import former
from server.attendance.store.calendar import school_days_query
from server.attendance.store.then import Then
from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.attendance import (
    AttendanceEventRow,
    RecordingRow,
    SubmissionRow,
    SubmissionToldRow,
)
from server.db.tables.people import (
    ENROLLED,
    EnrollmentRow,
    SchoolRow,
    StayRow,
    StudentRow,
)

_BEARING = tuple(
    kind.value for kind in PRECEDENCE[: PRECEDENCE.index(AttendanceKind.ABSENT_UNEXCUSED) + 1]
)
"""Unexcused absence, and what takes its part of the day first."""


class SchoolLine(NamedTuple):
    """A school as the district's files tell it."""

    id: UUID
    code: str
    name: str
    level: str
    mode: str
    periods: int | None
    minutes: int | None


class StayLine(NamedTuple):
    """A stay of a student in a school; an enrolment without stays is one of its own."""

    place_id: int
    student_id: UUID
    school_id: UUID
    grade: str
    is_from_file: bool
    periods: int | None
    entry_on: date | None
    exit_on: date | None
    exit_reason: str


class DayLine(NamedTuple):
    """An instructional day."""

    school_id: UUID
    on_date: date
    periods: int | None
    minutes: int | None


class StudentLine(NamedTuple):
    """Who a student is."""

    id: UUID
    number: str
    first_name: str
    last_name: str
    name_key: str
    birth_on: date | None


FactLine = tuple[int, date, str, str, int, int | None]
"""Enrolment, date, class, kind, units, minutes: a ``server.attendance.rules.days.Mark``."""


def schools(tx: Transaction) -> list[SchoolLine]:
    """Return every school, by code."""
    query = select(
        SchoolRow.id,
        SchoolRow.code,
        SchoolRow.name,
        SchoolRow.level,
        SchoolRow.mode,
        SchoolRow.periods_per_day,
        SchoolRow.minutes_per_day,
    ).order_by(SchoolRow.code)
    return [SchoolLine(*row) for row in tx.session.execute(query)]


def school_years(tx: Transaction) -> list[str]:
    """Return the school years in which any student is known, the oldest first."""
    query = select(EnrollmentRow.school_year).where(ENROLLED)
    return sorted(tx.session.scalars(query.distinct()))


def school_days(tx: Transaction, school_year: str) -> dict[UUID, list[DayLine]]:
    """Return the instructional days of a school year by school, sorted."""
    found: dict[UUID, list[DayLine]] = {}
    for row in tx.session.execute(school_days_query(school_year)):
        found.setdefault(row.school_id, []).append(DayLine(*row))
    return found


def stays(tx: Transaction, school_year: str) -> list[StayLine]:
    """Return every stay of a school year, in any school."""
    query = (
        select(
            EnrollmentRow.id,
            EnrollmentRow.student_id,
            EnrollmentRow.school_id,
            EnrollmentRow.grade,
            EnrollmentRow.source,
            EnrollmentRow.periods,
            EnrollmentRow.entry_on,
            EnrollmentRow.exit_on,
            EnrollmentRow.exit_reason,
            StayRow.entry_on,
            StayRow.exit_on,
            StayRow.exit_reason,
        )
        .outerjoin(StayRow, StayRow.place_id == EnrollmentRow.id)
        .where(EnrollmentRow.school_year == school_year, ENROLLED)
        .order_by(EnrollmentRow.id, StayRow.entry_on)
    )
    return [_stay(row) for row in tx.session.execute(query)]


def _stay(row: Any) -> StayLine:
    place, student, school, grade, source, periods, *dates = row
    own, stay = dates[:3], dates[3:]
    entry_on, exit_on, reason = own if stay[0] is None else stay
    return StayLine(
        place_id=place,
        student_id=student,
        school_id=school,
        grade=grade,
        is_from_file=source == "enrollment_file",
        periods=periods,
        entry_on=entry_on,
        exit_on=exit_on,
        exit_reason=reason,
    )


def enrolled_ever(tx: Transaction, students: Collection[UUID], then: Then | None) -> set[UUID]:
    """Return which of these students any school has in any year: now (None), or then."""
    if then is not None:
        return {one.student_id for one in former.enrollments(tx, None, then, students)}
    return {
        one
        for part in parts(students)
        for one in tx.session.scalars(
            select(EnrollmentRow.student_id)
            .where(EnrollmentRow.student_id.in_(part), ENROLLED)
            .distinct()
        )
    }


def enrolled_before(
    tx: Transaction, school_year: str, students: Collection[UUID]
) -> set[tuple[UUID, UUID]]:
    """Return which schools had these students in earlier years: pairs of student and school."""
    return {
        (student_id, school_id)
        for part in parts(students)
        for student_id, school_id in tx.session.execute(
            select(EnrollmentRow.student_id, EnrollmentRow.school_id).where(
                EnrollmentRow.student_id.in_(part), EnrollmentRow.school_year < school_year
            )
        )
    }


def facts(
    tx: Transaction, school_id: UUID, school_year: str, *, until: date, newest: int | None
) -> Iterator[FactLine]:
    """Return a school's facts of a year that bear on unexcused absence, up to a date.

    ``newest``: as known at this recording; None: as known now.
    """
    query = (
        select(
            AttendanceEventRow.place_id,
            AttendanceEventRow.on_date,
            AttendanceEventRow.period,
            AttendanceEventRow.kind,
            AttendanceEventRow.units,
            AttendanceEventRow.minutes,
        )
        .join(EnrollmentRow, EnrollmentRow.id == AttendanceEventRow.place_id)
        .where(
            EnrollmentRow.school_id == school_id,
            EnrollmentRow.school_year == school_year,
            AttendanceEventRow.on_date <= until,
            AttendanceEventRow.kind.in_(_BEARING),
            known(newest),
        )
    )
    # The connection itself: the session would look at every row for objects of the ORM.
    rows: Any = tx.session.connection().execute(query.execution_options(yield_per=10_000))
    for part in rows.partitions():
        yield from map(tuple, part)


def known(newest: int | None) -> Any:
    """Return the condition that a fact was known at a recording; None: that it is known now."""
    if newest is None:
        return AttendanceEventRow.closed_by.is_(None)
    return and_(
        AttendanceEventRow.opened_by <= newest,
        or_(AttendanceEventRow.closed_by.is_(None), AttendanceEventRow.closed_by > newest),
    )


def has_facts(tx: Transaction, school_id: UUID, school_year: str) -> bool:
    """Tell whether anything at all is known now of a school's attendance in a year."""
    query = (
        select(AttendanceEventRow.id)
        .join(EnrollmentRow, EnrollmentRow.id == AttendanceEventRow.place_id)
        .where(
            EnrollmentRow.school_id == school_id,
            EnrollmentRow.school_year == school_year,
            AttendanceEventRow.closed_by.is_(None),
        )
        .limit(1)
    )
    return tx.session.scalar(query) is not None


def named_in_facts(tx: Transaction, places: Iterable[int], *, newest: int | None) -> set[int]:
    """Return which of these enrolments any fact names, presence included."""
    return {
        one
        for part in parts(places)
        for one in tx.session.scalars(
            select(AttendanceEventRow.place_id)
            .where(AttendanceEventRow.place_id.in_(part), known(newest))
            .distinct()
        )
    }


def schools_with_students(tx: Transaction, school_year: str) -> set[UUID]:
    """Return the schools in which anybody is enrolled in a year, as known now."""
    query = select(EnrollmentRow.school_id).where(
        EnrollmentRow.school_year == school_year, ENROLLED
    )
    return set(tx.session.scalars(query.distinct()))


def first_recordings(tx: Transaction, school_year: str) -> dict[UUID, tuple[int, datetime]]:
    """Return, by school, when a year's attendance was first written down: number and moment.

    Also where a school only said how far it has told.
    """
    facts = (
        select(EnrollmentRow.school_id, func.min(AttendanceEventRow.opened_by))
        .join(EnrollmentRow, EnrollmentRow.id == AttendanceEventRow.place_id)
        .where(EnrollmentRow.school_year == school_year)
        .group_by(EnrollmentRow.school_id)
    )
    said = (
        select(SubmissionToldRow.school_id, func.min(SubmissionToldRow.recording_id))
        .where(SubmissionToldRow.school_year == school_year)
        .group_by(SubmissionToldRow.school_id)
    )
    first: dict[UUID, int] = {}
    for query in (facts, said):
        for school_id, number in tx.session.execute(query):
            first[school_id] = min(number, first.get(school_id, number))
    wanted = select(RecordingRow.id, RecordingRow.at).where(RecordingRow.id.in_(first.values()))
    moments = {row.id: row.at for row in tx.session.execute(wanted)}
    return {school_id: (number, moments[number]) for school_id, number in first.items()}


def told_until(tx: Transaction, school_year: str) -> dict[UUID, date]:
    """Return, by school, up to which day it has told its attendance."""
    query = select(SubmissionRow.school_id, SubmissionRow.data_as_of).where(
        SubmissionRow.school_year == school_year
    )
    return {row.school_id: row.data_as_of for row in tx.session.execute(query)}


def students(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, StudentLine]:
    """Return who these students are."""
    return {
        row.id: StudentLine(*row)
        for part in parts(ids)
        for row in tx.session.execute(_STUDENTS.where(StudentRow.id.in_(part)))
    }


def namesakes(tx: Transaction, lines: Iterable[StudentLine]) -> list[StudentLine]:
    """Return every student with the name of one of these, themselves included."""
    keys = {one.name_key for one in lines if one.name_key}
    return [
        StudentLine(*row)
        for part in parts(keys)
        for row in tx.session.execute(_STUDENTS.where(StudentRow.name_key.in_(part)))
    ]


_STUDENTS = select(
    StudentRow.id,
    StudentRow.number,
    StudentRow.first_name,
    StudentRow.last_name,
    StudentRow.name_key,
    StudentRow.birth_on,
)
