"""Remembers what an import's rows were, so that it can be taken back.

``follow`` listens to a transaction and keeps one compact line of what it did to people, schools
and calendars. Attendance facts need none: they are never rewritten.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

import msgspec
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Table,
    Uuid,
    event,
    inspect,
    select,
    update,
)
from sqlalchemy.orm import Session

from server.db.base import Base
from server.db.database import Transaction
from server.db.tables.attendance import ImportChangeRow
from server.db.types import Instant, Json
from server.intake import store
from server.intake.store import New

_OURS = frozenset(
    {"school", "student", "guardian", "guardianship", "contact_point", "address", "enrollment"}
    | {"stay", "calendar_day", "term", "submission", "code_map", "source_key"}
    | {"contact", "app_user", "user_school"}
)
"""Tables of what files say. Crossings and cases follow from them."""

_FOLLOWED = "intake.journal"
_LOG = "intake.journal.log"

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


class _Log:
    """What one transaction's session wrote, gathered flush by flush."""

    def __init__(self) -> None:
        self.added: dict[str, list[Key]] = {}
        self.changed: list[Changed] = []
        self._new: set[tuple[Any, ...]] = set()

    def before(self, session: Session, _context: object, _instances: object) -> None:
        """Take what is about to change or go: only now its old values are known."""
        for row in session.dirty:
            if _is_ours(row) and _identity(row) not in self._new:
                self._take(row, _differing(row))
        deleted: Iterable[Any] = session.deleted
        for row in deleted:
            if _is_ours(row):
                names = [column.name for column in row.__table__.columns]
                gone = {name: (_plain(getattr(row, name)), None) for name in names}
                self._take(row, {name: pair for name, pair in gone.items() if pair[0] is not None})

    def after(self, session: Session, _context: object) -> None:
        """Take what is new: only now it has its keys."""
        for row in session.new:
            if _is_ours(row):
                self._new.add(_identity(row))
                self.added.setdefault(row.__tablename__, []).append(key_of(row))

    def take_new(self, rows: Iterable[New]) -> None:
        """Take rows that were written past the session."""
        for row in rows:
            table = cast("Table", row.kind.__table__)
            if table.name in _OURS:
                key = _plain([row.fields[column.name] for column in table.primary_key])
                self._new.add((table.name, *key))
                self.added.setdefault(table.name, []).append(key)

    def _take(self, row: Base, fields: Mapping[str, tuple[Any, Any]]) -> None:
        if fields:
            self.changed.append(Changed(row.__tablename__, key_of(row), fields))


def follow(tx: Transaction, run_id: UUID, *, is_undoing: bool = False) -> None:
    """Remember, under this run, what the rest of the transaction does to rows it holds.

    ``is_undoing``: that is taking the run back, and is itself never taken back.

    Rows written past the session (in bulk) are not seen: ``keep`` takes those. Asking again
    changes nothing.
    """
    if tx.memo.get(_FOLLOWED) == run_id:
        return
    tx.memo[_FOLLOWED] = run_id
    log = tx.memo[_LOG] = _Log()
    event.listen(tx.session, "before_flush", log.before)
    event.listen(tx.session, "after_flush", log.after)
    tx.last(
        lambda last: keep(last, run_id, added=log.added, changed=log.changed, is_undoing=is_undoing)
    )


def write(
    tx: Transaction,
    run_id: UUID,
    adds: Sequence[Base | New],
    changes: Iterable[tuple[Base, Mapping[str, Any]]],
) -> None:
    """Write new rows and change old ones, and remember both under this run."""
    follow(tx, run_id)
    store.write(tx, adds, changes)
    log: _Log = tx.memo[_LOG]
    log.take_new(row for row in adds if isinstance(row, New))


def keep(
    tx: Transaction,
    run_id: UUID,
    *,
    added: Mapping[str, Iterable[Key]] | None = None,
    changed: Iterable[Changed] = (),
    is_undoing: bool = False,
) -> None:
    """Remember rows that were written past the session.

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
        tx.session.add(
            ImportChangeRow(
                run_id=run_id,
                added=new,
                changed=old,
                is_undone=is_undoing,
                at=tx.at,
                is_undoing=is_undoing,
            )
        )
        tx.session.flush()


def lines_of(tx: Transaction, run_id: UUID) -> dict[int, bool]:
    """Return the lines of a run, the last first, and whether each was taken back."""
    query = select(ImportChangeRow.id, ImportChangeRow.is_undone).where(
        ImportChangeRow.run_id == run_id, ~ImportChangeRow.is_undoing
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
    return [_plain(getattr(row, column.name)) for column in row.__table__.primary_key]


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


def _is_ours(row: Any) -> bool:
    return isinstance(row, Base) and row.__tablename__ in _OURS


def _identity(row: Base) -> tuple[Any, ...]:
    return row.__tablename__, *key_of(row)


def _differing(row: Base) -> dict[str, tuple[Any, Any]]:
    state = inspect(row)
    found: dict[str, tuple[Any, Any]] = {}
    for column in state.mapper.column_attrs:
        history = state.attrs[column.key].history
        if history.deleted and history.added:
            was, is_ = _plain(history.deleted[0]), _plain(history.added[0])
            if was != is_:
                found[column.key] = (was, is_)
    return found


_PLAIN_TYPES = frozenset({str, int})


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if value is None or type(value) in _PLAIN_TYPES:  # what most columns hold, and never a subclass
        return value
    if isinstance(value, datetime):
        value = value.astimezone(UTC)  # the database gives moments back so
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in cast("Sequence[Any]", value)]
    return msgspec.to_builtins(value)
