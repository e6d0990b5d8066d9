"""Lines that somebody mended, as the tables and sources that readers take, and a reader of them."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Literal

from msgspec import Struct

from server.intake.formats import Reader, Scope, Sink, Table
from server.intake.records import EventLine, Fault, Record


class MendedLine(Struct, frozen=True, kw_only=True):
    """A line with the columns it had, and the fields somebody gave it."""

    line: int
    header: tuple[str, ...]
    fields: tuple[str, ...]


class MendedTable:
    """Lines of one original table, with their original columns."""

    header_line = 1

    def __init__(self, file: str, header: Sequence[str], rows: Sequence[MendedLine]) -> None:
        self.file = file
        self.header = header
        self._rows = rows

    def rows(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield the original line number and the mended fields."""
        return ((row.line, row.fields) for row in self._rows)


class MendedSource:
    """An original file, as far as its lines were mended."""

    kind: Literal["table"] = "table"

    def __init__(self, name: str, tables: Sequence[MendedTable]) -> None:
        self.name = name
        self._tables = tables

    def open(self) -> IO[bytes]:
        """Open its lines as CSV."""
        text = io.StringIO()
        writer = csv.writer(text)
        for table in self._tables:
            writer.writerow(table.header)
            writer.writerows(fields for _, fields in table.rows())
        return io.BytesIO(text.getvalue().encode())

    def tables(self) -> Sequence[Table]:
        """Return its tables."""
        return self._tables


class Addition:
    """A reader whose silence means nothing, and whose events drop none of their own day."""

    scope = Scope(is_delta=True)

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.format = reader.format
        self.sources = reader.sources
        self.skipped = reader.skipped

    def read(self, out: Sink) -> None:
        """Read everything into the sink."""
        self._reader.read(_Beside(out))


class _Beside:
    """A sink that keeps what is known of a student's day when a line of it was mended."""

    def __init__(self, out: Sink) -> None:
        self._out = out

    def add(self, record: Record) -> None:
        self._out.add(record)

    def events(self, file: str, lines: Iterable[EventLine]) -> None:
        self._out.events(file, self._held(lines))

    def called(self, file: str, names: Mapping[str, str]) -> None:
        self._out.called(file, names)

    def fault(self, fault: Fault) -> None:
        self._out.fault(fault)

    def hold(self, school_code: str, number: str, on_date: str, *, by_class: bool) -> None:
        self._out.hold(school_code, number, on_date, by_class=by_class)

    def hold_ties(self, number: str) -> None:
        self._out.hold_ties(number)

    def note(self, fault: Fault) -> None:
        self._out.note(fault)

    def read(self, file: str, element: str, count: int = 1) -> None:
        self._out.read(file, element, count)

    def ignored(self, file: str, element: str, count: int = 1) -> None:
        self._out.ignored(file, element, count)

    def _held(self, lines: Iterable[EventLine]) -> Iterator[EventLine]:
        for line in lines:
            self.hold(line.school_code, line.number, line.on_date, by_class=bool(line.period))
            yield line
