"""Asking about a list of ids with one bound value, so that the statement is always the same.

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


class Ids(TypeDecorator[Iterable[UUID]]):
    """A list of ids: JSON on SQLite, an array on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the database's own type."""
        kind: TypeEngine[Any] = Text() if dialect.name == "sqlite" else ARRAY(Uuid())
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Iterable[UUID] | None, dialect: Dialect) -> Any:
        """Spell ids as their column does."""
        ids = list(value or ())
        if dialect.name != "sqlite":
            return ids
        return msgspec.json.encode([f"{one.int:032x}" for one in ids]).decode()


class _Among(FunctionElement[bool]):
    inherit_cache = True
    type = NullType()  # type: ignore[assignment]  # not for reading its value
    """Of a truth SQLAlchemy would ask SQLite whether it equals 1, which no index answers."""


def among(column: Any, name: str) -> ColumnElement[bool]:
    """Tell whether an id is in the list that is bound as ``name``, however long that is."""
    return _Among(column, bindparam(name, type_=Ids()))


@compiles(_Among)
def _array(element: _Among, compiler: Any, **more: Any) -> str:
    column, ids = (compiler.process(clause, **more) for clause in element.clauses)
    return f"{column} = ANY ({ids})"


@compiles(_Among, "sqlite")
def _json(element: _Among, compiler: Any, **more: Any) -> str:
    column, ids = (compiler.process(clause, **more) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608  (names and places)
