"""The throw-away SQLite file in which all files of an import lie side by side before any counts.

It holds families' data, so it lies in the data folder, readable by the server's user only, and is
deleted when the import ends, however it ends.
"""

import shutil
import tempfile
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from sqlite3 import Connection
from typing import Any, TypeVar

import msgspec
import sqlite_utils

from server.intake.formats import Reader
from server.intake.records import (
    CalendarRecord,
    CodeRecord,
    ContactRecord,
    EventLine,
    Fault,
    GuardianRecord,
    PlaceRecord,
    Record,
    SchoolRecord,
    StaffRecord,
    StudentRecord,
    SubmissionRecord,
    TermRecord,
    TieRecord,
)
from server.intake.staged.events import Events
from server.intake.staged.faults import FaultList
from server.intake.staged.file_words import FileWords

_R = TypeVar("_R", bound=msgspec.Struct)
Row = dict[str, Any]
"""A staged record by column, as SQLite has it; ``n`` is its place."""
AT_ONCE = 500
"""People committed together: a fraction of a second, so that no phone notices."""
_PREFIX = ".intake-"
_CACHE_KIB = 32_000
_NESTED = frozenset({"at", "points", "addresses", "school_codes", "untold"})

TABLES: Mapping[type[msgspec.Struct], str] = {
    SchoolRecord: "school",
    StudentRecord: "student",
    GuardianRecord: "guardian",
    TieRecord: "tie",
    PlaceRecord: "place",
    CalendarRecord: "calendar",
    TermRecord: "term",
    CodeRecord: "code",
    SubmissionRecord: "submission",
    StaffRecord: "staff",
    ContactRecord: "contact",
}
KEYS: Mapping[str, Sequence[str]] = {
    "school": ["code"],
    "student": ["number"],
    "guardian": ["source_id"],
    "tie": ["number", "source_id"],
    "place": ["number", "school_code", "school_year", "entry_on"],
    "calendar": ["school_code", "on_date"],
    "term": ["school_code", "school_year", "kind", "begin_on"],
    "code": ["code", "school_code", "school_year", "is_default"],
    "submission": ["school_code"],
    "staff": ["login"],
    "contact": ["source_id"],
}


class Staging:
    """What the files say, as rows that SQL can compare; the sink of every reader."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._sql = _connection(file)
        for statement in _schema():
            self._sql.execute(statement)
        self.events_told = Events(self._sql)
        self.faults, self.notes = FaultList(self._sql, "fault"), FaultList(self._sql, "note")
        self.words = FileWords()
        self.told: dict[str, dict[str, int]] = {}
        """File -> element -> how many were read."""
        self.left: dict[str, dict[str, int]] = {}
        """File -> element -> how many Presente has no use for."""
        self.repeated: dict[str, int] = {}
        """File -> records that say again what was said before."""
        self.older: dict[str, int] = {}
        """File -> records that a newer one of the same files replaces."""
        self.held_ties: set[str] = set()
        """Students of whom a tie to a guardian was not taken: they lose none."""
        self.padded: dict[tuple[str, str], str] = {}
        """Unknown names of a school or student -> the known one that has zeros before it."""
        self.deltas: set[str] = set()
        """Tables of which a file told only what changed; ``event`` among them."""
        self._waiting: dict[str, list[list[Any]]] = {}
        self._is_delta = self._is_roster = self._is_own = False
        self._listed: set[str] = set()
        """Schools that the present reader lists, if it is one of whole rosters."""
        self.covered: set[str] = set()
        """Codes of schools whose students the files should all name."""

    def close(self) -> None:
        """Let go of the file, as it is."""
        self._sql.close()

    def put_away(self) -> None:
        """Close the file, so that another process can go on with what was read (pickled)."""
        self._sql.execute("COMMIT")
        self._sql.close()

    def take_up(self) -> None:
        """Open the file again, in whichever process this is now."""
        self._sql = _connection(self.file)
        for part in (self.events_told, self.faults, self.notes):
            part.attach(self._sql)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_sql"}

    def begin(self, reader: Reader) -> None:
        """Take what this reader says from now on."""
        self._is_delta = reader.scope.is_delta
        self._is_roster = reader.scope.is_roster
        self._is_own = reader.scope.is_own
        self._listed = set()

    def add(self, record: Record) -> None:
        """Put a record beside what is there already."""
        table = TABLES[type(record)]
        if self._is_delta:
            self.deltas.add(table)
        if self._is_roster and isinstance(record, SchoolRecord):
            self._listed.add(record.code)
        elif self._listed and isinstance(record, PlaceRecord):  # it does tell who is where
            self.covered |= self._listed
            self._listed = set()
        rows = self._waiting.setdefault(table, [])
        rows.append([_column(value) for value in msgspec.structs.astuple(record)])
        if len(rows) >= AT_ONCE:
            self._flush(table)

    def events(self, file: str, lines: Iterable[EventLine]) -> None:
        """Take a file's attendance events."""
        if self._is_delta:
            self.deltas.add("event")
        self.events_told.take(file, lines)

    def called(self, file: str, names: Mapping[str, str]) -> None:
        """Hear what a file calls Presente's own fields."""
        self.words.learn(file, names, is_own=self._is_own)

    def fault(self, fault: Fault) -> None:
        """Take a line that was not understood, from the reader who found it."""
        self.faults.add(fault)

    def note(self, fault: Fault) -> None:
        """Take a remark of a reader."""
        self.notes.add(fault)

    def refuse(self, fault: Fault) -> None:
        """Take a line that a check refuses: its field is Presente's word, and becomes the file's.

        So does its value, once the line is looked up again.
        """
        self.faults.add(self.words.put_into(fault), later=True)

    def remark(self, fault: Fault) -> None:
        """Take a remark of a check."""
        self.notes.add(self.words.put_into(fault), later=True)

    def hold(
        self,
        school_code: str,  # noqa: ARG002  (a student's day is held wherever it was)
        number: str,
        on_date: str,
        *,
        by_class: bool,
    ) -> None:
        """Remember the student-day of an event that was not taken: what is known of it stays."""
        self.events_told.hold(number, on_date, by_class=by_class)

    def hold_ties(self, number: str) -> None:
        """Remember the student of a tie that was not understood."""
        self.held_ties.add(number)

    def read(self, file: str, element: str, count: int = 1) -> None:
        """Count what was read."""
        counts = self.told.setdefault(file, {})
        counts[element] = counts.get(element, 0) + count

    def ignored(self, file: str, element: str, count: int = 1) -> None:
        """Count what Presente has no use for."""
        counts = self.left.setdefault(file, {})
        counts[element] = counts.get(element, 0) + count

    def end(self) -> None:
        """Write what is still in memory: everything was read."""
        for table in list(self._waiting):
            self._flush(table)
        self.faults.flush()
        self.notes.flush()

    def find(self, kind: type[_R], where: str = "1", values: Sequence[object] = ()) -> Iterator[_R]:
        """Yield records in the order of their files."""
        query = f"select * from {TABLES[kind]} where {where} order by n"
        cursor = self._sql.execute(query, list(values))
        names = [column[0] for column in cursor.description]
        nested = _NESTED.intersection(names)
        for row in cursor:
            fields: dict[str, Any] = dict(zip(names, row, strict=True))
            del fields["n"]
            for name in nested:
                fields[name] = msgspec.json.decode(fields[name])
            yield msgspec.convert(fields, kind, strict=False)

    def take(self, kind: type[_R], where: str, values: Sequence[object] = ()) -> list[_R]:
        """Return records and remove them: they will not be imported."""
        found = list(self.find(kind, where, values))
        if found:
            self._sql.execute(f"delete from {TABLES[kind]} where {where}", list(values))
        return found

    def values(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        """Return the first column of a query."""
        return [row[0] for row in self._sql.execute(query, list(values))]

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return list(self._sql.execute(query, list(values)))

    def run(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Carry out a statement for each row of values."""
        self._sql.executemany(statement, rows)

    def put_due(self, ent: str, keys: Iterable[Sequence[str]]) -> None:
        """Remember records that will change something, by a key of up to two texts."""
        rows = ((ent, *key, *[""] * (2 - len(key))) for key in keys)
        self._sql.executemany("insert or ignore into due values (?, ?, ?)", rows)

    def count(self, kind: type[msgspec.Struct]) -> int:
        """Return how many records of a kind there are."""
        return int(self.values(f"select count(*) from {TABLES[kind]}")[0])

    def repeat(self, file: str, count: int = 1) -> None:
        """Count records that say again what was said before."""
        self.repeated[file] = self.repeated.get(file, 0) + count

    def outdate(self, file: str, count: int = 1) -> None:
        """Count records that a newer one replaces."""
        self.older[file] = self.older.get(file, 0) + count

    def _flush(self, table: str) -> None:
        rows = self._waiting.pop(table, [])
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self._sql.executemany(f"insert into {table} values (null, {marks})", rows)


def _connection(file: Path) -> Connection:
    made: Any = sqlite_utils.Database(str(file))  # its own types are partial
    sql: Connection = made.conn
    sql.isolation_level = None
    for pragma in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{_CACHE_KIB}"):
        sql.execute(f"PRAGMA {pragma}")
    sql.execute("BEGIN")
    return sql


@cache
def _schema() -> list[str]:
    """Return what makes the tables: worked out once, a day's files ask for it each time."""
    made: Any = sqlite_utils.Database(memory=True)
    for kind, name in TABLES.items():
        columns = {"n": int} | dict.fromkeys(kind.__struct_fields__, str)
        table = made.table(name)
        table.create(columns, pk="n")
        table.create_index(KEYS[name])
    made.table("place").create_index(["school_code"])
    made.table("known").create({"ent": str, "name": str}, pk=("ent", "name"))
    made.table("alias").create({"ent": str, "name": str, "ours": str}, pk=("ent", "name"))
    made.table("due").create({"ent": str, "name": str, "more": str}, pk=("ent", "name", "more"))
    rows = made.execute("select sql from sqlite_master where sql is not null order by rowid")
    found = [sql for (sql,) in rows]
    made.close()
    return found


@contextmanager
def throw_away(data_dir: Path) -> Generator[Path]:
    """Make an empty folder for an import and delete it at the end, with any that was left.

    The caller makes sure that no other import is running here.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    for left in data_dir.glob(f"{_PREFIX}*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=data_dir) as folder:
        yield Path(folder)


@contextmanager
def opened(folder: Path) -> Generator[Staging]:
    """Open an empty staging file in a folder."""
    staging = Staging(folder / "staging.db")
    try:
        yield staging
    finally:
        staging.close()


@contextmanager
def taken_up(staging: Staging) -> Generator[Staging]:
    """Go on with what another process has put away, and remove its file at the end."""
    staging.take_up()
    try:
        yield staging
    finally:
        staging.close()
        staging.file.unlink(missing_ok=True)


def _column(value: Any) -> Any:
    """Return a field as SQLite takes it: what has parts, as JSON; moments as ISO 8601."""
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, (list, msgspec.Struct)):
        return msgspec.json.encode(value).decode()
    return msgspec.to_builtins(value)
