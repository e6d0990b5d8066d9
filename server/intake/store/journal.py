"""Writes rows and remembers what they were, so that an import can be taken back.

``write`` stands in place of ``store.write`` wherever an import changes rows: it keeps one compact
line for each transaction. Attendance facts need none: they are never rewritten.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, ColumnElement, Date, Integer, Uuid, inspect, select, update

from server.db.base import Base
from server.db.database import Transaction
from server.db.tables.attendance import ImportChangeRow
from server.db.types import Instant, Json
from server.intake import store

Key = Sequence[Any]
"""A primary key in its parts, as JSON has them."""


class Changed(NamedTuple):
    """A row that an import changed: by field what it was and what it became."""

    table: str
    key: Key
    fields: Mapping[str, tuple[Any, Any]]


class Line(NamedTuple):
    """What one transaction of an import did."""

    id: int
    added: Mapping[str, Sequence[Key]]
    changed: Sequence[Changed]


def write(
    tx: Transaction,
    run_id: UUID,
    adds: Sequence[Base],
    changes: Iterable[tuple[Base, Mapping[str, Any]]],
) -> None:
    """Write new rows and change old ones, and remember both under this run."""
    altered = [(row, dict(fields)) for row, fields in changes]
    changed = [
        Changed(
            row.__tablename__,
            key_of(row),
            {name: (_plain(getattr(row, name)), _plain(value)) for name, value in fields.items()},
        )
        for row, fields in altered
    ]
    store.write(tx, adds, altered)
    added: dict[str, list[Key]] = {}
    for row in adds:
        added.setdefault(row.__tablename__, []).append(key_of(row))
    keep(tx, run_id, added=added, changed=changed)


def keep(
    tx: Transaction,
    run_id: UUID,
    *,
    added: Mapping[str, Iterable[Key]] | None = None,
    changed: Iterable[Changed] = (),
) -> None:
    """Remember rows that were written in another way than by ``write``.

    Keys and values may be as Python has them. A row that was deleted is one whose every field
    became None.
    """
    new = {name: [_plain(list(key)) for key in keys] for name, keys in (added or {}).items()}
    old = [
        [one.table, _plain(list(one.key)), {name: _plain(list(pair)) for name, pair in fields}]
        for one in changed
        if (fields := one.fields.items())
    ]
    if any(new.values()) or old:
        tx.session.add(ImportChangeRow(run_id=run_id, added=new, changed=old, is_undone=False))
        tx.session.flush()


def lines_of(tx: Transaction, run_id: UUID) -> dict[int, bool]:
    """Return the lines of a run, the last first, and whether each was taken back."""
    query = select(ImportChangeRow.id, ImportChangeRow.is_undone).where(
        ImportChangeRow.run_id == run_id
    )
    return {
        row.id: row.is_undone for row in tx.session.execute(query.order_by(-ImportChangeRow.id))
    }


def line(tx: Transaction, line_id: int) -> Line:
    """Return one line."""
    row = tx.session.get_one(ImportChangeRow, line_id)
    changed: list[Any] = msgspec.convert(row.changed, list[Any])
    return Line(
        id=row.id,
        added=msgspec.convert(row.added, dict[str, list[list[Any]]]),
        changed=[
            Changed(table, key, {name: (was, is_) for name, (was, is_) in fields.items()})
            for table, key, fields in changed
        ],
    )


def strike(tx: Transaction, line_id: int) -> None:
    """Say that a line was taken back."""
    tx.session.execute(
        update(ImportChangeRow).where(ImportChangeRow.id == line_id).values(is_undone=True)
    )


def class_of(table: str) -> type[Base]:
    """Return the row class of a table."""
    return next(one.class_ for one in Base.registry.mappers if one.class_.__tablename__ == table)


def key_of(row: Base) -> list[Any]:
    """Return a row's primary key."""
    return [_plain(part) for part in inspect(type(row)).primary_key_from_instance(row)]


def find(tx: Transaction, table: str, key: Key) -> Base | None:
    """Return a row by its key; None: it is gone."""
    kind = class_of(table)
    columns = list(kind.__table__.primary_key)
    return tx.session.get(
        kind, tuple(typed(one, part) for one, part in zip(columns, key, strict=True))
    )


def is_now(row: Base, field: str, value: Any) -> bool:
    """Tell whether a field still says what a line says."""
    return bool(_plain(getattr(row, field)) == value)


def typed(column: ColumnElement[Any], value: Any) -> Any:
    """Return a line's value as a column takes it."""
    if value is None or isinstance(column.type, Json):
        return value
    kinds: tuple[tuple[type[Any], type[Any]], ...] = (
        (Instant, datetime),
        (Date, date),
        (Uuid, UUID),
        (Boolean, bool),
        (Integer, int),
    )
    kind = next((python for sql, python in kinds if isinstance(column.type, sql)), str)
    return msgspec.convert(value, kind)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        value = value.astimezone(UTC)  # the database gives moments back so
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return msgspec.to_builtins(value)
