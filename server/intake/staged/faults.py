"""What was not taken, or taken with a remark: kept in the staging file, however much it is."""

import json
from collections.abc import Container, Iterable, Iterator, Sequence
from sqlite3 import Connection
from typing import Any, Literal

import msgspec

from server.intake.columns.lines import COMMENT
from server.intake.formats import Source
from server.intake.records import Fault

_AT_ONCE = 500
_FIELDS = Fault.__struct_fields__
Name = Literal["fault", "note"]


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """How often something went wrong in a file, and where for the first time."""

    file: str
    reason: str
    field: str
    count: int
    first_line: int
    code: str = ""
    parts: dict[str, str] = {}
    """By which it is said in another language, as its first line has them."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A fault with the columns of its own line: empty for an element of XML."""

    fault: Fault
    columns: list[tuple[str, str]]


class FaultList:
    """Faults in a table of the staging file."""

    def __init__(self, sql: Connection, name: Name) -> None:
        self._sql = sql
        self._name = name
        self._waiting: list[tuple[Fault, bool]] = []
        columns = ", ".join(_FIELDS)
        sql.execute(f"create table {name} (n integer primary key, {columns}, later, columns)")

    def attach(self, sql: Connection) -> None:
        """Go on in another process, with that one's connection."""
        self._sql = sql

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_sql"}

    def add(self, fault: Fault, *, later: bool = False) -> None:
        """Take one more. ``later``: a check found it, so its value is not as the file has it."""
        self._waiting.append((fault, later))
        if len(self._waiting) >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what is still in memory."""
        marks = ", ".join("?" * (len(_FIELDS) + 1))
        rows = [
            [*map(_cell, msgspec.structs.astuple(one)), is_later] for one, is_later in self._waiting
        ]
        self._sql.executemany(f"insert into {self._name} values (null, {marks}, null)", rows)
        self._waiting.clear()

    def first(self, count: int) -> list[Fault]:
        """Return the first ones, by file and line."""
        self.flush()
        return [one.fault for one in self._find(f"order by file, line, n limit {count}")]

    def all(self) -> Iterator[Kept]:
        """Yield every one with the columns of its line."""
        self.flush()
        return self._find("order by n")

    def count_by_file(self) -> dict[str, int]:
        """Return how many there are of each file."""
        self.flush()
        query = (
            f"select file, count(*) from (select distinct file, line, element from {self._name}) "
            "group by file"
        )
        return dict(self._sql.execute(query))

    def count_of(self, code: str) -> int:
        """Return how many there are of one code."""
        self.flush()
        query = f"select count(*) from {self._name} where code = ?"
        [count] = self._sql.execute(query, [code]).fetchone()
        return int(count)

    def elements(self) -> set[tuple[str, str]]:
        """Return file and element of every one that names its element."""
        self.flush()
        query = f"select distinct file, element from {self._name} where element <> ''"
        return set(self._sql.execute(query))

    def reasons(self) -> list[Reason]:
        """Return what went wrong, how often, the most frequent first."""
        self.flush()
        query = (
            "select file, reason, field, count(*), min(line), code, parts "
            f"from {self._name} group by file, reason, field order by 4 desc, 1, 5"
        )
        return [
            Reason(
                file=file,
                reason=reason,
                field=field,
                count=count,
                first_line=first_line,
                code=code,
                parts=json.loads(parts),
            )
            for file, reason, field, count, first_line, code, parts in self._sql.execute(query)
        ]

    def fill_columns(self, sources: Iterable[Source], *, commented: Container[str]) -> None:
        """Look up the lines at fault once more, so that they can be mended here.

        What a check found gets the value that its column has in the file. ``commented``: names of
        sources in which a line that begins with ``#`` is no row.
        """
        self.flush()
        lines: dict[str, set[int]] = {}
        for file, line in self._sql.execute(f"select distinct file, line from {self._name}"):
            lines.setdefault(file, set()).add(line)
        if not lines:
            return
        self._sql.execute(
            f"create index if not exists {self._name}_line on {self._name} (file, line)"
        )
        for source in sources:
            for table in source.tables() if source.kind == "table" else ():
                if table.file in lines:
                    rows = _numbered(table.rows(), has_comments=source.name in commented)
                    self._fill(table.file, table.header, rows, lines[table.file])

    def _fill(
        self,
        file: str,
        header: Sequence[str],
        rows: Iterator[tuple[int, int, Sequence[str]]],
        wanted: set[int],
    ) -> None:
        for number, line, row in rows:
            if line not in wanted:
                continue
            width = max(len(header), len(row))
            names = [*header, *("" for _ in range(width - len(header)))]
            fields = [*row, *("" for _ in range(width - len(row)))]
            columns = list(zip(names, fields, strict=True))
            self._sql.execute(
                f"update {self._name} set columns = ?, "
                "element = case when element = '' then ? else element end "
                "where file = ? and line = ?",
                [json.dumps(columns), f"row {number}", file, line],
            )
            self._sql.executemany(
                f"update {self._name} set value = ? "
                "where file = ? and line = ? and later and field = ?",
                [(text.strip(), file, line, name) for name, text in columns if text.strip()],
            )

    def _find(self, rest: str) -> Iterator[Kept]:
        query = f"select {', '.join(_FIELDS)}, columns from {self._name} {rest}"
        for *fields, columns in self._sql.execute(query):
            values: dict[str, Any] = dict(zip(_FIELDS, fields, strict=True))
            values["parts"] = json.loads(values["parts"])
            yield Kept(
                fault=msgspec.convert(values, Fault),
                columns=[(name, text) for name, text in json.loads(columns or "[]")],
            )


def _numbered(
    rows: Iterable[tuple[int, Sequence[str]]], *, has_comments: bool
) -> Iterator[tuple[int, int, Sequence[str]]]:
    """Yield each line with its row's number, as readers count them, before it."""
    number = 0
    for line, row in rows:
        number += not (has_comments and row[0].startswith(COMMENT))
        yield number, line, row


def _cell(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict) else value
