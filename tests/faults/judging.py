"""What the database holds against what the devices know: lost, doubled, invented."""

import sqlite3
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select

from server.db.database import Database
from server.db.tables.cases import ContactRow
from server.db.tables.syncing import FeedRow, MutationRow, PublishedRow, RowVersionRow, SyncHeadRow
from tests.conftest import MONDAY
from tests.faults.district import Issued
from tests.faults.phone import Deed, Device

NEVER = (
    *("lost", "lost at once", "doubled", "invented", "changed", "stuck", "damaged", "astray"),
    "strange",
)
"""Counts that must be zero. ``lost at once``: receipted, and not there after the next death;
``astray``: the feed or a fresh device's pull differs from the database; ``strange``: an answer that
the protocol does not know."""


class Held(NamedTuple):
    """What a database holds of contacts."""

    received: Counter[str]
    """How often each mutation has an effect there."""
    notes: dict[str, str]
    versions: Counter[str]
    published: dict[str, tuple[int, str]]
    places: list[int]
    head: int


def held_of(url: str) -> Held:
    """Read it, in one snapshot."""
    database = Database(url)
    try:
        with database.read(MONDAY) as tx:
            run = tx.session.execute
            of_contacts = PublishedRow.ent == "contact"
            rows = select(PublishedRow.key, PublishedRow.ver, PublishedRow.data).where(of_contacts)
            history = select(RowVersionRow.key).where(RowVersionRow.ent == "contact")
            return Held(
                received=Counter(str(one) for one in tx.session.scalars(select(MutationRow.mid))),
                notes={str(k): note for k, note in run(select(ContactRow.id, ContactRow.note))},
                versions=Counter(str(key) for key in tx.session.scalars(history)),
                published={str(key): (ver, data) for key, ver, data in run(rows)},
                places=list(tx.session.scalars(select(FeedRow.seq))),
                head=tx.session.scalars(select(SyncHeadRow.v)).one(),
            )
    finally:
        database.close()


def missing(url: str, receipted: Iterable[str]) -> set[str]:
    """Return what was receipted and is not there: asked after every death, before the next life."""
    wanted = {UUID(mid) for mid in receipted}
    database = Database(url)
    try:
        with database.read(MONDAY) as tx:
            query = select(MutationRow.mid).where(MutationRow.mid.in_(wanted))
            found = set(tx.session.scalars(query))
    finally:
        database.close()
    return {str(mid) for mid in wanted - found}


def judge(url: str, devices: Sequence[Device]) -> Counter[str]:
    """Compare the whole database with every ledger; the devices are drained."""
    held = held_of(url)
    counts: Counter[str] = Counter(dict.fromkeys(NEVER, 0))
    for one in devices:
        _judge_device(held, one, counts)
    made = {deed.key for one in devices for deed in one.made.values()}
    mids = {mid for one in devices for mid in one.made}
    counts["invented"] += len(held.notes.keys() - made) + len(held.received.keys() - mids)
    counts["doubled"] += sum(times - 1 for times in held.received.values())
    # A row has one place in each root it is in, and no two rows share one.
    counts["astray"] += len(held.places) - len(set(held.places))
    counts["astray"] += sum(place > held.head for place in held.places)
    return counts


def _judge_device(held: Held, device: Device, counts: Counter[str]) -> None:
    last: dict[str, Deed] = {}
    times: Counter[str] = Counter()
    for mid, deed in device.made.items():
        counts["made"] += 1
        counts["acked"] += mid in device.told
        is_there = mid in held.received and device.told.get(mid) in {"applied", "merged"}
        counts["lost"] += not is_there
        times[deed.key] += 1
        last[deed.key] = deed
    for key, deed in last.items():
        counts["changed"] += held.notes.get(key) != deed.note
        counts["doubled"] += held.versions[key] > times[key]
    counts["stuck"] += device.counts["stuck"] + (not device.told)
    counts["strange"] += len(device.strange)
    for said in device.strange:
        sys.stderr.write(f"strange: {said}\n")
    for what in ("requests", "went wrong", "503"):
        counts[what] += device.counts[what]


def whole(url: str, fresh: Iterable[Issued], port: int) -> Counter[str]:
    """Let devices that never synced pull all: their contacts must be those of the database."""
    counts: Counter[str] = Counter()
    seen: dict[str, tuple[int, object]] = {}
    for issued in fresh:
        device = Device(issued, port, 0)
        device.drain()
        counts["stuck"] += device.counts["stuck"]
        for (_, ent, key), row in device.rows.items():
            if ent == "contact":
                seen[key] = row["ver"], row["data"]["note"]
    published = held_of(url).published
    notes = {
        key: (ver, msgspec.json.decode(data)["note"]) for key, (ver, data) in published.items()
    }
    counts["astray"] += sum(seen.get(key) != row for key, row in notes.items())
    counts["astray"] += len(seen.keys() - notes.keys())
    return counts


def damage_in(url: str) -> Counter[str]:
    """Ask SQLite itself whether its file is whole."""
    file = url.removeprefix("sqlite:///")
    if file == url:
        return Counter()
    with closing(sqlite3.connect(file)) as connection:
        (said,) = connection.execute("PRAGMA integrity_check").fetchone()
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    return Counter(damaged=int(said != "ok") + len(broken))
