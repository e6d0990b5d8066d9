"""``presente import runs``, ``show`` and ``undo``."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from server import cli
from server.db.database import Transaction
from server.db.tables.attendance import ImportRunRow
from server.intake import report_text, service
from server.intake.commands_base import Work, opened
from server.intake.mending import undo as undoing
from server.intake.report import Report
from server.intake.store import known, running
from server.intake.store import undoing as store
from server.intake.words.told import lines_in, told
from server.languages import Language, Told, in_language

_ID_SHOWN = 13
"""Ids begin with the time: as much as keeps two imports apart."""


class Run(Struct, frozen=True, kw_only=True):
    """One import in the list."""

    id: UUID
    at: datetime
    state: str
    format: str
    files: list[str]
    read: int
    added: int
    changed: int
    quarantined: int
    """Lines still in quarantine."""
    undone_at: datetime | None = None
    is_cut_off: bool = False
    """It, or the taking back of it, ended in the middle."""
    schools_done: int = 0
    """Of one that is not done."""
    schools_total: int = 0
    last_school: str = ""


class Shown(Struct, frozen=True, kw_only=True):
    """One import with its whole report."""

    run: Run
    report: Any


def runs(work: Work) -> cli.Answer:
    """List every import, the newest first."""
    with opened(work) as database:
        is_busy = service.is_running(database, work.context.settings.data_dir)
        with database.read(work.context.clock()) as tx:
            found = _listed(tx, store.runs(tx), is_busy=is_busy)
    language = work.context.language
    lines = [_line(run, language) for run in found] or [lines_in([told("no_runs")], language)]
    return cli.Answer(data={"runs": found}, text="\n".join(lines))


def show(work: Work) -> cli.Answer:
    """Show the whole report of one import."""
    with opened(work) as database:
        is_busy = service.is_running(database, work.context.settings.data_dir)
        with database.read(work.context.clock()) as tx:
            row = undoing.find_run(tx, work.words[0])
            (run,) = _listed(tx, [row], is_busy=is_busy)
            kept: Any = row.report
    language = work.context.language
    return cli.Answer(
        data=Shown(run=run, report=kept),
        text="\n".join([_line(run, language), "", _report_text(kept, language)]),
    )


def undo(work: Work) -> cli.Answer:
    """Take an import back."""
    with opened(work) as database:
        order = undoing.UndoOrder(run=work.words[0], data_dir=work.context.settings.data_dir)
        done = undoing.undo(database, order, clock=work.context.clock, say=work.context.warn)
    return cli.Answer(data=done, text=undoing.text_of(done, work.context.language))


def _listed(tx: Transaction, rows: list[ImportRunRow], *, is_busy: bool) -> list[Run]:
    held = store.quarantined(tx)
    return [_run(tx, row, held.get(row.id), is_busy=is_busy) for row in rows]


def _run(tx: Transaction, row: ImportRunRow, held: store.Tally | None, *, is_busy: bool) -> Run:
    reached = running.school_reached(row)
    school = known.schools(tx, [reached.last]).get(reached.last)
    kept = msgspec.convert(row.report, store.Told, strict=False)
    named: list[Any] = msgspec.convert(row.files, list[Any])
    names = [str(one.get("name", "")) for one in named] or [one.file for one in kept.files]
    return Run(
        id=row.id,
        at=row.started_at,
        state=row.state,
        format=row.format,
        files=names,
        read=sum(one.read for one in kept.files),
        added=sum(one.added for one in kept.files),
        changed=sum(one.changed for one in kept.files),
        quarantined=held.open if held else 0,
        undone_at=row.undone_at,
        is_cut_off=row.state == "failed" or (row.state in {"running", "undoing"} and not is_busy),
        schools_done=reached.done,
        schools_total=reached.total,
        last_school=reached.last if school is None else school.name,
    )


def _line(run: Run, language: Language) -> str:
    rest = told("run_files", count=len(run.files) - 3) if run.files[3:] else ""
    held = told("run_held", count=run.quarantined) if run.quarantined else ""
    counts = told("run_counts", read=run.read, added=run.added, changed=run.changed, held=held)
    state = told(f"state_{run.state}")
    parts = [
        str(run.id)[:_ID_SHOWN],
        f"{run.at:%F %H:%M}",
        in_language(state, language) + (f" {run.undone_at:%F %H:%M}" if run.undone_at else ""),
        run.format,
        ", ".join(run.files[:3]) + in_language(rest, language),
        in_language(counts, language),
    ]
    way_on = [in_language(one, language) for one in _way_on(run)]
    return "\n    ".join(["  ".join(filter(None, parts)), *way_on])


def _way_on(run: Run) -> list[Told]:
    """Return where a run was cut off, and the two commands that end it."""
    if not run.is_cut_off:
        return []
    undo_it = f"presente import undo {str(run.id)[:_ID_SHOWN]}"
    if run.state == "undoing":
        return [told("undo_cut_off", undo=undo_it)]
    where = (
        told("after_school", school=run.last_school, done=run.schools_done, total=run.schools_total)
        if run.schools_done
        else told("before_schools")
    )
    since = told("others_since") if run.state == "failed" else ""
    return [told("run_cut_off", where=where, since=since), told("run_go_on", undo=undo_it)]


def _report_text(kept: Any, language: Language) -> str:
    try:
        return report_text.text_of(msgspec.convert(kept, Report, strict=False), language)
    except msgspec.ValidationError:  # of another version: as it was kept
        return msgspec.json.format(msgspec.json.encode(kept), indent=2).decode()
