"""Pure: on which date a step's number is reached."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct

from schemas.attendance import UNITS_PER_DAY
from server.ladder.law import Ladder, Step
from server.ladder.rules.inputs import REACHED, State
from server.ladder.rules.windows import Window, first_day, within
from server.ladder.rules.year import Series, Tally, Year, tally


class Found(Struct, frozen=True, kw_only=True):
    """When a number is reached, and what it is."""

    crossed_on: date | None = None
    value: int = 0
    now: int = 0
    absent: int = 0
    enrolled: int = 0
    absent_now: int = 0
    enrolled_now: int = 0
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
    enrolled, missed, absent, weeks = year.share(counted, first, last)
    if not enrolled:
        return Found()
    held: int | None = None
    least = step.least * UNITS_PER_DAY
    for place, part in weeks:
        if part * 100 * 100 < least * (place + 1) or not ladder.enough_days(place + 1):
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
        absent_now=absent[-1],
        enrolled_now=len(enrolled) * UNITS_PER_DAY,
        dates=tuple(missed[:behind]),
    )


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
