"""Takes students up the ladder: reads their marks, adds what was done, and asks the engine.

A plain ladder's short way is ``rules.folding``; the long way, for every other ladder and wherever
somebody did or decided something, is ``rules.climbing``. What a logged contact did about a step
is derived here each time, never copied: a contact counts for a step from the day it was crossed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Struct

from schemas.attendance import UNITS_PER_DAY, AttendanceKind
from server.attendance.rules.days import Mark, Place, Told
from server.attendance.rules.places import Stay, spans_of
from server.db.database import Transaction
from server.ladder import deeds, year
from server.ladder.deeds import Deeds
from server.ladder.law import Ladder, band_of
from server.ladder.rules import climbing, folding, thresholds
from server.ladder.rules.inputs import Climb, Done, Student
from server.ladder.rules.thresholds import Reached
from server.ladder.store import facts as store
from server.ladder.store.facts import PlaceFacts, RawMark
from server.ladder.store.raw import Dates
from server.ladder.year import Asked, Year

Theirs: TypeAlias = tuple[UUID, Sequence[PlaceFacts], list[RawMark]]
"""A student, the enrolments of the year (the present one last), and the marks in them."""
Before: TypeAlias = Mapping[UUID, Mapping[str, bool]]
"""By student, the steps met when last looked at, and whether they were passed over."""


_UNEXCUSED = AttendanceKind.ABSENT_UNEXCUSED.value
DATES = Dates()
"""A few hundred dates are all there ever are."""


class Climbing(Struct, kw_only=True):
    """Some students' school year, opened for climbing."""

    ladder: Ladder
    year: Year
    students: Mapping[UUID, Sequence[PlaceFacts]]
    stays: Mapping[int, Sequence[Stay]]
    """Of the enrolments with several."""
    deeds: Mapping[UUID, Deeds]


def start(  # noqa: PLR0913  (whose year, and how it is asked for)
    tx: Transaction,
    ladder: Ladder,
    opened: Year,
    asked: Asked,
    places: Sequence[PlaceFacts] | None = None,
    *,
    whole: bool = True,
) -> Climbing:
    """Open a school year for the students of these enrolments (None: for all).

    Enrolments in schools that the year leaves out are left out. ``whole`` False: what was done
    about anybody is no matter.
    """
    is_all = places is None
    known = opened.places() if places is None else places
    students = year.by_student(place for place in known if place.school_id in opened.ends)
    done: Mapping[UUID, Deeds] = {}
    if whole:
        done = deeds.of_year(tx, ladder, opened, students, asked, is_all=is_all)
    wanted = None if is_all else [place.id for theirs in students.values() for place in theirs]
    return Climbing(
        ladder=ladder,
        year=opened,
        students=students,
        stays=opened.stays(wanted),
        deeds=done,
    )


def bare(ladder: Ladder, opened: Year) -> Climbing:
    """Open a school year for all students, without what was done about any of them."""
    places = [place for place in opened.places() if place.school_id in opened.ends]
    return Climbing(
        ladder=ladder,
        year=opened,
        students=year.by_student(places),
        stays=opened.stays(),
        deeds={},
    )


def open_for(  # noqa: PLR0913  (whose year, and how it is asked for)
    tx: Transaction,
    ladder: Ladder,
    school_year: str,
    students: Collection[UUID],
    asked: Asked | None = None,
    *,
    whole: bool = True,
) -> Climbing:
    """Open a school year for these students, up to what is known now or what is asked for.

    ``whole`` False: without the dates of calendars and what was done, for ``climb_plain`` alone.
    """
    if asked is None or not asked.is_of_then:
        places = store.places(tx, school_year, students)
        schools = {place.school_id for place in places}
        opened = year.load(tx, school_year, asked or Asked(), schools)
        opened.has_dates = whole
        return start(tx, ladder, opened, asked or Asked(), places, whole=whole)
    opened = year.load(tx, school_year, asked)
    return start(tx, ladder, opened, asked, opened.places(students), whole=whole)


def open_short(
    tx: Transaction, ladder: Ladder, school_year: str, students: Collection[UUID]
) -> Climbing:
    """Open a plain ladder's school year for these students, as known now.

    What was done about them is not read yet: ``read_deeds``, of the few whom it may take further.
    """
    of = open_for(tx, ladder, school_year, students, whole=False)
    of.year.has_dates = True
    return of


def read_deeds(tx: Transaction, of: Climbing, students: Collection[UUID]) -> None:
    """Read what was done about these students; of the others nothing is known after this."""
    theirs = {student_id: of.students[student_id] for student_id in students}
    of.deeds = deeds.of_year(tx, of.ladder, of.year, theirs, Asked(), is_all=False)


def everybody(
    tx: Transaction, of: Climbing, *, is_all: bool = False, kinds: Collection[str] | None = None
) -> Iterator[Theirs]:
    """Yield each student once, also those without a mark.

    ``is_all``: read the whole year's marks in one go, else those of these students' enrolments.
    """
    places = [place.id for theirs in of.students.values() for place in theirs]
    return each(of, _marks(tx, of, places, is_all=is_all, kinds=kinds))


def each(of: Climbing, read: Iterable[RawMark]) -> Iterator[Theirs]:
    """Yield each student once with these marks, which come enrolment by enrolment."""
    by_place = {place.id: theirs for theirs in of.students.values() for place in theirs}
    several: dict[UUID, list[RawMark]] = {}
    seen: set[UUID] = set()
    for place_id, marks in groupby(read, key=itemgetter(0)):
        theirs = by_place.get(place_id)
        if theirs is None:
            continue
        student_id = theirs[0].student_id
        seen.add(student_id)
        if len(theirs) == 1:
            yield student_id, theirs, list(marks)
        else:
            several.setdefault(student_id, []).extend(marks)
    for student_id, known in several.items():
        yield student_id, of.students[student_id], known
    for student_id, theirs in of.students.items():
        if student_id not in seen:
            yield student_id, theirs, []


class Quick:
    """The short way up a plain ladder."""

    def __init__(self, of: Climbing) -> None:
        self._of = of
        self._rule = of.ladder.day_rule
        self._thresholds = of.ladder.thresholds
        self._lowest = min(threshold.units for threshold in self._thresholds)
        self._needed = _needed_by_decisions(of.ladder)
        self._fewest = -(-self._lowest // UNITS_PER_DAY)  # no record is more than a day
        self._places = {place.id: place for theirs in of.students.values() for place in theirs}
        self._last = {school: min(end, of.year.until) for school, end in of.year.ends.items()}

    def reached(self, one: Theirs) -> tuple[Reached, ...]:
        """Return the steps that a student reaches, the lowest first."""
        marks = one[2]
        if len(marks) < self._fewest:
            return ()
        if [mark[4] for mark in marks].count(_UNEXCUSED) < self._fewest:
            return ()
        is_text = isinstance(marks[0][2], str)
        spans = spans_of_places(one[1], self._of.stays, self._last, is_text=is_text)
        own = folding.within(marks, spans)
        days = folding.unexcused_days(self._rule, self._place, own, at_least=self._lowest)
        return thresholds.reached(self._thresholds, days) if days else ()

    def is_more_open(self, reached: Iterable[Reached]) -> bool:
        """Tell whether what was done can cross a step that a person decides, from these steps on.

        None is crossed before the steps that it requires.
        """
        keys = {step.step for step in reached}
        return any(needed <= keys for needed in self._needed)

    def _place(self, place_id: int) -> Place:
        return self._of.year.place(self._places[place_id])


def _needed_by_decisions(ladder: Ladder) -> list[frozenset[str]]:
    """Return what each step that a person decides requires of the others."""
    others = {step.key for step in ladder.automatic_steps}
    return [
        frozenset(need.partition(".")[0] for need in step.requires) & others
        for step in ladder.steps
        if step.human_decision
    ]


def spans_of_places(
    places: Iterable[PlaceFacts],
    stays: Mapping[int, Sequence[Stay]],
    last: Mapping[UUID, date],
    *,
    is_text: bool,
) -> dict[int, Sequence[tuple[Any, Any]]]:
    """Return, by enrolment, the days that count, up to the last one of its school.

    ``is_text``: spelled as SQLite spells dates.
    """
    found: dict[int, Sequence[tuple[Any, Any]]] = {}
    for place in places:
        theirs = stays.get(place.id, ((place.entry_on, place.exit_on),))
        spans = spans_of(theirs, last.get(place.school_id, date.max))
        found[place.id] = [(str(first), str(end)) for first, end in spans] if is_text else spans
    return found


def climb(of: Climbing, one: Theirs, before: Mapping[str, bool] | None = None) -> Climb:
    """Return where one student stands to every step, by the long way."""
    return stand(of, one, before)[0]


def climb_plain(of: Climbing, one: Theirs) -> Climb:
    """Return where one student stands to the highest step reached of a plain ladder."""
    by_date: dict[date, list[Told]] = {}
    for mark in one[2]:
        by_date.setdefault(DATES[mark[2]], []).append(mark[1:])
    return climb_dates(of, one[1], by_date)


def climb_dates(
    of: Climbing, theirs: Iterable[PlaceFacts], by_date: Mapping[date, Sequence[Told]]
) -> Climb:
    """Return the same by what is told of each date in these enrolments."""
    return climbing.climb_plain(of.ladder, _places(of, theirs), by_date, of.year.until)


def _places(of: Climbing, theirs: Iterable[PlaceFacts]) -> list[Place]:
    return [of.year.place(place, of.stays.get(place.id, ())) for place in theirs]


def _student(of: Climbing, one: Theirs) -> Student:
    _, theirs, marks = one
    return Student(
        places=_places(of, theirs),
        marks=[
            Mark(place, DATES[day], period, kind, units, minutes)
            for _, place, day, period, kind, units, minutes in marks
        ],
    )


def stand(
    of: Climbing, one: Theirs, before: Mapping[str, bool] | None = None
) -> tuple[Climb, Sequence[Done]]:
    """Return where one student stands to every step, and what was done about them."""
    theirs = one[1]
    known = of.deeds.get(one[0], deeds.NOTHING)
    student = msgspec.structs.replace(
        _student(of, one),
        done=known.done,
        decisions=known.decisions,
        exemptions=known.exemptions,
        before=before or {},
    )
    found = climbing.climb(of.ladder, student, of.year.until)
    if not known.contacts:
        return found, student.done
    present = theirs[-1]
    band = band_of(of.year.schools[present.school_id].level, present.grade)
    # What a contact did may open a step, from whose crossing other contacts count: until no more.
    while True:
        done = [*known.done, *deeds.by_contacts(of.ladder, known, found, band)]
        if len(done) <= len(student.done):
            return found, student.done
        student = msgspec.structs.replace(student, done=done)
        found = climbing.climb(of.ladder, student, of.year.until)


def _marks(
    tx: Transaction,
    of: Climbing,
    places: Collection[int],
    *,
    is_all: bool,
    kinds: Collection[str] | None,
) -> Iterable[RawMark]:
    if of.year.newest_of is not None:
        return _as_recorded(tx, of, of.year.newest_of, kinds)
    if is_all:
        return store.marks_of_year(tx, of.year.school_year, newest=of.year.newest, kinds=kinds)
    return store.marks_of_places(tx, places, newest=of.year.newest, kinds=kinds)


def _as_recorded(
    tx: Transaction,
    of: Climbing,
    newest_of: Mapping[UUID, int],
    kinds: Collection[str] | None,
) -> Iterator[RawMark]:
    newest = {
        place.id: newest_of[place.school_id] for theirs in of.students.values() for place in theirs
    }
    for *mark, opened, closed in store.marks_with_history(tx, of.year.school_year, kinds=kinds):
        then = newest.get(mark[0], 0)
        if opened <= then and (closed is None or closed > then):
            yield mark[0], mark[1], mark[2], mark[3], mark[4], mark[5], mark[6]
