"""The throw-away SQLite file in which all files of an import lie side by side before any counts.

It holds families' data, so it lies in the data folder, readable by the server's user only, and is
deleted when the import ends, however it ends.
"""

import json
import shutil
import tempfile
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import sqlite_utils

from server.intake.records import (
    CalendarRecord,
    EventRecord,
    Fault,
    GuardianRecord,
    PlaceRecord,
    Record,
    SchoolRecord,
    StudentRecord,
    TieRecord,
)

_R = TypeVar("_R", bound=msgspec.Struct)
_T = TypeVar("_T")
AT_ONCE = 500
_PREFIX = ".intake-"

TABLES: Mapping[type[msgspec.Struct], str] = {
    SchoolRecord: "school",
    StudentRecord: "student",
    GuardianRecord: "guardian",
    TieRecord: "tie",
    PlaceRecord: "place",
    CalendarRecord: "calendar",
    EventRecord: "event",
}
KEYS: Mapping[str, Sequence[str]] = {
    "school": ["code"],
    "student": ["number"],
    "guardian": ["source_id"],
    "tie": ["number", "source_id"],
    "place": ["number", "school_code", "school_year"],
    "calendar": ["school_code", "on_date"],
    "event": ["school_code", "number", "on_date", "period"],
}


class Staging:
    """What the files say, as rows that SQL can compare."""

    def __init__(self, file: Path) -> None:
        self.db: Any = sqlite_utils.Database(str(file))  # its own types are partial
        self.db.execute("PRAGMA journal_mode=OFF")
        self.db.execute("PRAGMA synchronous=OFF")
        for kind, name in TABLES.items():
            columns = {"n": int} | dict.fromkeys(kind.__struct_fields__, str)
            table = self.db.table(name)
            table.create(columns, pk="n")
            table.create_index(KEYS[name])
        self.db.table("known_student").create({"number": str}, pk="number")
        self.db.table("known_guardian").create({"source_id": str}, pk="source_id")
        self.db.table("known_school").create({"code": str}, pk="code")
        self.db.table("known_day").create(
            {"school_code": str, "on_date": str, "is_instructional": int},
            pk=("school_code", "on_date"),
        )
        self.db.table("held_event").create(
            {"school_code": str, "number": str, "on_date": str, "by_class": int}
        )

    def add(self, records: Iterable[Record]) -> None:
        """Put records beside what is there already."""
        parts: dict[str, list[dict[str, Any]]] = {}
        for record in records:
            row = {key: _column(value) for key, value in msgspec.to_builtins(record).items()}
            parts.setdefault(TABLES[type(record)], []).append(row)
        for name, rows in parts.items():
            self.insert(name, rows)

    def insert(self, table: str, rows: Iterable[dict[str, Any]]) -> None:
        """Put plain rows into a table; a key that is there already stays as it is."""
        self.db.table(table).insert_all(rows, ignore=True, batch_size=AT_ONCE)

    def find(self, kind: type[_R], where: str = "1", values: Sequence[object] = ()) -> Iterator[_R]:
        """Yield records in the order of their files."""
        query = f"select * from {TABLES[kind]} where {where} order by n"  # noqa: S608
        for row in self.db.query(query, list(values)):
            yield _record(row, kind)

    def take(self, kind: type[_R], where: str, values: Sequence[object] = ()) -> list[_R]:
        """Return records and remove them: they will not be imported."""
        found = list(self.find(kind, where, values))
        self.db.execute(f"delete from {TABLES[kind]} where {where}", list(values))  # noqa: S608
        return found

    def values(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        """Return the first column of a query."""
        return [row[0] for row in self.db.execute(query, list(values))]

    def count(self, kind: type[msgspec.Struct]) -> int:
        """Return how many records of a kind there are."""
        return int(self.values(f"select count(*) from {TABLES[kind]}")[0])  # noqa: S608

    def hold(self, school_code: str, number: str, on_date: str, *, by_class: bool) -> None:
        """Remember the student-day of an event that was not taken: what is known of it stays."""
        self.db.execute(
            "insert into held_event values (?, ?, ?, ?)",
            [school_code, number, on_date, int(by_class)],
        )


class Staged(msgspec.Struct, kw_only=True):
    """Everything that was read."""

    staging: Staging
    read: dict[str, dict[str, int]] = {}
    """File -> element -> how many."""
    ignored: dict[str, dict[str, int]] = {}
    skipped: dict[str, str] = {}
    """Files that were not read, and why."""
    faults: list[Fault] = []
    notes: list[Fault] = []
    repeated: dict[str, int] = {}
    """File -> records that say again what was said before."""
    held_ties: set[str] = msgspec.field(default_factory=set[str])
    """Numbers of students of whom a tie to a guardian was not taken: they lose none."""


@contextmanager
def throw_away(data_dir: Path) -> Generator[Staging]:
    """Open an empty staging file and delete it at the end, with any that a killed import left.

    The caller makes sure that no other import is running here.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    for left in data_dir.glob(f"{_PREFIX}*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=data_dir) as folder:
        staging = Staging(Path(folder) / "staging.db")
        try:
            yield staging
        finally:
            staging.db.close()


def parts(things: Iterable[_T], size: int = AT_ONCE) -> Iterator[list[_T]]:
    """Cut a long row of things into lists."""
    rest = iter(things)
    while part := list(islice(rest, size)):
        yield part


def _column(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value


def _record(row: Mapping[str, Any], kind: type[_R]) -> _R:
    values = {
        key: json.loads(value) if key in {"at", "points", "addresses"} else value
        for key, value in row.items()
        if key != "n"
    }
    return msgspec.convert(values, kind, strict=False)
