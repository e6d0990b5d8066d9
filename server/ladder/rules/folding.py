"""Pure: a plain ladder over a whole district at once, for the price of little more than a sum.

Says the same as ``climbing.climb`` of ladders that count days without an excuse in a school
year (``Ladder.is_plain``). Only dates that need the day rule (a part of a day, classes, an excuse
on the same date) are taken through it; students who cannot reach the lowest step are left out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, Generic, TypeAlias, TypeVar

from schemas.attendance import UNITS_PER_DAY
from server.attendance.rules import days as rules_days
from server.attendance.rules.calendar import PRECEDENCE
from server.attendance.rules.days import UNEXCUSED, DayRule, Mark, Place, units_of_classes
from server.ladder.law import Ladder
from server.ladder.rules.thresholds import Reached, reached

Key = TypeVar("Key")
Day: TypeAlias = date | str
Row: TypeAlias = tuple[Key, int, Day, str, str, int, int | None]
"""A student (whatever tells one from another), then a ``Mark``; dates may be ISO texts."""

_UNEXCUSED = UNEXCUSED.value
EXCUSES = frozenset(kind.value for kind in PRECEDENCE[: PRECEDENCE.index(UNEXCUSED)])
"""What takes its share of a date before anything unexcused does, and of no other date."""
KINDS_THAT_MATTER = frozenset({_UNEXCUSED, *EXCUSES})
"""Rows of other kinds change nothing here and need not be read."""


def fold(
    ladder: Ladder, place_of: Callable[[int], Place], rows: Iterable[Row[Key]]
) -> Iterator[tuple[Key, tuple[Reached, ...]]]:
    """Give each student who reaches any step, with the steps, the lowest first.

    Rows of one student must come together. ``place_of`` is asked for the few enrolments whose dates
    need the day rule. Refuses a ladder that is not plain (``LadderNotSupported``).
    """
    thresholds = ladder.thresholds
    lowest = min(threshold.units for threshold in thresholds)
    for student, own in groupby(rows, key=itemgetter(0)):
        days = unexcused_days(ladder.day_rule, place_of, own, at_least=lowest)
        if days:
            met = reached(thresholds, days)
            if met:
                yield student, met


def within(
    rows: Iterable[Row[Key]], spans: Mapping[int, Sequence[tuple[Any, Any]]]
) -> list[Row[Key]]:
    """Return the rows of the days on which, by enrolment, the student was there.

    Days are spelled as the rows spell them.
    """
    return [row for row in rows for first, last in spans.get(row[1], ()) if first <= row[2] <= last]


def unexcused_days(
    rule: DayRule | None,
    place_of: Callable[[int], Place],
    rows: Iterable[Row[Key]],
    *,
    at_least: int = 0,
) -> list[tuple[date, int]]:
    """Return one student's dates with the units missed without an excuse, in no order.

    Empty where they cannot come to ``at_least`` units.
    """
    told = _sort(rows)
    if told.most < at_least:
        return []
    hard = told.parts | (told.excused & (told.whole | told.classes.keys()))
    days = [(_date(day), UNITS_PER_DAY) for day in told.whole - hard]
    counted = told.classes.keys() - told.whole - hard
    if rule is not None and rule.kind == "classes_missed":
        days += _by_count(rule, place_of, {day: told.classes[day] for day in counted})
    else:
        hard |= counted
    if hard:
        days += _by_rule(rule, place_of, [row for row in told.rows if row[2] in hard])
    return days


class _Told(Generic[Key]):
    """One student's rows by what their dates need."""

    __slots__ = ("classes", "excused", "parts", "rows", "whole")

    def __init__(self) -> None:
        self.rows: list[Row[Key]] = []
        self.whole: set[Day] = set()
        self.parts: set[Day] = set()
        self.excused: set[Day] = set()
        self.classes: dict[Day, tuple[int, set[str]]] = {}

    @property
    def most(self) -> int:
        """What the rows can come to at most."""
        return (len(self.whole) + len(self.parts) + len(self.classes)) * UNITS_PER_DAY


def _sort(rows: Iterable[Row[Key]]) -> _Told[Key]:
    told: _Told[Key] = _Told()
    for row in rows:
        _, place, day, period, kind, units, _ = row
        if kind == _UNEXCUSED:
            told.rows.append(row)
            if units == UNITS_PER_DAY:
                told.whole.add(day)
            elif units or not period:
                told.parts.add(day)
            elif told.classes.setdefault(day, (place, set()))[0] == place:
                told.classes[day][1].add(period)
            else:
                told.parts.add(day)
        elif kind in EXCUSES:
            told.rows.append(row)
            told.excused.add(day)
    return told


def _by_count(
    rule: DayRule,
    place_of: Callable[[int], Place],
    classes: Mapping[Day, tuple[int, set[str]]],
) -> list[tuple[date, int]]:
    """Take dates on which nothing but classes was missed, in one school, by their number."""
    days: list[tuple[date, int]] = []
    for day, (place, periods) in classes.items():
        on_date = _date(day)
        missed = len(periods)
        scheduled = max(place_of(place).classes_on(on_date), missed)
        units = units_of_classes(rule, missed, scheduled)
        if units:
            days.append((on_date, units))
    return days


def _by_rule(
    rule: DayRule | None, place_of: Callable[[int], Place], rows: Sequence[Row[Key]]
) -> list[tuple[date, int]]:
    marks = [
        Mark(place, _date(day), period, kind, units, minutes)
        for _, place, day, period, kind, units, minutes in rows
    ]
    places = {place: place_of(place) for place in {mark.place for mark in marks}}
    totals = rules_days.days_of_marks(rule, places, marks)
    return [(total.on_date, total.unexcused) for total in totals if total.unexcused]


def _date(day: Day) -> date:
    return date.fromisoformat(day) if isinstance(day, str) else day
