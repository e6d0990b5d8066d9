"""Speaks SQL for import runs: the list, one of them, and how far it is taken back."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import func, select, update

from server.db.database import Transaction
from server.db.tables.attendance import CodeMapRow, ImportRunRow, QuarantineRow, RecordingRow
from server.db.tables.people import EnrollmentRow
from server.ids import new_id


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """Of a run's report: what one school's attendance was read as."""

    code: str = ""
    scope: str = ""
    first_on: date | None = None
    last_on: date | None = None


class FileTold(msgspec.Struct, frozen=True, kw_only=True):
    """Of a run's report: what became of one file."""

    file: str = ""
    read: int = 0
    added: int = 0
    changed: int = 0


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Of a run's report what is needed later, whichever version wrote it."""

    files: list[FileTold] = []
    schools: list[Window] = []


class Undoing(msgspec.Struct, frozen=True, kw_only=True):
    """How far a run is taken back."""

    last: int = 0
    """The run's last recording when undoing began: later ones are the undoing's own."""
    schools: list[UUID] = []
    """Schools whose facts are taken back."""
    last_place: int = 0
    """The last enrolment there was when undoing began: none that goes has a later id."""


class Tally(NamedTuple):
    """How many lines of a run are in quarantine."""

    open: int
    mended: int
    dismissed: int


def runs(tx: Transaction) -> list[ImportRunRow]:
    """Return every run, the newest first."""
    query = select(ImportRunRow).order_by(ImportRunRow.started_at.desc(), ImportRunRow.id.desc())
    return list(tx.session.scalars(query))


def find(tx: Transaction, run_id: UUID) -> ImportRunRow | None:
    """Return a run, or None."""
    return tx.session.get(ImportRunRow, run_id)


def later_than(tx: Transaction, run: ImportRunRow) -> list[ImportRunRow]:
    """Return the runs that began after this one and still hold, the first one first."""
    query = select(ImportRunRow).where(
        ImportRunRow.started_at >= run.started_at,
        ImportRunRow.id != run.id,
        ImportRunRow.state != "undone",
    )
    found = tx.session.scalars(query.order_by(ImportRunRow.started_at, ImportRunRow.id))
    return [one for one in found if (one.started_at, one.id) > (run.started_at, run.id)]


class Ran(NamedTuple):
    """An import that holds, or what was recorded without one."""

    end: int
    """The last recording by when it was done."""
    recordings: frozenset[int]
    windows: Sequence[Window]


class Whose(NamedTuple):
    """Whose recordings are which."""

    holding: Sequence[Ran]
    """What holds, in its order."""
    gone: Sequence[int]
    """Recordings of imports that were taken back while the one in question held: what they told
    may be known only because it told it as well."""
    gone_runs: Sequence[UUID]
    """These imports, the last first."""


def whose(tx: Transaction, run: ImportRunRow) -> Whose:
    """Return what holds besides an import, and what was taken back since it came in."""
    recordings: dict[UUID | None, list[int]] = {}
    known = tx.run(select(RecordingRow.id, RecordingRow.run_id).order_by(RecordingRow.id))
    for number, run_id in known:
        recordings.setdefault(run_id, []).append(number)
    holding = [
        (number, Ran(number, frozenset({number}), ())) for number in recordings.get(None, ())
    ]
    gone: list[int] = []
    gone_runs: list[UUID] = []
    for place, one in enumerate(reversed(runs(tx))):
        own = recordings.get(one.id, [])
        if one.id == run.id or one.state == "undone" or undoing_of(one) is not None:
            last = (undoing_of(one) or Undoing()).last
            if one.id != run.id and (one.undone_at is None or one.undone_at > run.started_at):
                gone += [number for number in own if number <= last]
                gone_runs.append(one.id)
            continue
        end = own[-1] if own else _newest_by(tx, one.started_at)
        holding.append((place, Ran(end, frozenset(own), windows_of(one))))
    holding.sort(key=lambda pair: (pair[1].end, pair[0]))
    return Whose([one for _, one in holding], gone, gone_runs[::-1])


def _newest_by(tx: Transaction, at: datetime) -> int:
    return tx.session.scalar(select(func.max(RecordingRow.id)).where(RecordingRow.at <= at)) or 0


def windows_of(run: ImportRunRow) -> Sequence[Window]:
    """Return what a run's report says of each school."""
    return msgspec.convert(run.report, Told, strict=False).schools


def recordings_of(tx: Transaction, run_id: UUID, *, until: int | None = None) -> list[int]:
    """Return the recordings of a run, up to a number."""
    query = select(RecordingRow.id).where(RecordingRow.run_id == run_id)
    if until is not None:
        query = query.where(RecordingRow.id <= until)
    return sorted(tx.session.scalars(query))


def last_place(tx: Transaction) -> int:
    """Return the last enrolment there is."""
    return tx.session.scalar(select(func.max(EnrollmentRow.id))) or 0


def last_place_gone(tx: Transaction) -> int:
    """Return an id such that no enrolment that went with an import had a later one."""
    rows = select(ImportRunRow.progress).where(ImportRunRow.state.in_(("undoing", "undone")))
    undoings = [_undoing_in(progress) for progress in tx.run(rows).scalars()]
    return max((one.last_place for one in undoings if one is not None), default=0)


def undoing_of(run: ImportRunRow) -> Undoing | None:
    """Return how far a run is taken back; None: nobody began."""
    return _undoing_in(run.progress)


def _undoing_in(progress: object) -> Undoing | None:
    told = msgspec.convert(progress, dict[str, Any]).get("undoing")
    return None if told is None else msgspec.convert(told, Undoing)


def save_undoing(tx: Transaction, run_id: UUID, undoing: Undoing) -> None:
    """Write how far a run is taken back, with what was taken back."""
    row = tx.session.get_one(ImportRunRow, run_id)
    progress: dict[str, Any] = msgspec.convert(row.progress, dict[str, Any])
    row.state = "undoing"
    row.progress = {**progress, "undoing": msgspec.to_builtins(undoing)}
    tx.session.flush()


def save_undone(tx: Transaction, run_id: UUID, *, at: datetime, by: UUID | None) -> None:
    """Write that a run was taken back.

    What it could not take is of no concern any more. Mended lines that it took in lie in
    quarantine again, unless the import that put them there was taken back as well.
    """
    row = tx.session.get_one(ImportRunRow, run_id)
    row.state = "undone"
    row.undone_at = at
    row.undone_by_user_id = by
    tx.session.execute(
        update(QuarantineRow)
        .where(QuarantineRow.run_id == run_id, QuarantineRow.state == "open")
        .values(state="dismissed", closed_at=at, closed_by_user_id=by)
    )
    undone = select(ImportRunRow.id).where(ImportRunRow.state == "undone")
    tx.session.execute(
        update(QuarantineRow)
        .where(
            QuarantineRow.state == "mended",
            QuarantineRow.closed_because == str(run_id),
            QuarantineRow.run_id.not_in(undone),
        )
        .values(state="open", closed_at=None, closed_by_user_id=None, closed_because="")
        .execution_options(synchronize_session="fetch")
    )
    tx.session.flush()


def quarantined(tx: Transaction) -> dict[UUID, Tally]:
    """Return, by run, how many lines are in quarantine, mended and dismissed."""
    query = select(QuarantineRow.run_id, QuarantineRow.state, func.count()).group_by(
        QuarantineRow.run_id, QuarantineRow.state
    )
    counts: dict[UUID, dict[str, int]] = {}
    for run_id, state, count in tx.session.execute(query):
        counts.setdefault(run_id, {})[state] = count
    return {
        run_id: Tally(*(states.get(name, 0) for name in Tally._fields))
        for run_id, states in counts.items()
    }


def codes(tx: Transaction) -> list[CodeMapRow]:
    """Return the code map."""
    query = select(CodeMapRow).order_by(
        CodeMapRow.school_code, CodeMapRow.school_year, CodeMapRow.code
    )
    return list(tx.session.scalars(query))


def save_code(
    tx: Transaction,
    key: tuple[str, str, str],
    *,
    kind: str,
    units: int | None,
    by: UUID | None,
) -> None:
    """Write what a code means; ``key``: school, school year and code, folded."""
    school_code, school_year, code = key
    row = tx.session.scalar(
        select(CodeMapRow).where(
            CodeMapRow.school_code == school_code,
            CodeMapRow.school_year == school_year,
            CodeMapRow.code == code,
        )
    )
    if row is None:
        row = CodeMapRow(id=new_id(), school_code=school_code, school_year=school_year, code=code)
        tx.session.add(row)
    row.kind, row.units = kind, units
    row.set_at, row.set_by_user_id = tx.at, by
    tx.session.flush()
