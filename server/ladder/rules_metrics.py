"""Pure: what a step counts, and on which date its number is reached."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple, TypeAlias

from msgspec import Struct

from schemas.attendance import UNITS_PER_DAY, AttendanceKind
from server.attendance.rules_days import ABSENT, DayTotal, Place
from server.ladder.law import Ladder, Step
from server.ladder.rules_input import REACHED, State
from server.ladder.rules_windows import Window, first_day, week_ends, within

Series: TypeAlias = list[tuple[date, int]]
"""What counts, by date; sorted, and only dates on which anything counts."""

EXCLUDES: dict[str, AttendanceKind] = {
    "interscholastic_extracurricular": AttendanceKind.ACTIVITY_INTERSCHOLASTIC,
    **{kind.value: kind for kind in ABSENT},
}
"""What ``absence_excludes`` may name."""

_SPRING = 1
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
        year = self.until.year if self.until.month > _SUMMER else self.until.year - 1
        return (
            (date(year, 7, 1), date(year, _FALL_ENDS, 31)),
            (date(year + 1, _SPRING, 1), date(year + 1, 6, 30)),
        )

    def tallies(self, ladder: Ladder, step: Step) -> list[Tally]:
        """Return what counts; two where full days and occasions do not add up."""
        key = (step.metric, step.unit == "hour")
        if key not in self._tallies:
            self._tallies[key] = [tally(series) for series in _series(ladder, step, self)]
        return self._tallies[key]


_SUMMER = 6


class Found(Struct, frozen=True, kw_only=True):
    """When a number is reached, and what it is."""

    crossed_on: date | None = None
    value: int = 0
    now: int = 0
    absent: int = 0
    enrolled: int = 0
    dates: tuple[date, ...] = ()


def find(
    ladder: Ladder, step: Step, year: Year, *, start: date | None, states: Mapping[str, State]
) -> Found:
    """Return when a step's number is reached; ``start``: after what a ``since_step`` counts."""
    if not step.has_threshold:
        return Found()
    if step.span.reach == "since_step" and start is None:
        return Found()
    if step.metric == "truancy_reports":
        return _sum(step, year, tally(_reports(ladder, step, year, states)), start=start)
    if step.metric == "consecutive":
        return _in_a_row(step, year, start)
    found = [
        _share(ladder, step, year, counted, start=start)
        if step.unit == "percent"
        else _sum(step, year, counted, start=start)
        for counted in year.tallies(ladder, step)
    ]
    reached = [one for one in found if one.crossed_on is not None]
    if reached:
        return min(reached, key=lambda one: (one.crossed_on or date.max, -one.value))
    return max(found, key=lambda one: one.now)


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


def _reports(ladder: Ladder, step: Step, year: Year, states: Mapping[str, State]) -> Series:
    """Return the dates on which a truancy was to be reported (EC 48260 to 48262).

    Each earlier step that counts occasions is a report; once the last of them is reached, so is
    every further occasion (EC 48261: "again", each time).
    """
    earlier = ladder.steps[: ladder.steps.index(step)]
    named = [one.key for one in earlier if one.metric == "unexcused_occasions"]
    crossed = [
        state.crossed_on
        for key in named
        if (state := states.get(key)) and state.status in REACHED and state.crossed_on
    ]
    series = [(day, 1) for day in crossed]
    if named and len(crossed) == len(named):
        last = max(crossed)
        series += [
            (day.on_date, 1)
            for day in year.days
            if day.on_date > last and (day.is_full or day.is_occasion)
        ]
    return sorted(series)


def _sum(step: Step, year: Year, counted: Tally, *, start: date | None) -> Found:
    window = step.span
    if window.reach in {"rolling_weeks", "rolling_months"}:
        return _rolling(step, window, year, counted)
    found = Found()
    for first, last in _segments(window, year, start):
        begin = bisect_left(counted.dates, first)
        end = bisect_right(counted.dates, last)
        before = counted.until(begin)
        now = counted.until(end) - before
        at = bisect_left(counted.sums, before + step.least, begin, end)
        if at < end:
            return Found(
                crossed_on=counted.dates[at],
                value=counted.sums[at] - before,
                now=now,
                dates=tuple(counted.dates[begin : at + 1]),
            )
        found = Found(value=now, now=now, dates=tuple(counted.dates[begin:end]))
    return found


def _rolling(step: Step, window: Window, year: Year, counted: Tally) -> Found:
    begin = bisect_left(counted.dates, first_day(window, year.until))
    now = counted.until(len(counted.dates)) - counted.until(begin)
    for at, day in enumerate(counted.dates):
        first = bisect_left(counted.dates, first_day(window, day))
        value = counted.sums[at] - counted.until(first)
        if value >= step.least:
            dates = tuple(counted.dates[first : at + 1])
            return Found(crossed_on=day, value=value, now=now, dates=dates)
    return Found(value=now, now=now, dates=tuple(counted.dates[begin:]))


def _share(ladder: Ladder, step: Step, year: Year, counted: Tally, *, start: date | None) -> Found:
    """Judge a share at each week's end; units by cross-multiplication, never a fraction."""
    first, last = _segments(step.span, year, start)[-1]
    enrolled = within(year.enrolled, first, last)
    if not enrolled:
        return Found()
    missed, absent = _missed(enrolled, counted)
    held: int | None = None
    least = step.least
    for place in week_ends(enrolled):
        days = place + 1
        part = absent[bisect_right(missed, enrolled[place])]
        if not ladder.enough_days(days) or (part * 100 * 100 < least * days * UNITS_PER_DAY):
            break
        held = place
    at = len(enrolled) - 1 if held is None else held
    behind = bisect_right(missed, enrolled[at])
    return Found(
        crossed_on=None if held is None else enrolled[held],
        value=_hundredths(absent[behind], at + 1),
        now=_hundredths(absent[-1], len(enrolled)),
        absent=absent[behind],
        enrolled=(at + 1) * UNITS_PER_DAY,
        dates=tuple(missed[:behind]),
    )


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


def _in_a_row(step: Step, year: Year, start: date | None) -> Found:
    """Count whole school days missed without an excuse, one after the other.

    Where no calendar is known, the dates themselves are taken for the school days.
    """
    whole = {day.on_date for day in year.days if day.is_full}
    calendar = year.enrolled or sorted(day.on_date for day in year.days)
    run: list[date] = []
    best: list[date] = []
    for first, last in _segments(step.span, year, start):
        run = []
        for day in within(calendar, first, last):
            run = [*run, day] if day in whole else []
            if len(run) > len(best):
                best = run
            if len(run) * UNITS_PER_DAY >= step.least:
                value = len(run) * UNITS_PER_DAY
                return Found(crossed_on=day, value=value, now=value, dates=tuple(run))
    value = len(best) * UNITS_PER_DAY
    return Found(value=value, now=value, dates=tuple(best))


def _segments(window: Window, year: Year, start: date | None) -> Sequence[tuple[date, date]]:
    if window.reach == "semester":
        begun = [one for one in year.semesters if one[0] <= year.until]
        return begun or [(date.min, year.until)]
    if window.reach == "since_step" and start is not None:
        return [(date.fromordinal(start.toordinal() + 1), date.max)]
    return [(date.min, date.max)]


def _hundredths(absent: int, days: int) -> int:
    return absent * 100 * 100 // (days * UNITS_PER_DAY)
