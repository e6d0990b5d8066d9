"""What somebody said of how a source writes its dates, now or at an earlier import.

A source is known by what it always sends alike: the columns of its table. What a clerk says of his
schools' files holds for files of the same schools only.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Literal, TypeAlias

from msgspec import Struct

Order = Literal["mdy", "dmy"]
"""Of day and month: the month first, or the day first."""


class Before(Struct, frozen=True, kw_only=True):
    """What was said of a source before."""

    order: Order
    said_on: date


class Used(Struct, frozen=True, kw_only=True):
    """A table whose dates could be read in two ways, and how they were read."""

    key: str
    header: Sequence[str]
    order: Order
    line: int = 0
    written: str = ""
    before: Before | None = None
    """None: it was said with this import."""


Recall = Callable[[str], Before | None]
"""Returns what was said of the source with a key."""


class Orders:
    """The orders of day and month in an import's tables, as far as people said them."""

    def __init__(
        self, said: Order | None, recall: Recall, schools: Collection[str] | None = None
    ) -> None:
        """``said``: of all these files. ``schools``: the only ones they may speak of."""
        self.said: Order | None = said
        self.used: dict[str, Used] = {}
        """By file."""
        self._recall = recall
        self._schools = None if schools is None else sorted(schools)

    def use_said(self, file: str, header: Sequence[str], order: Order) -> None:
        """Hear that a table's dates needed to be told, and were."""
        self.used[file] = Used(key=self._key(header), header=header, order=order)

    def before(self, header: Sequence[str]) -> Before | None:
        """Return what was said before of the source of a table."""
        return self._recall(self._key(header))

    def use_before(
        self, file: str, header: Sequence[str], before: Before, unclear: tuple[int, str]
    ) -> None:
        """Hear that a table's dates are read as was said before."""
        line, written = unclear
        self.used[file] = Used(
            key=self._key(header),
            header=header,
            order=before.order,
            line=line,
            written=written,
            before=before,
        )

    def _key(self, header: Sequence[str]) -> str:
        columns = sorted({name.casefold() for name in header if name})
        return hashlib.sha256(json.dumps([self._schools, columns]).encode()).hexdigest()


Asked: TypeAlias = Order | Orders | None
"""What is known before a file is opened; None: the file itself must tell."""


def first_told(asked: Asked, told: Order | None) -> Asked:
    """Return what somebody says now, else what a profile tells, else what was said before."""
    said = asked.said if isinstance(asked, Orders) else asked
    return asked if said or told is None else told
