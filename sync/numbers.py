"""What a mutation's number says about it. Each device counts from 1 without a gap."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from schemas.sync import Receipt

UNREAD = frozenset({"cannot_open", "undecodable", "not_utf8", "too_deep", "number_differs"})
"""Codes of what was parked because nobody could read it."""


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


class Stored(NamedTuple):
    """A mutation that was processed."""

    id: UUID
    sha: bytes
    receipt: Receipt


def earlier_of(stored: Iterable[Stored], sha: bytes) -> Stored | None:
    """Return the arrival that stands for an id, given all of them, the first one first.

    The same content first: it is answered as it was. What could not be read (a damaged seal)
    stands for nothing: what comes readable under its id is carried out.
    """
    known = list(stored)
    same = next((one for one in known if one.sha == sha), None)
    return same or next((one for one in known if not _is_unread(one.receipt)), None)


def _is_unread(receipt: Receipt) -> bool:
    return receipt.out == "parked" and receipt.code in UNREAD


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
