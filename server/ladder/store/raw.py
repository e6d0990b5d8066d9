"""The driver's own rows, for reading a million of them: no ORM, no conversion per row."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Select

from server.db.database import Transaction

AnySelect: TypeAlias = Select[*tuple[Any, ...]]

_BATCH = 5000
_IDS = 1 << 15


class Dates(dict[Any, Any]):
    """The date of a driver's value: SQLite gives text, PostgreSQL dates. Each is made once."""

    def __missing__(self, value: Any) -> date | None:
        is_text = isinstance(value, str)
        made: date | None = date.fromisoformat(value) if is_text else value
        self[value] = made
        return made


class Moments(dict[Any, Any]):
    """The moment of a driver's value, in UTC: SQLite gives text. Few are ever different."""

    def __missing__(self, value: Any) -> datetime | None:
        is_text = isinstance(value, str)
        moment: datetime | None = datetime.fromisoformat(value) if is_text else value
        if moment is not None:
            is_bare = moment.tzinfo is None
            moment = moment.replace(tzinfo=UTC) if is_bare else moment.astimezone(UTC)
        self[value] = moment
        return moment


class Ids(dict[Any, UUID]):
    """The id of a driver's value: SQLite gives text, PostgreSQL ids."""

    def __missing__(self, value: Any) -> UUID:
        made = self[value] = id_of(value)
        return made


@lru_cache(maxsize=_IDS)
def id_of(value: Any) -> UUID:
    """Return the id of a driver's value. The same students are asked about again and again."""
    return value if isinstance(value, UUID) else UUID(value)


def rows(
    tx: Transaction, query: AnySelect, values: Mapping[str, Any] | None = None
) -> Iterator[tuple[Any, ...]]:
    """Yield the driver's own tuples."""
    tx.session.flush()  # a connection does not see what the session still holds
    with tx.session.connection().execute(query, values) as result:
        cursor: Any = result.cursor
        while batch := cursor.fetchmany(_BATCH):
            yield from batch
