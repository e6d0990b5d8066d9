"""``column in (a list given when it is run)``: for statements that are made once.

SQLAlchemy writes such a list out, one parameter for each value: the text differs with every
length, and writing and parsing it costs more than the look-ups. Here the list is one parameter:
JSON on SQLite, an array on PostgreSQL.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Boolean, Dialect, Text, Uuid, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


class _Listed(TypeDecorator[Any]):
    """A list of values of a column's type."""

    impl = Text
    cache_ok = True

    def __init__(self, of: TypeEngine[Any]) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: TypeEngine[Any] = Text() if dialect.name == "sqlite" else ARRAY(self.of)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if dialect.name != "sqlite":
            return list(value)
        if isinstance(self.of, Uuid):
            return _ids(value)
        return msgspec.json.encode(list(value)).decode()


class among(FunctionElement[bool]):
    """Tell whether a column has one of the values that are given as ``name``.

    The values are of the column's own kind: ids, numbers or texts.
    """

    type = Boolean()
    inherit_cache = True

    def __init__(self, column: InstrumentedAttribute[Any], name: str) -> None:
        super().__init__(column, bindparam(name, type_=_Listed(column.type)))

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002  (SQLAlchemy's signature)
        """Return this as it is: it would be written as ``(...) = 1``, which no index serves."""
        return self


@compiles(among)
def _as_array(element: among, compiler: SQLCompiler, **more: Any) -> str:
    column, values = (compiler.process(one, **more) for one in element.clauses)
    return f"{column} = ANY ({values})"


@compiles(among, "sqlite")
def _as_json(element: among, compiler: SQLCompiler, **more: Any) -> str:
    column, values = (compiler.process(one, **more) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608  (compiled, no values)


def _ids(values: Iterable[UUID]) -> str:
    """As SQLAlchemy writes ids on SQLite."""
    texts = [one.hex for one in values]
    return '["' + '","'.join(texts) + '"]' if texts else "[]"
