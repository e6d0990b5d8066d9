"""Takes an import back: what it told of attendance, of people and of calendars.

Nothing is rewritten. Facts the run opened are closed by a new recording and facts it closed are
opened again, so that what was believed in between stays answerable. What a later import told again
or a person wrote since stays as it is. Rows stay while anything refers to them. An undoing that was
cut off goes on where it stopped.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from uuid import UUID

from msgspec import Struct, field
from msgspec.structs import replace

from server.attendance import store as attendance
from server.attendance.rules.calendar import school_year_of
from server.cases.service import Followed
from server.clock import Clock
from server.db.database import Database, Transaction
from server.db.parts import parts
from server.db.tables.attendance import ImportRunRow
from server.db.tables.people import SchoolRow
from server.intake import service
from server.intake.changes import following
from server.intake.mending import undo_facts, undo_places, undo_rows, undo_touched, undo_words
from server.intake.mending.undo_touched import Touched
from server.intake.progress import Say, Tell, untold
from server.intake.store import journal, orders
from server.intake.store import told as told_again
from server.intake.store import undo as store
from server.intake.store import undoing as runs
from server.intake.store.undo import Held
from server.intake.store.undoing import Undoing
from server.intake.words.refusals import refusal
from server.intake.words.saying import Both
from server.intake.words.told import ROWS, lines_in, told
from server.languages import Language
from server.people import store as people

_SHOWN = 10
_AT_ONCE = 20
"""Lines of an import taken back in one transaction: phones do not notice."""
_FORGETFUL = frozenset(
    {
        *("guardian", "guardianship", "contact_point", "address"),
        *("calendar_day", "term", "source_key", "contact"),
    }
)
"""Tables of which nobody remembers what a later file told again unchanged (decision 36)."""


class UndoOrder(Struct, frozen=True, kw_only=True):
    """Which import to take back."""

    run: str
    """Its id, or the first letters of it."""
    data_dir: Path
    by: UUID | None = None


class Undone(Struct, kw_only=True):
    """What was taken back, and what was not."""

    run: str
    closed_count: int = 0
    """Facts that the import had told, no longer known."""
    reopened_count: int = 0
    """Facts that the import had dropped, known again."""
    kept_count: int = 0
    """Facts left as they are: a later import told them again or told something newer."""
    restored_count: int = 0
    """Fields of people, schools and calendars that are as they were before."""
    changed_since_count: int = 0
    """Fields left as they are: somebody changed them since."""
    date_orders_count: int = 0
    """Sources whose dates are not read any more as was said with the import."""
    removed: dict[str, int] = {}
    """Table -> rows the import had added, gone again."""
    stayed: dict[str, undo_rows.Stayed] = {}
    """Table -> rows the import had added that stay: something else refers to them."""
    later_count: int = 0
    """Imports that hold and of which it is not known whether they told again what went."""
    cases: Followed = field(default_factory=Followed)


class _Work(Struct, kw_only=True):
    db: Database
    clock: Clock
    say: Say
    tell: Tell
    run_id: UUID
    done: Undone
    touched: Touched = field(default_factory=Touched)
    places: undo_places.Told = field(default_factory=undo_places.Told)


def undo(db: Database, order: UndoOrder, *, clock: Clock, say: Say, tell: Tell = untold) -> Undone:
    """Take an import back. Raises ``Problem`` with nothing changed where that cannot be done."""
    with service.alone(db, order.data_dir):
        with db.read(clock()) as tx:
            run = find_run(tx, order.run)
            _refuse(tx, run)
        done = Undone(run=str(run.id))
        work = _Work(db=db, clock=clock, say=say, tell=tell, run_id=run.id, done=done)
        _begin(db, clock, run.id)
        _take_rows_back(work)
        _take_facts_back(work)
        with db.write(clock()) as tx:
            done.later_count = _later_count(tx, _run(tx, run.id), done)
            done.date_orders_count = orders.count_of(tx, run.id)
            runs.save_undone(tx, run.id, at=tx.at, by=order.by)
    return work.done


def _later_count(tx: Transaction, run: ImportRunRow, done: Undone) -> int:
    """Return how many imports that hold may have told again what went, unchanged."""
    later = runs.later_than(tx, run)
    if not _FORGETFUL.isdisjoint(done.removed):
        return len(later)
    is_asked = "enrollment" in done.removed
    return sum(not one.remembers_told for one in later) if is_asked else 0


def find_run(tx: Transaction, text: str) -> ImportRunRow:
    """Return the one run whose id begins so."""
    wanted = text.strip().lower()
    found = [run for run in runs.runs(tx) if str(run.id).startswith(wanted)]
    if len(found) != 1 or not wanted:
        raise refusal("several_such_imports" if len(found) > 1 else "no_such_import", run=text)
    return found[0]


def _refuse(tx: Transaction, run: ImportRunRow) -> None:
    if run.state == "undone":
        raise refusal("import_undone_already", run=run.id, at=f"{run.undone_at:%F %H:%M}")
    later = runs.later_than(tx, run)
    unfinished = next((one for one in later if one.state in {"running", "undoing"}), None)
    if unfinished is not None:
        what = "import" if unfinished.state == "running" else "undo"
        raise refusal(f"later_{what}_unfinished", run=unfinished.id)
    if not _has_codes(tx, run.id):
        return
    for one in later:
        if runs.recordings_of(tx, one.id):
            at = f"{one.started_at:%F %H:%M}"
            raise refusal("later_import_needs_codes", run=one.id, at=at)


def _has_codes(tx: Transaction, run_id: UUID) -> bool:
    lines = (journal.line(tx, one) for one in journal.lines_of(tx, run_id))
    return any(
        "code_map" in line.added or any(one.table == "code_map" for one in line.changed)
        for line in lines
    )


def _begin(db: Database, clock: Clock, run_id: UUID) -> None:
    with db.write(clock()) as tx:
        run = _run(tx, run_id)
        if runs.undoing_of(run) is None:
            last = max(runs.recordings_of(tx, run_id), default=0)
            runs.save_undoing(tx, run_id, Undoing(last=last, last_place=runs.last_place(tx)))


def _take_rows_back(work: _Work) -> None:
    with work.db.read(work.clock()) as tx:
        lines = journal.lines_of(tx, work.run_id)
        run = _run(tx, work.run_id)
        gone = runs.whose(tx, run).gone_runs
        first = min(
            [run, *(_run(tx, one) for one in gone)], key=lambda one: (one.started_at, one.id)
        )
        later = [one.id for one in runs.later_than(tx, first)]
        words = undo_words.words(tx, run.id, gone=gone, later=later)
        words.places |= told_again.places_of(tx, [one for one in later if one != run.id])
        work.places.held = words.places
        for line_id, is_undone in lines.items():
            if is_undone:  # by an undoing that was cut off: who is concerned is told again
                undo_rows.remember(tx, journal.line(tx, line_id), work.touched)
    left = [line_id for line_id, is_undone in lines.items() if not is_undone]
    done = 0
    for part in parts(left, _AT_ONCE):
        with work.db.write(work.clock()) as tx:
            journal.follow(tx, work.run_id, is_undoing=True)
            here = Touched()
            for line_id in part:
                undo_rows.take_back(tx, journal.line(tx, line_id), work.done, here, words)
                journal.strike(tx, line_id)
            undo_touched.publish(tx, here)
            work.touched.add(here)
        done += len(part)
        work.tell("undoing", done, len(left))
        work.say(told("parts_back", done=done, total=len(left)))
    _take_stays_back(work, gone, words)


def _take_stays_back(work: _Work, gone: Sequence[UUID], words: undo_words.Words) -> None:
    """Take back what was left of the stays of imports that were taken back while this one held."""
    with work.db.write(work.clock()) as tx:
        here = Touched()
        for run_id in gone:
            for line_id in journal.lines_of(tx, run_id):
                journal.follow(tx, work.run_id, is_undoing=True)
                line = journal.line(tx, line_id)
                undo_rows.take_stays_back(tx, line, work.done, here, words)
        here.added.clear()
        undo_touched.publish(tx, here)
        work.touched.add(here)


def _take_facts_back(work: _Work) -> None:
    with work.db.read(work.clock()) as tx:
        undoing = _undoing(tx, work.run_id)
        whose = runs.whose(tx, _run(tx, work.run_id))
        recordings = runs.recordings_of(tx, work.run_id, until=undoing.last)
        wanted = {row.id: row for row in store.schools_of(tx, [*recordings, *whose.gone])}
        work.places.before = undo_places.added_by(tx, whose.gone_runs)
        places = work.touched.added | work.places.before
        wanted |= {row.id: row for row in store.schools_of_places(tx, places)}
        for school_id in work.touched.schools - set(wanted):
            row = people.find_school(tx, school_id)
            if row is not None:
                wanted[school_id] = row
    left = [row for row in wanted.values() if row.id not in undoing.schools]
    for number, school in enumerate(left, start=1):
        with work.db.write(work.clock()) as tx:
            work.done.cases.add(_take_school_back(tx, work, school, whose))
            before = _undoing(tx, work.run_id)
            now = replace(before, schools=[*before.schools, school.id])
            runs.save_undoing(tx, work.run_id, now)
        work.tell("undoing", number, len(left))
        work.say(told("school_back", done=number, total=len(left)))


def _take_school_back(
    tx: Transaction, work: _Work, school: SchoolRow, whose: runs.Whose
) -> Followed:
    run_id, done, touched = work.run_id, work.done, work.touched
    recordings = set(runs.recordings_of(tx, run_id, until=_undoing(tx, run_id).last))
    facts = store.facts_of(tx, school.id, sorted({*recordings, *whose.gone}))
    closes, again, wanted = undo_facts.differing(tx, school, whose.holding, facts)
    recording = attendance.record(tx, run_id=run_id)
    store.close(tx, recording, [one.id for one in closes])
    store.forget_gone(tx, [one.id for one in facts if one.closed_by in recordings])
    for file, contents in undo_facts.by_file(tx, again).items():
        store.reopen(tx, attendance.record(tx, run_id=run_id, file=file), contents)
    done.closed_count += len(closes)
    done.reopened_count += len(again)
    done.kept_count += undo_facts.kept(facts, recordings, {one.id for one in closes}, wanted)
    journal.follow(tx, run_id, is_undoing=True)
    touched.add(
        undo_places.settle(tx, school.id, added=touched.added, told=work.places, tally=done)
    )
    by_year = _by_year((*closes, *again))
    for school_id, year in touched.terms:
        if school_id == school.id:
            by_year.setdefault(year, set()).update(store.students_of_school(tx, school_id, year))
    for year, students in touched.moved.get(school.id, {}).items():
        by_year.setdefault(year, set()).update(students)
    moved = {one for students in touched.moved.get(school.id, {}).values() for one in students}
    return following.follow(tx, by_year, moved)


def _by_year(facts: Iterable[Held]) -> dict[str, set[UUID]]:
    found: dict[str, set[UUID]] = {}
    for one in facts:
        found.setdefault(school_year_of(one.slot.on_date), set()).add(one.student_id)
    return found


def _undoing(tx: Transaction, run_id: UUID) -> Undoing:
    return runs.undoing_of(_run(tx, run_id)) or Undoing()


def _run(tx: Transaction, run_id: UUID) -> ImportRunRow:
    run = runs.find(tx, run_id)
    if run is None:
        raise refusal("no_such_import", run=run_id)
    return run


def text_of(done: Undone, language: Language = "en") -> str:
    """Return what was taken back, in words."""
    said = [
        told("taken_back", run=done.run),
        told("facts_back", closed=done.closed_count, reopened=done.reopened_count),
    ]
    if done.kept_count:
        said.append(told("facts_stay", count=done.kept_count))
    said.append(told("fields_back", count=done.restored_count))
    if done.changed_since_count:
        said.append(told("fields_stay", count=done.changed_since_count))
    if done.date_orders_count:
        said.append(told("date_orders_back", count=done.date_orders_count))
    for table, count in sorted(done.removed.items()):
        said.append(told("removed", count=count, what=ROWS.get(table, table)))
    if done.later_count:
        said.append(told("told_again_perhaps", count=done.later_count))
    for table, kept in sorted(done.stayed.items()):
        rest = kept.count - _SHOWN
        names = told("run_files", count=rest) if rest > 0 else Both("", "")
        said.append(
            told(
                "rows_stay",
                count=kept.count,
                what=ROWS.get(table, table),
                names=", ".join(kept.names[:_SHOWN]),
                more=names,
            )
        )
    cases = done.cases
    said.append(
        told(
            "cases_back",
            opened=cases.opened,
            met_again=cases.met_again,
            no_longer_met=cases.no_longer_met,
        )
    )
    return lines_in(said, language)
