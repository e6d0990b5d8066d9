"""The file formats that Presente reads, each in a module of its own.

A format claims the sources it recognises by their content, and hands what they say to a sink.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Literal, Protocol

from msgspec import Struct

from server.intake.records import EventLine, Fault, Record
from server.intake.words.saying import Both


class Table(Protocol):
    """A table of any kind (CSV in any dialect, a sheet of a workbook), read as text."""

    @property
    def file(self) -> str:
        """The name to tell people: ``users.csv``, ``roster.xlsx: Students``."""
        ...

    @property
    def header(self) -> Sequence[str]:
        """Column names as written, without white space around them. Empty: no header line."""
        ...

    @property
    def header_line(self) -> int:
        """The line on which the column names stand: 1, or below the titles."""
        ...

    def rows(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield line number (as an editor counts) and fields; blank lines are left out.

        A row shorter or longer than the header is handed out as it is. Raises ``Problem`` for a
        file that is broken.
        """
        ...


class Source(Protocol):
    """One file: of a folder, or inside a zip archive."""

    @property
    def name(self) -> str:
        """Its name, with its folder inside an archive."""
        ...

    @property
    def kind(self) -> Literal["xml", "table", "other"]:
        """What it is, by its content."""
        ...

    def open(self) -> IO[bytes]:
        """Open its bytes from the beginning, within the limits of size."""
        ...

    def tables(self) -> Sequence[Table]:
        """Return its tables: one for a CSV file, one for each sheet of a workbook."""
        ...


class Sink(Protocol):
    """Where readers put what they understood."""

    def add(self, record: Record) -> None:
        """Take a record."""
        ...

    def events(self, file: str, lines: Iterable[EventLine]) -> None:
        """Take a file's attendance events. A reader calls ``fault`` for lines it leaves out."""
        ...

    def called(self, file: str, names: Mapping[str, str]) -> None:
        """Hear what a file calls Presente's own fields: faults found later name its columns."""
        ...

    def fault(self, fault: Fault) -> None:
        """Take a line that was not understood; ``fault`` names the file's own column."""
        ...

    def hold(self, school_code: str, number: str, on_date: str, *, by_class: bool) -> None:
        """Remember the student-day of an event that was not understood: what is known stays."""
        ...

    def hold_ties(self, number: str) -> None:
        """Remember the student of a tie that was not understood: he loses no guardian."""
        ...

    def note(self, fault: Fault) -> None:
        """Take a remark: the line was taken, but somebody should know."""
        ...

    def read(self, file: str, element: str, count: int = 1) -> None:
        """Count what was read ("User", "row")."""
        ...

    def ignored(self, file: str, element: str, count: int = 1) -> None:
        """Count what Presente has no use for."""
        ...


class Scope(Struct, frozen=True, kw_only=True):
    """How a file's silence is meant."""

    is_delta: bool = False
    """It tells only what changed: nothing is missing because it is not there."""
    is_roster: bool = False
    """It names every student of each school that it lists."""
    is_own: bool = False
    """Somebody wrote it for Presente: where a roster beside it says something else, it holds."""


class Reader(Protocol):
    """Reads the sources that a format has claimed."""

    @property
    def format(self) -> str:
        """``edfi``, ``oneroster``, ``sds``, ``presente`` or ``profile:<key>``."""
        ...

    @property
    def sources(self) -> Sequence[Source]:
        """What it claimed."""
        ...

    @property
    def skipped(self) -> Mapping[str, Both]:
        """Names of claimed files (or tables) that it will not read, and why."""
        ...

    @property
    def scope(self) -> Scope:
        """How silence is meant."""
        ...

    def read(self, out: Sink) -> None:
        """Read everything into the sink. Raises ``Problem`` when a file is broken as a whole."""
        ...
