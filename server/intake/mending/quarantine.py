"""Lines that could not be taken: out as CSV, and back in once somebody has mended them.

The CSV has a line of its own columns for every line in quarantine, beside columns of Presente's
that say where it stood and what is wrong. Read again, each line goes back through the format that
refused it, as a small table with the original columns; it replaces nothing else.
"""

import csv
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import IO, Literal
from uuid import UUID

from msgspec import Struct, field

from server.db.database import Transaction
from server.db.tables.attendance import QuarantineRow
from server.intake.columns import values
from server.intake.formats import Reader, Source, Table
from server.intake.mending.mended import Addition, MendedLine, MendedSource, MendedTable
from server.intake.records import Fault, Origin
from server.intake.staged.recognise import Recognised
from server.intake.store import quarantine as store
from server.intake.words import lines as words
from server.intake.words.refusals import refusal
from server.intake.words.saying import why

OURS = (
    *("presente_id", "presente_run", "presente_file", "presente_line"),
    *("presente_field", "presente_value", "presente_reason", "presente_mend"),
)
Language = Literal["en", "es"]
_EXTRA = "presente_extra_"
_SHEET = ": "


class Held(Struct, frozen=True, kw_only=True):
    """A line in quarantine, for programs."""

    id: UUID
    run_id: UUID
    file: str
    line: int
    element: str
    field: str
    value: str
    reason: str
    mend: str
    state: str
    code: str = ""
    parts: dict[str, str] = {}
    """What stands in the sentences, by which they are said in another language."""
    columns: list[tuple[str, str]]
    """Empty for an element of XML: it is mended at its source."""


class Mending(Struct, kw_only=True):
    """Lines that somebody mended, on their way back in."""

    sources: list[Source] = []
    lines: dict[tuple[str, int], list[UUID]] = {}
    """File and line -> the lines in quarantine."""
    notes: list[Fault] = field(default_factory=list[Fault])
    """What is in the file but cannot be read back."""


def held(tx: Transaction, *, run_id: UUID | None = None) -> list[Held]:
    """Return the open lines of a run or of all."""
    return [held_of(row) for row in store.rows(tx, run_id=run_id)]


def write_csv(lines: Sequence[Held], out: IO[str], language: Language = "en") -> None:
    """Write lines as CSV that a spreadsheet opens without running any of it.

    ``language``: of reason and mend, where the line is not of a version that had English only.
    """
    names: dict[str, None] = {}
    for line in lines:
        names.update(dict.fromkeys(named(line.columns)))
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*OURS, *map(values.safe_cell, names)])
    for line in lines:
        own = dict(zip(named(line.columns), (text for _, text in line.columns), strict=True))
        ours = (line.id, line.run_id, line.file, line.line)
        reason, mend = _said(line, language)
        said = (line.field, line.value, reason, mend)
        cells = [*map(str, (*ours, *said)), *(own.get(name, "") for name in names)]
        writer.writerow(values.safe_cell(cell) for cell in cells)


def _said(line: Held, language: Language) -> tuple[str, str]:
    spanish = words.spanish_of(line.code, line.parts) if language == "es" else ("", "")
    return spanish[0] or line.reason, spanish[1] or line.mend


def is_mended(table: Table) -> bool:
    """Tell whether a table is a CSV of quarantined lines."""
    return {"presente_id", "presente_file", "presente_line"} <= set(table.header)


def rebuild(tx: Transaction, sources: Sequence[Source]) -> Mending | None:
    """Return small tables of the lines that were mended; None: none of these is such a CSV.

    Raises ``Problem`` when there are other files beside it: they would be read as if they told
    little, too.
    """
    tables = [
        table
        for source in sources
        if source.kind == "table"
        for table in source.tables()
        if is_mended(table)
    ]
    if not tables:
        return None
    if len(tables) < sum(len(source.tables()) or 1 for source in sources):
        raise refusal("mended_with_others", file=tables[0].file)
    mending = Mending()
    rows = [row for table in tables for row in _rows_of(table)]
    known = store.by_ids(tx, (row.id for row in rows))
    _refuse_unknown(rows, known)
    fresh: dict[str, list[MendedLine]] = {}
    for row in rows:
        kept = known[row.id]
        columns = store.columns_of(kept)
        if kept.state != "open" or not columns:
            mending.notes.append(_note(row, kept))
            continue
        _refuse_wrong_column(row, kept, columns)
        mending.lines.setdefault((kept.file, kept.line), []).append(kept.id)
        fresh.setdefault(kept.file, []).append(_mended(row, kept, columns))
    mending.sources = _sources(fresh)
    if not mending.sources:
        raise refusal("nothing_to_mend")
    return mending


def as_additions(recognised: Recognised) -> Recognised:
    """Have mended lines read as additions: whatever they leave out stays as it is known."""
    readers: list[Reader] = [Addition(reader) for reader in recognised.readers]
    return Recognised(readers=readers, skipped=recognised.skipped)


def close(
    tx: Transaction,
    mending: Mending,
    *,
    refused: Collection[tuple[str, int]],
    run_id: UUID | None,
    by: UUID | None,
) -> int:
    """Close what was taken in; return how many lines. ``refused``: file and line of what was not.

    What was refused again stays as it lay, and does not lie there twice.
    """
    if run_id is not None:
        store.forget_again(tx, run_id, sorted(set(refused) & set(mending.lines)))
    taken = [id_ for place, ids in mending.lines.items() if place not in refused for id_ in ids]
    took = "" if run_id is None else str(run_id)
    return store.close(tx, store.by_ids(tx, taken).values(), "mended", by, because=took)


def dismiss(tx: Transaction, text: str, *, because: str, by: UUID | None) -> Held:
    """Let go of the line whose id begins so, and say why. It is kept, and asked for no more."""
    found = store.beginning_with(tx, text)
    if len(found) != 1:
        raise refusal("several_such_lines" if found else "no_such_line", line=text)
    if not because.strip():
        raise refusal("no_reason")
    if not store.close(tx, found, "dismissed", by, because=because.strip()):
        raise refusal(f"line_{found[0].state}")
    return held_of(found[0])


class _Row(Struct, frozen=True, kw_only=True):
    file: str
    line: int
    id: UUID
    cells: Mapping[str, str]


def held_of(row: QuarantineRow) -> Held:
    """Return a line in quarantine, for programs."""
    return Held(
        id=row.id,
        run_id=row.run_id,
        file=row.file,
        line=row.line,
        element=row.element,
        field=row.field,
        value=row.value,
        reason=row.reason,
        mend=row.mend,
        state=row.state,
        code=row.code,
        parts=store.fault_of(row).parts,
        columns=store.columns_of(row),
    )


def named(columns: Sequence[tuple[str, str]]) -> list[str]:
    """Return a name for every column; what stands beyond the header is numbered."""
    names: list[str] = []
    extra = 0
    for name, _ in columns:
        if not name:
            extra += 1
        names.append(name or f"{_EXTRA}{extra}")
    return names


def _rows_of(table: Table) -> Iterator[_Row]:
    for line, fields in table.rows():
        cells = {
            _unmarked(name): _unmarked(text)
            for name, text in zip(table.header, fields, strict=False)
        }
        try:
            id_ = UUID(cells.get("presente_id", "").strip())
        except ValueError:
            told = cells.get("presente_id", "")
            raise refusal("quarantine_id", file=table.file, line=line, id=told) from None
        yield _Row(file=table.file, line=line, id=id_, cells=cells)


def _unmarked(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and values.safe_cell(cell[1:]) == cell else cell


def _refuse_unknown(rows: Iterable[_Row], known: Mapping[UUID, QuarantineRow]) -> None:
    for row in rows:
        if row.id not in known:
            raise refusal("quarantine_unknown", file=row.file, line=row.line, id=row.id)


def _refuse_wrong_column(
    row: _Row, kept: QuarantineRow, columns: Sequence[tuple[str, str]]
) -> None:
    """Refuse a line whose mend stands where nobody reads it: beside the reason."""
    told = row.cells.get("presente_value", kept.value)
    was = dict(zip(named(columns), (text for _, text in columns), strict=True))
    column = kept.field
    is_there = column in was and row.cells.get(column, "").strip() == was[column].strip()
    if is_there and told.strip() not in {kept.value.strip(), was[column].strip()}:
        raise refusal("mend_in_wrong_column", file=row.file, line=row.line, column=column)


def _mended(row: _Row, kept: QuarantineRow, columns: Sequence[tuple[str, str]]) -> MendedLine:
    fields = [
        row.cells.get(name, old) for name, (_, old) in zip(named(columns), columns, strict=True)
    ]
    header = [name for name, _ in columns]
    while header and not header[-1] and not fields[-1].strip():  # an extra field, taken out
        header.pop()
        fields.pop()
    return MendedLine(line=kept.line, header=tuple(header), fields=tuple(fields))


def _sources(fresh: Mapping[str, Sequence[MendedLine]]) -> list[Source]:
    by_source: dict[str, list[MendedTable]] = {}
    for file, lines in fresh.items():
        header = next((one.header for one in lines if all(one.header)), lines[0].header)
        unique = {one.line: one for one in lines}
        name = file.split(_SHEET, 1)[0]
        table = MendedTable(file, header, list(unique.values()))
        by_source.setdefault(name, []).append(table)
    return [MendedSource(name, tables) for name, tables in by_source.items()]


def _note(row: _Row, kept: QuarantineRow) -> Fault:
    because = why("element_of_xml" if kept.state == "open" else f"{kept.state}_before")
    at = Origin(file=row.file, line=row.line, element=f"{kept.file}, line {kept.line}")
    return at.fault("presente_id", str(row.id), because)
