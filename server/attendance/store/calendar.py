"""Speaks SQL for the calendars of schools."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, delete, insert, select

from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.attendance import CalendarDayRow, SubmissionRow


class CalendarDay(NamedTuple):
    """A day of a school's calendar."""

    on_date: date
    kind: str
    is_instructional: bool


def school_days_query(school_year: str) -> Select[UUID, date, int | None, int | None]:
    """Return the query for the days of instruction of a school year, of every school, by date.

    School, day, and how many classes and minutes it has where that differs from the usual.
    """
    return (
        select(
            CalendarDayRow.school_id,
            CalendarDayRow.on_date,
            CalendarDayRow.periods,
            CalendarDayRow.minutes,
        )
        .where(CalendarDayRow.school_year == school_year, CalendarDayRow.is_instructional)
        .order_by(CalendarDayRow.on_date)
    )


def calendar_of(tx: Transaction, school_id: UUID) -> dict[date, CalendarDay]:
    """Return every known day of a school's calendar."""
    rows = tx.session.execute(
        select(CalendarDayRow.on_date, CalendarDayRow.kind, CalendarDayRow.is_instructional).where(
            CalendarDayRow.school_id == school_id
        )
    )
    return {row.on_date: CalendarDay(*row) for row in rows}


def school_days(
    tx: Transaction, school_id: UUID, school_year: str | None = None, *, since: date = date.min
) -> list[date]:
    """Return a school's instructional days from a date on, sorted; of one school year or of all."""
    query = select(CalendarDayRow.on_date).where(
        CalendarDayRow.school_id == school_id, CalendarDayRow.is_instructional
    )
    if since > date.min:
        query = query.where(CalendarDayRow.on_date >= since)
    if school_year is not None:
        query = query.where(CalendarDayRow.school_year == school_year)
    return list(tx.run(query.order_by(CalendarDayRow.on_date)).scalars())


def save_calendar_days(
    tx: Transaction, school_id: UUID, days: Iterable[tuple[str, CalendarDay]]
) -> None:
    """Write days (each with its school year) over what the calendar said of these dates."""
    rows = [{"school_id": school_id, "school_year": year, **day._asdict()} for year, day in days]
    dates = [row["on_date"] for row in rows]
    for part in parts(dates):
        tx.session.execute(
            delete(CalendarDayRow).where(
                CalendarDayRow.school_id == school_id, CalendarDayRow.on_date.in_(part)
            )
        )
    if rows:
        tx.session.execute(insert(CalendarDayRow), rows)


def calendars(tx: Transaction, school_year: str) -> dict[UUID, list[date]]:
    """Return every school's instructional days of a school year, sorted."""
    query = (
        select(CalendarDayRow.school_id, CalendarDayRow.on_date)
        .where(CalendarDayRow.school_year == school_year, CalendarDayRow.is_instructional)
        .order_by(CalendarDayRow.on_date)
    )
    found: dict[UUID, list[date]] = {}
    for school_id, on_date in tx.session.execute(query):
        found.setdefault(school_id, []).append(on_date)
    return found


def years_begun(tx: Transaction, today: date) -> list[str]:
    """Return the school years that a calendar or a submission knows of up to a date, sorted."""
    calendar = select(CalendarDayRow.school_year).where(CalendarDayRow.on_date <= today)
    told = select(SubmissionRow.school_year).where(SubmissionRow.data_as_of <= today)
    return sorted(set(tx.session.scalars(calendar.distinct())) | set(tx.session.scalars(told)))
