"""Decides what the files change about who is enrolled in a school, and writes it.

An enrolment is a student in a school and school year; he may leave and come back (several stays).
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct, structs

from server.db.base import Base
from server.db.database import Transaction
from server.db.tables.people import EnrollmentRow, StayRow
from server.intake import rules, store
from server.intake.changes.reach import Changes, Outcome
from server.intake.records import PlaceRecord
from server.intake.rules import Stays
from server.intake.staged.staging import Staging
from server.intake.store import New, enrollments, journal
from server.intake.store.journal import Changed

FROM_FILE, FROM_ATTENDANCE = "enrollment_file", "attendance"
_COUNTED = frozenset({"entry_on", "exit_on", "grade", "periods"})
_DELETED = "deleted at the source"
_DUE = "exists (select 1 from due where ent = 'place' and name = number and more = school_year)"


Stay = tuple[date | None, str]


class PlaceChanges(Struct, kw_only=True):
    """What changes about a school's enrolments."""

    changes: Changes
    stays: list[tuple[EnrollmentRow | New, Stays]]
    """Enrolments whose stays differ, with all their stays."""
    suggested: list[tuple[str, str]]
    """Number and school year of students who are known here only because events name them."""
    missing: dict[str, list[str]]
    """Numbers of students by school year who are enrolled and not in a full roster."""
    enrolled_counts: dict[str, int]
    due: list[tuple[str, str]] = []
    """Number and school year of the enrolments that change; the others need not be written."""
    same: list[int] = []
    """Enrolments that the files tell as they are."""

    @property
    def is_empty(self) -> bool:
        """Tell whether everything is as the files say already."""
        return self.changes.is_empty and not self.stays and not self.suggested

    @property
    def recounted(self) -> set[tuple[str, UUID]]:
        """School year and student of enrolments on which days count otherwise from now on."""
        rows = [row for row, fields in self.changes.changes if fields.keys() & _COUNTED]
        rows += [row for row, _ in self.stays if isinstance(row, EnrollmentRow)]
        return {(row.school_year, row.student_id) for row in rows if isinstance(row, EnrollmentRow)}


def change_places(
    tx: Transaction, space: Staging, code: str, school_id: UUID | None, *, today: date
) -> PlaceChanges:
    """Return what the files change about who is enrolled in a school, and who is missing."""
    filed = _filed(space, code, "1")
    if not filed and code not in space.covered:
        return _nothing()
    found = _compared(tx, space, filed, school_id, today=today)
    if school_id is not None and "place" not in space.deltas:
        found_in = _Roster(school_id=school_id, code=code, named=filed, on=today)
        _find_missing(tx, space, found, found_in)
    return found


def note_due(space: Staging, found: PlaceChanges) -> None:
    """Remember which enrolments change."""
    space.put_due("place", found.due)


def change_due(
    tx: Transaction, space: Staging, code: str, school_id: UUID | None, *, today: date
) -> PlaceChanges:
    """Return the same, looking only at those of whom ``note_due`` was told that they change."""
    filed = _filed(space, code, _DUE)
    return _compared(tx, space, filed, school_id, today=today) if filed else _nothing()


def _nothing() -> PlaceChanges:
    return PlaceChanges(changes=Changes(), stays=[], suggested=[], missing={}, enrolled_counts={})


def _filed(space: Staging, code: str, where: str) -> dict[tuple[str, str], list[PlaceRecord]]:
    filed: dict[tuple[str, str], list[PlaceRecord]] = {}
    for record in space.find(PlaceRecord, f"school_code = ? and {where}", [code]):
        filed.setdefault((record.number, record.school_year), []).append(record)
    return filed


def _compared(
    tx: Transaction,
    space: Staging,
    filed: Mapping[tuple[str, str], list[PlaceRecord]],
    school_id: UUID | None,
    *,
    today: date,
) -> PlaceChanges:
    found = _nothing()
    numbers = sorted({number for number, _ in filed})
    students = store.student_ids(tx, numbers)
    rows = enrollments.places_of_school(tx, school_id, students) if school_id else {}
    stays = enrollments.stays_of_places(tx, [row.id for row in rows.values()])
    for key, records in filed.items():
        row = rows.get(key)
        own = _Known(
            row=row,
            stays=stays.get(row.id, {}) if row is not None else {},
            school_id=school_id,
            student_id=students.get(key[0]),
            is_delta="place" in space.deltas,
        )
        before = found.changes.size + len(found.stays)
        _change_place(found, records, own, today)
        if row is None or found.changes.size + len(found.stays) > before:
            found.due.append(key)
        elif not all(record.is_deleted for record in records):
            found.same.append(row.id)
    return found


def apply(tx: Transaction, found: PlaceChanges, *, run_id: UUID) -> None:
    """Write a school's enrolments and stays."""
    journal.write(tx, run_id, found.changes.adds, found.changes.changes)
    adds: list[Base | New] = []
    changes: list[tuple[Base, Mapping[str, Any]]] = []
    ended: list[Changed] = []
    before = enrollments.stay_rows(
        tx, [row.id for row, _ in found.stays if isinstance(row, EnrollmentRow)]
    )
    for row, stays in found.stays:
        old = before.get(row.id, {})
        for entry_on, (exit_on, reason) in stays.items():
            fields = {"exit_on": exit_on, "exit_reason": reason}
            if entry_on in old:
                changes.append((old[entry_on], fields))
            else:
                adds.append(New(StayRow, place_id=row.id, entry_on=entry_on, **fields))
        ended += [_deleted(tx, old[entry_on]) for entry_on in old.keys() - stays.keys()]
    journal.write(tx, run_id, adds, changes)
    journal.keep(tx, run_id, changed=ended)


def suggest(
    tx: Transaction,
    school_id: UUID,
    school_year: str,
    students: Iterable[UUID],
    *,
    run_id: UUID,
) -> None:
    """Enrol students who are known in a school and year only because events name them."""
    wanted = list(students)
    known_before = enrollments.places_taken_back(tx, school_id, school_year, wanted)
    rows = [
        New(
            EnrollmentRow,
            student_id=student_id,
            school_id=school_id,
            school_year=school_year,
            source=FROM_ATTENDANCE,
        )
        for student_id in wanted
        if student_id not in known_before
    ]
    again = [(row, {"source": FROM_ATTENDANCE}) for row in known_before.values()]
    journal.write(tx, run_id, rows, again)


def _deleted(tx: Transaction, stay: StayRow) -> Changed:
    fields = {"exit_on": (stay.exit_on, None), "exit_reason": (stay.exit_reason, None)}
    tx.session.delete(stay)
    return Changed("stay", [stay.place_id, stay.entry_on], fields)


class _Known(Struct, frozen=True, kw_only=True):
    """What is stored of a student in a school and year."""

    row: EnrollmentRow | None
    stays: Stays
    school_id: UUID | None
    """None in a dry run of a new school."""
    student_id: UUID | None
    is_delta: bool
    """The files tell only what changed."""


def _change_place(
    found: PlaceChanges, records: list[PlaceRecord], own: _Known, today: date
) -> None:
    row = own.row
    newest = max((one.source_at for one in records if one.source_at), default=None)
    if row is not None and row.source_at is not None and newest and newest < row.source_at:
        outcome: Outcome = "older"
    elif all(record.is_deleted for record in records):
        outcome = _end_place(found, records, own, today)
    else:
        filed = [_weighed(record, row) for record in records if not record.is_deleted]
        told = _stays(filed, own.stays)
        merged = rules.merge_stays(own.stays, told, is_delta=own.is_delta)
        fields = _fields(filed, row, merged) | _source_at(newest, own, told)
        if row is None:
            added = _add_place(found.changes, filed[0].school_year, own, fields)
            if added is not None and merged:
                found.stays.append((added, merged))
            outcome = "added"
        else:
            is_changed = merged != dict(own.stays)
            outcome = found.changes.update(row, fields)
            if is_changed or outcome == "changed":
                outcome = "changed"
                found.changes.students.append(row.student_id)
            if is_changed:
                found.stays.append((row, merged))
    for record in records:
        found.changes.told(record.at, outcome)


def _source_at(newest: datetime | None, own: _Known, told: Stays) -> dict[str, Any]:
    """Return when the source last changed the stays, if it is told.

    When a student's own line changed says nothing of that: an end that was told before, and comes
    later, is news.
    """
    if newest is None or (own.row is not None and own.is_delta and not told):
        return {}
    return {"source_at": newest}


def _weighed(record: PlaceRecord, row: EnrollmentRow | None) -> PlaceRecord:
    """Return a record without its dates if the classes that ended were not all of the student's."""
    if row is None or not record.ended_count or record.ended_count >= (row.periods or 0):
        return record
    return structs.replace(record, entry_on=None, exit_on=None)


def _add_place(
    changes: Changes, school_year: str, own: _Known, fields: Mapping[str, Any]
) -> New | None:
    if own.school_id is None or own.student_id is None:
        changes.is_more = True
        return None
    row = New(
        EnrollmentRow,
        student_id=own.student_id,
        school_id=own.school_id,
        school_year=school_year,
        **fields,
    )
    changes.adds.append(row)
    changes.students.append(own.student_id)
    return row


def _stays(filed: Iterable[PlaceRecord], known_stays: Stays) -> dict[date, Stay]:
    """Return what a file says of stays; an exit without an entry ends the last one known."""
    told: dict[date, Stay] = {}
    for one in filed:
        if one.entry_on is not None:
            told[one.entry_on] = (one.exit_on, one.exit_reason)
        elif one.exit_on is not None and known_stays and one.exit_on >= max(known_stays):
            told[max(known_stays)] = (one.exit_on, one.exit_reason)
    return told


def _fields(filed: list[PlaceRecord], row: EnrollmentRow | None, stays: Stays) -> dict[str, Any]:
    last = max(filed, key=lambda one: one.entry_on or date.min)
    fields: dict[str, Any] = {"source": FROM_FILE}
    if last.grade or row is None:
        fields["grade"] = last.grade
    if last.periods is not None:
        fields["periods"] = last.periods
    if stays:
        ends = [exit_on for exit_on, _ in stays.values()]
        is_open = None in ends
        final = stays[max(stays)]
        fields |= {
            "entry_on": min(stays),
            "exit_on": None if is_open else max(one for one in ends if one is not None),
            "exit_reason": "" if is_open else final[1],
        }
    elif last.exit_on is not None or row is None:
        fields |= {"exit_on": last.exit_on, "exit_reason": last.exit_reason}
    return fields


def _end_place(
    found: PlaceChanges, records: list[PlaceRecord], own: _Known, today: date
) -> Outcome:
    """End an enrolment that the source deleted: its history stays."""
    row = own.row
    if row is None:
        found.changes.nobody_knew.append(records[0].at)
        return "unchanged"
    if row.exit_on is not None or row.source != FROM_FILE:
        return "unchanged"
    told_at = next((one.source_at for one in records if one.source_at), None)
    ended_on = told_at.date() if told_at else today
    found.changes.set(row, {"exit_on": ended_on, "exit_reason": _DELETED})
    found.changes.students.append(row.student_id)
    ended: Mapping[date, Stay] = {
        first: (max(first, ended_on), _DELETED) if last is None else (last, reason)
        for first, (last, reason) in own.stays.items()
    }
    found.stays.append((row, ended))
    return "changed"


class _Roster(Struct, frozen=True, kw_only=True):
    school_id: UUID
    code: str
    named: Collection[tuple[str, str]]
    on: date


def _find_missing(tx: Transaction, space: Staging, found: PlaceChanges, roster: _Roster) -> None:
    """Note who is enrolled and not in a roster that is (about) a full one, or should be."""
    by_year: dict[str, set[str]] = {}
    for number, year in roster.named:
        by_year.setdefault(year, set()).add(number)
    present = ""
    if roster.code in space.covered:
        [newest] = space.values("select max(school_year) from place")
        present = newest or ""
        by_year.setdefault(present, set())
    for year, numbers in by_year.items():
        before = enrollments.enrolled(tx, roster.school_id, year, on=roster.on)
        if len(numbers) * 2 < len(before) and year != present:
            continue
        lacking = [
            number
            for number in sorted(before - numbers)
            if not space.values(
                "select 1 from place where number = ? and school_year = ?", [number, year]
            )
        ]
        if lacking:
            found.missing[year] = lacking
            found.enrolled_counts[year] = len(before)
