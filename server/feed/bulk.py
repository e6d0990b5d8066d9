"""Publishes many rows of one entity together: what ``store.publish`` does, in few statements.

An import publishes thousands of rows while phones wait for the writer; row by row, most of that
time is spent on asking.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast
from uuid import UUID

import msgspec
from sqlalchemy import Table, bindparam, insert, select, update

from server.db.among import among
from server.db.database import Transaction
from server.db.parts import parts
from server.db.prepared import Many
from server.db.tables.syncing import LinkRow, PublishedRow, RowVersionRow
from server.feed import store
from server.feed.store import Author

_FIND = (
    select(PublishedRow.key, PublishedRow.ver, PublishedRow.data, PublishedRow.gone)
    .where(
        PublishedRow.ent == bindparam("of_ent"),
        among(PublishedRow.key, "keys"),
    )
    .with_for_update()
)
_ROOTS = select(LinkRow.key, LinkRow.root).where(
    LinkRow.ent == bindparam("of_ent"), among(LinkRow.key, "keys")
)
_ACTIVE = select(LinkRow.root).where(among(LinkRow.root, "roots")).distinct()
_PUBLISHED = cast("Table", PublishedRow.__table__)
_ADD = Many(insert(_PUBLISHED), "ent", "key", "ver", "data", "gone")
_CHANGE = Many(
    update(_PUBLISHED)
    .where(_PUBLISHED.c.ent == bindparam("of_ent"), _PUBLISHED.c.key == bindparam("of_key"))
    .values(ver=bindparam("new"), data=bindparam("text"), gone=False),
    *("of_ent", "of_key", "new", "text"),
)
_REMEMBER = Many(
    insert(RowVersionRow),
    *("ent", "key", "ver", "data", "at", "by_user_id", "mutation_id"),
)
_LINK = Many(insert(LinkRow), "ent", "key", "root")


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
    statements = ((_ADD, adds), (_CHANGE, changes), (_REMEMBER, versions), (_LINK, links))
    for statement, values in statements:
        statement.run(tx, values)


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
        for row in tx.session.connection().execute(_FIND, {"of_ent": ent, "keys": part}).all()
    }


def _linked(tx: Transaction, ent: str, known: Mapping[UUID, object]) -> dict[UUID, set[str]]:
    linked: dict[UUID, set[str]] = {}
    for part in parts(sorted(known)):
        for row in tx.session.connection().execute(_ROOTS, {"of_ent": ent, "keys": part}).all():
            linked.setdefault(row.key, set()).add(row.root)
    return linked
