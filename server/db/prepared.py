"""Statements for many rows at once: written in Core, compiled once, given tuples.

Building a statement anew, and a dict for every row, costs several times what the database takes
to carry it out (performance.md 2). For the paths where that counts; elsewhere the session does.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Dialect
from sqlalchemy.sql.dml import UpdateBase

from server.db.database import Transaction


class _Compiled(NamedTuple):
    text: str
    places: tuple[int, ...]
    processors: tuple[Callable[[Any], Any] | None, ...]


class Many:
    """An INSERT, UPDATE or DELETE that is carried out once for each row of a list.

    ``names`` are its bind names (columns, for a plain insert), in the order of the tuples. A
    column that is not named gets no default but the database's own.
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
        bound = [
            columns[place] if process is None else map(process, columns[place])
            for place, process in zip(compiled.places, compiled.processors, strict=True)
        ]
        connection.exec_driver_sql(compiled.text, list(zip(*bound, strict=True)))

    def _compile(self, dialect: Dialect) -> _Compiled:
        compiled: Any = self._statement.compile(dialect=dialect, column_keys=list(self._names))
        order: Sequence[str] = compiled.positiontup
        types = [compiled.binds[name].type.dialect_impl(dialect) for name in order]
        self._compiled = _Compiled(
            str(compiled),
            tuple(self._names.index(name) for name in order),
            tuple(kind.bind_processor(dialect) for kind in types),
        )
        return self._compiled
