"""Pure: a student's school year as the ladder sees it: enrolled days, semesters, what counts."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple, TypeAlias

from schemas.attendance import UNITS_PER_DAY, AttendanceKind
from server.attendance.rules.days import ABSENT, DayTotal, Place
from server.ladder.law import Ladder, Step
from server.ladder.rules.windows import week_ends, within

Series: TypeAlias = list[tuple[date, int]]
"""What counts, by date; sorted, and only dates on which anything counts."""

EXCLUDES: dict[str, AttendanceKind] = {
    "interscholastic_extracurricular": AttendanceKind.ACTIVITY_INTERSCHOLASTIC,
    **{kind.value: kind for kind in ABSENT},
}
"""What ``absence_excludes`` may name."""

_SPRING = 1
_SUMMER = 6
_FALL_ENDS = 12


class Tally(NamedTuple):
    """What counts, by date: sorted dates, and the sum up to each."""

    dates: Sequence[date]
    sums: Sequence[int]

    def until(self, place: int) -> int:
        """Return the sum of what comes before a place."""
        return self.sums[place - 1] if place else 0


def tally(series: Series) -> Tally:
    """Return a series with its running sums."""
    return Tally([day for day, _ in series], list(accumulate(amount for _, amount in series)))


class Share(NamedTuple):
    """What a share is judged by."""

    enrolled: Sequence[date]
    """The school days."""
    missed: Sequence[date]
    """Those of them that were missed."""
    absent: Sequence[int]
    """What was missed before each of ``missed``, and after all."""
    weeks: Sequence[tuple[int, int]]
    """Each week's last school day (its place), the last first, and what was missed by then."""


class Year:
    """What is known of a student's school year up to a date."""

    def __init__(
        self,
        *,
        days: tuple[DayTotal, ...],
        places: Sequence[Place],
        ends: Mapping[int, date],
        until: date,
    ) -> None:
        self.days = days
        self.places = places
        self.ends = ends
        """By place, the last date that counts."""
        self.until = until
        self._shares: dict[tuple[int, date, date], Share] = {}
        self._tallies: dict[tuple[str, bool], list[Tally]] = {}

    @cached_property
    def enrolled(self) -> list[date]:
        """The distinct school days on which the student was enrolled, up to the end."""
        parts = [
            within(place.school.days, first or date.min, min(self.ends[place.id], last or date.max))
            for place in self.places
            for first, last in place.stays or ((None, None),)
        ]
        return list(parts[0]) if len(parts) == 1 else sorted({day for one in parts for day in one})

    @cached_property
    def semesters(self) -> Sequence[tuple[date, date]]:
        """The present school's semesters; untold, July to December and January to June."""
        told = self.places[-1].school.semesters
        if told:
            return sorted(told)
        calendar = self.places[-1].school.days
        known = calendar[0] if calendar else next((day.on_date for day in self.days), self.until)
        year = known.year if known.month > _SUMMER else known.year - 1
        return (
            (date(year, 7, 1), date(year, _FALL_ENDS, 31)),
            (date(year + 1, _SPRING, 1), date(year + 1, 6, 30)),
        )

    def share(self, counted: Tally, first: date, last: date) -> Share:
        """Return what a share between two dates is judged by; of every tier the same."""
        key = (id(counted.dates), first, last)
        if key not in self._shares:
            enrolled = within(self.enrolled, first, last)
            missed, absent = _missed(enrolled, counted)
            weeks = [
                (place, absent[bisect_right(missed, enrolled[place])])
                for place in week_ends(enrolled)
            ]
            self._shares[key] = Share(enrolled, missed, absent, weeks)
        return self._shares[key]

    def tallies(self, ladder: Ladder, step: Step) -> list[Tally]:
        """Return what counts; two where full days and occasions do not add up."""
        key = (step.metric, step.unit == "hour")
        if key not in self._tallies:
            self._tallies[key] = [tally(series) for series in _series(ladder, step, self)]
        return self._tallies[key]


def _missed(enrolled: Sequence[date], counted: Tally) -> tuple[list[date], list[int]]:
    """Return the enrolled days that were missed, and what was missed before each and after all."""
    missed: list[date] = []
    absent = [0]
    for at, day in enumerate(counted.dates):
        place = bisect_left(enrolled, day)
        if place < len(enrolled) and enrolled[place] == day:
            missed.append(day)
            absent.append(absent[-1] + counted.sums[at] - counted.until(at))
    return missed, absent


def _series(ladder: Ladder, step: Step, year: Year) -> list[Series]:
    """Return what counts by date; two lists where full days and occasions do not add up."""
    rule = ladder.day_rule
    if step.metric == "all_absences":
        return [_absences(ladder, year)]
    if step.metric == "unexcused_days_or_parts":
        each = (rule.counts if rule else 1) * UNITS_PER_DAY
        return [_of(year, lambda day: each if day.is_part else 0)]
    if step.metric == "unexcused_occasions":
        full = (rule.full_day_counts if rule else 0) or 1
        wholes = _of(year, lambda day: full if day.is_full else 0)
        parts = _of(year, lambda day: 1 if day.is_occasion else 0)
        return [sorted(wholes + parts)] if rule is None or rule.combine else [wholes, parts]
    if step.unit == "hour":
        return [_of(year, lambda day: day.minutes)]
    return [_of(year, lambda day: day.unexcused)]


def _of(year: Year, worth: Callable[[DayTotal], int]) -> Series:
    return [(day.on_date, amount) for day in year.days if (amount := worth(day)) > 0]


def _absences(ladder: Ladder, year: Year) -> Series:
    """Return every absence but the excluded kinds, these only up to their limit in a semester."""
    excluded = {EXCLUDES[name] for name in ladder.absence_excludes if name in EXCLUDES}
    limit = ladder.absence_excludes_days_per_semester * UNITS_PER_DAY
    used: dict[tuple[AttendanceKind, int], int] = {}
    semesters = year.semesters if limit else ()
    series: Series = []
    for day in year.days:
        amount = 0
        for kind, units in day.units.items():
            if kind not in ABSENT:
                continue
            if kind not in excluded:
                amount += units
            elif limit:
                number = sum(day.on_date > last for _, last in semesters)
                before = used.get((kind, number), 0)
                used[kind, number] = before + units
                amount += max(0, before + units - limit) - max(0, before - limit)
        if amount:
            series.append((day.on_date, amount))
    return series
