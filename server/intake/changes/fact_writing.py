"""Writes what the files change about a school's attendance, and tells whom it touches."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import cache, partial
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from schemas.attendance import AttendanceKind
from server.attendance import store as attendance
from server.db.database import Transaction
from server.intake.changes.compare import FactChanges
from server.intake.changes.facts import Contents, Part, meanings_of
from server.intake.staged.staging import Staging
from server.intake.staged.twice import AT
from server.intake.store import facts as store
from server.ladder.rules.folding import EXCUSES

_UNEXCUSED = AttendanceKind.ABSENT_UNEXCUSED.value

_MANY_EACH = 4
"""With more events than this for each student, nearly everybody missed something unexcused."""


class Touched(NamedTuple):
    """Students of whom facts changed."""

    students: set[UUID]
    since: dict[UUID, date]
    """Those of them who may have missed more or fewer days without an excuse, from when on."""


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
    changes = _placed(part, part.changes)
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


def _placed(part: Part, changes: FactChanges) -> FactChanges:
    """Name the enrolments of students who had none here when it was planned."""
    if all(one.place > 0 for one in changes.opens):
        return changes
    known = {-one: place.place_id for one, place in part.year.places.items() if place.place_id}
    opens = [
        one if one.place > 0 else one._replace(place=known[one.place]) for one in changes.opens
    ]
    return msgspec.structs.replace(changes, opens=opens)


def _touched_by(tx: Transaction, part: Part, changes: FactChanges) -> Touched:
    told: dict[str, dict[int, int]] = {}
    places = {one.place_id for one in changes.closes}
    records = [(one.kind, one.place_id, one.on_date.toordinal()) for one in changes.closes]
    for one in changes.opens:
        if one.content is not None:
            places.add(one.place)
            records.append((one.content[0], one.place, one.day))
    for kind, place, day in records:
        first = told.setdefault(kind, {})
        first[place] = min(day, first.get(place, day))
    students = store.students_of_places(tx, places)
    unexcused, excused = _earliest(told, {_UNEXCUSED}), _earliest(told, EXCUSES)
    return Touched(
        set(students.values()),
        _since(
            tx,
            part,
            _dated((students[place], day) for place, day in unexcused),
            _dated((students[place], day) for place, day in excused),
        ),
    )


def _touched_by_all(tx: Transaction, part: Part) -> Touched:
    year, meant = part.year, meanings_of(part.year)

    def told_of(kinds: Collection[str]) -> dict[UUID, date]:
        codes = [code for code, one in enumerate(meant) if one is not None and one[0] in kinds]
        named = year.space.events_told.first_told(
            year.school, *year.bounds, codes, by_class=part.by_class
        )
        return _dated((year.places[student].student_id, day) for student, day in named)

    students = {place.student_id for place in year.places.values()}
    if part.event_count > _MANY_EACH * len(students):
        return Touched(students, dict.fromkeys(students, date.min))
    return Touched(students, _since(tx, part, told_of({_UNEXCUSED}), told_of(EXCUSES)))


def _earliest(
    told: Mapping[str, Mapping[int, int]], kinds: Collection[str]
) -> Iterator[tuple[int, int]]:
    return (one for kind in kinds if kind in told for one in told[kind].items())


def _dated(days: Iterable[tuple[UUID, int]]) -> dict[UUID, date]:
    """Return each student's first day."""
    first: dict[UUID, int] = {}
    for student, day in days:
        first[student] = min(day, first.get(student, day))
    return {student: date.fromordinal(day) for student, day in first.items()}


def _since(
    tx: Transaction, part: Part, unexcused: Mapping[UUID, date], excused: Mapping[UUID, date]
) -> dict[UUID, date]:
    """Return from which day on each student may have missed more or fewer days unexcused.

    An excuse moves its own date alone, and only if something unexcused is known of that.
    """
    explained = store.students_with(
        tx,
        _UNEXCUSED,
        sorted(excused.keys() - unexcused.keys()),
        school_year=part.year.school_year,
        first=part.first_on,
        last=part.last_on,
    )
    since = {student: min(day, excused.get(student, day)) for student, day in unexcused.items()}
    return since | {student: excused[student] for student in explained}


@cache
def _iso(day: int) -> str:
    """Return a day's ISO text by its number: a few hundred days are all there ever are."""
    return date.fromordinal(day).isoformat()


def _all_new(part: Part, recordings: Recordings) -> Iterator[tuple[Any, ...]]:
    """Yield every event as a new fact: the loop that a year's import spends its time in."""
    year, by_class = part.year, part.by_class
    events = year.space.events_told
    periods, contents = events.periods.texts, Contents(year, by_class=by_class)
    place_ids = {student: place.place_id for student, place in year.places.items()}
    first, last = year.bounds
    rows = events.of_school(year.school, first, last, by_class=by_class)
    for student, day, period, at, what, source_at in rows:
        content = contents[what]
        if content is not None:
            yield (
                place_ids[student],
                _iso(day),
                periods[period],
                *content,
                source_at,
                recordings[at >> AT],
            )
