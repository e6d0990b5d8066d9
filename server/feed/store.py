"""Speaks SQL for the feed. Publishes rows, keeps their history, numbers the feed last.

Every synced row lives in its feature's own table *and*, once a phone may hold it, here as
``published``: the exact JSON a phone gets, its version, and its roots. Features call ``publish``
after they changed a row; equal data publishes nothing. Positions are taken from the counter row
just before the commit (sync.md 4), so a poller never passes an uncommitted row.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, cast
from uuid import UUID

import msgspec
from sqlalchemy import CursorResult, Table, bindparam, delete, insert, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.expression import Executable

from server.db.database import Transaction
from server.db.migrate import new_epoch as name_of_life
from server.db.prepared import Many
from server.db.tables.syncing import FeedRow, LinkRow, PublishedRow, RowVersionRow, SyncHeadRow

_TOUCHED = "feed.touched"
_SEQ = "feed.seq"

# Made once: an import publishes hundreds of rows while phones wait for the writer, and building a
# statement anew costs several times what the database takes to carry it out.
_PUBLISHED = cast("Table", PublishedRow.__table__)
_VERSIONS = cast("Table", RowVersionRow.__table__)
_LINKS = cast("Table", LinkRow.__table__)
_OWN = (_PUBLISHED.c.ent == bindparam("of_ent"), _PUBLISHED.c.key == bindparam("of_key"))
_LINKED = (_LINKS.c.ent == bindparam("of_ent"), _LINKS.c.key == bindparam("of_key"))
_FIND = select(_PUBLISHED.c.ver, _PUBLISHED.c.data, _PUBLISHED.c.gone).where(*_OWN)
_HOLD = _FIND.with_for_update()
_ADD = insert(_PUBLISHED)
_CHANGE = (
    update(_PUBLISHED).where(*_OWN).values(ver=bindparam("new"), data=bindparam("text"), gone=False)
)
_TAKE = update(_PUBLISHED).where(*_OWN).values(ver=bindparam("new"), gone=True)
_REMEMBER = insert(_VERSIONS)
_ROOTS = select(_LINKS.c.root).where(*_LINKED)
_LINK = insert(_LINKS)
_UNLINK = delete(_LINKS).where(*_LINKED, _LINKS.c.root == bindparam("of_root"))
_HEAD = select(SyncHeadRow.epoch, SyncHeadRow.v)
_TAKE_POSITIONS = (
    update(SyncHeadRow).values(v=SyncHeadRow.v + bindparam("count")).returning(SyncHeadRow.v)
)
_ANY = select(_LINKS.c.key).where(_LINKS.c.root == bindparam("of_root")).limit(1)


class Author(NamedTuple):
    """Who changed a row: a person by a mutation, or nobody (an import, the server)."""

    user_id: UUID | None = None
    mutation_id: UUID | None = None


class Published(NamedTuple):
    """A synced row as it is now."""

    ver: int
    data: dict[str, Any]


def find(tx: Transaction, ent: str, key: UUID, *, lock: bool = False) -> Published | None:
    """Return a row as published, or None when it was never published or is gone.

    ``lock`` holds the row until the transaction ends (needed on PostgreSQL before a merge).
    """
    row = _run(tx, _HOLD if lock else _FIND, of_ent=ent, of_key=key).first()
    return None if row is None or row.gone else Published(row.ver, msgspec.json.decode(row.data))


def publish(  # noqa: PLR0913  (a row, and where it belongs)
    tx: Transaction,
    ent: str,
    data: msgspec.Struct,
    *,
    key: UUID,
    roots: Iterable[str],
    by: Author = Author(),  # noqa: B008  (immutable)
) -> int:
    """Make ``data`` the row's present state in exactly these roots; return its version.

    Equal data in the same roots changes nothing. A root no longer named loses the row.
    """
    text = msgspec.json.encode(data).decode()
    known = _run(tx, _HOLD, of_ent=ent, of_key=key).first()
    changed = known is None or known.gone or known.data != text
    ver = 1 if known is None else known.ver + int(changed)
    if known is None:
        _run(tx, _ADD, ent=ent, key=key, ver=ver, data=text, gone=False)
    elif changed:
        _run(tx, _CHANGE, of_ent=ent, of_key=key, new=ver, text=text)
    if changed:
        _remember(tx, (ent, key), ver, text, by)
    linked = set[str]() if known is None else roots_of(tx, ent, key)
    relink(tx, (ent, key), linked, set(roots), changed=changed)
    return ver


def withdraw(tx: Transaction, ent: str, key: UUID, *, by: Author = Author()) -> None:  # noqa: B008  (immutable)
    """Take a row from every phone. Its history stays."""
    known = _run(tx, _HOLD, of_ent=ent, of_key=key).first()
    if known is None or known.gone:
        return
    ver = known.ver + 1
    _run(tx, _TAKE, of_ent=ent, of_key=key, new=ver)
    _remember(tx, (ent, key), ver, None, by)
    relink(tx, (ent, key), roots_of(tx, ent, key), set(), changed=True)


def roots_of(tx: Transaction, ent: str, key: UUID) -> set[str]:
    """Return the roots a row belongs to. Authority follows these, never a claim."""
    return {row.root for row in _run(tx, _ROOTS, of_ent=ent, of_key=key)}


def is_active(tx: Transaction, root: str) -> bool:
    """Tell whether anything was ever published in this root."""
    return _run(tx, _ANY, of_root=root).first() is not None


def head(tx: Transaction) -> tuple[str, int]:
    """Return the epoch and the last position given out."""
    row = _run(tx, _HEAD).one()
    return row.epoch, row.v


def new_epoch(tx: Transaction) -> str:
    """Begin another life of this database; return its name. Phones then send all they keep again.

    Mandatory whenever the database may have gone back: what phones were told is sure no more.
    """
    epoch = name_of_life()
    tx.session.execute(update(SyncHeadRow).values(epoch=epoch))
    return epoch


class Purged(NamedTuple):
    """What a purge did."""

    rows: int
    floor: int
    """Cursors below it must begin anew."""


def purge(tx: Transaction, before: datetime, *, most: int = 5000) -> Purged:
    """Forget rows that left their root before then, and raise the floor over them.

    At most ``most`` of them: call it again, in a transaction of its own, until none are left. A
    row that is gone for all keeps its last places: a late edit of it is judged by them. What was
    published, every version and every mutation stay.
    """
    long_gone = (FeedRow.gone_at < before, FeedRow.gone)
    living = select(PublishedRow.key).where(
        PublishedRow.ent == FeedRow.ent, PublishedRow.key == FeedRow.key, ~PublishedRow.gone
    )
    places = select(FeedRow.root, FeedRow.ent, FeedRow.key).where(*long_gone, living.exists())
    gone = tx.session.scalars(
        delete(FeedRow)
        .where(tuple_(FeedRow.root, FeedRow.ent, FeedRow.key).in_(places.limit(most)), *long_gone)
        .returning(FeedRow.seq)
        .execution_options(synchronize_session=False)
    ).all()
    floor = max(gone, default=0)
    tx.session.execute(
        update(SyncHeadRow).where(SyncHeadRow.floor < floor).values(floor=floor)
    )  # last, as every use of this row
    return Purged(len(gone), tx.session.execute(select(SyncHeadRow.floor)).scalar_one())


def sequence_of(tx: Transaction) -> int:
    """Take positions for everything touched so far; return the last one (0: nothing touched).

    After this the transaction may only write rows that it holds already, and commit.
    """
    tx.seal()
    return int(tx.memo.get(_SEQ, 0))


def _remember(
    tx: Transaction, row: tuple[str, UUID], ver: int, data: str | None, by: Author
) -> None:
    ent, key = row
    _run(
        tx,
        _REMEMBER,
        ent=ent,
        key=key,
        ver=ver,
        data=data,
        at=tx.at,
        by_user_id=by.user_id,
        mutation_id=by.mutation_id,
    )


def relink(
    tx: Transaction, row: tuple[str, UUID], linked: set[str], roots: set[str], *, changed: bool
) -> None:
    """Bring a row from the roots it is linked to into these; note what phones must hear of."""
    ent, key = row
    for root in sorted(linked - roots):
        _run(tx, _UNLINK, of_ent=ent, of_key=key, of_root=root)
        touch(tx, root, ent, key, gone=True)
    for root in sorted(roots - linked):
        _run(tx, _LINK, ent=ent, key=key, root=root)
    for root in sorted(roots if changed else roots - linked):
        touch(tx, root, ent, key, gone=False)


def _run(tx: Transaction, statement: Executable, **values: Any) -> CursorResult[*tuple[Any, ...]]:
    """Carry out one of the statements above. The feed's tables are never objects of a session."""
    return tx.session.connection().execute(statement, values)


@cache
def _upsert(dialect: str) -> Many:
    upsert = sqlite.insert(FeedRow) if dialect == "sqlite" else postgresql.insert(FeedRow)
    whole = upsert.on_conflict_do_update(
        index_elements=["root", "ent", "key"],
        set_={
            "seq": upsert.excluded.seq,
            "gone": upsert.excluded.gone,
            "gone_at": upsert.excluded.gone_at,
        },
    )
    return Many(whole, "root", "ent", "key", "seq", "gone", "gone_at")


def touch(tx: Transaction, root: str, ent: str, key: UUID, *, gone: bool) -> None:
    """Note that phones which hold this root must hear of the row."""
    touched: dict[tuple[str, str, UUID], bool] = tx.memo.setdefault(_TOUCHED, {})
    if not touched:
        tx.last(_number)
    touched[root, ent, key] = gone


def _number(tx: Transaction) -> None:
    """Take positions from the counter row and write the feed: the transaction's last act."""
    touched: Mapping[tuple[str, str, UUID], bool] = tx.memo.pop(_TOUCHED, {})
    if not touched:
        return
    last = _run(tx, _TAKE_POSITIONS, count=len(touched)).scalar_one()
    first = last - len(touched) + 1
    rows = [
        (root, ent, key, first + place, gone, tx.at if gone else None)
        for place, ((root, ent, key), gone) in enumerate(touched.items())
    ]
    _upsert(tx.session.connection().dialect.name).run(tx, rows)
    tx.memo[_SEQ] = last
