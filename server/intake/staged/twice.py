"""Finds the events that another event of the same student, day and class makes needless."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from schemas.attendance import UNITS_PER_DAY

EMPTY = 0
"""The place of the empty text: no school, no class, no reason."""
AT = 32
"""Bits of a line's number below its file's."""


class Fallen:
    """What of a file's events another event made needless."""

    def __init__(self) -> None:
        self.again = 0
        """How many were said before."""
        self.older = 0
        """How many the source has changed since."""
        self.first_line = 0
        """Where something stands that was said before."""

    def add(self, at: int, *, is_older: bool) -> None:
        """Count an event."""
        if is_older:
            self.older += 1
            return
        self.again += 1
        self.first_line = min(self.first_line or line_of(at), line_of(at))


Sense = Callable[[int, int, int], tuple[str, int]]
"""What a code means in a school on a day (all by place): kind and share of the day."""


def superfluous(
    rows: Sequence[tuple[Any, ...]],
    deleted: int,
    senses: Mapping[int, tuple[str, int]],
    *,
    by_class: bool,
) -> Iterator[tuple[int, int, bool]]:
    """Yield number, place and whether it is older, of events that another one makes needless."""
    newest = max((row[-1] for row in rows if row[-1] is not None), default=None)
    seen: set[tuple[Any, ...]] = set()
    has_other = any(row[2] != deleted and row[-1] == newest for row in rows)
    for n, at, code, units, minutes, reason, source_at in sorted(rows, key=_is_unexplained):
        kind, share = senses[code]
        share = 0 if by_class else share if units is None else units
        said = kind, share, minutes
        is_said = (*said, reason) in seen or (reason == EMPTY and said in seen)
        if source_at is not None and source_at < newest:
            yield n, at, True
        elif is_said or (code == deleted and has_other):
            yield n, at, False
        else:
            seen.add((*said, reason))
            if by_class or share >= UNITS_PER_DAY:  # two halves of a day are not the same half
                seen.add(said)


def _is_unexplained(row: tuple[Any, ...]) -> bool:
    return bool(row[5] == EMPTY)


def line_of(at: int) -> int:
    """Return the line of an event."""
    return at & ((1 << AT) - 1)
