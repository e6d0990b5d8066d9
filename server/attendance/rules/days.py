"""Pure: what a student's records of one date come to, by a ladder's day rule.

Whole numbers only. Of several records of a date each kind takes what the kinds before it in
``PRECEDENCE`` left of the day, a class is counted once, two schools on one date (a transfer day)
are one day, and a date is never more than a day. ``absent_unverified`` is neither excused nor
unexcused: it counts in ``unexcused`` nowhere, and as an absence where every absence counts.

- Records of a whole day count the share they tell. Under ``daily_schools: full_day_each`` every
  date with an unexcused record in an elementary school that takes attendance daily is a full day.
- Records by class: ``classes_missed`` (NMSA 22-12-9(B)) makes half days and full days of the
  classes missed without an excuse; otherwise they are that share of the day's classes.
- An excused class never counts against a student; of a whole day told as unexcused it takes its
  share away.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from schemas.attendance import UNITS_PER_DAY, AttendanceKind
from server.attendance.rules.calendar import PRECEDENCE
from server.attendance.rules.places import USUAL_MINUTES, Mark, Place, School

__all__ = [
    "ABSENT",
    "UNEXCUSED",
    "DayRule",
    "DayTotal",
    "Mark",
    "Place",
    "School",
    "Told",
    "days_of_dates",
    "days_of_marks",
    "units_of_classes",
]

UNEXCUSED = AttendanceKind.ABSENT_UNEXCUSED
ABSENT = frozenset(
    {
        AttendanceKind.ABSENT_EXCUSED,
        AttendanceKind.ABSENT_UNEXCUSED,
        AttendanceKind.ABSENT_UNVERIFIED,
        AttendanceKind.SUSPENSION_OUT,
        AttendanceKind.ACTIVITY_INTERSCHOLASTIC,
    }
)
"""Kinds of not being there, for whatever reason. Who is at a school's activity, suspended within
the school or taught remotely is in attendance (CEDS 13288 to 13292)."""

_BEFORE = PRECEDENCE[: PRECEDENCE.index(UNEXCUSED)]
_AFTER = PRECEDENCE[PRECEDENCE.index(UNEXCUSED) + 1 :]
Told: TypeAlias = tuple[Any, ...]
"""What begins as a ``Mark`` does; of a date that is known, its own is not looked at."""
Alike: TypeAlias = tuple[int, str, int, int]
"""Enrolment, kind, units and number of classes of what is told of a date."""
_RANK = {kind.value: rank for rank, kind in enumerate(PRECEDENCE)}


class DayRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How what was missed of a day comes to a count."""

    kind: Literal["classes_missed", "occasions", "day_or_part_of_day"]
    min_classes: int = 0
    """Fewer classes missed in a day than this are nothing (``classes_missed``)."""
    half_if_pct_lte: int = 0
    full_if_pct_gt: int = 0
    daily_schools: Literal["", "as_told", "full_day_each"] = ""
    full_day_counts: int = 0
    """Occasions that a full day is (``occasions``)."""
    tardy_or_absent_over_minutes: int = 0
    """Late or absent for more than this is an occasion (``occasions``)."""
    combine: bool = False
    """Full days and shorter occasions add up; else the larger number of the two holds."""
    counts: int = 0
    """What a day, or a part of one, counts (``day_or_part_of_day``)."""
    source: str = ""


class DayTotal(Struct, frozen=True, kw_only=True):
    """What one date comes to."""

    on_date: date
    units: Mapping[AttendanceKind, int]
    """By kind, in units of a day; together never more than a day."""
    minutes: int = 0
    """Minutes missed without an excuse."""
    is_full: bool = False
    """The whole day was missed without an excuse."""
    is_occasion: bool = False
    """Not the whole day, yet late or absent for longer than the rule allows."""
    is_part: bool = False
    """The day, or any part of it, was missed without an excuse."""

    @property
    def unexcused(self) -> int:
        """Units missed without an excuse."""
        return self.units.get(UNEXCUSED, 0)


def days_of_marks(
    rule: DayRule | None, places: Mapping[int, Place], marks: Iterable[Mark]
) -> list[DayTotal]:
    """Return what each date comes to, sorted; order and repetition of the marks are irrelevant."""
    by_date: dict[date, list[Told]] = {}
    for mark in marks:
        by_date.setdefault(mark[1], []).append(mark)
    return days_of_dates(rule, places, by_date)


def days_of_dates(
    rule: DayRule | None, places: Mapping[int, Place], by_date: Mapping[date, Sequence[Told]]
) -> list[DayTotal]:
    """Return the same of what is told by date."""
    seen: dict[Alike, DayTotal] = {}
    return [
        _usual(rule, places, day, by_date[day], seen)
        or _total(rule, places, day, {Mark(one[0], day, *one[2:6]) for one in by_date[day]})
        for day in sorted(by_date)
    ]


def _usual(
    rule: DayRule | None,
    places: Mapping[int, Place],
    day: date,
    marks: Sequence[Told],
    seen: dict[Alike, DayTotal],
) -> DayTotal | None:
    """Return a date of one whole-day record, or of classes of one kind, by what is known of such.

    Most dates are; only what differs from date to date is worked out again.
    """
    place_id, _, period, kind, units, minutes = marks[0][:6]
    if minutes is not None or (period and units):
        return None
    classes = 1 if period else 0
    if len(marks) > 1:
        alike = (place_id, kind, units, None)
        periods: set[str] = set()
        for one in marks:
            if not one[2] or (one[0], *one[3:6]) != alike:
                return None
            periods.add(one[2])
        classes = len(periods)
    key = (place_id, kind, units, classes)
    same = seen.get(key)
    if same is None:
        place = places[place_id]
        school = place.school
        known = (school.mode, school.level, place.minutes_on(day), place.classes_on(day))
        same = _like(rule, known, (kind, units, classes))
        if not (school.minutes_on or school.periods_on):  # else dates differ
            seen[key] = same
    return DayTotal(
        on_date=day,
        units=same.units,
        minutes=same.minutes,
        is_full=same.is_full,
        is_occasion=same.is_occasion,
        is_part=same.is_part,
    )


@lru_cache(maxsize=4096)
def _like(
    rule: DayRule | None, school: tuple[str, str, int, int], record: tuple[str, int, int]
) -> DayTotal:
    mode, level, minutes, periods = school
    kind, units, classes = record
    place = Place(id=0, school=School(mode=mode, level=level, minutes=minutes, periods=periods))
    names = [str(number) for number in range(1, classes + 1)] or [""]
    marks = [Mark(0, date.min, name, kind, units) for name in names]
    return _total(rule, {0: place}, date.min, marks)


class _Told:
    """What the records of one school say of one date."""

    def __init__(self) -> None:
        self.shares: dict[AttendanceKind, int] = {}
        self.classes: dict[AttendanceKind, int] = {}
        self.minutes = 0
        self.longest = 0
        self.late = 0
        self.is_part = False


def _total(
    rule: DayRule | None, places: Mapping[int, Place], day: date, marks: Iterable[Mark]
) -> DayTotal:
    by_place: dict[int, list[Mark]] = {}
    for mark in marks:
        by_place.setdefault(mark.place, []).append(mark)
    told = [_told(rule, places[one], day, by_place[one]) for one in by_place]
    units = _allot(
        _most(one.shares for one in told),
        _most(one.classes for one in told),
    )
    gone = sum(units.get(kind, 0) for kind in _BEFORE)
    is_open = gone < UNITS_PER_DAY
    over = rule.tardy_or_absent_over_minutes if rule else 0
    is_full = units.get(UNEXCUSED, 0) == UNITS_PER_DAY
    return DayTotal(
        on_date=day,
        units=units,
        minutes=_minutes(told, [places[one] for one in by_place], day, gone),
        is_full=is_full,
        is_occasion=is_open
        and not is_full
        and any(max(one.longest, one.late) > over for one in told),
        is_part=is_open and any(one.is_part for one in told),
    )


def _told(rule: DayRule | None, place: Place, day: date, marks: Sequence[Mark]) -> _Told:
    told = _Told()
    length = place.minutes_on(day)
    winning: dict[str, Mark] = {}
    for mark in marks:
        kind = AttendanceKind(mark.kind)
        if mark.period and not mark.units:
            known = winning.get(mark.period)
            if known is None or _order(mark) < _order(known):
                winning[mark.period] = mark
            continue
        share = mark.units or _share(kind, mark.minutes, length)
        told.shares[kind] = min(UNITS_PER_DAY, told.shares.get(kind, 0) + share)
        _time(told, kind, mark.minutes, share * length // UNITS_PER_DAY)
    if winning:
        _classes(told, rule, winning, max(place.classes_on(day), len(winning)), length)
    if told.shares.get(UNEXCUSED) and _is_full_each(rule, place):
        told.shares[UNEXCUSED] = UNITS_PER_DAY
    return told


def _classes(
    told: _Told, rule: DayRule | None, marks: Mapping[str, Mark], scheduled: int, length: int
) -> None:
    missed: dict[AttendanceKind, int] = {}
    for mark in marks.values():
        kind = AttendanceKind(mark.kind)
        missed[kind] = missed.get(kind, 0) + 1
        is_late = kind is AttendanceKind.TARDY
        _time(told, kind, mark.minutes, 0 if is_late else length // scheduled)
    for kind, count in missed.items():
        if kind is UNEXCUSED and rule is not None and rule.kind == "classes_missed":
            told.classes[kind] = units_of_classes(rule, count, scheduled)
        elif kind in ABSENT or kind in _BEFORE:
            told.classes[kind] = count * UNITS_PER_DAY // scheduled
        else:
            told.classes[kind] = 0


def units_of_classes(rule: DayRule, missed: int, scheduled: int) -> int:
    """Return nothing, half a day or a day for the classes missed without an excuse of a date."""
    if missed < rule.min_classes:
        return 0
    is_full = missed * 100 > rule.full_if_pct_gt * scheduled
    return UNITS_PER_DAY if is_full else UNITS_PER_DAY // 2


def _allot(
    shares: Mapping[AttendanceKind, int], classes: Mapping[AttendanceKind, int]
) -> dict[AttendanceKind, int]:
    """Give each kind its part of one day.

    What counts by class without an excuse is not lessened by excused classes (the rule has left
    them out already), only by excuses of a share of the day.
    """
    left = UNITS_PER_DAY
    units: dict[AttendanceKind, int] = {}
    for kind in _BEFORE:
        if kind in shares:
            units[kind] = min(left, shares[kind])
            left -= units[kind]
    if UNEXCUSED in shares or UNEXCUSED in classes:
        excused = sum(classes.get(kind, 0) for kind in _BEFORE)
        whole = min(shares.get(UNEXCUSED, 0), max(0, left - excused))
        units[UNEXCUSED] = min(left, max(whole, classes.get(UNEXCUSED, 0)))
        left -= units[UNEXCUSED]
    for kind in (*_BEFORE, *_AFTER):
        if kind in shares or kind in classes:
            wanted = max(shares.get(kind, 0), classes.get(kind, 0)) - units.get(kind, 0)
            more = max(0, min(left, wanted))
            units[kind] = units.get(kind, 0) + more
            left -= more
    return units


def _time(told: _Told, kind: AttendanceKind, minutes: int | None, usual: int) -> None:
    spent = usual if minutes is None else minutes
    if kind is AttendanceKind.TARDY:
        told.late = max(told.late, spent)
    elif kind is UNEXCUSED:
        told.minutes += spent
        told.longest = max(told.longest, spent)
        told.is_part = told.is_part or spent > 0


def _minutes(told: Iterable[_Told], places: Iterable[Place], day: date, gone: int) -> int:
    most = max((place.minutes_on(day) for place in places), default=USUAL_MINUTES)
    spent = max((one.minutes for one in told), default=0)
    return min(spent, most * (UNITS_PER_DAY - gone) // UNITS_PER_DAY)


def _share(kind: AttendanceKind, minutes: int | None, length: int) -> int:
    """Return the share of a day of a record that tells minutes only."""
    if minutes is None or (kind not in ABSENT and kind not in _BEFORE):
        return 0
    return min(UNITS_PER_DAY, minutes * UNITS_PER_DAY // length)


def _is_full_each(rule: DayRule | None, place: Place) -> bool:
    return (
        rule is not None
        and rule.daily_schools == "full_day_each"
        and place.school.mode == "daily"
        and place.school.level == "elementary"
    )


def _order(mark: Mark) -> tuple[int, int]:
    return _RANK[mark.kind], -(mark.minutes or 0)


def _most(each: Iterable[Mapping[AttendanceKind, int]]) -> dict[AttendanceKind, int]:
    most: dict[AttendanceKind, int] = {}
    for one in each:
        for kind, units in one.items():
            most[kind] = max(most.get(kind, 0), units)
    return most
