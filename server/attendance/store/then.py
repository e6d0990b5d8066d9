"""Speaks SQL for what imports made of enrolments and calendars, read backwards from now.

Nothing is kept twice: what an import did to these rows lies in its lines (``import_change``), from
which it can be taken back. What was added later was not there yet, what was changed later is as it
was, what was deleted later is there again. A row that no import wrote was always there.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import Text, select, type_coerce

from server.db.database import Transaction
from server.db.tables.attendance import ImportChangeRow

Key: TypeAlias = tuple[Any, ...]
"""A primary key in its parts, as JSON has them."""

_AT_ONCE = 50
"""Lines read at a time: one may hold thousands of keys."""


class Was(Struct):
    """What a row was, as JSON has it."""

    fields: dict[str, Any] | None
    """What differs from now. None: it was not there."""
    is_whole: bool = False
    """It went and came again: what is not named was empty."""


class _Added(Struct):
    """Of what a line added, what is asked for here."""

    student: list[list[Any]] = []
    school: list[list[Any]] = []
    enrollment: list[list[Any]] = []
    stay: list[list[Any]] = []
    calendar_day: list[list[Any]] = []
    term: list[list[Any]] = []


_Line: TypeAlias = tuple[datetime, _Added, list[tuple[str, list[Any], dict[str, list[Any]]]]]


class Former:
    """What the rows were at one moment, where that differs from now."""

    def __init__(self, rows: Mapping[str, Mapping[Key, Was]] | None = None) -> None:
        self._rows: dict[str, dict[Key, Was]] = {
            table: {
                key: Was(None if was.fields is None else dict(was.fields), was.is_whole)
                for key, was in (rows or {}).get(table, {}).items()
            }
            for table in _Added.__struct_fields__
        }

    def was(self, table: str, key: Key) -> Was | None:
        """Return what a row was; None: what it is."""
        return self._rows[table].get(key)

    def gone(self, table: str, known: Collection[Key]) -> Iterator[tuple[Key, dict[str, Any]]]:
        """Yield rows that were there, and are not among those known."""
        for key, was in self._rows[table].items():
            if was.fields is not None and key not in known:
                yield key, was.fields

    def is_now(self) -> bool:
        """Tell whether nothing differs from now."""
        return not any(self._rows.values())

    def take_back(self, line: _Line) -> None:
        """Go back over one line."""
        _, added, changed = line
        for table, rows in self._rows.items():
            rows.update((tuple(key), Was(None)) for key in getattr(added, table))
        for table, key, fields in reversed(changed):
            if table not in self._rows:
                continue
            was = self._rows[table].setdefault(tuple(key), Was({}))
            if was.fields is None:
                was.fields, was.is_whole = {}, True
            was.fields |= {name: pair[0] for name, pair in fields.items()}

    def copy(self) -> "Former":
        """Return the same, to go on from."""
        return Former(self._rows)


class Then:
    """What the rows were, by school: each may be asked of a moment of its own."""

    def __init__(
        self, by_moment: Mapping[datetime, Former], of: Mapping[UUID, datetime] | None = None
    ) -> None:
        self._by_moment = by_moment
        self._of = of
        self._now = Former()

    def of(self, school_id: UUID | None) -> Former:
        """Return what a school's rows were (None: of rows that are every school's)."""
        if self._of is None or school_id is None:
            return self._by_moment[max(self._by_moment)]
        moment = self._of.get(school_id)
        return self._now if moment is None else self._by_moment[moment]

    def each(self) -> Iterable[Former]:
        """Return every moment's rows."""
        return self._by_moment.values()


def then(tx: Transaction, at: datetime) -> Then | None:
    """Return what was known at a moment; None: nothing of this was written since."""
    found = _formers(tx, [at])
    return None if found[at].is_now() else Then(found)


def then_of(tx: Transaction, moments: Mapping[UUID, datetime]) -> Then | None:
    """Return the same by school, each at its own moment."""
    found = _formers(tx, moments.values())
    return None if all(one.is_now() for one in found.values()) else Then(found, moments)


def _formers(tx: Transaction, moments: Iterable[datetime]) -> dict[datetime, Former]:
    found: dict[datetime, Former] = {}
    former = Former()
    wanted = sorted(set(moments))
    for line in _lines_after(tx, wanted[0]) if wanted else ():
        while wanted and wanted[-1] >= line[0]:
            found[wanted.pop()] = former.copy()
        former.take_back(line)
    return found | dict.fromkeys(wanted, former)


def _lines_after(tx: Transaction, moment: datetime) -> Iterator[_Line]:
    """Yield what imports wrote after a moment, the last first."""
    row = ImportChangeRow
    query = select(row.id, row.at).where(row.at > moment).order_by(row.at.desc(), row.id.desc())
    lines = [(number, at) for number, at in tx.run(query) if at is not None]
    for place in range(0, len(lines), _AT_ONCE):
        part = dict(lines[place : place + _AT_ONCE])
        texts = select(row.id, type_coerce(row.added, Text), type_coerce(row.changed, Text)).where(
            row.id.in_(part)
        )
        told = {number: (added, changed) for number, added, changed in tx.run(texts)}
        for number, at in part.items():
            added, changed = told[number]
            yield at, _ADDED.decode(added), _CHANGED.decode(changed)


_ADDED = msgspec.json.Decoder(_Added)
_CHANGED = msgspec.json.Decoder(list[tuple[str, list[Any], dict[str, list[Any]]]])
