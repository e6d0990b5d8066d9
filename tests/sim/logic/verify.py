"""Mirror of ``pwa/src/outbox/verify.ts``: what a phone tells of what it holds. Pure."""

import hashlib
import json
from collections.abc import Collection, Iterable
from typing import Any, cast

from msgspec.structs import replace

from tests.sim.logic.entry import BaseRow, Entry, State, name_of


def digest_of(rows: Iterable[BaseRow]) -> str:
    """Return the digest of one root's rows: its own code, not the server's."""
    told = sorted(([row.ent, row.key, row.ver, row.data] for row in rows), key=lambda row: row[:2])
    return hashlib.sha256(_canonical(told).encode()).digest()[:16].hex()


def digests_of(state: State) -> dict[str, str]:
    """Return the digest of every root that is held."""
    return {root: digest_of(state.rows.get(root, {}).values()) for root in state.place.held}


def without(state: State, roots: Iterable[str]) -> State:
    """Forget these roots; the outbox keeps every entry."""
    gone = {root for root in roots if root in state.place.held}
    if not gone:
        return state
    held = {root: lens for root, lens in state.place.held.items() if root not in gone}
    return State(
        replace(state.place, held=held, pulled_to=0),
        {root: rows for root, rows in state.rows.items() if root not in gone},
        tuple(
            replace(entry, is_settled=False)
            if entry.is_settled and _is_about(entry, gone, state)
            else entry
            for entry in state.entries
        ),
    )


def _is_about(entry: Entry, gone: Collection[str], state: State) -> bool:
    name = name_of(entry.deed.ent, entry.deed.key)
    return any(entry.deed.root == root or name in state.rows.get(root, {}) for root in gone)


def _canonical(value: Any) -> str:
    if isinstance(value, dict):
        told = cast("dict[str, Any]", value)
        names = sorted(told, key=lambda name: name.encode("utf-16-be"))
        return (
            "{" + ",".join(f"{_canonical(name)}:{_canonical(told[name])}" for name in names) + "}"
        )
    if value is None or isinstance(value, str | int | float):
        return json.dumps(value, ensure_ascii=False)
    return "[" + ",".join(map(_canonical, value)) + "]"
