"""The feed keeps its promises on every database."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from sqlalchemy import select, update

from schemas.base import SchoolId
from schemas.people import School
from server.db.database import Database, Transaction
from server.db.tables.syncing import FeedRow, PublishedRow, RowVersionRow, SyncHeadRow
from server.feed import reader
from server.feed import store as feed
from server.feed.store import Author
from server.ids import new_id
from tests.conftest import MONDAY

WRITERS = 8
EACH = 25


def school(key: UUID, name: str = "Rio Grande High") -> School:
    return School(id=SchoolId(key), name=name)


def publish(db: Database, key: UUID, name: str, *roots: str) -> int:
    with db.write(MONDAY) as tx:
        return feed.publish(tx, "school", school(key, name), key=key, roots=roots)


def entries(db: Database, root: str) -> dict[UUID, tuple[int, bool]]:
    with db.read(MONDAY) as tx:
        rows = tx.session.scalars(select(FeedRow).where(FeedRow.root == root)).all()
        return {row.key: (row.seq, row.gone) for row in rows}


def head(db: Database) -> int:
    with db.read(MONDAY) as tx:
        return reader.standing(tx).head


def test_a_row_is_published_once_and_found_with_its_version(any_db: Database) -> None:
    key = new_id()

    first = publish(any_db, key, "Rio Grande High", "ref")
    same = publish(any_db, key, "Rio Grande High", "ref")
    renamed = publish(any_db, key, "Río Grande High", "ref")

    assert (first, same, renamed) == (1, 1, 2)
    assert entries(any_db, "ref") == {key: (2, False)}
    with any_db.read(MONDAY) as tx:
        found = feed.find(tx, "school", key)
        history = tx.session.scalars(
            select(RowVersionRow.ver).where(RowVersionRow.key == key).order_by(RowVersionRow.ver)
        ).all()
    assert found is not None
    assert (found.ver, found.data["name"]) == (2, "Río Grande High")
    assert history == [1, 2]


def test_a_row_that_moves_leaves_one_root_and_enters_the_other(any_db: Database) -> None:
    key = new_id()
    publish(any_db, key, "Rio Grande High", "s1", "s2")

    publish(any_db, key, "Rio Grande High", "s2", "s3")

    assert entries(any_db, "s1")[key][1] is True
    assert entries(any_db, "s2")[key][1] is False
    assert entries(any_db, "s3")[key][1] is False
    with any_db.read(MONDAY) as tx:
        assert feed.roots_of(tx, "school", key) == {"s2", "s3"}
        assert reader.whole(tx, "s1") == []
        assert [entry.key for entry in reader.whole(tx, "s3")] == [key]


def test_a_row_that_is_withdrawn_is_gone_everywhere_and_may_come_back(any_db: Database) -> None:
    key = new_id()
    publish(any_db, key, "Rio Grande High", "s1")

    with any_db.write(MONDAY) as tx:
        feed.withdraw(tx, "school", key)

    with any_db.read(MONDAY) as tx:
        assert feed.find(tx, "school", key) is None
        assert [entry.gone for entry in reader.changed(tx, ["s1"], after=0)] == [True]
        assert reader.roots_ever_of(tx, "school", key) == {"s1"}
    assert publish(any_db, key, "Rio Grande High", "s1") == 3
    assert entries(any_db, "s1")[key] == (3, False)


def test_what_was_undone_leaves_no_hole_in_the_count(any_db: Database) -> None:
    publish(any_db, new_id(), "One", "ref")

    def publish_and_fail(tx: Transaction) -> None:
        feed.publish(tx, "school", school(new_id()), key=new_id(), roots=["ref"])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), any_db.write(MONDAY) as tx:
        publish_and_fail(tx)
    with any_db.write(MONDAY) as tx:
        feed.publish(tx, "school", school(new_id()), key=new_id(), roots=["ref"])
        with pytest.raises(ZeroDivisionError), tx.savepoint():
            publish_and_fail(tx)

    assert head(any_db) == 2
    assert sorted(seq for seq, _ in entries(any_db, "ref").values()) == [1, 2]


def test_who_gave_a_field_its_value_is_known(any_db: Database) -> None:
    key, ana, ben = new_id(), new_id(), new_id()
    for name, level, who in (("A", "", ana), ("B", "", ben), ("B", "high", ana)):
        with any_db.write(MONDAY) as tx:
            data = School(id=SchoolId(key), name=name, level=level)
            feed.publish(tx, "school", data, key=key, roots=["ref"], by=Author(who))

    with any_db.read(MONDAY) as tx:
        assert reader.writer_of(tx, "school", key, "name").user_id == ben
        assert reader.writer_of(tx, "school", key, "level").user_id == ana
        assert reader.version_of(tx, "school", key, 1) == {"id": str(key), "name": "A", "level": ""}
        assert reader.version_of(tx, "school", key, 9) is None


def test_changes_come_in_order_and_in_pages_of_any_size(
    any_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "PAGE", 4)
    keys = [new_id() for _ in range(11)]
    with any_db.write(MONDAY) as tx:
        for key in keys:
            feed.publish(tx, "school", school(key), key=key, roots=["s1"])

    with any_db.read(MONDAY) as tx:
        seqs = [entry.seq for entry in reader.changed(tx, ["s1", "s2"], after=1)]

    assert seqs == list(range(2, 12))


def run(*works: Callable[[], None]) -> None:
    faults: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as fault:  # noqa: BLE001  (handed to the test's own thread)
            faults.append(fault)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_a_poller_sees_every_committed_row_exactly_once(any_db: Database) -> None:
    """Invariant I18: positions become visible in order, whoever commits first."""
    done = threading.Event()
    seen: list[int] = []

    def write() -> None:
        for _ in range(EACH):
            publish(any_db, new_id(), "Rio Grande High", "ref")

    def poll() -> None:
        cursor = 0
        while True:
            is_last = done.is_set()
            with any_db.read(MONDAY) as tx:
                for entry in reader.changed(tx, ["ref"], after=cursor):
                    seen.append(entry.seq)
                    cursor = entry.seq
            if is_last:
                return
            done.wait(0.01)

    poller = threading.Thread(target=poll)
    poller.start()
    run(*[write] * WRITERS)
    done.set()
    poller.join()

    assert seen == list(range(1, WRITERS * EACH + 1))


@pytest.mark.postgres
def test_the_poller_would_notice_numbers_that_are_taken_too_early(postgres_db: Database) -> None:
    """The negative control: positions from a plain sequence are passed by the cursor."""
    first_numbered, second_committed = threading.Event(), threading.Event()
    with postgres_db.restructure() as connection:
        connection.exec_driver_sql("CREATE SEQUENCE naive")

    def add(tx: Transaction) -> None:
        seq = tx.session.connection().exec_driver_sql("SELECT nextval('naive')").scalar_one()
        tx.session.add(FeedRow(root="ref", ent="school", key=new_id(), seq=seq))
        tx.session.add(PublishedRow(ent="school", key=new_id(), ver=1, data="{}"))
        tx.session.flush()

    def slow() -> None:
        with postgres_db.write(MONDAY) as tx:
            add(tx)
            first_numbered.set()
            assert second_committed.wait(10)

    def quick() -> None:
        assert first_numbered.wait(10)
        with postgres_db.write(MONDAY) as tx:
            add(tx)
        with postgres_db.read(MONDAY) as tx:
            seen.extend(tx.session.scalars(select(FeedRow.seq)).all())
        second_committed.set()

    seen: list[int] = []
    run(slow, quick)

    assert seen == [2]


def test_two_writers_cannot_overwrite_each_other_unseen(any_db: Database) -> None:
    key = new_id()
    publish(any_db, key, "0", "ref")

    def count_up() -> None:
        for _ in range(EACH):
            with any_db.write(MONDAY) as tx:
                found = feed.find(tx, "school", key, lock=True)
                assert found is not None
                name = str(int(found.data["name"]) + 1)
                feed.publish(tx, "school", school(key, name), key=key, roots=["ref"])

    run(*[count_up] * 4)

    with any_db.read(MONDAY) as tx:
        found = feed.find(tx, "school", key)
        versions = tx.session.scalars(
            select(RowVersionRow.ver).where(RowVersionRow.key == key)
        ).all()
    assert found is not None
    assert (found.data["name"], found.ver) == (str(4 * EACH), 4 * EACH + 1)
    assert Counter(versions) == Counter(range(1, 4 * EACH + 2))


def test_a_reader_sees_one_moment_whatever_is_written_meanwhile(any_db: Database) -> None:
    publish(any_db, new_id(), "One", "ref")
    with any_db.read(MONDAY) as tx:
        before = reader.standing(tx)

        publish(any_db, new_id(), "Two", "ref")

        assert reader.standing(tx) == before
        assert len(reader.whole(tx, "ref")) == 1
        assert [entry.seq for entry in reader.changed(tx, ["ref"], after=0)] == [1]
    assert head(any_db) == 2


@pytest.mark.postgres
def test_a_reader_cannot_write(postgres_db: Database) -> None:
    with pytest.raises(Exception, match="read-only"), postgres_db.read(MONDAY) as tx:
        tx.session.execute(update(SyncHeadRow).values(v=9))


def test_moments_and_values_come_back_as_they_were(any_db: Database) -> None:
    denver = datetime(2026, 3, 8, 2, 30, 15, 123456, tzinfo=timezone(timedelta(hours=-7)))
    key = new_id()
    with any_db.write(denver) as tx:
        feed.publish(tx, "school", school(key, "Ñandú 🙂 \\u0000 '"), key=key, roots=["ref"])

    with any_db.read(MONDAY) as tx:
        at = tx.session.scalars(select(RowVersionRow.at)).one()
        found = feed.find(tx, "school", key)
    assert at == denver
    assert at.tzinfo is UTC
    assert found is not None
    assert found.data["name"] == "Ñandú 🙂 \\u0000 '"


def test_a_moment_without_a_zone_is_not_stored(any_db: Database) -> None:
    naive = MONDAY.replace(tzinfo=None)

    with pytest.raises(Exception, match="naive"), any_db.write(naive) as tx:
        feed.publish(tx, "school", school(new_id()), key=new_id(), roots=["ref"])
