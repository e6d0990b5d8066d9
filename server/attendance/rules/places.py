"""Pure: where a student goes to school, how that school keeps its days, and what records say."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from msgspec import Struct

MOST_CLASSES = 8
"""Taken for the day's number of classes where no file tells it: doubt is the student's."""
USUAL_MINUTES = 360
"""Taken for the minutes of a school day where no file tells them."""


class Mark(NamedTuple):
    """What one record says of one date."""

    place: int
    """The enrolment that it hangs on."""
    on_date: date
    period: str
    """The class that was missed. Empty: the whole day."""
    kind: str
    units: int
    """The share of the day that it tells; 0 for a class."""
    minutes: int | None = None


class School(Struct, frozen=True, kw_only=True):
    """How one school keeps its year: shared by all its students."""

    id: Hashable = ""
    level: str = ""
    """``elementary``, ``middle`` or ``high``; others are judged by the student's grade."""
    mode: str = "daily"
    periods: int | None = None
    minutes: int | None = None
    days: Sequence[date] = ()
    """Instructional days of the school year, sorted."""
    semesters: Sequence[tuple[date, date]] = ()
    periods_on: Mapping[date, int] = {}
    """Classes held on dates that differ from the usual."""
    minutes_on: Mapping[date, int] = {}


class Place(Struct, frozen=True, kw_only=True):
    """A student at a school in a school year."""

    id: int
    school: School
    grade: str = ""
    periods: int | None = None
    """The student's own number of classes a day."""
    stays: Sequence[tuple[date | None, date | None]] = ()
    """First and last day (inclusive) of each stay; None is open; none at all: the whole year."""
    told_until: date | None = None
    """Up to where the school has told its attendance, or the last day asked for."""

    def classes_on(self, day: date) -> int:
        """Return how many classes the student had that day."""
        held = self.school.periods_on.get(day)
        usual = self.periods or self.school.periods
        if held and usual:
            return min(held, usual)
        return held or usual or MOST_CLASSES

    def minutes_on(self, day: date) -> int:
        """Return how long that school day was."""
        return self.school.minutes_on.get(day) or self.school.minutes or USUAL_MINUTES
