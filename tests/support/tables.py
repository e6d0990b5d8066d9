"""Tables, sources and a sink in memory, for what reads tables."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any, Literal, TypeVar

from msgspec import Struct

from server.intake.formats import Reader, Source, Table
from server.intake.records import EventLine, Fault, Record

RecordT = TypeVar("RecordT")


class MemoryTable(Struct, kw_only=True):
    """A CSV text as a table."""

    file: str
    text: str
    delimiter: str = ","
    header_line: int = 1

    @property
    def header(self) -> Sequence[str]:
        return [name.strip() for name in next(self._rows())]

    def rows(self) -> Iterator[tuple[int, Sequence[str]]]:
        reader = self._rows()
        next(reader)
        for row in reader:
            if row:
                yield reader.line_num, row

    def _rows(self) -> Any:
        return csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter)


class MemorySource(Struct, kw_only=True):
    """A file with one table, or a workbook with several."""

    name: str
    sheets: list[MemoryTable]
    kind: Literal["xml", "table", "other"] = "table"

    def open(self) -> IO[bytes]:
        return io.BytesIO(self.sheets[0].text.encode())

    def tables(self) -> Sequence[Table]:
        return self.sheets


def source(name: str, text: str, delimiter: str = ",") -> Source:
    """Return a CSV file."""
    return MemorySource(name=name, sheets=[MemoryTable(file=name, text=text, delimiter=delimiter)])


def workbook(name: str, sheets: Mapping[str, str]) -> Source:
    """Return a workbook."""
    return MemorySource(
        name=name,
        sheets=[MemoryTable(file=f"{name}: {title}", text=text) for title, text in sheets.items()],
    )


class MemorySink:
    """Keeps everything that a reader says."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.lines: dict[str, list[EventLine]] = {}
        self.faults: list[Fault] = []
        self.notes: list[Fault] = []
        self.held: list[tuple[str, str, str, bool]] = []
        self.held_ties: list[str] = []
        self.counts: dict[tuple[str, str], int] = {}
        self.left: dict[tuple[str, str], int] = {}

    def add(self, record: Record) -> None:
        self.records.append(record)

    def events(self, file: str, lines: Iterable[EventLine]) -> None:
        self.lines.setdefault(file, []).extend(lines)

    def called(self, file: str, names: Mapping[str, str]) -> None:
        """Nothing: only faults that are found later need it."""

    def fault(self, fault: Fault) -> None:
        self.faults.append(fault)

    def hold(self, school_code: str, number: str, on_date: str, *, by_class: bool) -> None:
        self.held.append((school_code, number, on_date, by_class))

    def hold_ties(self, number: str) -> None:
        self.held_ties.append(number)

    def note(self, fault: Fault) -> None:
        self.notes.append(fault)

    def read(self, file: str, element: str, count: int = 1) -> None:
        self.counts[file, element] = self.counts.get((file, element), 0) + count

    def ignored(self, file: str, element: str, count: int = 1) -> None:
        self.left[file, element] = self.left.get((file, element), 0) + count

    def all(self, kind: type[RecordT]) -> list[RecordT]:
        """Return the records of one kind."""
        return [record for record in self.records if isinstance(record, kind)]

    @property
    def events_read(self) -> list[EventLine]:
        """All events."""
        return [line for lines in self.lines.values() for line in lines]


def read_all(readers: Iterable[Reader]) -> MemorySink:
    """Run readers into a sink."""
    sink = MemorySink()
    for reader in readers:
        reader.read(sink)
    return sink
