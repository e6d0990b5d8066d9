"""Pure: the short way up a plain ladder (days without an excuse in a school year, nothing else).

Most students' records are one whole-day record a date, and then nothing of the day rule is asked:
their days add up. Whoever has anything else (classes, two records on a date, minutes without a
share) is sent the long way, ``rules_climb``. Both answer alike; a test holds them to it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeAlias

from schemas.attendance import UNITS_PER_DAY, AttendanceKind
from server.attendance.rules_days import School
from server.ladder.law import Ladder
from server.ladder.rules import Reached

RawMark: TypeAlias = tuple[int, date, str, str, int, int | None]
Thresholds: TypeAlias = Sequence[tuple[int, str]]

_UNEXCUSED = AttendanceKind.ABSENT_UNEXCUSED.value


def thresholds_of(ladder: Ladder) -> Thresholds:
    """Return a plain ladder's steps, the lowest first: units of a day, and the step's key."""
    return sorted((threshold.units, threshold.key) for threshold in ladder.thresholds)


def is_full(ladder: Ladder, school: School) -> bool:
    """Tell whether any unexcused record makes a full day in a school (``full_day_each``)."""
    rule = ladder.day_rule
    return (
        rule is not None
        and rule.daily_schools == "full_day_each"
        and school.mode == "daily"
        and school.level == "elementary"
    )


def sweep(
    thresholds: Thresholds,
    marks: Iterable[RawMark],
    ends: Mapping[int, date],
    fully: Collection[int],
) -> tuple[Reached, ...] | None:
    """Return the steps that these marks reach, the lowest first; None: take the long way.

    ``ends``: by enrolment, the last date that counts. ``fully``: enrolments in schools where
    ``is_full``.
    """
    seen: set[date] = set()
    days: list[tuple[date, int]] = []
    total = 0
    for place, day, period, kind, units, minutes in marks:
        if day > ends[place]:
            continue
        if period or day in seen:
            return None
        seen.add(day)
        if kind == _UNEXCUSED:
            if units:
                units = UNITS_PER_DAY if place in fully else min(units, UNITS_PER_DAY)  # noqa: PLW2901
                total += units
                days.append((day, units))
            elif minutes is not None:
                return None
    if total < thresholds[0][0]:
        return ()
    return _reached(thresholds, days)


def _reached(thresholds: Thresholds, days: list[tuple[date, int]]) -> tuple[Reached, ...]:
    days.sort()
    met: list[Reached] = []
    value = 0
    for day, units in days:
        value += units
        while len(met) < len(thresholds) and thresholds[len(met)][0] <= value:
            met.append(Reached(step=thresholds[len(met)][1], crossed_on=day, value=value))
    return tuple(met)
