"""Purge and reset equals never purged, wherever it is cut (sync.md I15)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import func, select

from schemas.base import Row
from schemas.people import ContactPoint
from server.backup import compacting
from server.cli import build_parser
from server.db.database import Database
from server.db.tables.syncing import FeedRow, PublishedRow, RowVersionRow
from server.feed import reader, store
from server.ids import new_id
from tests.conftest import MONDAY, FakeClock
from tests.server.backup.conftest import Keeping
from tests.server.syncing.conftest import District

ROOTS = ("s_a", "s_b", "s_c")
DAYS = 12


class Note(Row, frozen=True, kw_only=True):
    """A row of this test."""

    day: int


class Holder:
    """What a phone of this feed holds, by the rules of sync.md 6.5."""

    def __init__(self) -> None:
        self.cursor: int | None = None
        self.rows: dict[tuple[str, UUID], Any] = {}

    def pull(self, db: Database) -> bool:
        """Take in what changed; begin anew below the floor. Tells whether it did."""
        with db.read(MONDAY) as tx:
            standing = reader.standing(tx)
            is_reset = self.cursor is None or self.cursor < standing.floor
            if is_reset:
                entries = [entry for root in ROOTS for entry in reader.whole(tx, root)]
                self.rows = {(entry.root, entry.key): entry.data for entry in entries}
            else:
                assert self.cursor is not None
                for entry in reader.changed(tx, ROOTS, after=self.cursor):
                    self.rows.pop((entry.root, entry.key), None)
                    if not entry.gone:
                        self.rows[entry.root, entry.key] = entry.data
            self.cursor = standing.head
            return is_reset


def live(db: Database, holders: dict[int, Holder]) -> None:
    """Twelve days: rows come, move between roots, leave one, go for all, and come back."""
    keys = [new_id() for _ in range(9)]
    for day in range(DAYS):
        at = MONDAY + timedelta(days=day)
        for place, key in enumerate(keys):
            kind = (day * 5 + place * 3) % 7
            with db.write(at) as tx:
                if kind == 0:
                    store.withdraw(tx, "note", key)
                elif kind < 4:
                    roots = {ROOTS[(day + place) % 3], ROOTS[kind % 3]}
                    store.publish(tx, "note", Note(day=day), key=key, roots=roots)
        holders[day] = Holder()
        holders[day].pull(db)


def truth(db: Database) -> dict[tuple[str, UUID], Any]:
    never = Holder()
    never.pull(db)
    return never.rows


def test_for_every_cut_every_phone_ends_as_if_nothing_was_purged(any_db: Database) -> None:
    holders: dict[int, Holder] = {}
    live(any_db, holders)
    before = truth(any_db)
    resets = 0
    purged = 0

    for cut in range(DAYS + 1):
        with any_db.write(MONDAY) as tx:
            purged += store.purge(tx, MONDAY + timedelta(days=cut)).rows
        assert truth(any_db) == before
        for holder in holders.values():
            again = Holder()
            again.cursor, again.rows = holder.cursor, dict(holder.rows)
            resets += again.pull(any_db)
            assert again.rows == before

    assert purged > 5
    assert 0 < resets < DAYS * (DAYS + 1)


def test_history_and_what_is_gone_for_all_stay(any_db: Database) -> None:
    live(any_db, {})

    def counted() -> list[int]:
        with any_db.read(MONDAY) as tx:
            gone_for_all = (
                select(func.count())
                .select_from(FeedRow)
                .join(PublishedRow, (PublishedRow.key == FeedRow.key) & PublishedRow.gone)
            )
            tables = (PublishedRow, RowVersionRow)
            counts = [tx.session.scalar(select(func.count()).select_from(t)) or 0 for t in tables]
            return [*counts, tx.session.scalar(gone_for_all) or 0]

    before = counted()
    clock = FakeClock(MONDAY + timedelta(days=400))
    purged = compacting.compact(any_db, clock)

    assert purged.rows > 0
    assert counted() == before
    assert compacting.compact(any_db, clock) == store.Purged(0, purged.floor)


def test_it_goes_a_little_at_a_time(any_db: Database) -> None:
    live(any_db, {})
    before = truth(any_db)

    with any_db.write(MONDAY) as tx:
        parts = [store.purge(tx, MONDAY + timedelta(days=400), most=1) for _ in range(3)]

    assert [part.rows for part in parts] == [1, 1, 1]
    assert [part.floor for part in parts] == sorted(part.floor for part in parts)
    assert truth(any_db) == before


def test_a_row_that_came_back_is_not_purged(any_db: Database) -> None:
    key = new_id()
    for day, roots in enumerate((["s_a"], ["s_b"], ["s_a"])):
        with any_db.write(MONDAY + timedelta(days=day)) as tx:
            store.publish(tx, "note", Note(day=1), key=key, roots=roots)

    with any_db.write(MONDAY) as tx:
        purged = store.purge(tx, MONDAY + timedelta(days=400))

    assert purged.rows == 1
    assert list(truth(any_db)) == [("s_a", key)]


def test_only_a_phone_that_was_away_too_long_begins_anew_and_keeps_its_work(
    any_district: District, clock: FakeClock
) -> None:
    ana = Keeping(any_district)
    ana.exchange()
    family = any_district.family
    with any_district.db.write(clock()) as tx:
        point = store.find(tx, "contact_point", family.point_id)
        assert point is not None
        data = msgspec.convert(point.data, ContactPoint)
        store.publish(tx, "contact_point", data, key=family.point_id, roots=["s_else"])
    ben = Keeping(any_district)
    ben.exchange()
    ana.visit()

    clock.advance(days=181)
    compacting.compact(any_district.db, clock)
    for phone in (ana, ben):
        phone.sign_in_again()
    away, fresh = ana.exchange(), ben.exchange()

    assert away.pull is not None
    assert fresh.pull is not None
    assert (away.pull.reset, fresh.pull.reset) == (True, False)
    assert [receipt.out for receipt in away.receipts] == ["applied"]


@pytest.mark.parametrize("days", ["0", "-3"])
def test_nothing_young_can_be_purged(days: str) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(["compact", "--days", days])
