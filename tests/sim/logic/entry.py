"""Mirror of ``pwa/src/outbox/entry.ts`` and ``rows.ts``: what a phone keeps. Pure.

Names follow the TypeScript, so that the two can be read side by side; ``tests/vectors`` hold both
to the same answers.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

import msgspec

Json: TypeAlias = dict[str, Any]


class Deed(msgspec.Struct, frozen=True):
    """What a person did, before it is numbered."""

    op: str
    ent: str
    key: str
    root: str
    base: int = 0
    was: Json = {}
    set: Json = {}
    fence: int = 0


class Entry(msgspec.Struct, frozen=True):
    """One deed in the outbox, numbered for one device."""

    id: str
    device: str
    n: int
    deed: Deed
    v: int
    at: str
    mono: tuple[str, int]
    receipt: Json | None = None
    replay: Json | None = None
    received_at: str | None = None
    is_settled: bool = False
    is_seen: bool = False


class BaseRow(NamedTuple):
    """One row as the server last sent it."""

    root: str
    ent: str
    key: str
    ver: int
    data: Json


RootRows: TypeAlias = Mapping[str, BaseRow]
Rows: TypeAlias = Mapping[str, RootRows]


class Place(msgspec.Struct, frozen=True):
    """What the phone knows of its place in the server's feed."""

    device: str
    epoch: str = ""
    cursor: str = ""
    held: dict[str, str] = {}
    next_n: int = 1
    durable_n: int = 0
    pulled_to: int = 0
    total_roots: int = 0
    heard_at: str | None = None


class State(msgspec.Struct, frozen=True):
    """Everything a phone has on disk."""

    place: Place
    rows: Rows = {}
    entries: tuple[Entry, ...] = ()


def name_of(ent: str, key: str) -> str:
    """Return a row's name inside its root."""
    return f"{ent}:{key}"


def copies_of(rows: Rows, ent: str, key: str) -> list[BaseRow]:
    """Return every copy of a row, one per root that holds it."""
    name = name_of(ent, key)
    return [held[name] for held in rows.values() if name in held]


def is_unsent(entry: Entry) -> bool:
    """Tell whether no receipt came yet."""
    return entry.receipt is None


def unsent(entries: Iterable[Entry]) -> list[Entry]:
    """Return what has no receipt."""
    return [entry for entry in entries if entry.receipt is None]


def last_word(entry: Entry) -> Json | None:
    """Return the receipt; where that only says ``parked``, what became of it since."""
    if entry.receipt is not None and entry.receipt["out"] == "parked":
        return entry.replay or entry.receipt
    return entry.receipt


def out_of(entry: Entry) -> str:
    """Return the server's last word, or nothing."""
    word = last_word(entry)
    return "" if word is None else str(word["out"])


def mutation_of(entry: Entry) -> Json:
    """Return the entry as the wire has it: the same entry always gives the same."""
    deed = entry.deed
    return {
        "n": entry.n,
        "id": entry.id,
        "op": deed.op,
        "ent": deed.ent,
        "key": deed.key,
        "root": deed.root,
        "v": entry.v,
        "base": deed.base,
        "was": deed.was,
        "set": deed.set,
        "at": entry.at,
        "mono": entry.mono,
        "fence": deed.fence,
    }
