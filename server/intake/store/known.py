"""What is stored of whom the files name: asked for by name, never all."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from schemas.cases import CaseStatus
from server.db.among import among
from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.attendance import (
    CalendarDayRow,
    CodeMapRow,
    SourceKeyRow,
    SubmissionRow,
    TermRow,
)
from server.db.tables.cases import CaseRow
from server.db.tables.people import (
    TAKEN_BACK,
    EnrollmentRow,
    GuardianRow,
    SchoolRow,
    StayRow,
    StudentRow,
)

_NEWEST_CALENDAR = select(func.max(CalendarDayRow.school_year))
_NEWEST_ENROLMENT = select(func.max(EnrollmentRow.school_year)).where(
    EnrollmentRow.source != TAKEN_BACK
)
_STAYS = select(StayRow.place_id, StayRow.entry_on, StayRow.exit_on, StayRow.exit_reason).where(
    among(StayRow.place_id, "places")
)
_PLACES_OF_SCHOOL = select(EnrollmentRow).where(
    EnrollmentRow.school_id == bindparam("school"), among(EnrollmentRow.student_id, "students")
)
_NAMES: Mapping[str, InstrumentedAttribute[str]] = {
    "school": SchoolRow.code,
    "student": StudentRow.number,
    "guardian": GuardianRow.source_id,
}


def names_known(tx: Transaction, ent: str, names: Iterable[str]) -> set[str]:
    """Return which of these codes, numbers or identifiers are stored."""
    column = _NAMES[ent]
    return {
        name
        for part in parts(names)
        for name in tx.run(select(column).where(among(column, "names")), {"names": part}).scalars()
    }


def numbers_of_enrollments(tx: Transaction, ids: Iterable[int]) -> dict[int, str]:
    """Return whose enrolments these are, by the district's number."""
    return {
        row.id: row.number
        for part in parts(sorted(ids))
        for row in tx.session.execute(
            select(EnrollmentRow.id, StudentRow.number)
            .join(StudentRow, StudentRow.id == EnrollmentRow.student_id)
            .where(EnrollmentRow.id.in_(part))
        )
    }


def source_keys(tx: Transaction, ent: str, names: Iterable[str]) -> dict[str, str]:
    """Return our names for a source system's."""
    return {
        row.source_id: row.ours
        for part in parts(names)
        for row in tx.run(
            select(SourceKeyRow.source_id, SourceKeyRow.ours).where(
                SourceKeyRow.ent == ent, SourceKeyRow.source_id.in_(part)
            )
        )
    }


def source_key_rows(tx: Transaction, ent: str, names: Iterable[str]) -> dict[str, SourceKeyRow]:
    """Return how a source system names people and schools, by its name."""
    return {
        row.source_id: row
        for part in parts(names)
        for row in tx.session.scalars(
            select(SourceKeyRow).where(SourceKeyRow.ent == ent, SourceKeyRow.source_id.in_(part))
        )
    }


def submission_of(tx: Transaction, school_id: UUID, school_year: str) -> SubmissionRow | None:
    """Return up to which day a school has told its attendance."""
    return tx.session.get(SubmissionRow, (school_id, school_year))


def hold_submissions(
    tx: Transaction, schools_: Iterable[UUID], school_years: Sequence[str]
) -> list[SubmissionRow]:
    """Return up to which day schools have told these years.

    As long as the rows are kept, asking for one of them asks nobody.
    """
    query = select(SubmissionRow).where(SubmissionRow.school_year.in_(school_years))
    return [
        row
        for part in parts(schools_)
        for row in tx.session.scalars(query.where(SubmissionRow.school_id.in_(part)))
    ]


def schools(tx: Transaction, codes: Iterable[str]) -> dict[str, SchoolRow]:
    """Return schools by the district's own identifier."""
    return {
        row.code: row
        for part in parts(codes)
        for row in tx.session.scalars(select(SchoolRow).where(SchoolRow.code.in_(part)))
    }


def calendar_of(
    tx: Transaction, codes: Sequence[str], days: Collection[date]
) -> dict[tuple[str, date], bool]:
    """Return whether there is school, by school code and date, as far as calendars say."""
    if not days:
        return {}
    query = (
        select(SchoolRow.code, CalendarDayRow.on_date, CalendarDayRow.is_instructional)
        .join(SchoolRow, SchoolRow.id == CalendarDayRow.school_id)
        .where(CalendarDayRow.on_date.between(min(days), max(days)))
    )
    return {
        (code, day): is_instructional
        for part in parts(codes)
        for code, day, is_instructional in tx.run(query.where(SchoolRow.code.in_(part)))
    }


def calendar_years(tx: Transaction, codes: Sequence[str]) -> set[tuple[str, str]]:
    """Return code and school year of every calendar of these schools."""
    query = (
        select(SchoolRow.code, CalendarDayRow.school_year)
        .join(SchoolRow, SchoolRow.id == CalendarDayRow.school_id)
        .distinct()
    )
    return {
        (code, year)
        for part in parts(codes)
        for code, year in tx.run(query.where(SchoolRow.code.in_(part)))
    }


def calendar_between(
    tx: Transaction, school_id: UUID, first: date, last: date
) -> dict[date, CalendarDayRow]:
    """Return a school's calendar between two days."""
    query = select(CalendarDayRow).where(
        CalendarDayRow.school_id == school_id, CalendarDayRow.on_date.between(first, last)
    )
    return {row.on_date: row for row in tx.session.scalars(query)}


def school_days(tx: Transaction, code: str) -> list[date]:
    """Return every instructional day of a school's calendar, sorted."""
    query = (
        select(CalendarDayRow.on_date)
        .join(SchoolRow, SchoolRow.id == CalendarDayRow.school_id)
        .where(SchoolRow.code == code, CalendarDayRow.is_instructional)
    )
    return list(tx.session.scalars(query.order_by(CalendarDayRow.on_date)))


def has_periods(tx: Transaction, school_id: UUID, school_year: str) -> bool:
    """Tell whether a calendar or an enrolment of a school says how many classes a day has."""
    for table in (CalendarDayRow, EnrollmentRow):
        query = select(table.school_id).where(
            table.school_id == school_id,
            table.school_year == school_year,
            table.periods.is_not(None),
        )
        if tx.run(query.limit(1)).first() is not None:
            return True
    return False


def code_map(tx: Transaction) -> list[CodeMapRow]:
    """Return what the district's own codes mean."""
    return list(tx.session.scalars(select(CodeMapRow)))


def terms_of(tx: Transaction, school_id: UUID | None, school_year: str) -> list[TermRow]:
    """Return the terms of a school (None: those of every school) in a school year."""
    of_school = TermRow.school_id.is_(None) if school_id is None else TermRow.school_id == school_id
    return list(
        tx.session.scalars(select(TermRow).where(of_school, TermRow.school_year == school_year))
    )


def places_of_school(
    tx: Transaction, school_id: UUID, students: Mapping[str, UUID]
) -> dict[tuple[str, str], EnrollmentRow]:
    """Return enrolments in a school by student number (``students``: whose id it is) and year."""
    numbers = {student_id: number for number, student_id in students.items()}
    return {
        (numbers[row.student_id], row.school_year): row
        for part in parts(numbers)
        for row in tx.session.scalars(
            _PLACES_OF_SCHOOL, {"school": school_id, "students": part}
        ).all()
    }


def places_taken_back(
    tx: Transaction, school_id: UUID, school_year: str, students: Iterable[UUID]
) -> dict[UUID, EnrollmentRow]:
    """Return, by student, enrolments that were taken back with the import that told them."""
    return {
        row.student_id: row
        for part in parts(students)
        for row in tx.session.scalars(
            select(EnrollmentRow).where(
                EnrollmentRow.school_id == school_id,
                EnrollmentRow.school_year == school_year,
                EnrollmentRow.source == TAKEN_BACK,
                EnrollmentRow.student_id.in_(part),
            )
        )
    }


def stay_rows(tx: Transaction, places: Iterable[int]) -> dict[int, dict[date, StayRow]]:
    """Return the stays of enrolments by first day."""
    found: dict[int, dict[date, StayRow]] = {}
    for part in parts(places):
        for row in tx.session.scalars(select(StayRow).where(StayRow.place_id.in_(part))):
            found.setdefault(row.place_id, {})[row.entry_on] = row
    return found


def stays_of_places(
    tx: Transaction, places: Iterable[int]
) -> dict[int, dict[date, tuple[date | None, str]]]:
    """Return stays by enrolment: last day and reason of leaving by first day."""
    found: dict[int, dict[date, tuple[date | None, str]]] = {}
    for part in parts(places):
        for place, entry_on, exit_on, reason in tx.run(_STAYS, {"places": part}):
            found.setdefault(place, {})[entry_on] = (exit_on, reason)
    return found


def enrolled(tx: Transaction, school_id: UUID, school_year: str, *, on: date) -> set[str]:
    """Return the numbers of students whom enrolment files place in a school on a day."""
    query = (
        select(StudentRow.number)
        .join(EnrollmentRow, EnrollmentRow.student_id == StudentRow.id)
        .where(
            EnrollmentRow.school_id == school_id,
            EnrollmentRow.school_year == school_year,
            EnrollmentRow.source == "enrollment_file",
            EnrollmentRow.exit_on.is_(None) | (EnrollmentRow.exit_on >= on),
        )
    )
    return set(tx.run(query).scalars())


class YearSpan(NamedTuple):
    """A school year and the days that are known to be in it."""

    school_year: str
    begin_on: date | None
    end_on: date | None


def year_spans(tx: Transaction, code: str) -> list[YearSpan]:
    """Return the years of a school as stored, the surest word first.

    By the terms of the school and the district; then by its calendar; then by any calendar.
    """
    term = select(TermRow.school_year, func.min(TermRow.begin_on), func.max(TermRow.end_on))
    day = CalendarDayRow.on_date
    calendar = select(CalendarDayRow.school_year, func.min(day), func.max(day)).where(
        CalendarDayRow.is_instructional
    )
    ours = select(SchoolRow.id).where(SchoolRow.code == code).scalar_subquery()
    return [
        YearSpan(*row)
        for query in (
            term.where(or_(TermRow.school_id.is_(None), TermRow.school_id == ours)).group_by(
                TermRow.school_year
            ),
            calendar.where(CalendarDayRow.school_id == ours).group_by(CalendarDayRow.school_year),
            calendar.group_by(CalendarDayRow.school_year),
        )
        for row in tx.session.execute(query.order_by("school_year"))
    ]


def newest_year_of_school(tx: Transaction, code: str) -> str:
    """Return the newest school year in which anybody is enrolled in a school; empty: none."""
    query = (
        select(func.max(EnrollmentRow.school_year))
        .join(SchoolRow, SchoolRow.id == EnrollmentRow.school_id)
        .where(SchoolRow.code == code, EnrollmentRow.source != TAKEN_BACK)
    )
    return tx.run(query).scalar() or ""


def enrolled_ever(tx: Transaction, code: str, school_year: str, numbers: Iterable[str]) -> set[str]:
    """Return which of these students are or were enrolled in a school in a year."""
    query = (
        select(StudentRow.number)
        .join(EnrollmentRow, EnrollmentRow.student_id == StudentRow.id)
        .join(SchoolRow, SchoolRow.id == EnrollmentRow.school_id)
        .where(
            SchoolRow.code == code,
            EnrollmentRow.school_year == school_year,
            EnrollmentRow.source != TAKEN_BACK,
        )
    )
    return {
        number
        for part in parts(numbers)
        for number in tx.session.scalars(query.where(StudentRow.number.in_(part)))
    }


def submissions(tx: Transaction, schools_: Iterable[UUID]) -> dict[tuple[UUID, str], date]:
    """Return up to which day schools have told their years, by school and school year."""
    return {
        (row.school_id, row.school_year): row.data_as_of
        for part in parts(schools_)
        for row in tx.run(
            select(
                SubmissionRow.school_id, SubmissionRow.school_year, SubmissionRow.data_as_of
            ).where(SubmissionRow.school_id.in_(part))
        ).all()
    }


def left_with_case(tx: Transaction, school_year: str, *, on: date) -> set[UUID]:
    """Return students with an open case, not marked as left, of whom an enrolment has ended."""
    query = (
        select(CaseRow.student_id)
        .join(EnrollmentRow, EnrollmentRow.student_id == CaseRow.student_id)
        .where(
            CaseRow.status != CaseStatus.CLOSED,
            CaseRow.left_on.is_(None),
            EnrollmentRow.school_year == school_year,
            EnrollmentRow.exit_on <= on,
        )
        .distinct()
    )
    return set(tx.run(query).scalars())


def schools_once(tx: Transaction, students: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return a school in which each of these was believed to be enrolled: now nobody says so."""
    return {
        student_id: school_id
        for part in parts(sorted(students))
        for student_id, school_id in tx.run(
            select(EnrollmentRow.student_id, EnrollmentRow.school_id)
            .where(EnrollmentRow.student_id.in_(part))
            .order_by(EnrollmentRow.id)
        ).all()
    }


def schoolmates(tx: Transaction, students: Iterable[UUID], school_year: str) -> set[UUID]:
    """Return whoever is enrolled in a year in any school that one of these is enrolled in."""
    schools_ = {
        school_id
        for part in parts(students)
        for school_id in tx.session.scalars(
            select(EnrollmentRow.school_id)
            .where(EnrollmentRow.student_id.in_(part), EnrollmentRow.school_year == school_year)
            .distinct()
        )
    }
    return {
        student_id
        for part in parts(sorted(schools_))
        for student_id in tx.session.scalars(
            select(EnrollmentRow.student_id).where(
                EnrollmentRow.school_id.in_(part), EnrollmentRow.school_year == school_year
            )
        )
    }


def newest_year(tx: Transaction) -> str:
    """Return the newest school year of any calendar; without one, of any enrolment."""
    calendar = tx.run(_NEWEST_CALENDAR).scalar()
    return calendar or tx.run(_NEWEST_ENROLMENT).scalar() or ""
