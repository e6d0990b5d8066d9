"""Commits an import part by part: directory, families, then each school with all that follows.

Every part is a transaction of its own and says with its rows how far the run is, so that a run that
was cut off goes on where it stopped.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from server.clock import Clock
from server.db.database import Database, Transaction
from server.db.parts import parts
from server.intake.changes import directory, families, following, history, history_parts, schools
from server.intake.changes.planning import Plan
from server.intake.progress import Say, Tell
from server.intake.report import Report
from server.intake.store import journal, running
from server.intake.store.running import NewRun, Progress
from server.intake.words.told import told
from server.people import store as people

_FAULTS_AT_ONCE = 500
WORK_AT_ONCE = 1500
"""Events and enrolments in one transaction, unless a single school has more."""


class Run(Struct, kw_only=True):
    """An import that is being committed."""

    db: Database
    clock: Clock
    say: Say
    tell: Tell
    new: NewRun
    plan: Plan
    done: list[str] = []
    """Schools that are committed."""
    recount: list[tuple[str, str]] = []


def commit(run: Run) -> Report:
    """Write everything that was planned; return the report."""
    said = run.plan.said
    said.resumed, said.run = bool(run.done), str(run.new.id)
    _commit_directory(run)
    _commit_families(run)
    _commit_schools(run)
    _commit_history(run)
    _keep_faults(run)
    with run.db.write(run.clock()) as tx:
        codes = len(run.done)
        running.save_progress(tx, run.new.id, _progress(run, "done", codes, codes))
        running.finish_run(tx, run.new.id, said)
    return said


def _commit_directory(run: Run) -> None:
    space = run.plan.imported.space
    for number, code in enumerate(run.plan.directory, start=1):
        with run.db.write(run.clock()) as tx:
            if code:
                found = directory.change_school(tx, space, code)
                directory.write(tx, [found], run_id=run.new.id)
                people.publish_school(tx, found.id_of(tx))
            else:
                keys = directory.change_keys(tx, space)
                journal.write(tx, run.new.id, keys.adds, keys.changes)
                directory.write(tx, [directory.change_common(tx, space)], run_id=run.new.id)
            _save(tx, run, "directory", number, len(run.plan.directory))


def _commit_families(run: Run) -> None:
    if not run.plan.has_people:
        return
    batches = families.batches_of(run.plan.imported.space, is_due=True)
    for count, batch in enumerate(batches, start=1):
        with run.db.write(run.clock()) as tx:
            changes = families.change(tx, batch, ends_ties=run.plan.ends_ties, lock=True)
            families.apply(tx, changes, run_id=run.new.id)
            _save(tx, run, "families", count, 0)
        run.say(told("families_done", count=count))


def _commit_schools(run: Run) -> None:
    """Commit each school whole, with what follows; small ones together, which costs less."""
    imported = run.plan.imported
    codes = schools.codes_of(imported.space)
    for part in _together(run, [code for code in codes if code not in run.done]):
        with run.db.write(run.clock()) as tx:
            written = schools.begin_part(tx, imported, part)
            for code in part:
                recount = [year for school, year in run.recount if school == code]
                schools.write(tx, imported, code, written, run_id=run.new.id, recount=recount)
            schools.end_part(tx, written, run_id=run.new.id)
            followed = following.follow_written(tx, written, newest_year=run.plan.newest_year)
            run.done += part
            _save(tx, run, "schools", len(run.done), len(codes))
        run.plan.said.cases.add(followed)
        for code in part:
            run.say(told("school_done", done=run.done.index(code) + 1, total=len(codes)))
    with run.db.write(run.clock()) as tx:
        left = following.follow_left(tx, newest_year=run.plan.newest_year, today=imported.today)
    run.plan.said.cases.add(left)


def _together(run: Run, codes: Sequence[str]) -> Iterator[list[str]]:
    """Cut schools into parts of about as much work as phones may wait for."""
    part: list[str] = []
    size = 0
    for code in codes:
        work = schools.work_of(run.plan.imported, code)
        if part and size + work > WORK_AT_ONCE:
            yield part
            part, size = [], 0
        part.append(code)
        size += work
    if part:
        yield part


def _commit_history(run: Run) -> None:
    """Write staff and contacts last: contacts belong to students, schools and cases."""
    if not run.plan.has_history:
        return
    space = run.plan.imported.space
    staff = history_parts.staff_of(space)
    if staff:
        with run.db.write(run.clock()) as tx:
            history.commit_staff(tx, staff, run_id=run.new.id)
    for count, part in enumerate(history_parts.contacts_of(space), start=1):
        with run.db.write(run.clock()) as tx:
            history.commit_contacts(tx, part, run_id=run.new.id)
            _save(tx, run, "contacts", count, 0)


def _keep_faults(run: Run) -> None:
    """Put what was not taken in quarantine, unless it lies there already."""
    faults = run.plan.imported.space.faults
    files = faults.count_by_file()
    if not files:
        return
    with run.db.read(run.clock()) as tx:
        before = running.open_faults(tx, files)
    new = (one for one in faults.all() if running.key_of(one.fault) not in before)
    for part in parts(new, _FAULTS_AT_ONCE):
        with run.db.write(run.clock()) as tx:
            running.add_faults(tx, run.new.id, part)


def _save(tx: Transaction, run: Run, phase: str, done: int, total: int) -> None:
    running.save_progress(tx, run.new.id, _progress(run, phase, done, total), schools=run.done)
    run.tell(phase, done, total)


def _progress(run: Run, phase: str, done: int, total: int) -> Progress:
    return Progress(
        phase=phase, done=done, total=total, recount=run.recount, date_order=run.new.date_order
    )
