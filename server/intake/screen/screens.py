"""What the import screens read and change: earlier imports, lines to mend, and codes."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import msgspec

from schemas import intake as wire
from schemas.attendance import AttendanceKind
from server.attendance.rules.calendar import is_school_year
from server.db.database import Transaction
from server.db.tables.attendance import QuarantineRow
from server.identity import store as identity
from server.intake import rules
from server.intake import store as people
from server.intake.mending import code_map, quarantine
from server.intake.mending.code_map import Entry
from server.intake.mending.quarantine import Held, Language
from server.intake.screen import answers, drops
from server.intake.screen.jobs import Jobs
from server.intake.store import quarantine as lines
from server.intake.store import running
from server.intake.store import screens as store
from server.intake.store.screens import Viewer
from server.intake.words.refusals import refusal

_RUNS = 50
_ROWS = 200
_MENDED = "mended.csv"
_CUT_OFF: Mapping[str, Literal["cut_off", "undo_cut_off"]] = {
    "running": "cut_off",
    "undoing": "undo_cut_off",
}
"""What a state means when nothing runs."""


def runs(tx: Transaction, viewer: Viewer, jobs: Jobs) -> list[wire.ImportRun]:
    """Return the newest imports that touched this person's schools, or that he made."""
    waiting = store.open_by_run(tx, viewer)
    drop_ids = jobs.to_go_on_with(by=viewer.user_id)
    found: list[wire.ImportRun] = []
    for row in store.runs(tx):
        if _concerns(row, viewer):
            found.append(_run(row, waiting.get(row.id, 0), drop_ids.get(row.id)))
        if len(found) == _RUNS:
            break
    if any(one.state in _CUT_OFF for one in found) and not jobs.is_busy():
        found = [
            msgspec.structs.replace(one, state=_CUT_OFF.get(one.state, one.state)) for one in found
        ]
    return _with_last_school(tx, found)


def _with_last_school(tx: Transaction, found: Sequence[wire.ImportRun]) -> list[wire.ImportRun]:
    """Put a school's name in the place of its code."""
    names = people.schools_by_code(tx) if any(one.last_school for one in found) else {}
    return [
        msgspec.structs.replace(one, last_school=names[one.last_school].name)
        if one.last_school in names
        else one
        for one in found
    ]


def to_mend(tx: Transaction, viewer: Viewer) -> wire.Quarantine:
    """Return the lines that wait to be mended."""
    rows = store.quarantined(tx, viewer, most=_ROWS)
    return wire.Quarantine(
        total=store.quarantined_count(tx, viewer), rows=[_quarantined(row) for row in rows]
    )


def csv_of(tx: Transaction, viewer: Viewer, language: Language) -> bytes:
    """Return every line that waits, as the CSV that can be mended and imported again."""
    return _csv([quarantine.held_of(row) for row in store.quarantined(tx, viewer)], language)


def dismiss(tx: Transaction, viewer: Viewer, row_id: UUID, *, because: str) -> None:
    """Let go of a line, and say why."""
    _find(tx, viewer, [row_id])
    gone = quarantine.dismiss(tx, str(row_id), because=because, by=viewer.user_id)
    identity.audit(tx, "quarantine.dismiss", by=viewer.user_id, subject=gone.id)


def mended(tx: Transaction, viewer: Viewer, sent: wire.MendRows) -> bytes:
    """Return lines as somebody mended them, as the CSV that is imported again."""
    if not sent.rows:
        raise refusal("no_lines")
    found = _find(tx, viewer, [row.id for row in sent.rows])
    return _csv([_mended(found[row.id], row) for row in sent.rows])


def drop_mended(data_dir: Path, content: bytes, *, by: UUID, at: datetime) -> UUID:
    """Make a drop of mended lines, to be imported like any other file."""
    drop_id = drops.make(data_dir, by=by, at=at)
    kept = drops.read(data_dir, drop_id, by=by)
    part = drops.files_of(data_dir, drop_id) / f"{_MENDED}.part"
    part.write_bytes(content)
    drops.put_in(data_dir, kept, part, wire.DropFile(name=_MENDED, size=len(content)))
    return drop_id


def codes(tx: Transaction, viewer: Viewer) -> wire.CodeMap:
    """Return what codes mean, and for which schools this person may say so."""
    schools = [
        wire.CodeSchool(code=code, name=row.name)
        for code, row in sorted(people.schools_by_code(tx).items())
        if viewer.schools is None or code in viewer.schools
    ]
    return wire.CodeMap(
        codes=[
            wire.MappedCode(
                code=row.code,
                kind=AttendanceKind(row.kind),
                units=row.units,
                school_code=row.school_code,
                school_year=row.school_year,
                set_at=row.set_at,
            )
            for row in store.codes(tx, viewer)
        ],
        schools=schools,
        may_set_everywhere=viewer.schools is None,
    )


def set_code(tx: Transaction, viewer: Viewer, sent: wire.SetCode) -> None:
    """Say what a code means; a clerk only for a school of his own."""
    if viewer.schools is not None and sent.school_code not in viewer.schools:
        raise refusal("school_not_named")
    if not sent.code.strip():
        raise refusal("code_empty")
    if sent.school_year and not is_school_year(sent.school_year):
        raise refusal("school_year_invalid", year=sent.school_year)
    entry = Entry(
        code=rules.fold_code(sent.code),
        kind=sent.kind,
        units=sent.units,
        school=sent.school_code,
        school_year=sent.school_year,
    )
    code_map.save(tx, entry, by=viewer.user_id)
    identity.audit(tx, "codes.set", by=viewer.user_id, detail={"codes": [entry.code]})


def _concerns(row: Any, viewer: Viewer) -> bool:
    if viewer.schools is None or row.by_user_id == viewer.user_id:
        return True
    return not viewer.schools.isdisjoint(msgspec.convert(row.schools_done, list[str]))


def _run(row: Any, waiting: int, drop_id: UUID | None) -> wire.ImportRun:
    at = running.school_reached(row)
    files: list[dict[str, Any]] = msgspec.convert(row.files, list[dict[str, Any]])
    return wire.ImportRun(
        id=row.id,
        state=row.state,
        format=row.format,
        started_at=row.started_at,
        finished_at=row.finished_at,
        undone_at=row.undone_at,
        by_name=row.by_name or "",
        files=[str(one.get("name", "")) for one in files],
        quarantined_open=waiting,
        schools_done=at.done,
        schools_total=at.total,
        last_school=at.last,
        drop_id=None if row.state == "done" else drop_id,
    )


def _quarantined(row: QuarantineRow) -> wire.QuarantinedRow:
    columns = lines.columns_of(row)
    named = quarantine.named(columns)
    return wire.QuarantinedRow(
        id=row.id,
        run_id=row.run_id,
        fault=answers.fault_of(lines.fault_of(row)),
        cells=[
            wire.QuarantinedCell(column=name, value=value)
            for name, (_, value) in zip(named, columns, strict=True)
        ],
    )


def _find(tx: Transaction, viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, QuarantineRow]:
    found = store.quarantined_by_id(tx, viewer, ids)
    if set(found) != set(ids):
        raise refusal("line_gone")
    closed = next((row for row in found.values() if row.state != "open"), None)
    if closed is not None:
        raise refusal(f"line_{closed.state}")
    return found


def _mended(row: QuarantineRow, sent: wire.MendedRow) -> Held:
    held = quarantine.held_of(row)
    named = quarantine.named(held.columns)
    if not named:
        raise refusal("line_at_source")
    given = {cell.column: cell.value for cell in sent.cells}
    unknown = sorted(set(given) - set(named))
    if unknown:
        raise refusal("line_lacks_column", column=unknown[0])
    columns = [
        (name, given.get(own, value))
        for own, (name, value) in zip(named, held.columns, strict=True)
    ]
    return msgspec.structs.replace(held, columns=columns)


def _csv(held: Sequence[Held], language: Language = "en") -> bytes:
    text = io.StringIO(newline="")
    quarantine.write_csv(held, text, language)
    return text.getvalue().encode("utf-8-sig")
