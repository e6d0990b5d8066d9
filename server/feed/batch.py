"""Many rows at once, each changed by somebody else's deed: what ``store.publish`` does for one.

A batch of mutations is planned against ``held`` and written by ``write``; then ``number`` takes
its positions, as the last thing that its transaction shares with others.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlalchemy.dialects import postgresql, sqlite

from server.db.database import Transaction
from server.db.prepared import Many
from server.db.tables.syncing import FeedRow, SyncHeadRow
from server.feed import statements
from server.feed.store import Author

_COLUMNS = ("root", "ent", "key", "seq", "gone")


def _upsert(insert_: sqlite.Insert | postgresql.Insert) -> Many:
    return Many(
        insert_.on_conflict_do_update(
            index_elements=["root", "ent", "key"],
            set_={"seq": insert_.excluded.seq, "gone": insert_.excluded.gone},
        ),
        *_COLUMNS,
    )


_FEED = {
    "sqlite": _upsert(sqlite.insert(FeedRow)),
    "postgresql": _upsert(postgresql.insert(FeedRow)),
}
_TAKE = update(SyncHeadRow).values(v=SyncHeadRow.v + bindparam("count")).returning(SyncHeadRow.v)


class Held(NamedTuple):
    """A row as published; nobody else changes it until the transaction ends."""

    ver: int
    text: str
    gone: bool
    roots: frozenset[str]


class Change(NamedTuple):
    """A new version of a row."""

    ent: str
    key: UUID
    ver: int
    text: str
    roots: frozenset[str]
    """All it belongs to."""
    linked: frozenset[str]
    """Those of them that it belonged to before."""
    by: Author


def held(tx: Transaction, ent: str, keys: Iterable[UUID]) -> dict[UUID, Held]:
    """Return rows as published, and hold them until the transaction ends."""
    found = tx.run(statements.HELD, {"of_ent": ent, "keys": keys}).all()
    roots: dict[UUID, set[str]] = {}
    for key, root in tx.run(statements.ROOTS, {"of_ent": ent, "keys": [row[0] for row in found]}):
        roots.setdefault(key, set()).add(root)
    return {
        key: Held(ver, data, gone, frozenset(roots.get(key, ()))) for key, ver, data, gone in found
    }


def write(tx: Transaction, changes: Sequence[Change]) -> None:
    """Write new versions of rows, their history, and the roots they are new in.

    A row is changed once. It leaves no root.
    """
    new = [one for one in changes if one.ver == 1]
    old = [one for one in changes if one.ver > 1]
    statements.ADD.run(tx, [(one.ent, one.key, 1, one.text, False) for one in new])
    statements.CHANGE.run(tx, [(one.ent, one.key, one.ver, one.text) for one in old])
    statements.REMEMBER.run(
        tx,
        [
            (one.ent, one.key, one.ver, one.text, tx.at, one.by.user_id, one.by.mutation_id)
            for one in changes
        ],
    )
    statements.LINK.run(
        tx,
        [(one.ent, one.key, root) for one in changes for root in sorted(one.roots - one.linked)],
    )


def number(tx: Transaction, changes: Sequence[Change]) -> list[int]:
    """Take the positions of these changes in their order; return each one's last.

    After this the transaction may only write rows that it holds already, and commit.
    """
    count = sum(len(one.roots) for one in changes)
    if not count:
        return []
    seq: int = tx.run(_TAKE, {"count": count}).scalar_one() - count
    rows: list[tuple[str, str, UUID, int, bool]] = []
    taken: list[int] = []
    for one in changes:
        for root in sorted(one.roots):
            seq += 1
            rows.append((root, one.ent, one.key, seq, False))
        taken.append(seq)
    _FEED[tx.session.get_bind().dialect.name].run(tx, rows)
    return taken
