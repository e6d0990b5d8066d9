"""Pure: school years, school days by number, shares of a day, and which kind comes first.

Whole numbers only: a school day is 840 units. When records of two kinds fall on one date, each
kind takes what the kinds before it in ``PRECEDENCE`` left of the day (``rules.days``). Excuses come
before unexcused absences: what the family has explained is never held against it.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from uuid import UUID

from msgspec import Struct

from schemas.attendance import UNITS_PER_DAY, AttendanceKind

PRECEDENCE = (
    AttendanceKind.ACTIVITY_INTERSCHOLASTIC,
    AttendanceKind.ACTIVITY_SCHOOL,
    AttendanceKind.SUSPENSION_OUT,
    AttendanceKind.SUSPENSION_IN,
    AttendanceKind.ABSENT_EXCUSED,
    AttendanceKind.ABSENT_UNEXCUSED,
    AttendanceKind.ABSENT_UNVERIFIED,
    AttendanceKind.TARDY,
    AttendanceKind.REMOTE_ATTENDED,
    AttendanceKind.PRESENT,
    AttendanceKind.NOT_ENROLLED,
    AttendanceKind.NO_SCHOOL,
)
"""Which kind is heard first when a date has several."""

_YEAR_BEGINS = 7
"""A school year runs from July to June."""
_MOST_PERIODS = 8
_SNAP = 5
"""A fraction such as 0.33 is taken for the share of 1 to 8 periods this near (in units)."""
_SATURDAY = 5


class Fact(Struct, frozen=True, order=True, kw_only=True):
    """What one record says of one date. ``period`` empty: the whole day."""

    on_date: date
    period: str = ""
    kind: str
    units: int = 0
    minutes: int | None = None
    source_code: str = ""
    reason: str = ""


class KnownFact(Struct, frozen=True, kw_only=True):
    """A fact as it is stored: of whom, and where."""

    id: int
    student_id: UUID
    school_id: UUID
    fact: Fact


def school_year_of(day: date) -> str:
    """Return the school year a date lies in, as "2021-22"."""
    first = day.year if day.month >= _YEAR_BEGINS else day.year - 1
    return f"{first}-{(first + 1) % 100:02d}"


def is_school_year(text: str) -> bool:
    """Tell whether this is written like "2021-22"."""
    first, dash, second = text.partition("-")
    if len(first) != len("2021") or not dash or not (first + second).isdigit():
        return False
    return second == f"{(int(first) + 1) % 100:02d}"


def units_of(duration: str) -> int | None:
    """Return a share of a day in units ("1", "0.5", "0,33"); None: it is no share of one day."""
    try:
        share = Decimal(duration.replace(",", ".", 1))
    except InvalidOperation:
        return None
    if not (share.is_finite() and 0 <= share <= 1):
        return None
    units = round(share * UNITS_PER_DAY)
    exact = (
        UNITS_PER_DAY * part // periods
        for periods in range(1, _MOST_PERIODS + 1)
        for part in range(periods + 1)
    )
    nearest = min(exact, key=lambda known: abs(known - units))
    return nearest if abs(nearest - units) <= _SNAP else units


def nth_school_day(school_days: Sequence[date], number: int) -> date | None:
    """Return day N of a school's own sorted calendar; None: the calendar has fewer."""
    return school_days[number - 1] if 0 < number <= len(school_days) else None


def school_days_until(school_days: Sequence[date], day: date) -> int:
    """Return how many school days there were up to and including this date."""
    return bisect_right(school_days, day)


def school_day_after(school_days: Sequence[date], day: date, count: int) -> date:
    """Return the date ``count`` school days after ``day``.

    Where the calendar ends (or was never given) weekdays count instead, so that a due date
    always exists.
    """
    ahead = school_days[bisect_right(school_days, day) :]
    if len(ahead) >= count:
        return ahead[count - 1]
    reached = ahead[-1] if ahead else day
    for _ in range(count - len(ahead)):
        reached += timedelta(days=1)
        while reached.weekday() >= _SATURDAY:
            reached += timedelta(days=1)
    return reached
