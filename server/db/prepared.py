"""Statements for many rows at once: written in Core, compiled once, given tuples.

Building a statement anew, and a dict for every row, costs several times what the database takes
to carry it out (performance.md 2). For the paths where that counts; elsewhere the session does.
"""

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any, NamedTuple

from sqlalchemy import Dialect
from sqlalchemy.sql.dml import UpdateBase

from server.db.database import Transaction


class _Compiled(NamedTuple):
    text: str
    binds: tuple[tuple[int | None, Any], ...]
    """For each place of the text: which value of a row, and how it is bound; None: this value."""


class Many:
    """An INSERT, UPDATE or DELETE that is carried out once for each row of a list.

    ``names`` are its bind names (columns, for a plain insert), in the order of the tuples. A
    column that is not named gets its default, if that is a plain value.
    """

    def __init__(self, statement: UpdateBase, *names: str) -> None:
        self._statement = statement
        self._names = names
        self._compiled: _Compiled | None = None

    def run(self, tx: Transaction, rows: Sequence[tuple[Any, ...]]) -> None:
        """Carry it out for every row, in order."""
        if not rows:
            return
        connection = tx.session.connection()
        if connection.dialect.name != "sqlite":
            connection.execute(
                self._statement, [dict(zip(self._names, row, strict=True)) for row in rows]
            )
            return
        compiled = self._compiled or self._compile(connection.dialect)
        columns = tuple(zip(*rows, strict=True))
        bound: list[Iterable[Any]] = []
        for place, bind in compiled.binds:
            if place is None:
                bound.append(repeat(bind, len(rows)))
            else:
                bound.append(columns[place] if bind is None else map(bind, columns[place]))
        connection.exec_driver_sql(compiled.text, list(zip(*bound, strict=True)))

    def _compile(self, dialect: Dialect) -> _Compiled:
        compiled: Any = self._statement.compile(dialect=dialect, column_keys=list(self._names))
        defaults = {column.key: column.default.arg for column in compiled.insert_prefetch}
        binds: list[tuple[int | None, Any]] = []
        for name in compiled.positiontup:
            bind = compiled.binds[name]
            process = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if name in self._names:
                binds.append((self._names.index(name), process))
            else:
                value = defaults.get(name, bind.value)
                binds.append((None, value if process is None else process(value)))
        self._compiled = _Compiled(str(compiled), tuple(binds))
        return self._compiled
