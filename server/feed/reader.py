"""Speaks SQL for reading the feed: what changed, whole roots, who wrote a value. Changes nothing.

Every call of one pull must use one transaction: one snapshot.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Text, and_, bindparam, cast, exists, func, select

from server.db.among import among
from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.syncing import (
    FeedRow,
    LinkRow,
    MutationRow,
    PublishedRow,
    ReplayRow,
    RowVersionRow,
    SyncHeadRow,
)

PAGE = 500
_ROOTS_AT_ONCE = 50
"""Roots that are read together; each is some ten rows."""


class Standing(NamedTuple):
    """Where the feed is: its life, the last position, and the oldest one deltas reach back to."""

    epoch: str
    head: int
    floor: int


def parked(tx: Transaction) -> dict[UUID, int]:
    """Return, by device, how many mutations wait for a mend of the server."""
    query = (
        select(MutationRow.device_id, func.count(MutationRow.mid.distinct()))
        .where(
            MutationRow.out == "parked", ~exists().where(ReplayRow.mutation_id == MutationRow.id)
        )
        .group_by(MutationRow.device_id)
    )
    return {row[0]: row[1] for row in tx.session.execute(query)}


class Entry(NamedTuple):
    """A row in one root, as it is now."""

    root: str
    ent: str
    key: UUID
    seq: int
    gone: bool
    """It left this root."""
    ver: int
    text: str
    """The row's present or last state, as it is published."""

    @property
    def data(self) -> dict[str, Any]:
        """The same, to be looked into."""
        found: dict[str, Any] = msgspec.json.decode(self.text)
        return found


class Writer(NamedTuple):
    """Who made a field what it is. ``user_id`` None: an import or the server."""

    user_id: UUID | None
    at: datetime | None


class Version(NamedTuple):
    """A row as it once was. Nothing in ``data``: it was gone."""

    data: dict[str, Any]
    at: datetime
    user_id: UUID | None


_VERSIONS = (
    select(RowVersionRow.key, RowVersionRow.data, RowVersionRow.at, RowVersionRow.by_user_id)
    .where(
        RowVersionRow.ent == bindparam("of_ent"),
        among(RowVersionRow.key, "keys"),
    )
    .order_by(RowVersionRow.key, RowVersionRow.ver.desc())
)


_ENTRIES = select(
    FeedRow.root,
    FeedRow.ent,
    FeedRow.key,
    FeedRow.seq,
    FeedRow.gone,
    PublishedRow.ver,
    PublishedRow.data,
).join(PublishedRow, and_(PublishedRow.ent == FeedRow.ent, PublishedRow.key == FeedRow.key))
_IN_ROOTS = among(FeedRow.root, "roots")
_CHANGED = (
    _ENTRIES.where(_IN_ROOTS, FeedRow.seq > bindparam("after")).order_by(FeedRow.seq).limit(PAGE)
)
_LIVING = (_IN_ROOTS, FeedRow.gone.is_(False), PublishedRow.gone.is_(False))
_ORDER = (FeedRow.root, FeedRow.ent, FeedRow.key)
_WHOLE = _ENTRIES.where(*_LIVING).order_by(*_ORDER)
_AS_PUBLISHED = (
    select(FeedRow.root, FeedRow.ent, cast(FeedRow.key, Text), PublishedRow.ver, PublishedRow.data)
    .join(PublishedRow, and_(PublishedRow.ent == FeedRow.ent, PublishedRow.key == FeedRow.key))
    .where(*_LIVING)
    .order_by(*_ORDER)
)
_ID_LETTERS = 32
"""Of an id without its dashes, as SQLite has it."""


def standing(tx: Transaction) -> Standing:
    """Return where the feed is in this snapshot."""
    row = tx.session.execute(select(SyncHeadRow.epoch, SyncHeadRow.v, SyncHeadRow.floor)).one()
    return Standing(row.epoch, row.v, row.floor)


def changed(tx: Transaction, roots: Sequence[str], *, after: int) -> Iterator[Entry]:
    """Yield what changed in these roots since position ``after``, in order of position."""
    while roots:
        page = tx.run(_CHANGED, {"roots": roots, "after": after}).all()
        yield from map(Entry._make, page)
        if len(page) < PAGE:
            return
        after = page[-1].seq


def whole(tx: Transaction, root: str) -> list[Entry]:
    """Return every row of a root."""
    return [entry for _, entries in each_whole(tx, [root]) for entry in entries]


def each_whole(tx: Transaction, roots: Sequence[str]) -> Iterator[tuple[str, list[Entry]]]:
    """Yield each root with every row of it, in this order; read no further than asked."""
    for part in parts(roots, _ROOTS_AT_ONCE):
        rows: dict[str, list[Entry]] = {root: [] for root in part}
        for entry in map(Entry._make, tx.run(_WHOLE, {"roots": part})):
            rows[entry.root].append(entry)
        yield from rows.items()


def each_as_published(tx: Transaction, roots: Sequence[str]) -> Mapping[str, list[str]]:
    """Return, by root, every row of it as the JSON of a ``RowMsg``; nothing is looked into."""
    rows: dict[str, list[str]] = {root: [] for root in roots}
    for part in parts(roots, _ROOTS_AT_ONCE):
        for root, ent, key, ver, text in tx.run(_AS_PUBLISHED, {"roots": part}).all():
            if len(key) == _ID_LETTERS:
                key = f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"  # noqa: PLW2901
            rows[root].append(
                f'{{"root":"{root}","ent":"{ent}","key":"{key}","ver":{ver},"data":{text}}}'
            )
    return rows


def roots_ever_of(tx: Transaction, ent: str, key: UUID) -> set[str]:
    """Return the roots a row belongs to, or belonged to when it is gone."""
    query = select(LinkRow.root).where(LinkRow.ent == ent, LinkRow.key == key)
    left = select(FeedRow.root).where(FeedRow.ent == ent, FeedRow.key == key)
    return set(tx.session.scalars(query)) or set(tx.session.scalars(left))


def version_of(tx: Transaction, ent: str, key: UUID, ver: int) -> dict[str, Any] | None:
    """Return a row as it was in an earlier version; None when there was none, or it was gone."""
    data = tx.session.scalar(
        select(RowVersionRow.data).where(
            RowVersionRow.ent == ent, RowVersionRow.key == key, RowVersionRow.ver == ver
        )
    )
    return None if data is None else msgspec.json.decode(data)


def writer_of(tx: Transaction, ent: str, key: UUID, field: str) -> Writer:
    """Return who gave a row's field its present value."""
    return writer_among(versions_of(tx, ent, [key]).get(key, ()), field)


def versions_of(
    tx: Transaction, ent: str, keys: Iterable[UUID]
) -> Mapping[UUID, Sequence[Version]]:
    """Return every version of these rows, each row's newest first."""
    found: dict[UUID, list[Version]] = {}
    for part in parts(keys):
        for row in tx.run(_VERSIONS, {"of_ent": ent, "keys": part}):
            version = Version(msgspec.json.decode(row.data or "{}"), row.at, row.by_user_id)
            found.setdefault(row.key, []).append(version)
    return found


def writer_among(versions: Sequence[Version], field: str) -> Writer:
    """Return who gave a field the value of the newest of these versions."""
    found = Writer(None, None)
    for version in versions:
        if version.data.get(field) != versions[0].data.get(field):
            break
        found = Writer(version.user_id, version.at)
    return found
