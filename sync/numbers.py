"""What a mutation's number says about it. Each device counts from 1 without a gap."""

from enum import StrEnum
from uuid import UUID


class Place(StrEnum):
    """Where a mutation stands in its device's count."""

    FRESH = "fresh"
    """The next one: take it."""
    REPEAT = "repeat"
    """Already processed: answer with the stored receipt."""
    GAP = "gap"
    """Something before it never arrived: the phone resumes at ``next_n``."""
    FORK = "fork"
    """Two phones count as one device (a restored copy): this one needs a new identity."""


def place_of(
    n: int, mid: UUID, sha: bytes, *, last_n: int, known: tuple[UUID, bytes] | None
) -> Place:
    """Return a mutation's place. ``known``: id and content digest stored under this number.

    A number used again for other content is a fork, too: under its new identity the phone sends
    it with a free number, and it is kept and shown as ``id_reused``.
    """
    if n <= last_n:
        return Place.REPEAT if known == (mid, sha) else Place.FORK
    return Place.FRESH if n == last_n + 1 else Place.GAP


def numbers_by_position(numbers: list[int | None], *, first: int) -> list[int]:
    """Return a number for every mutation of a batch, the unreadable ones by their position.

    A batch is contiguous, so any readable number tells the others. ``first`` is taken when none
    is readable. A readable number is never changed.
    """
    known = next(((at, n) for at, n in enumerate(numbers) if n is not None), None)
    start = first if known is None else known[1] - known[0]
    filled: list[int] = []
    for at, n in enumerate(numbers):
        expected = filled[-1] + 1 if filled else max(1, start)
        filled.append(expected if n is None else n)
        del at
    return filled
