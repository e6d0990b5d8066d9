"""What students missed without an excuse, by the day rule of the ladder.

Read in bulk and folded once. A student in one school all year is a number at once; only one who
was in several (and whom two schools may name on one date) is kept with his records.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from uuid import UUID

from msgspec import Struct

from schemas.attendance import UNITS_PER_DAY
from server.attendance.rules.days import UNEXCUSED, DayRule, Place, days_of_marks
from server.attendance.rules.places import Mark, Spans
from server.db.database import Transaction
from server.snapshot import store
from server.snapshot.store import FactLine
from server.snapshot.years import Year


class Missed(Struct, kw_only=True):
    """What students missed without an excuse, in units of a day."""

    rule: DayRule | None
    year: Year
    units: dict[UUID, int] = {}
    """Up to day N, of students in one school."""
    later: dict[UUID, int] = {}
    """What they missed after it, where that was read."""
    dates: dict[UUID, list[tuple[date, int]]] = {}
    """Of the watched among them, day by day up to day N."""
    marks: dict[UUID, list[FactLine]] = {}
    """Of students in several schools: their records, those after day N as well."""

    def of(self, student_id: UUID, schools: Collection[UUID] | None = None) -> int:
        """Return what a student missed up to day N, in some schools or in all that were read."""
        if student_id in self.marks:
            return sum(units for _, units in self.days(student_id, schools))
        units = self.units.get(student_id, 0)
        if units and schools is not None and not self.year.schools_of[student_id] <= set(schools):
            return 0
        return units

    def days(
        self, student_id: UUID, schools: Collection[UUID] | None = None
    ) -> list[tuple[date, int]]:
        """Return what a watched student missed, day by day up to day N."""
        if student_id not in self.marks:
            return self.dates.get(student_id, [])
        places, terms = self.year.places, self.year.terms
        wanted: list[FactLine] = []
        for mark in self.marks[student_id]:
            school_id = self.year.school_of[mark[0]]
            day_n = terms[school_id].day_n
            if day_n and mark[1] <= day_n and (schools is None or school_id in schools):
                wanted.append(mark)
        return [(day, units) for day, units in _by_date(self.rule, places, wanted) if units]

    def by_student(self, schools: Collection[UUID]) -> dict[UUID, int]:
        """Return what everybody missed in these schools, without those who missed nothing."""
        within = set(schools)
        found = {one: self.of(one, within) for one in self.marks}
        found |= {
            one: units for one, units in self.units.items() if self.year.schools_of[one] <= within
        }
        return {one: units for one, units in found.items() if units}

    def all_year(self) -> dict[UUID, int]:
        """Return what everybody missed, also after day N where that was read."""
        found = {
            one: sum(units for _, units in _by_date(self.rule, self.year.places, marks))
            for one, marks in self.marks.items()
        }
        for one in self.units.keys() | self.later.keys():
            found[one] = self.units.get(one, 0) + self.later.get(one, 0)
        return found


def tally(  # noqa: PLR0913  (whose days, by what rule, until when)
    tx: Transaction,
    year: Year,
    schools: Iterable[UUID],
    *,
    rule: DayRule | None,
    to_the_end: bool = False,
    watched: Collection[UUID] = frozenset(),
) -> Missed:
    """Return what was missed without an excuse in these schools up to day N.

    ``to_the_end``: read what came after it as well (``Missed.all_year``). ``watched``: whose days
    are wanted one by one.
    """
    missed = Missed(rule=rule, year=year)
    moving = {place for place, one in year.student_of.items() if len(year.schools_of[one]) > 1}
    for school_id in schools:
        term = year.terms[school_id]
        if term.day_n is None:
            continue
        until = max(term.days[-1], term.day_n) if to_the_end else term.day_n
        lines = store.facts(tx, school_id, year.school_year, until=until, newest=term.newest)
        _fold(missed, lines, day_n=term.day_n, moving=moving, watched=watched)
    return missed


def _fold(
    missed: Missed,
    lines: Iterable[FactLine],
    *,
    day_n: date,
    moving: Collection[int],
    watched: Collection[UUID],
) -> None:
    student_of, spans = missed.year.student_of, missed.year.spans
    single: dict[tuple[int, date], FactLine] = {}
    several: dict[tuple[int, date], list[FactLine]] = {}
    for line in lines:
        theirs = spans[line[0]]
        if not (theirs[0][0] <= line[1] <= theirs[0][1] or _is_within(line[1], theirs[1:])):
            continue  # what a school tells of days on which it did not have the student
        if line[0] in moving:
            missed.marks.setdefault(student_of[line[0]], []).append(line)
            continue
        key = line[:2]
        known = single.setdefault(key, line)
        if known is not line:
            several.setdefault(key, [known]).append(line)
    sums: dict[int, int] = {}
    later: dict[int, int] = {}
    for key, line in single.items():
        units = _units(missed, several.get(key) or [line])
        if units:
            place, day = key
            into = sums if day <= day_n else later
            into[place] = into.get(place, 0) + units
            if watched and day <= day_n and student_of[place] in watched:
                missed.dates.setdefault(student_of[place], []).append((day, units))
    missed.units.update((student_of[place], units) for place, units in sums.items())
    missed.later.update((student_of[place], units) for place, units in later.items())


def _is_within(day: date, spans: Spans) -> bool:
    return any(first <= day <= last for first, last in spans)


def _units(missed: Missed, told: list[FactLine]) -> int:
    """Return what one date comes to. Nearly all have one whole-day record: no rule is asked."""
    if len(told) == 1:
        _, _, period, kind, units, _ = told[0]
        if kind != UNEXCUSED:
            return 0
        if not period and units == UNITS_PER_DAY:
            return UNITS_PER_DAY
    return sum(units for _, units in _by_date(missed.rule, missed.year.places, told))


def _by_date(
    rule: DayRule | None, places: Mapping[int, Place], marks: Iterable[FactLine]
) -> list[tuple[date, int]]:
    listed = [Mark(*mark) for mark in marks]
    theirs = {mark.place: places[mark.place] for mark in listed}
    return [(day.on_date, day.unexcused) for day in days_of_marks(rule, theirs, listed)]
