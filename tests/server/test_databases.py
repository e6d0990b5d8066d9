"""The equipment of the other tests: both databases are real, fresh and apart."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DatabaseError

from server.db.base import Base
from server.db.database import Database
from server.db.failures import is_unavailable
from server.db.tables.attendance import SettingRow
from tests.conftest import MONDAY
from tests.support import postgres as equipment
from tests.support.postgres import Postgres, running_postgres


def test_a_test_that_asks_for_a_database_gets_one_that_works(database_url: str) -> None:
    engine = create_engine(database_url)

    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE visit (note text)"))
        connection.execute(text("INSERT INTO visit VALUES ('Left the bus plan. ñ')"))
        notes = connection.execute(text("SELECT note FROM visit")).scalars().all()
    engine.dispose()

    assert notes == ["Left the bus plan. ñ"]


@pytest.mark.postgres
def test_two_databases_know_nothing_of_each_other(postgres: Postgres) -> None:
    with postgres.database() as one, postgres.database() as other:
        for url in (one, other):
            engine = create_engine(url)
            with engine.begin() as connection:
                connection.execute(text("CREATE TABLE visit (note text)"))
            engine.dispose()

        assert one != other


@pytest.mark.slow
@pytest.mark.postgres
def test_a_machine_without_postgresql_uses_the_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(equipment, "find_programs", equipment.programs_of_the_wheel)

    with running_postgres() as server, server.database() as url:
        engine = create_engine(url)
        with engine.begin() as connection:
            answer = connection.execute(text("SELECT 1")).scalar()
        engine.dispose()

    assert answer == 1


@pytest.mark.postgres
def test_a_postgresql_that_takes_no_writes_is_no_fault_of_ours(postgres_db: Database) -> None:
    with postgres_db.read(MONDAY) as tx:
        tx.session.add(SettingRow(key="name", value="Llano Alto"))
        with pytest.raises(DatabaseError) as raised:
            tx.session.flush()
        tx.session.rollback()

    assert is_unavailable(raised.value)


@pytest.mark.postgres
@pytest.mark.parametrize("state", ["XX001", "XX002"])
def test_a_page_that_a_failing_disk_damaged_under_postgresql_is_no_fault_of_ours(
    postgres_db: Database, state: str
) -> None:
    damaged = f"DO $$ BEGIN RAISE EXCEPTION 'invalid page' USING ERRCODE = '{state}'; END $$"
    with pytest.raises(DatabaseError) as raised, postgres_db.write(MONDAY) as tx:
        tx.session.execute(text(damaged))

    assert is_unavailable(raised.value)


def read_all(database: Database) -> None:
    with database.read(MONDAY) as tx:
        for table in Base.metadata.tables.values():
            tx.session.execute(select(table)).all()


def test_pages_that_a_failing_disk_gives_in_part_are_no_fault_of_ours(
    db: Database, sqlite_url: str
) -> None:
    db.close()
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])

    again = Database(sqlite_url)
    with pytest.raises(DatabaseError, match="malformed") as raised:
        read_all(again)
    again.close()

    assert is_unavailable(raised.value)
