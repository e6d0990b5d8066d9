"""What somebody said of how a source writes its dates, now or at an earlier import.

A source is known by all that it always sends alike: the columns of its table, and what stays of the
names of its file, of the sheet, and of the folders or archive they came in. What a clerk says of
his schools' files holds for files of the same schools only. Whatever is not known so is asked about
again: a question too many is no harm, a date that is read by another source's rule is.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Literal, TypeAlias

from msgspec import Struct

from server.intake.columns import file_names

Order = Literal["mdy", "dmy"]
"""Of day and month: the month first, or the day first."""


class Before(Struct, frozen=True, kw_only=True):
    """What was said of a source before."""

    order: Order
    said_on: date


class Used(Struct, frozen=True, kw_only=True):
    """A table whose dates could be read in two ways, and how they were read."""

    key: str
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
        self,
        said: Order | None,
        recall: Recall,
        *,
        schools: Collection[str] | None = None,
        came_in: Collection[str] = (),
    ) -> None:
        """``said``: of all these files. ``schools``: the only ones they may speak of.

        ``came_in``: names of the folders or archives that were handed over.
        """
        self.said: Order | None = said
        self.used: dict[str, Used] = {}
        """By file; without those whose source nobody would know again."""
        self._recall = recall
        self._schools = None if schools is None else sorted(schools)
        self._came_in = sorted(map(file_names.lasting, came_in))

    def use_said(self, file: str, header: Sequence[str], order: Order) -> None:
        """Hear that a table's dates needed to be told, and were."""
        key = self._key(file, header)
        if key:
            self.used[file] = Used(key=key, order=order)

    def before(self, file: str, header: Sequence[str]) -> Before | None:
        """Return what was said before of the source of a table."""
        key = self._key(file, header)
        return self._recall(key) if key else None

    def use_before(
        self, file: str, header: Sequence[str], before: Before, unclear: tuple[int, str]
    ) -> None:
        """Hear that a table's dates are read as was said before."""
        line, written = unclear
        self.used[file] = Used(
            key=self._key(file, header),
            order=before.order,
            line=line,
            written=written,
            before=before,
        )

    def _key(self, file: str, header: Sequence[str]) -> str:
        """Return by what a table's source is known; empty: its file is named by its date only."""
        name = file_names.lasting_path(file)
        if not name:
            return ""
        columns = sorted({column.casefold() for column in header if column})
        known_by = [self._schools, self._came_in, name, columns]
        return hashlib.sha256(json.dumps(known_by).encode()).hexdigest()


Asked: TypeAlias = Order | Orders | None
"""What is known before a file is opened; None: the file itself must tell."""


def said_now(asked: Asked) -> Order | None:
    """Return what somebody says with this import, without what is remembered."""
    return asked.said if isinstance(asked, Orders) else asked


def first_told(asked: Asked, told: Order | None) -> Asked:
    """Return what somebody says now, else what a profile tells, else what was said before."""
    return asked if said_now(asked) or told is None else told
