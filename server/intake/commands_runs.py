"""``presente import runs``, ``show`` and ``undo``."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from server import cli
from server.db.database import Transaction
from server.db.tables.attendance import ImportRunRow
from server.intake import report, service
from server.intake.commands_base import Work, opened
from server.intake.mending import undo as undoing
from server.intake.report import Report
from server.intake.store import known, running
from server.intake.store import undoing as store

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
    lines = [_line(run) for run in found] or ["Nothing was imported yet."]
    return cli.Answer(data={"runs": found}, text="\n".join(lines))


def show(work: Work) -> cli.Answer:
    """Show the whole report of one import."""
    with opened(work) as database:
        is_busy = service.is_running(database, work.context.settings.data_dir)
        with database.read(work.context.clock()) as tx:
            row = undoing.find_run(tx, work.words[0])
            (run,) = _listed(tx, [row], is_busy=is_busy)
            told: Any = row.report
    return cli.Answer(
        data=Shown(run=run, report=told), text="\n".join([_line(run), "", _report_text(told)])
    )


def undo(work: Work) -> cli.Answer:
    """Take an import back."""
    with opened(work) as database:
        order = undoing.UndoOrder(run=work.words[0], data_dir=work.context.settings.data_dir)
        done = undoing.undo(database, order, clock=work.context.clock, say=work.context.warn)
    return cli.Answer(data=done, text=undoing.text_of(done))


def _listed(tx: Transaction, rows: list[ImportRunRow], *, is_busy: bool) -> list[Run]:
    held = store.quarantined(tx)
    return [_run(tx, row, held.get(row.id), is_busy=is_busy) for row in rows]


def _run(tx: Transaction, row: ImportRunRow, held: store.Tally | None, *, is_busy: bool) -> Run:
    reached = running.school_reached(row)
    school = known.schools(tx, [reached.last]).get(reached.last)
    told = msgspec.convert(row.report, store.Told, strict=False)
    named: list[Any] = msgspec.convert(row.files, list[Any])
    names = [str(one.get("name", "")) for one in named] or [one.file for one in told.files]
    return Run(
        id=row.id,
        at=row.started_at,
        state=row.state,
        format=row.format,
        files=names,
        read=sum(one.read for one in told.files),
        added=sum(one.added for one in told.files),
        changed=sum(one.changed for one in told.files),
        quarantined=held.open if held else 0,
        undone_at=row.undone_at,
        is_cut_off=row.state == "failed" or (row.state in {"running", "undoing"} and not is_busy),
        schools_done=reached.done,
        schools_total=reached.total,
        last_school=reached.last if school is None else school.name,
    )


def _line(run: Run) -> str:
    shown = ", ".join(run.files[:3]) + (f" and {len(run.files) - 3} more" if run.files[3:] else "")
    counts = f"{run.read} read, {run.added} added, {run.changed} changed"
    if run.quarantined:
        counts += f", {run.quarantined} in quarantine"
    state = f"{run.state} {run.undone_at:%F %H:%M}" if run.undone_at else run.state
    parts = (str(run.id)[:_ID_SHOWN], f"{run.at:%F %H:%M}", state, run.format, shown, counts)
    return "\n    ".join(["  ".join(filter(None, parts)), *_way_on(run)])


def _way_on(run: Run) -> list[str]:
    """Return where a run was cut off, and the two commands that end it."""
    if not run.is_cut_off:
        return []
    undo_it = f"presente import undo {str(run.id)[:_ID_SHOWN]}"
    if run.state == "undoing":
        return [f"Taking it back was cut off. To go on: {undo_it}"]
    where = (
        f"after {run.last_school} ({run.schools_done} of {run.schools_total} schools)"
        if run.schools_done
        else "before the first school"
    )
    since = ", and other files were imported since" if run.state == "failed" else ""
    return [
        f"It was cut off {where}{since}; what it took in is whole, school by school.",
        f"To go on: import the same files again. To take it back: {undo_it}",
    ]


def _report_text(told: Any) -> str:
    try:
        return report.text_of(msgspec.convert(told, Report, strict=False))
    except msgspec.ValidationError:  # of another version: as it was kept
        return msgspec.json.format(msgspec.json.encode(told), indent=2).decode()
