"""Takes students up the ladder: reads their marks, adds what was done, and asks the engine.

A plain ladder's short way (``rules_sweep``) does for nearly every student; the long way
(``rules_climb``) for the rest and for every other ladder. What a logged contact did about a step
is derived here each time, never copied: a contact counts for a step from the day it was crossed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias
from uuid import UUID

import msgspec
from msgspec import Struct

from server.attendance.rules_days import Mark
from server.db.database import Transaction
from server.ladder import deeds, rules_climb, rules_sweep, year
from server.ladder.deeds import Deeds
from server.ladder.law import Ladder, band_of
from server.ladder.rules import Reached
from server.ladder.rules_input import Climb, Student
from server.ladder.store import facts as store
from server.ladder.store.facts import PlaceFacts, RawMark, Stay
from server.ladder.year import Asked, Year

Theirs: TypeAlias = tuple[UUID, Sequence[PlaceFacts], list[RawMark]]
"""A student, the enrolments of the year (the present one last), and the marks in them."""
Before: TypeAlias = Mapping[UUID, Mapping[str, bool]]
"""By student, the steps met when last looked at, and whether they were passed over."""


class Climbing(Struct, kw_only=True):
    """Some students' school year, opened for climbing."""

    ladder: Ladder
    year: Year
    students: Mapping[UUID, Sequence[PlaceFacts]]
    stays: Mapping[int, Sequence[Stay]]
    deeds: Mapping[UUID, Deeds]


def start(
    tx: Transaction,
    ladder: Ladder,
    school_year: str,
    asked: Asked,
    students: Collection[UUID] | None = None,
) -> Climbing:
    """Open a school year for these students (None: all). Schools left out are left out here."""
    places = store.places(tx, school_year, students)
    schools = None if students is None else {place.school_id for place in places}
    opened = year.load(tx, school_year, asked, schools)
    known = year.by_student(place for place in places if place.school_id in opened.ends)
    return Climbing(
        ladder=ladder,
        year=opened,
        students=known,
        stays=store.stays(tx, school_year, students),
        deeds=deeds.of_year(tx, ladder, opened, known, asked, is_all=students is None),
    )


def everybody(tx: Transaction, of: Climbing, *, is_all: bool) -> Iterator[Theirs]:
    """Yield each student once, also those without a mark.

    ``is_all``: read the whole year's marks in one go, else those of these students' enrolments.
    """
    by_place = {place.id: theirs for theirs in of.students.values() for place in theirs}
    several: dict[UUID, list[RawMark]] = {}
    seen: set[UUID] = set()
    for place_id, marks in groupby(_marks(tx, of, by_place, is_all=is_all), key=itemgetter(0)):
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


def reached_by_all(tx: Transaction, of: Climbing) -> Iterator[tuple[UUID, tuple[Reached, ...]]]:
    """Yield who is at or above any step that no person must decide, and when it was crossed."""
    quick = Quick(of) if of.ladder.is_plain else None
    for one in everybody(tx, of, is_all=True):
        met = quick.reached(one) if quick and one[2] else None
        if met is None:
            if quick and not one[2]:
                continue
            met = climb(of, one).reached
        if met:
            yield one[0], met


class Quick:
    """The short way up a plain ladder."""

    def __init__(self, of: Climbing) -> None:
        last = {school: min(end, of.year.until) for school, end in of.year.ends.items()}
        schools = of.year.schools
        self._thresholds = rules_sweep.thresholds_of(of.ladder)
        full = {one for one, school in schools.items() if rules_sweep.is_full(of.ladder, school)}
        self._ends: dict[int, date] = {}
        self._fully: set[int] = set()
        for theirs in of.students.values():
            for place in theirs:
                self._ends[place.id] = last[place.school_id]
                if place.school_id in full:
                    self._fully.add(place.id)

    def reached(self, one: Theirs) -> tuple[Reached, ...] | None:
        """Return the steps that a student reaches; None: the long way must tell."""
        return rules_sweep.sweep(self._thresholds, one[2], self._ends, self._fully)


def climb(of: Climbing, one: Theirs, before: Mapping[str, bool] | None = None) -> Climb:
    """Return where one student stands to every step, by the long way."""
    student_id, theirs, marks = one
    known = of.deeds.get(student_id, deeds.NOTHING)
    student = Student(
        places=[of.year.place(place, of.stays.get(place.id, ())) for place in theirs],
        marks=[Mark(*mark) for mark in marks],
        done=known.done,
        decisions=known.decisions,
        exemptions=known.exemptions,
        before=before or {},
    )
    found = rules_climb.climb(of.ladder, student, of.year.until)
    if not known.contacts:
        return found
    present = theirs[-1]
    band = band_of(of.year.schools[present.school_id].level, present.grade)
    while True:
        more = deeds.by_contacts(of.ladder, known, found, band)
        done = [*known.done, *more]
        if len(done) <= len(student.done):
            return found
        student = msgspec.structs.replace(student, done=done)
        found = rules_climb.climb(of.ladder, student, of.year.until)


def _marks(
    tx: Transaction,
    of: Climbing,
    places: Mapping[int, Sequence[PlaceFacts]],
    *,
    is_all: bool,
) -> Iterable[RawMark]:
    newest_of = of.year.newest_of
    if newest_of is not None:
        school_of = {
            place.id: place.school_id for theirs in of.students.values() for place in theirs
        }
        return (
            mark
            for mark, opened, closed in store.marks_with_history(tx, of.year.school_year)
            if mark[0] in school_of
            and opened <= newest_of[school_of[mark[0]]]
            and (closed is None or closed > newest_of[school_of[mark[0]]])
        )
    if is_all:
        return store.marks_of_year(tx, of.year.school_year, newest=of.year.newest)
    return store.marks_of_places(tx, places, newest=of.year.newest)
