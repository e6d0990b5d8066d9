"""Publishes many rows of one entity together: what ``store.publish`` does, in few statements.

An import publishes thousands of rows while phones wait for the writer; row by row, most of that
time is spent on asking.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select

from server.db.among import among
from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.syncing import LinkRow
from server.feed import statements, store
from server.feed.store import Author

_ACTIVE = select(LinkRow.root).where(among(LinkRow.root, "roots")).distinct()


class Row(NamedTuple):
    """A row's present state, and the roots it belongs to."""

    key: UUID
    data: msgspec.Struct
    roots: Iterable[str]


def publish(tx: Transaction, ent: str, rows: Iterable[Row], *, by: Author = Author()) -> None:  # noqa: B008  (immutable)
    """Make these the present states of these rows. Keys are distinct; see ``store.publish``."""
    wanted = list(rows)
    known = _found(tx, ent, [row.key for row in wanted])
    linked = _linked(tx, ent, known)
    adds: list[tuple[Any, ...]] = []
    changes: list[tuple[Any, ...]] = []
    versions: list[tuple[Any, ...]] = []
    links: list[tuple[Any, ...]] = []
    for row in wanted:
        text = msgspec.json.encode(row.data).decode()
        before = known.get(row.key)
        changed = before is None or before.gone or before.data != text
        ver = 1 if before is None else before.ver + int(changed)
        if before is None:
            adds.append((ent, row.key, ver, text, False))
        elif changed:
            changes.append((ent, row.key, ver, text))
        if changed:
            versions.append((ent, row.key, ver, text, tx.at, by.user_id, by.mutation_id))
        own, roots = linked.get(row.key, set()), set(row.roots)
        links += [(ent, row.key, root) for root in sorted(roots - own)]
        for root in sorted(roots if changed else roots - own):
            store.touch(tx, root, ent, row.key, gone=False)
        store.relink(tx, (ent, row.key), own, own & roots, changed=False)
    statements.ADD.run(tx, adds)
    statements.CHANGE.run(tx, changes)
    statements.REMEMBER.run(tx, versions)
    statements.LINK.run(tx, links)


def active(tx: Transaction, roots: Iterable[str]) -> set[str]:
    """Return those of the roots in which anything was ever published."""
    return {
        root
        for part in parts(sorted(set(roots)))
        for root in tx.session.connection().execute(_ACTIVE, {"roots": part}).scalars()
    }


def _found(tx: Transaction, ent: str, keys: Sequence[UUID]) -> dict[UUID, Any]:
    return {
        row.key: row
        for part in parts(sorted(keys))
        for row in tx.run(statements.HELD, {"of_ent": ent, "keys": part})
    }


def _linked(tx: Transaction, ent: str, known: Mapping[UUID, object]) -> dict[UUID, set[str]]:
    linked: dict[UUID, set[str]] = {}
    for part in parts(sorted(known)):
        for row in tx.run(statements.ROOTS, {"of_ent": ent, "keys": part}):
            linked.setdefault(row.key, set()).add(row.root)
    return linked
