"""What is stored of whom the files name: asked for by name, never all."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

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
from server.db.tables.people import (
    ENROLLED,
    EnrollmentRow,
    GuardianRow,
    SchoolRow,
    StudentRow,
)

_NEWEST_CALENDAR = select(func.max(CalendarDayRow.school_year))
_NEWEST_ENROLMENT = select(func.max(EnrollmentRow.school_year)).where(ENROLLED)
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


def newest_year(tx: Transaction) -> str:
    """Return the newest school year of any calendar; without one, of any enrolment."""
    calendar = tx.run(_NEWEST_CALENDAR).scalar()
    return calendar or tx.run(_NEWEST_ENROLMENT).scalar() or ""
