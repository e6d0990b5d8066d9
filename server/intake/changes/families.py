"""Decides what a file changes about students and families. What a person wrote always stays.

Each ``change_`` function compares a batch of records with what is known and returns the changes;
``apply`` writes them. A dry run stops in between.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.people import (
    AddressRow,
    ContactPointRow,
    GuardianRow,
    GuardianshipRow,
    StudentRow,
)
from server.ids import new_id, new_root
from server.intake import store
from server.intake.changes import reach
from server.intake.changes.reach import Changes, Outcome
from server.intake.records import (
    GuardianRecord,
    StudentRecord,
    TieRecord,
)
from server.intake.staged.staging import Staging
from server.intake.store import New, journal
from server.people import store as people
from server.people.rules import name_key

_PER_TRANSACTION = 200
_STUDENTS_AT_ONCE = 1000
"""They come without phone numbers and addresses, which take the time."""

_DUE = {
    "student": "number in (select name from due where ent = 'student')",
    "guardian": "source_id in (select name from due where ent = 'guardian')",
    "tie": "number in (select name from due where ent = 'tie')",
}


class Batch(Struct, frozen=True, kw_only=True):
    """As many people as one short transaction takes."""

    students: list[StudentRecord] = []
    guardians: list[GuardianRecord] = []
    ties: list[TieRecord] = []
    numbers: list[str] = []
    """Students whose ties these are: all of them."""
    held: frozenset[str] = frozenset()
    """Students of whom a tie could not be read: they lose none."""


def batches_of(space: Staging, *, is_due: bool = False) -> Iterator[Batch]:
    """Cut the staged people into batches: students and guardians before what ties them.

    ``is_due``: only those of whom ``note_due`` was told that they change something.
    """
    wanted = _DUE if is_due else dict.fromkeys(_DUE, "1")
    for students in parts(space.find(StudentRecord, wanted["student"]), _STUDENTS_AT_ONCE):
        yield Batch(students=students)
    for guardians in parts(space.find(GuardianRecord, wanted["guardian"]), _PER_TRANSACTION):
        yield Batch(guardians=guardians)
    numbers = space.values(f"select distinct number from tie where {wanted['tie']} order by 1")  # noqa: S608  (our own words)
    for part in parts(numbers, _PER_TRANSACTION):
        marks = ", ".join("?" * len(part))
        ties = list(space.find(TieRecord, f"number in ({marks})", part))
        yield Batch(ties=ties, numbers=part, held=frozenset(space.held_ties))


def note_due(space: Staging, batch: Batch, changes: Changes) -> None:
    """Remember which of a batch's records change something.

    Ties that end with a guardian whom the source deleted are judged anew after him: the file may
    still tie him to a student, and that holds.
    """
    ent = "student" if batch.students else "guardian" if batch.guardians else "tie"
    space.put_due(ent, ([key] for key in changes.due))
    due = set(changes.due)
    gone = [one.source_id for one in batch.guardians if one.is_deleted and one.source_id in due]
    if gone:
        marks = ", ".join("?" * len(gone))
        tied = space.values(f"select number from tie where source_id in ({marks})", gone)  # noqa: S608  (only marks)
        space.put_due("tie", ([number] for number in tied))


def change(tx: Transaction, batch: Batch, *, ends_ties: bool, lock: bool) -> Changes:
    """Return what a batch changes, compared with what is known now.

    ``lock``: it is about to be written. Else it is only told, and of a new guardian nothing more
    than that he is new.
    """
    if batch.students:
        return change_students(tx, batch.students)
    if batch.guardians:
        return change_guardians(tx, batch.guardians, lock=lock)
    return change_ties(tx, batch, ends=ends_ties)


def apply(tx: Transaction, changes: Changes, *, run_id: UUID) -> None:
    """Write a batch's changes and publish them to the phones that hold these families."""
    journal.write(tx, run_id, changes.adds, changes.changes)
    people.publish_guardians(tx, changes.guardians)
    people.publish_students(tx, people.active_students(tx, changes.students))
    for clash in changes.clashes:
        store.open_conflict(tx, clash.point_id, was=clash.was, theirs=clash.theirs, mine=clash.mine)


def change_students(tx: Transaction, records: Sequence[StudentRecord]) -> Changes:
    """Return what these students change."""
    changes = Changes()
    known = store.students_by_number(tx, [record.number for record in records])
    for record in records:
        fields: dict[str, Any] = {
            "first_name": record.first_name,
            "middle_name": record.middle_name,
            "last_name": record.last_name,
            "suffix": record.suffix,
            "preferred_name": record.preferred_name,
            "birth_on": record.birth_on,
            "name_key": name_key(record.first_name, record.last_name),
            "source_at": record.source_at,
        }
        row, before = known.get(record.number), changes.size
        if record.is_deleted:
            changes.told(record.at, "unchanged")  # what is known of a student stays
            continue
        if row is None:
            fields |= {"id": new_id(), "root": new_root("s"), "number": record.number}
            changes.adds.append(New(StudentRow, **fields))
            changes.told(record.at, "added")
        else:
            outcome = changes.update(row, fields, untold=record.untold)
            if outcome == "changed":
                changes.students.append(row.id)
            changes.told(record.at, outcome)
        if changes.size > before:
            changes.due.append(record.number)
    return changes


def change_guardians(tx: Transaction, records: Sequence[GuardianRecord], *, lock: bool) -> Changes:
    """Return what these guardians change, with their numbers and addresses."""
    changes = Changes()
    known = store.guardians_by_source(tx, [record.source_id for record in records])
    ids = [row.id for row in known.values()]
    points, addresses = store.points_of(tx, ids, lock=lock), store.addresses_of(tx, ids)
    for record in records:
        row, before = known.get(record.source_id), changes.size
        if row is None:
            if record.is_deleted:
                changes.told_to_forget(record.at)
                continue
            _add_guardian(changes, record, is_whole=lock)
            changes.told(record.at, "added")
        elif record.is_deleted:
            _end_ties_of(tx, changes, record, row)
        else:
            numbers = points.get(row.id, []), addresses.get(row.id, [])
            changes.told(record.at, _change_guardian(tx, changes, record, row, numbers))
        if changes.size > before:
            changes.due.append(record.source_id)
    return changes


def _change_guardian(
    tx: Transaction,
    changes: Changes,
    record: GuardianRecord,
    row: GuardianRow,
    numbers: tuple[Sequence[ContactPointRow], Sequence[AddressRow]],
) -> Outcome:
    fields: dict[str, Any] = {
        "first_name": record.first_name,
        "last_name": record.last_name,
        "source_at": record.source_at,
    }
    if record.language:
        fields["language"] = record.language
    if record.needs_interpreter:
        fields["needs_interpreter"] = True
    outcome = changes.update(row, fields)
    if outcome == "older":
        return outcome
    before = len(changes.adds) + len(changes.changes) + len(changes.clashes)
    reach.change_points(tx, changes, row.id, numbers[0], record)
    if record.addresses or "addresses" not in record.untold:
        reach.change_addresses(tx, changes, row.id, numbers[1], record.addresses)
    if len(changes.adds) + len(changes.changes) + len(changes.clashes) > before:
        outcome = "changed"
    if outcome == "changed":
        changes.guardians.append(row.id)
    return outcome


def change_ties(tx: Transaction, batch: Batch, *, ends: bool) -> Changes:
    """Return what the ties of these students change.

    ``ends``: a tie in force that the file lacks has ended, unless a person wrote something about
    the guardian; then it stays.
    """
    changes = Changes()
    filed: dict[str, list[TieRecord]] = {number: [] for number in batch.numbers}
    for record in batch.ties:
        filed[record.number].append(record)
    students = store.student_ids(tx, batch.numbers)
    guardians = store.guardian_ids(tx, sorted({record.source_id for record in batch.ties}))
    known = store.ties_of(tx, students.values())
    for number, ties in filed.items():
        student = students.get(number)
        own = {row.guardian_id: row for row in known.get(student, [])} if student else {}
        touched, before = False, changes.size
        for record in ties:
            guardian = guardians.get(record.source_id)
            row = own.pop(guardian, None) if guardian else None
            touched |= _change_tie(changes, record, row, (student, guardian), at=tx.at)
        for row in own.values():
            may_end = ends and number not in batch.held and row.ended_at is None
            if may_end and not _is_written_on(tx, row.guardian_id):
                touched |= changes.set(row, {"ended_at": tx.at})
        if touched and student is not None:
            changes.students.append(student)
        if touched or changes.size > before:
            changes.due.append(number)
    return changes


def _change_tie(
    changes: Changes,
    record: TieRecord,
    row: GuardianshipRow | None,
    ends: tuple[UUID | None, UUID | None],
    *,
    at: datetime,
) -> bool:
    student, guardian = ends
    fields = {
        "relation": record.relation,
        "is_primary": record.is_primary,
        "is_emergency": record.is_emergency,
        "lives_with": record.lives_with,
        "restriction": record.restriction,
        "position": record.position,
        "ended_at": None,
        "source_at": record.source_at,
    }
    if record.is_deleted and row is None:
        changes.told_to_forget(record.at)
        return False
    if record.is_deleted and row is not None:
        is_over = row.ended_at is not None
        if not is_over:
            changes.set(row, {"ended_at": at})
        changes.told(record.at, "unchanged" if is_over else "changed")
        return not is_over
    if row is not None:
        outcome = changes.update(row, fields, untold=record.untold)
        changes.told(record.at, outcome)
        return outcome == "changed"
    if student is not None and guardian is not None:
        changes.adds.append(
            New(
                GuardianshipRow,
                id=new_id(),
                student_id=student,
                guardian_id=guardian,
                **fields,
            )
        )
    changes.told(record.at, "added")
    return True


def _end_ties_of(
    tx: Transaction, changes: Changes, record: GuardianRecord, row: GuardianRow
) -> None:
    """End what ties a guardian whom the source deleted, unless a person wrote on him."""
    ties = [] if _is_written_on(tx, row.id) else store.ties_of_guardian(tx, row.id)
    for tie in ties:
        changes.set(tie, {"ended_at": tx.at})
        changes.students.append(tie.student_id)
    changes.told(record.at, "changed" if ties else "unchanged")


def _is_written_on(tx: Transaction, guardian_id: UUID) -> bool:
    points = store.points_of(tx, [guardian_id], lock=False).get(guardian_id, [])
    return any(reach.is_written(point) for point in points)


def _add_guardian(changes: Changes, record: GuardianRecord, *, is_whole: bool) -> None:
    guardian = New(
        GuardianRow,
        id=new_id(),
        source_id=record.source_id,
        first_name=record.first_name,
        last_name=record.last_name,
        language=record.language,
        needs_interpreter=record.needs_interpreter,
        source_at=record.source_at,
    )
    changes.adds.append(guardian)
    if not is_whole:
        return
    changes.adds += [reach.new_point(guardian.id, point) for point in record.points]
    changes.adds += [reach.new_address(guardian.id, address) for address in record.addresses]
