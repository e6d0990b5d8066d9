"""A list of any length is asked about with one bound value, by the index, on both databases."""

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import bindparam, event, select, text

from server.db.among import among
from server.db.database import Database
from server.db.tables.attendance import SettingRow
from server.db.tables.people import EnrollmentRow, SchoolRow, StudentRow
from server.ids import new_id
from server.syncing.store import batch
from tests.conftest import MONDAY

KEYS = ["Añil", 'a "quoted" one', "plain", "0012"]


def test_texts_ids_and_numbers_are_found_by_a_list(any_db: Database) -> None:
    ids = [new_id() for _ in KEYS]
    with any_db.write(MONDAY) as tx:
        tx.session.add_all([SettingRow(key=key, value=at) for at, key in enumerate(KEYS)])
        tx.session.add_all(
            [
                SchoolRow(id=school_id, code=f"0{at}", name=f"School {at}", level="high")
                for at, school_id in enumerate(ids)
            ]
        )
    with any_db.read(MONDAY) as tx:
        by_text = select(SettingRow.key).where(among(SettingRow.key, "keys"))
        by_id = select(SchoolRow.code).where(among(SchoolRow.id, "ids"))
        by_number = select(EnrollmentRow.id).where(among(EnrollmentRow.id, "numbers"))

        assert set(tx.run(by_text, {"keys": KEYS[:2]}).scalars()) == set(KEYS[:2])
        assert set(tx.run(by_id, {"ids": ids[2:]}).scalars()) == {"02", "03"}
        assert list(tx.run(by_id, {"ids": []}).scalars()) == []
        assert list(tx.run(by_number, {"numbers": [1, 2]}).scalars()) == []


@pytest.mark.parametrize(
    ("column", "index"),
    [(StudentRow.id, "id=?"), (StudentRow.number, "number=?"), (EnrollmentRow.id, "rowid=?")],
)
def test_a_list_is_looked_up_and_no_table_is_gone_through(
    db: Database, column: Any, index: str
) -> None:
    statement = select(column).where(among(column, "those"), bindparam("also", 1) == 1)
    written = str(statement.compile(dialect=db.writer.dialect))
    with db.read(MONDAY) as tx:
        explained = tx.session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {written}", ("[]", 1, 1)
        )
        steps = [row.detail for row in explained]

    assert index in steps[0]


def test_what_a_push_asks_is_looked_up_and_no_table_is_gone_through(db: Database) -> None:
    asked: list[str] = []
    listen: Callable[..., None] = lambda *about: asked.append(about[2])  # noqa: E731  (an event's six arguments)
    event.listen(db.writer, "before_cursor_execute", listen)
    with db.write(MONDAY) as tx:
        batch.known(tx, [new_id()])
        batch.students(tx, [new_id()])
        batch.lock_devices(tx, [new_id()])
    event.remove(db.writer, "before_cursor_execute", listen)

    queries = [said for said in asked if said.startswith("SELECT")]
    with db.read(MONDAY) as tx:
        for said in queries:
            explained = tx.session.connection().exec_driver_sql(
                f"EXPLAIN QUERY PLAN {said}", ("[]",)
            )
            steps = [row.detail for row in explained]
            assert not any("SCAN" in step and "json_each" not in step for step in steps), steps
    assert len(queries) == 3


def test_a_database_that_was_filled_waits_for_the_disk_again(db: Database) -> None:
    with db.filling():
        assert synchronous(db) == 1
        with db.write(MONDAY) as tx:
            tx.session.add(SettingRow(key="name", value="Llano Alto"))

    assert synchronous(db) == 2
    with db.read(MONDAY) as tx:
        assert tx.session.scalars(select(SettingRow.key)).all() == ["name"]


def test_later_work_waits_for_the_disk_also_where_the_filling_could_not_be_put_there(
    db: Database,
) -> None:
    with db.writer.connect() as connection:
        driver = connection.connection.driver_connection
    assert driver is not None
    driver.set_authorizer(no_checkpoint)

    with pytest.raises(sqlite3.DatabaseError), db.filling():
        pass

    assert synchronous(db) == 2


def no_checkpoint(action: int, what: str | None, *_about: object) -> int:
    is_checkpoint = action == sqlite3.SQLITE_PRAGMA and what == "wal_checkpoint"
    return sqlite3.SQLITE_DENY if is_checkpoint else sqlite3.SQLITE_OK


def synchronous(db: Database) -> int:
    with db.write(MONDAY) as tx:
        return int(tx.session.execute(text("PRAGMA synchronous")).scalar_one())
