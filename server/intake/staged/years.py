"""Finds the school year of enrolments for which a delta names none: by what is stored.

A delta often holds nothing but the lines that changed. Whoever is new in it belongs to the year in
which the source wrote his line: by the terms that are stored, else by the calendar, else by who is
enrolled in his school. Where none of these says, the line is kept back.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from server.attendance.rules.calendar import school_year_of
from server.db.database import Transaction
from server.intake.records import PlaceRecord
from server.intake.staged.staging import Staging
from server.intake.store import enrollments, known
from server.intake.store.known import YearSpan
from server.intake.words.saying import why

_EARLY = timedelta(days=60)
"""A line may be written this long before the year begins."""


def place_new(tx: Transaction, space: Staging, *, today: date) -> None:
    """Give enrolments of a delta without a school year the one they are of, and a first day.

    The first day is when the source wrote the line, or the first of the year if it wrote earlier.
    """
    spans: dict[str, Sequence[YearSpan]] = {}
    for place in list(space.find(PlaceRecord, "school_year = ''")):
        code = place.school_code
        if code not in spans:
            spans[code] = known.year_spans(tx, code)
        written = place.source_at
        span = _span_of(spans[code], written.date() if written else today)
        if span is None:
            span = _enrolled(tx, code, written.date() if written else today)
        if span is not None:
            is_new = not enrollments.enrolled_ever(tx, code, span.school_year, [place.number])
            _date(space, place, span, _entry(place, span) if is_new else place.entry_on)
        elif not place.is_deleted:
            _keep_back(space, place)


def _span_of(spans: Sequence[YearSpan], day: date) -> YearSpan | None:
    """Return the first year that a day lies in; else the one that it comes shortly before."""
    for early in (timedelta(), _EARLY):
        for one in spans:
            if one.begin_on is not None and one.begin_on - early <= day <= (one.end_on or day):
                return one
    return None


def _enrolled(tx: Transaction, code: str, day: date) -> YearSpan | None:
    """Return the year of a day where others are enrolled in the school in it."""
    newest = enrollments.newest_year_of_school(tx, code)
    return YearSpan(newest, None, None) if newest == school_year_of(day) else None


def _entry(place: PlaceRecord, span: YearSpan) -> date | None:
    if place.entry_on or place.exit_on or place.is_deleted or span.begin_on is None:
        return place.entry_on
    return max(span.begin_on, place.source_at.date()) if place.source_at else span.begin_on


def _date(space: Staging, place: PlaceRecord, span: YearSpan, first: date | None) -> None:
    space.run(
        "update place set school_year = ?, entry_on = ? "
        "where school_year = '' and number = ? and school_code = ?",
        [(span.school_year, first and first.isoformat(), place.number, place.school_code)],
    )


def _keep_back(space: Staging, place: PlaceRecord) -> None:
    named = [place.number, place.school_code]
    space.take(PlaceRecord, "school_year = '' and number = ? and school_code = ?", named)
    space.fault(place.at.fault("school_year", "", why("year_of_new_untold")))
