"""Writes what the files change about a school's attendance, and tells whom it touches."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from schemas.attendance import AttendanceKind
from server.attendance import store as attendance
from server.db.database import Transaction
from server.intake.changes.compare import FactChanges
from server.intake.changes.facts import Part, meanings_of
from server.intake.staged.staging import Staging
from server.intake.staged.twice import AT
from server.intake.store import facts as store
from server.ladder.rules.folding import EXCUSES

_UNEXCUSED = AttendanceKind.ABSENT_UNEXCUSED.value


class Touched(NamedTuple):
    """Students of whom facts changed."""

    students: set[UUID]
    counted: set[UUID]
    """Those of them who may have missed more or fewer days without an excuse than before."""


class Recordings(dict[int, int]):
    """The number of the recording of each file's facts, by the file's number."""

    def __init__(self, tx: Transaction, space: Staging, *, run_id: UUID) -> None:
        super().__init__()
        self._record = partial(attendance.record, tx, run_id=run_id)
        self._files = space.events_told.files

    def __missing__(self, file: int) -> int:
        number = self[file] = self._record(file=self._files[file])
        return number

    @property
    def of_no_file(self) -> int:
        """Return the recording of what the files do not say any more."""
        return self._record()


def write(tx: Transaction, part: Part, recordings: Recordings) -> Touched:
    """Write a part's changes; return the students they touch."""
    if part.changes is None:
        store.open_facts(tx, _all_new(part, recordings))
        return _touched_by_all(tx, part)
    changes = part.changes
    if changes.closes:
        store.close_facts(tx, recordings.of_no_file, [one.id for one in changes.closes])
    store.mark_gone(tx, changes.gone)
    store.open_facts(
        tx,
        (
            (
                one.place,
                date.fromordinal(one.day).isoformat(),
                one.period,
                *one.content,
                one.source_at,
                recordings[one.at >> AT],
            )
            for one in changes.opens
            if one.content is not None
        ),
    )
    store.date_facts(tx, changes.dates)
    return _touched_by(tx, part, changes)


def _touched_by(tx: Transaction, part: Part, changes: FactChanges) -> Touched:
    kinds: dict[int, set[str]] = {}
    for one in changes.opens:
        if one.content is not None:
            kinds.setdefault(one.place, set()).add(one.content[0])
    for fact in changes.closes:
        kinds.setdefault(fact.place_id, set()).add(fact.kind)
    students = store.students_of_places(tx, kinds)
    unexcused = {students[place] for place, told in kinds.items() if _UNEXCUSED in told}
    excused = {students[place] for place, told in kinds.items() if not EXCUSES.isdisjoint(told)}
    return Touched(set(students.values()), unexcused | _explained(tx, part, excused - unexcused))


def _touched_by_all(tx: Transaction, part: Part) -> Touched:
    year, meant = part.year, meanings_of(part.year)

    def told_of(kinds: Collection[str]) -> set[UUID]:
        codes = [code for code, one in enumerate(meant) if one is not None and one[0] in kinds]
        named = year.space.events_told.students_told(
            year.school, *year.bounds, codes, by_class=part.by_class
        )
        return {year.places[student].student_id for student in named}

    unexcused = told_of({_UNEXCUSED})
    students = {place.student_id for place in year.places.values()}
    return Touched(students, unexcused | _explained(tx, part, told_of(EXCUSES) - unexcused))


def _explained(tx: Transaction, part: Part, students: Iterable[UUID]) -> set[UUID]:
    """Return those who also missed something without an excuse, which an excuse may take away.

    An excuse moves no other date than its own.
    """
    return store.students_with(
        tx, _UNEXCUSED, sorted(students), first=part.first_on, last=part.last_on
    )


def _all_new(part: Part, recordings: Recordings) -> Iterator[tuple[Any, ...]]:
    """Yield every event as a new fact: the loop that a year's import spends its time in."""
    year, by_class = part.year, part.by_class
    events = year.space.events_told
    periods, reasons, codes = events.periods.texts, events.reasons.texts, events.codes.texts
    meant = dict(enumerate(meanings_of(year)))
    place_ids = {student: place.place_id for student, place in year.places.items()}
    first, last = year.bounds
    dates = {day: date.fromordinal(day).isoformat() for day in range(first, last + 1)}
    rows = events.of_school(year.school, first, last, by_class=by_class)
    for student, day, period, at, code, units, minutes, reason, source_at in rows:
        meaning = meant[code]
        if meaning is not None:
            kind, whole = meaning
            yield (
                place_ids[student],
                dates[day],
                periods[period],
                kind,
                0 if by_class else whole if units is None else units,
                minutes,
                codes[code],
                reasons[reason],
                source_at,
                recordings[at >> AT],
            )
