"""A school year as a snapshot sees it: who was in which school, until when, and what was missed.

Read in bulk and folded once. A student in one school all year is a number at once; only one who
was in several (and whom two schools may name on one date) is kept with his records.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime, time
from fractions import Fraction
from typing import Any
from uuid import UUID

from msgspec import Struct

from server.attendance import store as attendance
from server.attendance.rules import nth_school_day
from server.attendance.rules_days import UNEXCUSED, DayRule, Place, School, days_of_marks
from server.db.database import Transaction
from server.snapshot import rules, store
from server.snapshot.settings import SnapshotSettings
from server.snapshot.store import FactLine, SchoolLine, StayLine

UNITS = 840
"""One school day (``schemas.attendance.UNITS_PER_DAY``), written out for the inner loop."""


class Term(Struct, kw_only=True):
    """One school in one school year."""

    school: SchoolLine
    level: str
    days: list[date]
    """Instructional days, sorted; empty: no calendar."""
    day_n: date | None
    """The last day that counts. None: no calendar."""
    newest: int | None = None
    """The recording up to which its facts count; None: as known now."""
    cut: datetime | None = None
    """The moment of that; None: now."""
    is_told: bool = True
    """The school has told any attendance of the year."""


class Year(Struct, kw_only=True):
    """One school year of the district."""

    school_year: str
    terms: dict[UUID, Term]
    stays: dict[UUID, list[StayLine]]
    """By student; only what an enrolment file says, where a school has one."""
    student_of: dict[int, UUID]
    places: dict[int, Place]
    schools_of: dict[UUID, set[UUID]]
    """Every school that names a student, by student."""

    def is_empty(self) -> bool:
        """Tell whether nothing is known of this year."""
        return not self.student_of

    def reached_day_n(self, schools: Collection[UUID]) -> date | None:
        """Return when the last of these schools had reached day N; None: none has a calendar."""
        known = [self.terms[one].day_n for one in schools]
        return max((day for day in known if day), default=None)

    def begins(self, schools: Collection[UUID]) -> date | None:
        """Return the first school day of any of these schools."""
        return min(
            (self.terms[one].days[0] for one in schools if self.terms[one].days), default=None
        )


def load(  # noqa: PLR0913  (what a year is read by)
    tx: Transaction,
    school_year: str,
    day: int,
    *,
    settings: SnapshotSettings,
    on: date | None,
    known_at: datetime | None,
) -> Year:
    """Return a school year of the whole district, with day ``day`` of each school.

    ``on``: the district's own date for it, where the settings say so.
    """
    lines = store.stays(tx, school_year)
    schools = store.schools(tx)
    days = store.school_days(tx, school_year)
    told = store.told_until(tx, school_year)
    grades = _grades(lines)
    terms = {
        one.id: Term(
            school=one,
            level=rules.level_of(one.level, grades.get(one.id, {})),
            days=[day.on_date for day in days.get(one.id, [])],
            day_n=None,
            is_told=one.id in told,
        )
        for one in schools
    }
    _set_day_n(terms, day, settings=settings, on=on, of={line.school_id for line in lines})
    _set_known(tx, terms, settings=settings, known_at=known_at)
    for term in terms.values():
        term.is_told = term.is_told or store.has_facts(tx, term.school.id, school_year)
    return Year(
        school_year=school_year,
        terms=terms,
        stays=_by_student(lines),
        student_of={line.place_id: line.student_id for line in lines},
        places=_places(lines, terms, days),
        schools_of=_schools_of(lines),
    )


def _set_day_n(
    terms: Mapping[UUID, Term],
    day: int,
    *,
    settings: SnapshotSettings,
    on: date | None,
    of: Collection[UUID],
) -> None:
    for term in terms.values():
        if term.days:
            term.day_n = nth_school_day(term.days, day) or term.days[-1]
    if settings.day_n == "district_date":
        reached = [one.day_n for key, one in terms.items() if key in of and one.day_n]
        shared = on or max(reached, default=None)
        for term in terms.values():
            term.day_n = shared if term.days else None


def _set_known(
    tx: Transaction,
    terms: Mapping[UUID, Term],
    *,
    settings: SnapshotSettings,
    known_at: datetime | None,
) -> None:
    if settings.known == "as_known_now":
        return
    zone = attendance.zone_of(tx)
    newest: dict[datetime, int] = {}
    for term in terms.values():
        if settings.known == "at":
            term.cut = known_at
        elif term.day_n is not None:
            term.cut = datetime.combine(term.day_n, time.max, zone)
        if term.cut is not None:
            if term.cut not in newest:
                newest[term.cut] = attendance.newest_recording(tx, term.cut)
            term.newest = newest[term.cut]


def _by_student(lines: Iterable[StayLine]) -> dict[UUID, list[StayLine]]:
    lines = list(lines)
    has_file = {line.school_id for line in lines if line.is_from_file}
    found: dict[UUID, list[StayLine]] = {}
    for line in lines:
        if line.is_from_file or line.school_id not in has_file:
            found.setdefault(line.student_id, []).append(line)
    return found


def _schools_of(lines: Iterable[StayLine]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = {}
    for line in lines:
        found.setdefault(line.student_id, set()).add(line.school_id)
    return found


def _grades(lines: Iterable[StayLine]) -> dict[UUID, dict[str, int]]:
    found: dict[UUID, dict[str, int]] = {}
    for line in lines:
        known = found.setdefault(line.school_id, {})
        known[line.grade] = known.get(line.grade, 0) + 1
    return found


def _places(
    lines: Iterable[StayLine],
    terms: Mapping[UUID, Term],
    days: Mapping[UUID, list[store.DayLine]],
) -> dict[int, Place]:
    schools = {
        key: School(
            id=key,
            level=term.level,
            mode=term.school.mode,
            periods=term.school.periods,
            minutes=term.school.minutes,
            days=term.days,
            periods_on={day.on_date: day.periods for day in days.get(key, []) if day.periods},
            minutes_on={day.on_date: day.minutes for day in days.get(key, []) if day.minutes},
        )
        for key, term in terms.items()
    }
    return {
        line.place_id: Place(
            id=line.place_id,
            school=schools[line.school_id],
            grade=line.grade,
            periods=line.periods,
        )
        for line in lines
    }


class Missed(Struct, kw_only=True):
    """What students missed without an excuse, in units of a day."""

    rule: DayRule | None
    year: Year
    units: dict[UUID, int] = {}
    """Of students in one school."""
    dates: dict[UUID, list[tuple[date, int]]] = {}
    """Of the watched among them, day by day."""
    marks: dict[UUID, list[FactLine]] = {}
    """Of students in several schools: their records."""

    def of(self, student_id: UUID, schools: Collection[UUID] | None = None) -> int:
        """Return what a student missed, in some schools or in all that were read."""
        if student_id in self.marks:
            return sum(units for _, units in self.days(student_id, schools))
        units = self.units.get(student_id, 0)
        if units and schools is not None and not self.year.schools_of[student_id] <= set(schools):
            return 0
        return units

    def days(
        self, student_id: UUID, schools: Collection[UUID] | None = None
    ) -> list[tuple[date, int]]:
        """Return what a watched student missed, day by day."""
        if student_id not in self.marks:
            return self.dates.get(student_id, [])
        places = self.year.places
        marks = [
            mark
            for mark in self.marks[student_id]
            if schools is None or places[mark[0]].school.id in schools
        ]
        return [
            (day.on_date, day.unexcused)
            for day in days_of_marks(self.rule, places_of(places, marks), marks)
            if day.unexcused
        ]

    def by_student(self, schools: Collection[UUID]) -> dict[UUID, int]:
        """Return what everybody missed in these schools, without those who missed nothing."""
        within = set(schools)
        found = {one: self.of(one, within) for one in (*self.units, *self.marks)}
        return {one: units for one, units in found.items() if units}


def places_of(places: Mapping[int, Place], marks: Iterable[FactLine]) -> dict[int, Place]:
    """Return the enrolments that these records hang on."""
    return {mark[0]: places[mark[0]] for mark in marks}


def tally(  # noqa: PLR0913  (whose days, by what rule, until when)
    tx: Transaction,
    year: Year,
    schools: Iterable[UUID],
    *,
    rule: DayRule | None,
    until: Callable[[Term], date | None],
    watched: Collection[UUID] = frozenset(),
) -> Missed:
    """Return what was missed without an excuse in these schools, up to a date of each."""
    missed = Missed(rule=rule, year=year)
    movers = {one for one, theirs in year.schools_of.items() if len(theirs) > 1}
    for school_id in schools:
        term = year.terms[school_id]
        last = until(term)
        if last is None:
            continue
        lines = store.facts(tx, school_id, year.school_year, until=last, newest=term.newest)
        _fold(missed, lines, movers=movers, watched=watched)
    return missed


def _fold(
    missed: Missed,
    lines: Iterable[FactLine],
    *,
    movers: Collection[UUID],
    watched: Collection[UUID],
) -> None:
    year = missed.year
    single: dict[tuple[int, date], Any] = {}
    for line in lines:
        student_id = year.student_of[line[0]]
        if student_id in movers:
            missed.marks.setdefault(student_id, []).append(line)
            continue
        key = line[:2]
        known = single.get(key)
        if known is None:
            single[key] = line
        elif type(known) is list:
            known.append(line)
        else:
            single[key] = [known, line]
    for (place, day), told in single.items():
        units = _units(missed, place, told)
        if units:
            student_id = year.student_of[place]
            missed.units[student_id] = missed.units.get(student_id, 0) + units
            if student_id in watched:
                missed.dates.setdefault(student_id, []).append((day, units))


def _units(missed: Missed, place: int, told: FactLine | list[FactLine]) -> int:
    """Return what one date comes to. Nearly all have one whole-day record: no rule is asked."""
    if type(told) is tuple:
        if told[3] != UNEXCUSED:
            return 0
        if not told[2] and told[4] == UNITS:
            return UNITS
    marks = [told] if isinstance(told, tuple) else told
    places = {place: missed.year.places[place]}
    return sum(day.unexcused for day in days_of_marks(missed.rule, places, marks))


class Members(Struct, frozen=True, kw_only=True):
    """How many students some schools had up to day N, counted in three ways."""

    ever_enrolled: int
    """At least one day."""
    on_day_n: int
    average_membership: Fraction
    """Days of enrolment over school days, school by school."""


def is_enrolled(stay: StayLine, day: date, settings: SnapshotSettings) -> bool:
    """Tell whether a stay holds on a day; ``exit_on`` is its last day."""
    if stay.entry_on is not None and stay.entry_on > day:
        return False
    if stay.exit_on is None:
        return True
    return stay.exit_on > day or (stay.exit_on == day and settings.exit_day == "enrolled")


def members(
    year: Year,
    schools: Collection[UUID],
    settings: SnapshotSettings,
    until: Callable[[Term], date | None],
) -> Members:
    """Return how many students these schools had."""
    ever: set[UUID] = set()
    present: set[UUID] = set()
    spent: dict[UUID, int] = {}
    ends = {one: until(year.terms[one]) for one in schools}
    for student_id, stays in year.stays.items():
        for stay in stays:
            end = ends.get(stay.school_id)
            days = year.terms[stay.school_id].days
            if end is None:
                continue
            count = _days_within(stay, days, end)
            if count:
                ever.add(student_id)
                spent[stay.school_id] = spent.get(stay.school_id, 0) + count
            if is_enrolled(stay, end, settings):
                present.add(student_id)
    average = Fraction(0)
    for school_id, count in spent.items():
        end = ends[school_id]
        if end is not None:
            average += Fraction(count, bisect_right(year.terms[school_id].days, end))
    return Members(ever_enrolled=len(ever), on_day_n=len(present), average_membership=average)


def _days_within(stay: StayLine, days: list[date], end: date) -> int:
    first = 0 if stay.entry_on is None else bisect_left(days, stay.entry_on)
    last = end if stay.exit_on is None else min(end, stay.exit_on)
    return max(0, bisect_right(days, last) - first)
