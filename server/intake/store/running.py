"""Speaks SQL for import runs: begun, how far, done, failed; and the lines kept in quarantine."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import insert, select, update

from server.db.database import Transaction
from server.db.parts import AT_ONCE, parts
from server.db.tables.attendance import ImportRunRow, QuarantineRow
from server.ids import new_id
from server.intake.records import Fault
from server.intake.staged.faults import Kept


class FileOfRun(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a run."""

    name: str
    sha256: str


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a run is."""

    phase: str
    """``directory``, ``families``, ``schools`` or ``done``."""
    done: int
    total: int
    recount: list[tuple[str, str]] = []
    """Schools and years whose calendar this run changed: their students are counted again."""
    date_order: str = ""
    """What was said with the run of day and month in dates; empty: nothing."""


class NewRun(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a run when it begins."""

    id: UUID
    digest: str
    format: str
    files: list[FileOfRun]
    by: UUID | None
    date_order: str = ""
    """As in ``Progress``."""


def unfinished_run(tx: Transaction) -> ImportRunRow | None:
    """Return the last import that was begun, if it was cut off."""
    query = select(ImportRunRow).order_by(ImportRunRow.started_at.desc(), ImportRunRow.id.desc())
    last = tx.session.scalar(query.limit(1))
    return last if last is not None and last.state == "running" else None


def is_done(tx: Transaction, digest: str) -> bool:
    """Tell whether an import of these very contents was done."""
    query = select(ImportRunRow.id).where(
        ImportRunRow.digest == digest, ImportRunRow.state == "done"
    )
    return tx.run(query.limit(1)).scalar() is not None


def add_run(tx: Transaction, run: NewRun, progress: Progress) -> None:
    """Write that an import has begun; one of other files that never ended has failed."""
    tx.run(
        update(ImportRunRow)
        .where(ImportRunRow.state == "running")
        .values(state="failed", finished_at=tx.at)
    )
    tx.run(
        insert(ImportRunRow).values(
            id=run.id,
            digest=run.digest,
            state="running",
            started_at=tx.at,
            finished_at=None,
            by_user_id=run.by,
            schools_done=[],
            report={},
            format=run.format,
            files=run.files,
            progress=progress,
            remembers_told=True,
        )
    )


def schools_done(run: ImportRunRow) -> list[str]:
    """Return the schools that a run has committed."""
    return msgspec.convert(run.schools_done, list[str])


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """How many schools of a run are taken in."""

    done: int = 0
    total: int = 0
    """0: not known."""
    last: str = ""
    """Code of the last one."""


def school_reached(run: Any) -> Reached:
    """Return how far a run (or its row's columns) is that is not done."""
    if run.state in {"done", "undone"}:
        return Reached()
    done = msgspec.convert(run.schools_done, list[str])
    progress = msgspec.convert(run.progress, dict[str, Any])
    total = progress.get("total", 0) if progress.get("phase") in {"schools", "done"} else 0
    return Reached(done=len(done), total=max(int(total), len(done)), last=done[-1] if done else "")


def progress_of(run: ImportRunRow) -> Progress:
    """Return how far a run is."""
    return msgspec.convert(run.progress, Progress)


def save_progress(
    tx: Transaction, run_id: UUID, progress: Progress, *, schools: Sequence[str] | None = None
) -> None:
    """Write how far a run is, with the rows of the part that is done."""
    values: dict[str, Any] = {"progress": progress}
    if schools is not None:
        values["schools_done"] = list(schools)
    tx.run(update(ImportRunRow).where(ImportRunRow.id == run_id).values(**values))


def finish_run(tx: Transaction, run_id: UUID, report: object) -> None:
    """Write that an import is done, and what it reported."""
    row = tx.session.get_one(ImportRunRow, run_id)
    row.state = "done"
    row.finished_at = tx.at
    row.report = report
    tx.session.flush()


def open_faults(tx: Transaction, files: Collection[str]) -> set[tuple[str, int, str, str, str]]:
    """Return what of these files is in quarantine: file, line, field, value and reason."""
    found: set[tuple[str, int, str, str, str]] = set()
    for part in parts(sorted(files)):
        query = select(
            QuarantineRow.file,
            QuarantineRow.line,
            QuarantineRow.field,
            QuarantineRow.value,
            QuarantineRow.reason,
        ).where(QuarantineRow.file.in_(part), QuarantineRow.state == "open")
        found.update(
            (row.file, row.line, row.field, row.value, row.reason) for row in tx.run(query)
        )
    return found


def key_of(fault: Fault) -> tuple[str, int, str, str, str]:
    """Return by what a line in quarantine is known again."""
    return fault.file, fault.line, fault.field, fault.value, fault.reason


def add_faults(tx: Transaction, run_id: UUID, faults: Iterable[Kept]) -> None:
    """Put lines in quarantine."""
    rows = [_fault_row(run_id, kept) for kept in faults]
    if rows:
        tx.run(insert(QuarantineRow), rows)


def quarantined(
    tx: Transaction, *, run_id: UUID | None = None, state: str = "open"
) -> Iterator[QuarantineRow]:
    """Yield what is in quarantine (of one run), by file and line."""
    query = select(QuarantineRow).where(QuarantineRow.state == state)
    if run_id is not None:
        query = query.where(QuarantineRow.run_id == run_id)
    ordered = query.order_by(QuarantineRow.file, QuarantineRow.line, QuarantineRow.id)
    yield from tx.session.scalars(ordered.execution_options(yield_per=AT_ONCE))


def close_faults(tx: Transaction, ids: Iterable[UUID], *, state: str, by: UUID | None) -> int:
    """Take lines out of quarantine (``mended`` or ``dismissed``); return how many were open."""
    count = 0
    for part in parts(ids):
        closed = tx.session.execute(
            update(QuarantineRow)
            .where(QuarantineRow.id.in_(part), QuarantineRow.state == "open")
            .values(state=state, closed_at=tx.at, closed_by_user_id=by)
            .returning(QuarantineRow.id)
        )
        count += len(closed.all())
    return count


def _fault_row(run_id: UUID, kept: Kept) -> Mapping[str, Any]:
    fault = kept.fault
    return {
        "id": new_id(),
        "run_id": run_id,
        "file": fault.file,
        "line": fault.line,
        "element": fault.element,
        "field": fault.field,
        "value": fault.value,
        "reason": fault.reason,
        "mend": fault.mend,
        "code": fault.code,
        "parts": fault.parts,
        "columns": kept.columns,
        "school_code": fault.school_code,
        "state": "open",
        "closed_at": None,
        "closed_by_user_id": None,
    }
