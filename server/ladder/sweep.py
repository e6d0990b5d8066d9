"""A plain ladder over the whole district at once, in one pass over its facts.

No enrolment, school or day is made into anything for the nearly all students whose days simply
add up; ``rules.folding`` asks for the few enrolments whose dates need the day rule.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from schemas.attendance import UNITS_PER_DAY, AttendanceKind
from server.attendance.rules.days import Place
from server.attendance.rules.levels import level_of_word
from server.attendance.rules.places import spans_of
from server.db.database import Transaction
from server.ladder.law import Ladder
from server.ladder.rules import folding
from server.ladder.rules import thresholds as rules
from server.ladder.rules.thresholds import Reached
from server.ladder.store import facts as store
from server.ladder.store.facts import RawMark
from server.ladder.store.raw import id_of
from server.ladder.year import Year

_UNEXCUSED = AttendanceKind.ABSENT_UNEXCUSED.value


def sweep(
    tx: Transaction, ladder: Ladder, year: Year
) -> Iterator[tuple[UUID, tuple[Reached, ...]]]:
    """Yield who reaches any step of a plain ladder, with the steps, the lowest first."""
    thresholds = ladder.thresholds
    lowest = min(threshold.units for threshold in thresholds)
    places = _Places(tx, year)
    fewest = -(-lowest // UNITS_PER_DAY)
    for student, marks in places.by_student(tx):
        if [mark[4] for mark in marks].count(_UNEXCUSED) < fewest:
            continue
        days = folding.unexcused_days(ladder.day_rule, places.place, marks, at_least=lowest)
        met = rules.reached(thresholds, days) if days else ()
        if met:
            yield id_of(student), met


class _Places:
    """A year's enrolments as the driver spells them: whose they are, and where."""

    def __init__(self, tx: Transaction, year: Year) -> None:
        self._tx = tx
        self._year = year
        self._grades_of: dict[UUID, Mapping[int, str]] = {}
        self._student_of: dict[int, Any] = {}
        self._school_of: dict[int, Any] = {}
        self._periods_of: dict[int, int] = {}
        self._spans_of: dict[int, tuple[Any, Any]] = {}
        self._stays = store.stays(tx, year.school_year)
        self._several: dict[Any, list[RawMark]] = {}
        self._schools: dict[Any, UUID] = {}
        known: set[Any] = set()
        for place_id, student, school, periods, entry, leave in store.places_alone(
            tx, year.school_year
        ):
            self._spans_of[place_id] = entry, leave
            self._student_of[place_id] = student
            self._school_of[place_id] = school
            if periods:
                self._periods_of[place_id] = periods
            if student in known:
                self._several[student] = []
            known.add(student)
            if school not in self._schools:
                self._schools[school] = id_of(school)

    def place(self, place_id: int) -> Place:
        """Return an enrolment as far as the day rule asks for it."""
        school = self._year.schools[self._schools[self._school_of[place_id]]]
        grade = "" if level_of_word(school.level) else self._grade(place_id)
        return Place(
            id=place_id, school=school, grade=grade, periods=self._periods_of.get(place_id)
        )

    def _grade(self, place_id: int) -> str:
        """Return a student's grade, read where the school's own level tells nothing."""
        school_id = self._schools[self._school_of[place_id]]
        if school_id not in self._grades_of:
            year = self._year.school_year
            self._grades_of[school_id] = store.grades_of(self._tx, year, school_id)
        return self._grades_of[school_id].get(place_id, "")

    def by_student(self, tx: Transaction) -> Iterator[tuple[Any, list[RawMark]]]:
        """Yield each student's marks that count; the student as the driver spells him."""
        several = self._several
        last = {school: self._last(one) for school, one in self._schools.items()}
        for place_id, marks in groupby(self._marks(tx), key=itemgetter(0)):
            end = last[self._school_of[place_id]]
            if end is None:
                continue
            own = self._counted(place_id, list(marks), end)
            student = self._student_of[place_id]
            if student in several:
                several[student] += own
            elif own:
                yield student, own
        yield from ((student, marks) for student, marks in several.items() if marks)

    def _counted(self, place_id: int, marks: list[RawMark], end: date) -> list[RawMark]:
        """Return the marks of the days, up to one, on which the student was there."""
        is_text = isinstance(marks[0][2], str)
        stays = self._stays.get(place_id)
        if stays is not None:
            spans = spans_of(stays, end)
            told = [(str(first), str(last)) for first, last in spans] if is_text else spans
            return folding.within(marks, {place_id: told})
        entry, leave = self._spans_of[place_id]
        last: Any = end.isoformat() if is_text else end
        last = last if leave is None else min(last, leave)
        if entry is None:
            return [mark for mark in marks if mark[2] <= last]
        return [mark for mark in marks if entry <= mark[2] <= last]

    def _last(self, school: UUID) -> date | None:
        end = self._year.ends.get(school)
        return None if end is None else min(end, self._year.until)

    def _marks(self, tx: Transaction) -> Iterator[RawMark]:
        year, kinds = self._year, folding.KINDS_THAT_MATTER
        if year.newest_of is None:
            yield from store.marks_of_year(tx, year.school_year, newest=year.newest, kinds=kinds)
            return
        newest = {school: year.newest_of.get(one, 0) for school, one in self._schools.items()}
        for *mark, opened, closed in store.marks_with_history(tx, year.school_year, kinds=kinds):
            then = newest[self._school_of[mark[0]]]
            if opened <= then and (closed is None or closed > then):
                yield mark[0], mark[1], mark[2], mark[3], mark[4], mark[5], mark[6]
