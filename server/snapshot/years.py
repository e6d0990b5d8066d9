"""A school year as a snapshot sees it: its schools, their day N, and who was in which when."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime, time
from fractions import Fraction
from uuid import UUID

from msgspec import Struct

from server.attendance import store as attendance
from server.attendance.rules.calendar import nth_school_day
from server.attendance.rules.days import Place, School
from server.attendance.rules.places import Spans, Stay, spans_of
from server.attendance.store import then
from server.db.database import Transaction
from server.ladder.store.facts import told_until_then
from server.snapshot import reading, rules, store
from server.snapshot.reading import Read
from server.snapshot.settings import SnapshotSettings
from server.snapshot.store import SchoolLine, StayLine


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
    """The school has told any attendance of the year (by then)."""
    told_until: date | None = None
    """Up to which day it had; None: it never said."""
    first_recorded: datetime | None = None
    """When it first did, where it is asked what was recorded by some moment."""

    @property
    def is_behind(self) -> bool:
        """Tell whether the school had not told all its days up to day N."""
        if self.told_until is None or self.day_n is None:
            return False
        return bisect_right(self.days, self.told_until) < bisect_right(self.days, self.day_n)


class Year(Struct, kw_only=True):
    """One school year of the district."""

    school_year: str
    terms: dict[UUID, Term]
    stays: dict[UUID, list[StayLine]]
    """By student; only what an enrolment file says, where a school has one."""
    stays_at: dict[UUID, list[StayLine]]
    """The same by school."""
    student_of: dict[int, UUID]
    school_of: dict[int, UUID]
    places: dict[int, Place]
    spans: dict[int, Spans]
    """By enrolment, the days on which the student was there."""
    schools_of: dict[UUID, set[UUID]]
    """Every school that names a student, by student."""
    were: then.Then | None = None
    """What the rows were at the moment asked for; None: what they are."""

    def is_empty(self) -> bool:
        """Tell whether nothing is known of this year."""
        return not self.student_of

    def late(self, schools: Collection[UUID]) -> list[Term]:
        """Return the schools whose first attendance was written down after the moment asked for."""
        return [
            term
            for term in (self.terms[one] for one in schools)
            if term.first_recorded is not None and not term.is_told
        ]

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
    is_at = settings.known == "at" and known_at is not None
    were = then.then(tx, known_at) if is_at and known_at else None
    known = reading.read(tx, school_year, were)
    terms = _terms(known)
    of = {line.school_id for line in known.stays}
    _set_day_n(terms, day, settings=settings, on=on, of=of)
    _set_known(tx, terms, settings=settings, known_at=known_at)
    if settings.known == "as_recorded":
        cuts = {key: term.cut for key, term in terms.items() if term.cut is not None}
        were = then.then_of(tx, cuts)
        if were is not None:
            known = reading.read(tx, school_year, were)
            for one in known.schools:
                if one.id in terms:
                    terms[one.id].school = one
    _set_told(tx, school_year, terms)
    lines = known.stays
    stays = _told(lines)
    return Year(
        school_year=school_year,
        terms=terms,
        stays=_grouped(stays, lambda line: line.student_id),
        stays_at=_grouped(stays, lambda line: line.school_id),
        student_of={line.place_id: line.student_id for line in lines},
        school_of={line.place_id: line.school_id for line in lines},
        places=_places(lines, terms, known.days),
        spans=_spans(lines),
        schools_of=_schools_of(lines),
        were=were,
    )


def _terms(known: Read) -> dict[UUID, Term]:
    grades = _grades(known.stays)
    return {
        one.id: Term(
            school=one,
            level=rules.level_of(one.level, grades.get(one.id, {})),
            days=known.days_of(one.id),
            day_n=None,
        )
        for one in known.schools
    }


def _set_told(tx: Transaction, school_year: str, terms: Mapping[UUID, Term]) -> None:
    """Note which schools have told any attendance, and when each first did."""
    told = store.told_until(tx, school_year)
    is_now = all(term.newest is None for term in terms.values())
    first = {} if is_now else store.first_recordings(tx, school_year)
    newest = {term.newest for term in terms.values() if term.newest is not None}
    then = {one: told_until_then(tx, school_year, one) for one in newest}
    for key, term in terms.items():
        term.told_until = told.get(key) if term.newest is None else then[term.newest].get(key)
        has_any = key in told or store.has_facts(tx, key, school_year)
        recorded = first.get(key)
        if term.newest is None:
            term.is_told = has_any
        else:
            is_untimed = recorded is None and has_any
            term.is_told = is_untimed or (recorded is not None and recorded[0] <= term.newest)
            term.first_recorded = recorded[1] if recorded else None


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
    # Without a calendar: when the other schools had reached it, as everywhere.
    reached = max((term.day_n for term in terms.values() if term.day_n), default=None)
    for term in terms.values():
        day_n = term.day_n or reached
        if settings.known == "at":
            term.cut = known_at
        elif day_n is not None:
            term.cut = datetime.combine(day_n, time.max, zone)
        if term.cut is not None:
            if term.cut not in newest:
                newest[term.cut] = attendance.newest_recording(tx, term.cut)
            term.newest = newest[term.cut]


def _told(lines: Iterable[StayLine]) -> list[StayLine]:
    """Return what an enrolment file says, where a school has one; else what events suggest."""
    listed = list(lines)
    has_file = {line.school_id for line in listed if line.is_from_file}
    return [line for line in listed if line.is_from_file or line.school_id not in has_file]


def _grouped(
    lines: Iterable[StayLine], key: Callable[[StayLine], UUID]
) -> dict[UUID, list[StayLine]]:
    found: dict[UUID, list[StayLine]] = {}
    for line in lines:
        found.setdefault(key(line), []).append(line)
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
            level=term.school.level,
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


def _spans(lines: Iterable[StayLine]) -> dict[int, Spans]:
    stays: dict[int, list[Stay]] = {}
    for line in lines:
        stays.setdefault(line.place_id, []).append((line.entry_on, line.exit_on))
    return {place_id: spans_of(theirs) for place_id, theirs in stays.items()}


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
    average = Fraction(0)
    for school_id in schools:
        days = year.terms[school_id].days
        end = until(year.terms[school_id])
        if end is None:
            continue
        spent = 0
        for stay in year.stays_at.get(school_id, ()):
            count = _days_within(stay, days, end)
            spent += count
            if count:
                ever.add(stay.student_id)
            if is_enrolled(stay, end, settings):
                present.add(stay.student_id)
        average += Fraction(spent, max(1, bisect_right(days, end)))
    return Members(ever_enrolled=len(ever), on_day_n=len(present), average_membership=average)


def _days_within(stay: StayLine, days: list[date], end: date) -> int:
    first = 0 if stay.entry_on is None else bisect_left(days, stay.entry_on)
    last = end if stay.exit_on is None else min(end, stay.exit_on)
    return max(0, bisect_right(days, last) - first)
