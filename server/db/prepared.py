"""Statements for many rows at once: written in Core, compiled once, given tuples.

Building a statement anew, and a dict for every row, costs several times what the database takes
to carry it out (performance.md 2). For the paths where that counts; elsewhere the session does.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from itertools import repeat
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Date, Dialect, LargeBinary, Uuid
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import TypeEngine

from server.db.database import Transaction
from server.db.types import Instant, Json

Bind: TypeAlias = Callable[[Sequence[Any]], Iterable[Any]]
"""Turns a column's values into what the driver takes."""


class _Compiled(NamedTuple):
    text: str
    binds: tuple[tuple[int | None, Any], ...]
    """For each place of the text: which value of a row and its ``Bind``; None: this very value."""


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
                bound.append(columns[place] if bind is None else bind(columns[place]))
        connection.exec_driver_sql(compiled.text, list(zip(*bound, strict=True)))

    def _compile(self, dialect: Dialect) -> _Compiled:
        compiled: Any = self._statement.compile(dialect=dialect, column_keys=list(self._names))
        defaults = {column.key: column.default.arg for column in compiled.insert_prefetch}
        binds: list[tuple[int | None, Any]] = []
        for name in compiled.positiontup:
            bind = compiled.binds[name]
            process = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if name in self._names:
                binds.append((self._names.index(name), _column_of(bind.type, process)))
            else:
                value = defaults.get(name, bind.value)
                binds.append((None, value if process is None else process(value)))
        self._compiled = _Compiled(str(compiled), tuple(binds))
        return self._compiled


def _column_of(kind: TypeEngine[Any], process: Callable[[Any], Any] | None) -> Bind | None:
    """Return how a whole column is bound: the commonest kinds without SQLAlchemy's calls."""
    if isinstance(kind, LargeBinary):
        return None  # SQLite's driver takes bytes as they are
    for known, texts in _TEXTS.items():
        if isinstance(kind, known):
            return texts
    return None if process is None else partial(map, process)


def _each(text: Callable[[Any], Any], values: Sequence[Any]) -> list[Any]:
    return [None if value is None else text(value) for value in values]


def _all_one(values: Sequence[Any]) -> bool:
    """Tell whether a column holds one value: one person, one moment, nothing at all."""
    first = values[0]
    return all(value is first for value in values)


def _column(spell: Callable[[Sequence[Any]], list[Any]], values: Sequence[Any]) -> Iterable[Any]:
    """Spell a column by one call for all of it; a thing that repeats, once."""
    if _all_one(values):
        return repeat(None if values[0] is None else spell(values[:1])[0], len(values))
    some = [value for value in values if value is not None]
    if len(some) == len(values):
        return spell(some)
    told = iter(spell(some))
    return [None if value is None else next(told) for value in values]


def _hexes(values: Sequence[UUID]) -> list[str]:
    """Spell ids as SQLite has them. The encoder spells a list in half the time of a loop."""
    return _ENCODER.encode(values).decode()[2:-2].split('","')


def _moments(values: Sequence[datetime]) -> list[str]:
    here = [value if value.tzinfo is UTC else _in_utc(value) for value in values]
    return [
        f"{text[:10]} {text[11:-1]}{'' if len(text) > _WHOLE_SECOND else '.000000'}"
        for text in _ENCODER.encode(here).decode()[2:-2].split('","')
    ]


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a naive time cannot be stored")
    return value.astimezone(UTC)


def _json(value: Any) -> str:
    return _PLAIN.encode(value).decode()


_ENCODER = msgspec.json.Encoder(uuid_format="hex")
_PLAIN = msgspec.json.Encoder()
_WHOLE_SECOND = len("2026-01-02T03:04:05Z")
_TEXTS: Mapping[type[TypeEngine[Any]], Bind] = {
    Uuid: partial(_column, _hexes),
    Instant: partial(_column, _moments),
    Json: partial(_each, _json),
    Date: partial(_each, date.isoformat),
    Boolean: partial(_each, int),
}
"""As SQLAlchemy spells them on SQLite."""
