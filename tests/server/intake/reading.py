"""Sources and a sink for the tests of formats: real files, and everything kept in memory."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Literal

from server.intake.formats import Reader, Source, Table
from server.intake.records import EventLine, Fault, Record


class XmlFile:
    """A file of a folder."""

    kind: Literal["xml"] = "xml"

    def __init__(self, file: Path) -> None:
        self.file = file
        self.name = file.name

    def open(self) -> IO[bytes]:
        return self.file.open("rb")

    def tables(self) -> Sequence[Table]:
        return []


class Kept:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.lines: list[tuple[str, EventLine]] = []
        self.faults: list[Fault] = []
        self.notes: list[Fault] = []
        self.held: set[tuple[str, str, str, bool]] = set()
        self.held_ties: set[str] = set()
        self.counts: dict[tuple[str, str], int] = {}
        self.left: dict[tuple[str, str], int] = {}

    def add(self, record: Record) -> None:
        self.records.append(record)

    def events(self, file: str, lines: Iterable[EventLine]) -> None:
        self.lines += [(file, line) for line in lines]

    def called(self, file: str, names: Mapping[str, str]) -> None:
        """Nothing: only faults that are found later need it."""

    def fault(self, fault: Fault) -> None:
        self.faults.append(fault)

    def hold(self, school_code: str, number: str, on_date: str, *, by_class: bool) -> None:
        self.held.add((school_code, number, on_date, by_class))

    def hold_ties(self, number: str) -> None:
        self.held_ties.add(number)

    def note(self, fault: Fault) -> None:
        self.notes.append(fault)

    def read(self, file: str, element: str, count: int = 1) -> None:
        self.counts[file, element] = self.counts.get((file, element), 0) + count

    def ignored(self, file: str, element: str, count: int = 1) -> None:
        self.left[file, element] = self.left.get((file, element), 0) + count


def files_of(folder: Path) -> list[Source]:
    """The XML files of a folder."""
    return [XmlFile(file) for file in sorted(folder.glob("*.xml"))]


def read(readers: Sequence[Reader]) -> Kept:
    """Everything that these readers say."""
    kept = Kept()
    for reader in readers:
        reader.read(kept)
    return kept
