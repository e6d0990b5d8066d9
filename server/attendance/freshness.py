"""Decides how fresh each school's attendance is: how far it has told, and which days are missing.

Two kinds of days are missing. *Behind*: school days after the last one told, up to the last
school day before today (today's records come in tonight). *Silent*: school days up to the last
one told that have no record at all, in a school where half of the told days have at least
``freshness_silent_records`` of them. With the default of 12, a day without any would come by
chance once in 160,000 days (e to the power of -12): somebody forgot to send it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from statistics import median_low
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas.base import SchoolId
from schemas.desk import DeskFreshness, SchoolFreshness
from server.attendance import store
from server.attendance.rules.calendar import school_year_of
from server.db.database import Transaction
from server.db.tables.attendance import SubmissionRow
from server.db.tables.people import SchoolRow
from server.people import store as people

LATE_DAYS, STALE_DAYS, SILENT_RECORDS = 2, 5, 12
"""What the settings say where the district has said nothing."""
DEFAULT_ZONE = "America/Denver"

_SHOWN = 30
_SATURDAY = 5
_SEPTEMBER = 9
_ORDER = {"never": 0, "stale": 1, "late": 2, "fresh": 3}


class Thresholds(Struct, frozen=True, kw_only=True):
    """From when on a school is late or stale, and a day doubted."""

    late_from: int = LATE_DAYS
    stale_from: int = STALE_DAYS
    silent_from: int = SILENT_RECORDS


class Told(Struct, frozen=True, kw_only=True):
    """What is known of one school's year: its calendar, and the records of each date."""

    school_days: Sequence[date]
    """Sorted. Empty: no calendar is known, and weekdays stand in for it."""
    as_of: date | None
    record_counts: Mapping[date, int]


class Gaps(Struct, frozen=True, kw_only=True):
    """What is missing of a school's year."""

    status: str
    behind: Sequence[date]
    silent: Sequence[date]


def freshness(tx: Transaction, schools: Collection[UUID] | None = None) -> DeskFreshness:
    """Return how fresh these schools' attendance is (None: every school's), the worst first."""
    today = today_of(tx)
    year = max(store.years_begun(tx, today), default=school_year_of(today))
    limits = _thresholds(tx)
    unknown = days_unknown(year, today)
    submissions = store.submissions(tx, year)
    calendars = store.calendars(tx, year)
    counts = store.record_counts(tx, year, schools)
    found: list[SchoolFreshness] = []
    for school in people.schools(tx):
        if schools is not None and school.id not in schools:
            continue
        submission = submissions.get(school.id)
        calendar = calendars.get(school.id, [])
        told = Told(
            school_days=[*calendar, *unknown] if calendar else [],
            as_of=submission.data_as_of if submission else None,
            record_counts=counts.get(school.id, {}),
        )
        found.append(_line(school, submission, gaps_of(told, today, limits)))
    return DeskFreshness(
        school_year=year,
        today=today,
        late_from=limits.late_from,
        stale_from=limits.stale_from,
        silent_from=limits.silent_from,
        schools=sorted(found, key=lambda one: (_ORDER[one.status], -one.days_behind)),
    )


def stamp(tx: Transaction) -> tuple[object, ...]:
    """Return what ``freshness`` hangs on, cheaply: while it is the same, so is the answer."""
    limits = _thresholds(tx)
    return (
        today_of(tx),
        store.last_recording(tx),
        store.last_submitted_at(tx),
        (limits.late_from, limits.stale_from, limits.silent_from),
    )


def days_unknown(school_year: str, today: date) -> list[date]:
    """Return the weekdays, from September on, of a school year of which nothing is known yet.

    Nobody who last sent files years ago is up to date because the old calendar is told to its end.
    """
    first = date(int(school_year_of(today)[:4]), _SEPTEMBER, 1)
    if school_year_of(today) <= school_year or today <= first:
        return []
    return _weekdays(first - timedelta(days=1), today)


def today_of(tx: Transaction) -> date:
    """Return the district's date at this moment."""
    zone = store.find_setting(tx, "time_zone", DEFAULT_ZONE)
    return tx.at.astimezone(ZoneInfo(zone)).date()


def gaps_of(told: Told, today: date, limits: Thresholds) -> Gaps:
    """Return what is missing of a school's year, and the word for it."""
    behind = _behind(told, today)
    if told.as_of is None:
        status = "never" if behind or not told.school_days else "fresh"  # not begun yet
    elif len(behind) >= limits.stale_from:
        status = "stale"
    else:
        status = "late" if len(behind) >= limits.late_from else "fresh"
    return Gaps(status=status, behind=behind, silent=_silent(told, limits.silent_from))


def _behind(told: Told, today: date) -> Sequence[date]:
    days = told.school_days or _weekdays(told.as_of, today)
    begin = bisect_right(days, told.as_of) if told.as_of else 0
    return days[begin : bisect_left(days, today)]


def _silent(told: Told, usual: int) -> Sequence[date]:
    if told.as_of is None or not told.school_days:
        return []
    due = told.school_days[: bisect_right(told.school_days, told.as_of)]
    if not due or median_low(told.record_counts.get(day, 0) for day in due) < usual:
        return []
    return [day for day in due if not told.record_counts.get(day)]


def _weekdays(last: date | None, today: date) -> list[date]:
    if last is None:
        return []
    days = (last + timedelta(days=count) for count in range(1, (today - last).days))
    return [day for day in days if day.weekday() < _SATURDAY]


def _thresholds(tx: Transaction) -> Thresholds:
    def number(key: str, default: int) -> int:
        value = store.find_setting(tx, key)
        return value if isinstance(value, int) and value > 0 else default

    return Thresholds(
        late_from=number("freshness_late_days", LATE_DAYS),
        stale_from=number("freshness_stale_days", STALE_DAYS),
        silent_from=number("freshness_silent_records", SILENT_RECORDS),
    )


def _line(school: SchoolRow, submission: SubmissionRow | None, gaps: Gaps) -> SchoolFreshness:
    return SchoolFreshness(
        school_id=SchoolId(school.id),
        school_code=school.code,
        school_name=school.name,
        status=gaps.status,
        data_as_of=submission.data_as_of if submission else None,
        submitted_at=submission.submitted_at if submission else None,
        days_behind=len(gaps.behind),
        missing=list(gaps.behind[-_SHOWN:]),
        silent=list(gaps.silent[-_SHOWN:]),
    )
