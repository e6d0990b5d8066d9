"""Pure: over what a step counts. A window is written as one word in the ladder's file."""

import re
from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Literal, TypeAlias

from msgspec import Struct

Reach: TypeAlias = Literal[
    "school_year",
    "school_year_enrolled",
    "enrollment_to_date",
    "semester",
    "rolling_weeks",
    "rolling_months",
    "since_step",
]
WINDOWS = (
    "school_year",
    "school_year_enrolled",
    "enrollment_to_date",
    "semester",
    "rolling_weeks:N",
    "rolling_months:N_same_school_year",
    "since_step:STEP",
    "since_step:STEP.ACTION",
)
"""How a window may be written."""

_PLAIN: dict[str, Reach] = {
    "school_year": "school_year",
    "school_year_enrolled": "school_year_enrolled",
    "enrollment_to_date": "enrollment_to_date",
    "semester": "semester",
}
_ROLLING = re.compile(r"(rolling_weeks|rolling_months):([1-9][0-9]?)(_same_school_year)?")
_SINCE = re.compile(r"since_step:([A-Za-z0-9_-]+)(?:\.([A-Za-z0-9_-]+))?")
_MONTHS = 12


class Window(Struct, frozen=True, kw_only=True):
    """Over what is counted. Every window lies within one school year."""

    reach: Reach
    number: int = 0
    """Weeks or months."""
    step: str = ""
    action: str = ""

    @property
    def since(self) -> str:
        """After what it begins: ``step`` or ``step.action``."""
        return f"{self.step}.{self.action}" if self.action else self.step


@cache
def read_window(text: str) -> Window:
    """Return a window as written; ``ValueError`` says how it may be written."""
    plain = _PLAIN.get(text)
    if plain is not None:
        return Window(reach=plain)
    rolling = _ROLLING.fullmatch(text)
    if rolling is not None:
        reach: Reach = "rolling_weeks" if rolling[1] == "rolling_weeks" else "rolling_months"
        return Window(reach=reach, number=int(rolling[2]))
    since = _SINCE.fullmatch(text)
    if since is not None:
        return Window(reach="since_step", step=since[1], action=since[2] or "")
    raise ValueError(f"{text!r} is no window; write one of {', '.join(WINDOWS)}")


def first_day(window: Window, last: date) -> date:
    """Return the first day of the rolling window that ends on ``last``, both inclusive.

    Four weeks are 28 days. Six months that end on March 9 begin on September 10; where a month has
    no such day, its last one stands for it.
    """
    if window.reach == "rolling_weeks":
        return last - timedelta(weeks=window.number) + timedelta(days=1)
    count = last.year * _MONTHS + last.month - 1 - window.number
    year, month = divmod(count, _MONTHS)
    day = min(last.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day) + timedelta(days=1)


def week_ends(school_days: Sequence[date]) -> Iterator[int]:
    """Give the place of each week's last day (Monday to Sunday) in a calendar, the last first."""
    place = len(school_days) - 1
    while place >= 0:
        yield place
        day = school_days[place]
        place = bisect_left(school_days, day - timedelta(days=day.weekday())) - 1


def business_day_after(day: date, count: int) -> date:
    """Return the date so many days after ``day``, Monday to Friday counted, holidays not known."""
    reached = day
    while count:
        reached += timedelta(days=1)
        count -= reached.weekday() < _SATURDAY
    return reached


def within(days: Sequence[date], first: date, last: date) -> Sequence[date]:
    """Return the part of a sorted calendar between two dates, both inclusive."""
    return days[bisect_left(days, first) : bisect_right(days, last)]


_SATURDAY = 5
