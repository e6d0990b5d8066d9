"""Writing many rows with few statements: each takes fifty rows, which costs half of fifty."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

_ROWS = 50
"""Of a dozen columns these are fewer values than any database refuses in one statement."""


def insert_many(into: str, values: str) -> str:
    """Return the statement for the groups of ``by_many``; ``values``: those of one row."""
    return f"insert into {into} values " + ", ".join([f"({values})"] * _ROWS)  # noqa: S608  (our own names)


def by_many(
    rows: Iterable[tuple[Any, ...]], rest: list[tuple[Any, ...]]
) -> Iterator[tuple[Any, ...]]:
    """Yield the values of rows in groups for one statement; the last few rows go to ``rest``."""
    left = iter(rows)
    while len(group := tuple(islice(left, _ROWS))) == _ROWS:
        yield tuple(chain.from_iterable(group))
    rest += group
