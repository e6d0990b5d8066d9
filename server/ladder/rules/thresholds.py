"""Pure: which steps a student's days reach, and when. Whole numbers, no clock, no order.

The same days in any order, or told twice, reach the same steps; fewer days never reach more.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct

from schemas.attendance import UNITS_PER_DAY


class Threshold(Struct, frozen=True, kw_only=True):
    """A step, and from how many units on it is reached."""

    key: str
    units: int


class Reached(Struct, frozen=True, kw_only=True):
    """A step that is reached: the date of the absence that did it, and the units then."""

    step: str
    crossed_on: date
    value: int


def reached(
    thresholds: Sequence[Threshold], days: Iterable[tuple[date, int]]
) -> tuple[Reached, ...]:
    """Return the steps that these missed days reach, the lowest first.

    A date counts once, however often it is told, and never as more than one day.
    """
    met: list[Reached] = []
    waiting = sorted(thresholds, key=lambda threshold: (threshold.units, threshold.key))
    value = 0
    for day, units in sorted(_by_date(days).items()):
        value += units
        while waiting and waiting[0].units <= value:
            met.append(Reached(step=waiting.pop(0).key, crossed_on=day, value=value))
    return tuple(met)


def _by_date(days: Iterable[tuple[date, int]]) -> dict[date, int]:
    most: dict[date, int] = {}
    for day, units in days:
        if units > most.get(day, 0):
            most[day] = min(UNITS_PER_DAY, units)
    return most
