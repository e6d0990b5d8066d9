"""Asking about a list of values with one bound value, so that the statement is always the same.

An ``IN`` with a place for each value is spelled anew for every length of list, which costs more
than looking the rows up.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Text, Uuid, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine


class Listed(TypeDecorator[Iterable[Any]]):
    """A list of a column's values: JSON on SQLite, an array on PostgreSQL."""

    impl = Text
    cache_ok = True

    def __init__(self, of: TypeEngine[Any]) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the database's own type."""
        kind: TypeEngine[Any] = Text() if dialect.name == "sqlite" else ARRAY(self.of)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> Any:
        """Spell values as their column does."""
        values = list(value or ())
        if dialect.name != "sqlite":
            return values
        return _ids(values) if isinstance(self.of, Uuid) else msgspec.json.encode(values).decode()


class _Among(FunctionElement[bool]):
    inherit_cache = True
    type = NullType()  # type: ignore[assignment]  # not for reading its value
    """Of a truth SQLAlchemy would ask SQLite whether it equals 1, which no index answers."""


def among(column: Any, name: str) -> ColumnElement[bool]:
    """Tell whether a value is in the list that is bound as ``name``, however long that is.

    A column of ids, numbers or texts.
    """
    return _Among(column, bindparam(name, type_=Listed(column.type)))


@compiles(_Among)
def _array(element: _Among, compiler: Any, **more: Any) -> str:
    column, values = (compiler.process(clause, **more) for clause in element.clauses)
    return f"{column} = ANY ({values})"


@compiles(_Among, "sqlite")
def _json(element: _Among, compiler: Any, **more: Any) -> str:
    column, values = (compiler.process(clause, **more) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608  (names and places)


def _ids(values: list[UUID]) -> str:
    return '["' + '","'.join([f"{one.int:032x}" for one in values]) + '"]' if values else "[]"
