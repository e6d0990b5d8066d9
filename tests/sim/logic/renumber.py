"""Mirror of ``pwa/src/outbox/renumber.ts``: ways out when numbers disagree. Ids never change."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from tests.sim.logic.entry import Entry


class Numbered(NamedTuple):
    """Entries, and the number of the next deed."""

    entries: tuple[Entry, ...]
    next_n: int


def close_gap(entries: Sequence[Entry], device: str, server_next: int, next_n: int) -> Numbered:
    """Void the receipts the server no longer knows; close up when older work was forgotten."""
    behind = [voided(one) for one in entries if _is_behind(one, device, server_next)]
    rest = [one for one in entries if not _is_behind(one, device, server_next)]
    if behind and min(one.n for one in behind) == server_next:
        return Numbered((*rest, *behind), next_n)
    closed = _numbered(behind, device, server_next)
    return Numbered((*rest, *closed), server_next + len(closed))


def move_to(entries: Sequence[Entry], device: str) -> Numbered:
    """Go on as another device: what has no receipt is counted from 1."""
    rest = [one for one in entries if one.receipt is not None]
    moved = _numbered([one for one in entries if one.receipt is None], device, 1)
    return Numbered((*rest, *moved), len(moved) + 1)


def join_anew(entries: Sequence[Entry], device: str) -> Numbered:
    """The server does not know this device: everything kept goes out again, oldest first."""
    moved = _numbered(map(voided, entries), device, 1)
    return Numbered(tuple(moved), len(moved) + 1)


def send_again(entries: Sequence[Entry], device: str, next_n: int, server_next: int) -> Numbered:
    """Void every receipt: the database began a new life. What is older is sent first."""
    again = [voided(one) for one in entries]
    if all(one.device == device for one in again):
        return Numbered(tuple(again), next_n)
    known = [one for one in again if one.device == device and one.n < server_next]
    rest = [one for one in again if one.device != device or one.n >= server_next]
    moved = _numbered(rest, device, server_next)
    return Numbered((*known, *moved), server_next + len(moved))


def voided(entry: Entry) -> Entry:
    """Return the entry as if nothing was ever heard of it."""
    return replace(
        entry, receipt=None, replay=None, received_at=None, is_settled=False, is_seen=False
    )


def _is_behind(entry: Entry, device: str, server_next: int) -> bool:
    return entry.device == device and entry.n >= server_next


def _numbered(entries: Iterable[Entry], device: str, first: int) -> list[Entry]:
    return [replace(one, device=device, n=first + at) for at, one in enumerate(entries)]
