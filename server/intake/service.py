"""Imports a folder: reads and checks everything, plans, and only then commits, part by part.

Three passes over the same decisions: a plan inside one read snapshot tells what would change and
may refuse; then directory and families are committed in short transactions; then each school in
one of its own, with crossings, cases, alerts and feed. A run that is cut off is begun again with
the same files and goes on where it stopped. Files whose content is known already change nothing.
"""

import fcntl
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from msgspec import Struct

from server.cases import service as cases
from server.clock import Clock
from server.db.database import Database, Transaction
from server.ids import new_id
from server.intake import checks, families, files, report, schools, staging, store
from server.intake.records import TieRecord
from server.intake.report import Report, SchoolReport
from server.intake.schools import SchoolChanges
from server.intake.staging import Staged, Staging
from server.intake.store import journal
from server.people import store as people
from server.problems import Conflicting, Problem

Say = Callable[[str], None]

_IMPORTS = 0x1A7A_4E00
"""What an import holds, so that another machine's does not run beside it on one database."""


class MassDrop(Problem):
    """A full file would take away suspiciously many of a school's events."""

    code = "mass_drop"


class Order(Struct, frozen=True, kw_only=True):
    """What to import, and how."""

    folder: Path
    data_dir: Path
    dry_run: bool = False
    confirm_drop: bool = False
    by: UUID | None = None


class _Run(Struct, frozen=True, kw_only=True):
    db: Database
    clock: Clock
    staged: Staged
    say: Say
    id: UUID
    ends_ties: bool


def import_folder(db: Database, order: Order, *, clock: Clock, say: Say) -> Report:
    """Import every file of a folder that Presente reads. Raises ``Problem`` with nothing changed.

    ``say`` hears of the progress, without names.
    """
    found = files.files_of(order.folder)
    with alone(db, order.data_dir), staging.throw_away(order.data_dir) as space:
        say(f"Reading {len(found)} files")
        staged = files.stage(found, space)
        with db.read(clock()) as tx:
            _tell_known(tx, space)
            checks.check(staged, today=cases.today_of(tx))
            said, has_changes, ends_ties = _plan(tx, staged, order)
        if order.dry_run:
            said.state = "dry_run"
            return said
        digest = files.digest_of(found)
        done = _begin(db, clock, digest, order, has_changes=has_changes)
        if done is None:
            said.state = "nothing_to_do"
            return said
        run_id, schools_done = done
        said.resumed = bool(schools_done)
        run = _Run(db=db, clock=clock, staged=staged, say=say, id=run_id, ends_ties=ends_ties)
        _commit_directory(run)
        _commit_families(run)
        _commit_schools(run, said, schools_done)
        with db.write(clock()) as tx:
            store.finish_run(tx, run_id, said)
        return said


def _plan(tx: Transaction, staged: Staged, order: Order) -> tuple[Report, bool, bool]:
    said = report.begin(staged)
    space = staged.staging
    ends_ties = _ends_ties(tx, space)
    changes = [
        families.change(tx, batch, ends_ties=ends_ties, lock=False)
        for batch in families.batches_of(staged)
    ]
    for code in schools.codes_of(space):
        changes.append(schools.change_directory(tx, space, code))
        days, calendar = schools.change_calendar(tx, space, code)
        changes.append(calendar)
        if days:
            calendar.is_more = True
    planned = [schools.change_school(tx, space, code) for code in schools.codes_of(space)]
    changes += [one.places for one in planned]
    for change in changes:
        for file, outcome in change.outcomes:
            said.count(file, outcome)
        said.conflict_count += len(change.clashes)
    for one in planned:
        for event_file, outcome in schools.event_outcomes(one):
            said.count(event_file, outcome)
        said.schools.append(_school_report(tx, space, one))
    if not order.confirm_drop:
        _refuse_mass_drop(planned, said.schools)
    has_changes = not (
        all(one.is_empty for one in changes) and all(one.is_empty for one in planned)
    )
    return said, has_changes, ends_ties


def _begin(
    db: Database, clock: Clock, digest: str, order: Order, *, has_changes: bool
) -> tuple[UUID, list[str]] | None:
    """Begin a run, or take up the one that was cut off; None: there is nothing to do."""
    with db.write(clock()) as tx:
        last = store.newest_run(tx)
        if last is not None and last.state == "running" and last.digest == digest:
            return last.id, store.schools_done(last)
        if not has_changes:
            return None
        run_id = new_id()
        store.add_run(tx, run_id, digest, by=order.by)
        return run_id, []


def _commit_directory(run: _Run) -> None:
    space = run.staged.staging
    for code in schools.codes_of(space):
        with run.db.write(run.clock()) as tx:
            journal.follow(tx, run.id)
            changes = schools.change_directory(tx, space, code)
            families.apply(tx, changes)
            school = store.schools_by_code(tx)[code]
            days, _ = schools.change_calendar(tx, space, code)
            schools.save_calendar(tx, school.id, days)
            people.publish_school(tx, school.id)


def _commit_families(run: _Run) -> None:
    for count, batch in enumerate(families.batches_of(run.staged), start=1):
        with run.db.write(run.clock()) as tx:
            journal.follow(tx, run.id)
            changes = families.change(tx, batch, ends_ties=run.ends_ties, lock=True)
            families.apply(tx, changes)
        run.say(f"Families: part {count} done")


def _commit_schools(run: _Run, said: Report, schools_done: list[str]) -> None:
    codes = schools.codes_of(run.staged.staging)
    for number, code in enumerate(codes, start=1):
        if code in schools_done:
            continue
        with run.db.write(run.clock()) as tx:
            journal.follow(tx, run.id)
            changes = schools.change_school(tx, run.staged.staging, code)
            said.cases.add(schools.apply(tx, changes, run_id=run.id))
            store.finish_school(tx, run.id, code)
        run.say(f"School {number} of {len(codes)} done")


def _ends_ties(tx: Transaction, space: Staging) -> bool:
    """Tell whether the files hold (about) all ties, so that what they lack has ended."""
    return space.count(TieRecord) * 2 >= store.ties_in_force_count(tx)


def _tell_known(tx: Transaction, space: Staging) -> None:
    space.insert("known_student", ({"number": one} for one in store.student_numbers(tx)))
    space.insert("known_guardian", ({"source_id": one} for one in store.guardian_source_ids(tx)))
    space.insert("known_school", ({"code": one} for one in store.schools_by_code(tx)))
    space.insert(
        "known_day",
        (
            {"school_code": code, "on_date": day, "is_instructional": is_instructional}
            for code, day, is_instructional in store.calendar_days(tx)
        ),
    )


def _school_report(tx: Transaction, space: Staging, changes: SchoolChanges) -> SchoolReport:
    name = schools.name_of(tx, space, changes.code)
    if not changes.attendance:
        return SchoolReport(code=changes.code, name=name)
    first_on, last_on = schools.window_of(space, changes.code)
    return SchoolReport(
        code=changes.code,
        name=name,
        scope=changes.attendance[0].scope,
        first_on=first_on,
        last_on=last_on,
        known_count=sum(one.known_count for one in changes.attendance),
        opened_count=sum(len(one.opens) for one in changes.attendance),
        corrected_count=sum(one.corrected_count for one in changes.attendance),
        dropped_count=sum(one.dropped_count for one in changes.attendance),
    )


def _refuse_mass_drop(planned: list[SchoolChanges], told: list[SchoolReport]) -> None:
    for changes, school in zip(planned, told, strict=True):
        if any(one.is_mass_drop for one in changes.attendance):
            raise MassDrop(
                f"This file would drop {school.dropped_count} of {school.known_count} attendance "
                f"records of {school.name}. Was it sent whole? If it is right, import it again "
                "with --confirm-drop."
            )


@contextmanager
def alone(db: Database, data_dir: Path) -> Generator[None]:
    """Hold the import lock: one import, or undoing of one, at a time."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "import.lock").open("ab") as file, db.alone(_IMPORTS) as is_alone:
        if not (is_alone and _is_locked(file)):
            raise Conflicting("Another import is running here. Wait for it to end.")
        yield


def _is_locked(file: BinaryIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
