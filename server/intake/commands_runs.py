"""``presente import runs``, ``show`` and ``undo``."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from server import cli
from server.db.database import Transaction
from server.db.tables.attendance import ImportRunRow
from server.intake import report
from server.intake.commands_base import Work, opened
from server.intake.mending import undo as undoing
from server.intake.report import Report
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


class Shown(Struct, frozen=True, kw_only=True):
    """One import with its whole report."""

    run: Run
    report: Any


def runs(work: Work) -> cli.Answer:
    """List every import, the newest first."""
    with opened(work) as database, database.read(work.context.clock()) as tx:
        found = _listed(tx, store.runs(tx))
    lines = [_line(run) for run in found] or ["Nothing was imported yet."]
    return cli.Answer(data={"runs": found}, text="\n".join(lines))


def show(work: Work) -> cli.Answer:
    """Show the whole report of one import."""
    with opened(work) as database, database.read(work.context.clock()) as tx:
        row = undoing.find_run(tx, work.words[0])
        (run,) = _listed(tx, [row])
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


def _listed(tx: Transaction, rows: list[ImportRunRow]) -> list[Run]:
    held = store.quarantined(tx)
    return [_run(row, held.get(row.id)) for row in rows]


def _run(row: ImportRunRow, held: store.Tally | None) -> Run:
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
    )


def _line(run: Run) -> str:
    shown = ", ".join(run.files[:3]) + (f" and {len(run.files) - 3} more" if run.files[3:] else "")
    counts = f"{run.read} read, {run.added} added, {run.changed} changed"
    if run.quarantined:
        counts += f", {run.quarantined} in quarantine"
    state = f"{run.state} {run.undone_at:%F %H:%M}" if run.undone_at else run.state
    parts = (str(run.id)[:_ID_SHOWN], f"{run.at:%F %H:%M}", state, run.format, shown, counts)
    return "  ".join(filter(None, parts))


def _report_text(told: Any) -> str:
    try:
        return report.text_of(msgspec.convert(told, Report, strict=False))
    except msgspec.ValidationError:  # of another version: as it was kept
        return msgspec.json.format(msgspec.json.encode(told), indent=2).decode()
