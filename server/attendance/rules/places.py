"""Pure: where a student goes to school, how that school keeps its days, and what records say."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, TypeAlias

from msgspec import Struct

from server.attendance.rules.levels import band_of

MOST_CLASSES = 8
"""Taken for the day's number of classes where no file tells it: doubt is the student's."""
USUAL_MINUTES = 360
"""Taken for the minutes of a school day where no file tells them."""


Stay: TypeAlias = tuple[date | None, date | None]
"""First and last day (inclusive) of a stay in a school; None is open."""
Spans: TypeAlias = Sequence[tuple[date, date]]


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
    """As a file calls it; see ``levels.band_of``."""
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
    stays: Sequence[Stay] = ()
    """None at all: the whole year."""
    told_until: date | None = None
    """Up to where the school has told its attendance, or the last day asked for."""

    @property
    def band(self) -> str:
        """``elementary``, ``middle`` or ``high``, by the school, else by the grade; or empty."""
        return band_of(self.school.level, self.grade)

    def spans(self, until: date = date.max) -> Spans:
        """Return the days, up to one, on which what the school says of the student counts."""
        return spans_of(self.stays, until)

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


def spans_of(stays: Sequence[Stay], until: date = date.max) -> Spans:
    """Return stays without open ends, up to a day."""
    return [
        (first or date.min, until if last is None else min(last, until))
        for first, last in stays or ((None, None),)
    ]
