"""Reads a table whose columns are known: rows into records, faults into the report."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct

from server.intake.columns.cells import Cells, Columns, NotUnderstood
from server.intake.columns.dates import Dates, NoDate
from server.intake.columns.lines import COMMENT, EventTable
from server.intake.columns.orders import Asked
from server.intake.columns.rows import BUILDERS
from server.intake.columns.shapes import SHAPES, loosely
from server.intake.columns.telling import Condition, Telling
from server.intake.formats import Sink, Table
from server.intake.records import GuardianRecord, Origin
from server.intake.words.saying import why


class Known(Struct, frozen=True, kw_only=True):
    """A table that a format has recognised."""

    table: Table
    shapes: tuple[str, ...]
    """What it holds (``shapes.SHAPES``)."""
    columns: Columns
    order: Asked = None
    """Of day and month; None: the file itself must tell."""
    has_comments: bool = False
    """Lines that begin with ``#`` are no rows."""
    is_workbook: bool = False
    telling: Telling | None = None
    """How rows tell attendance where they have no one code."""
    skip: Sequence[Condition] = ()
    """Rows that say nothing: all must hold."""
    days: Mapping[str, str] = {}
    """Of a grid: the dates as they are written, and what the file calls their columns."""
    is_counted: bool = False
    """Its rows were counted when it was read for something else."""


class _Filtered:
    """A table without the rows that say nothing."""

    def __init__(self, table: Table, skip: Sequence[Condition], width: int) -> None:
        self._table = table
        self._skip = skip
        self._width = width
        self.count = 0
        self.file = table.file
        self.header = table.header
        self.header_line = table.header_line

    def rows(self) -> Iterator[tuple[int, Sequence[str]]]:
        self.count = 0
        for line, row in self._table.rows():
            if len(row) == self._width and all(one.holds(row) for one in self._skip):
                self.count += 1
            else:
                yield line, row


def columns_of(
    header: Sequence[str], fields: dict[str, str], *, constants: dict[str, str] | None = None
) -> Columns:
    """Return where the fields of a table stand. ``fields``: column name by field, any case.

    ``First Name`` is found for ``first_name``, where none is called so.
    """
    numbered = list(reversed(list(enumerate(header))))
    places = {loosely(name): place for place, name in numbered}
    places |= {name.casefold(): place for place, name in numbered}
    found = {
        field: places[name.casefold()]
        for field, name in fields.items()
        if name.casefold() in places
    }
    return Columns(
        places=found,
        names={field: header[place] for field, place in found.items()},
        width=len(header),
        constants=constants or {},
    )


def read(known: Known, out: Sink) -> None:
    """Read a table into the sink."""
    if known.skip:
        rows = _Filtered(known.table, known.skip, known.columns.width)
        read(msgspec.structs.replace(known, table=rows, skip=()), out)
        if rows.count:
            out.ignored(known.table.file, "row without absence", rows.count)
        return
    out.called(known.table.file, known.columns.names)
    dates = dates_of(known)
    out.called(known.table.file, _called_by_day(known, dates))
    for number, shape in enumerate(known.shapes):
        if shape == "attendance":
            table = EventTable(
                known.table,
                known.columns,
                dates,
                telling=known.telling,
                has_comments=known.has_comments,
            )
            out.events(known.table.file, table.lines(out))
            out.read(known.table.file, "row", table.count)
        else:
            count = _read_rows(known, shape, dates, out)
            if number == 0 and not known.is_counted:
                out.read(known.table.file, "row", count)


def _called_by_day(known: Known, dates: Dates) -> dict[str, str]:
    """Return the columns that each hold one date, for faults that are found later."""
    found: dict[str, str] = {}
    for written, column in known.days.items():
        try:
            found[f"date {dates[written]}"] = column
        except NoDate:
            continue
    return found


def dates_of(known: Known) -> Dates:
    """Return what reads the dates of a table."""
    fields = {name for shape in known.shapes for name in SHAPES[shape].dates}
    places = [place for field, place in known.columns.places.items() if field in fields]

    def again() -> Iterable[tuple[int, str]]:
        for line, row in rows_of(known):
            for place in places:
                if place < len(row):
                    yield line, row[place]

    return Dates(
        known.table.file,
        again,
        order=known.order,
        header=known.table.header,
        serials=known.is_workbook,
    )


def rows_of(known: Known) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield a table's lines without its comments."""
    for line, row in known.table.rows():
        if not (known.has_comments and row[0].startswith(COMMENT)):
            yield line, row


def _read_rows(known: Known, shape: str, dates: Dates, out: Sink) -> int:
    """Read a table of anything but attendance; return how many rows it has."""
    build, width = BUILDERS[shape], known.columns.width
    guardians = _Guardians(out)
    count = 0
    for count, (line, row) in enumerate(rows_of(known), start=1):
        at = Origin(file=known.table.file, line=line, element=f"row {count}")
        cells = Cells(known.columns, dates, row, at)
        try:
            if len(row) != width and (len(row) < width or any(row[width:])):
                wanted = known.columns.own_width or width
                count_differs = why("field_count", found=len(row), wanted=wanted)
                raise cells.refuse("row", str(len(row)), count_differs)
            records = list(build(cells))
        except NotUnderstood as refused:
            out.fault(refused.fault)
            if shape == "guardians":
                out.hold_ties(cells.peek("student_id"))
            continue
        for record in records:
            if isinstance(record, GuardianRecord):
                guardians.add(record)
            else:
                out.add(record)
    guardians.end()
    return count


class _Guardians:
    """Takes each guardian once, although every brother and sister has a line about her.

    A line without numbers, address and language says nothing of the guardian that another line
    does not say better.
    """

    def __init__(self, out: Sink) -> None:
        self._out = out
        self._told: dict[str, int] = {}
        self._bare: dict[str, GuardianRecord] = {}

    def add(self, guardian: GuardianRecord) -> None:
        is_bare = not (guardian.points or guardian.addresses or guardian.language)
        if is_bare and guardian.source_id not in self._told:
            self._bare.setdefault(guardian.source_id, guardian)
        elif not is_bare:
            mark = hash(msgspec.json.encode(msgspec.structs.replace(guardian, at=_NOWHERE)))
            if self._told.get(guardian.source_id) != mark:
                self._told.setdefault(guardian.source_id, mark)
                self._out.add(guardian)

    def end(self) -> None:
        for source_id, guardian in self._bare.items():
            if source_id not in self._told:
                self._out.add(guardian)


_NOWHERE = Origin(file="", line=0, element="")
