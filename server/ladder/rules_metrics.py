"""Pure: what a step counts, and on which date its number is reached."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import accumulate
from typing import TypeAlias

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


class Year(Struct, frozen=True, kw_only=True):
    """What is known of a student's school year up to a date."""

    days: tuple[DayTotal, ...]
    places: Sequence[Place]
    ends: Mapping[int, date]
    """By place, the last date that counts."""
    until: date

    def enrolled(self) -> list[date]:
        """Return the distinct school days on which the student was enrolled, up to the end."""
        days: set[date] = set()
        for place in self.places:
            end = self.ends[place.id]
            for first, last in place.stays or ((None, None),):
                days.update(
                    within(place.school.days, first or date.min, min(end, last or date.max))
                )
        return sorted(days)

    def semesters(self) -> Sequence[tuple[date, date]]:
        """Return the present school's semesters; untold, July to December and January to June."""
        told = self.places[-1].school.semesters
        if told:
            return sorted(told)
        year = self.until.year if self.until.month > _SUMMER else self.until.year - 1
        return (
            (date(year, 7, 1), date(year, _FALL_ENDS, 31)),
            (date(year + 1, _SPRING, 1), date(year + 1, 6, 30)),
        )


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
        return _sum(step, year, _reports(ladder, step, year, states), start=start)
    if step.metric == "consecutive":
        return _in_a_row(step, year, start)
    found = [
        _share(ladder, step, year, series, start=start)
        if step.unit == "percent"
        else _sum(step, year, series, start=start)
        for series in _series(ladder, step, year)
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
    semesters = year.semesters() if limit else ()
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


def _sum(step: Step, year: Year, series: Series, *, start: date | None) -> Found:
    window = step.span
    if window.reach in {"rolling_weeks", "rolling_months"}:
        return _rolling(step, window, year, series)
    found = Found()
    for first, last in _segments(window, year, start):
        part = [(day, amount) for day, amount in series if first <= day <= last]
        sums = list(accumulate(amount for _, amount in part))
        now = sums[-1] if sums else 0
        at = next((place for place, value in enumerate(sums) if value >= step.least), None)
        if at is not None:
            dates = tuple(day for day, _ in part[: at + 1])
            return Found(crossed_on=part[at][0], value=sums[at], now=now, dates=dates)
        found = Found(value=now, now=now, dates=tuple(day for day, _ in part))
    return found


def _rolling(step: Step, window: Window, year: Year, series: Series) -> Found:
    now = _between(series, first_day(window, year.until), year.until)
    for day, _ in series:
        part = _between(series, first_day(window, day), day)
        value = sum(amount for _, amount in part)
        if value >= step.least:
            return Found(
                crossed_on=day,
                value=value,
                now=sum(amount for _, amount in now),
                dates=tuple(one for one, _ in part),
            )
    value = sum(amount for _, amount in now)
    return Found(value=value, now=value, dates=tuple(one for one, _ in now))


def _share(ladder: Ladder, step: Step, year: Year, series: Series, *, start: date | None) -> Found:
    """Judge a share at each week's end; units by cross-multiplication, never a fraction."""
    first, last = _segments(step.span, year, start)[-1]
    enrolled = list(within(year.enrolled(), first, last))
    if not enrolled:
        return Found()
    on = set(enrolled)
    missed = dict(part for part in series if part[0] in on)
    absent = list(accumulate(missed.get(day, 0) for day in enrolled))
    ends = set(week_ends(enrolled))
    held: int | None = None
    for place in range(len(enrolled) - 1, -1, -1):
        if enrolled[place] not in ends:
            continue
        days = place + 1
        holds = ladder.enough_days(days) and (
            absent[place] * 100 * 100 >= step.least * days * UNITS_PER_DAY
        )
        if not holds:
            break
        held = place
    at = len(enrolled) - 1 if held is None else held
    return Found(
        crossed_on=None if held is None else enrolled[held],
        value=_hundredths(absent[at], at + 1),
        now=_hundredths(absent[-1], len(enrolled)),
        absent=absent[at],
        enrolled=(at + 1) * UNITS_PER_DAY,
        dates=tuple(day for day in enrolled[: at + 1] if day in missed),
    )


def _in_a_row(step: Step, year: Year, start: date | None) -> Found:
    """Count whole school days missed without an excuse, one after the other.

    Where no calendar is known, the dates themselves are taken for the school days.
    """
    whole = {day.on_date for day in year.days if day.is_full}
    calendar = year.enrolled() or sorted(day.on_date for day in year.days)
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
        begun = [one for one in year.semesters() if one[0] <= year.until]
        return begun or [(date.min, year.until)]
    if window.reach == "since_step" and start is not None:
        return [(date.fromordinal(start.toordinal() + 1), date.max)]
    return [(date.min, date.max)]


def _between(series: Series, first: date, last: date) -> Series:
    return [part for part in series if first <= part[0] <= last]


def _hundredths(absent: int, days: int) -> int:
    return absent * 100 * 100 // (days * UNITS_PER_DAY)
