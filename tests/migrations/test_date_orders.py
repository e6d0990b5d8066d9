"""Revision 20261122_1148 remembers how a source writes its dates; 1423 with which import."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from server.db import migrate
from server.db.database import Database, Transaction
from server.db.types import Id, Instant
from server.ids import new_id
from server.intake.store import orders, running
from server.intake.store.orders import NewOrder
from server.intake.store.running import NewRun, Progress

BEFORE, FIRST, AFTER = "20261122_0750", "20261122_1148", "20261122_1423"
AT = datetime(2025, 9, 1, 8, 0, tzinfo=UTC)
OLD = sa.table(
    "date_order",
    *(sa.column(name, sa.Text()) for name in ("key", "order", "file")),
    sa.column("said_at", Instant()),
    sa.column("said_by_user_id", Id()),
)


def test_nothing_is_known_of_a_source_before_somebody_says_it(database_url: str) -> None:
    database = Database(database_url)
    migrate.upgrade_to(database, BEFORE)

    migrate.upgrade_to(database, FIRST)

    said = {"key": "ab", "order": "dmy", "file": "a.csv", "said_at": AT, "said_by_user_id": None}
    with database.restructure() as connection:
        assert connection.execute(sa.select(OLD)).all() == []
        connection.execute(sa.insert(OLD).values(**said))
        assert [dict(row) for row in connection.execute(sa.select(OLD)).mappings()] == [said]
    database.close()


def test_what_was_said_of_columns_alone_holds_for_no_file_and_what_is_said_now_for_its_run(
    database_url: str,
) -> None:
    database = Database(database_url)
    migrate.upgrade_to(database, FIRST)
    with database.restructure() as connection:
        connection.execute(sa.insert(OLD).values(key="ab", order="dmy", file="a.csv", said_at=AT))

    migrate.upgrade_to(database, AFTER)
    migrate.upgrade(database)  # today's code speaks to today's tables

    new = NewOrder(key="ab", order="mdy", file="a.csv", by=None)
    with database.write(AT) as tx:
        assert orders.find(tx, "ab") is None
        orders.save(tx, _begun(tx), new)
    with database.read(AT) as tx:
        row = orders.find(tx, "ab")
        assert row is not None
        assert (row.order, row.file, row.said_at) == ("mdy", "a.csv", AT)
    with pytest.raises(IntegrityError), database.write(AT) as tx:
        orders.save(tx, new_id(), new)  # of no import
    migrate.downgrade(database, FIRST)
    with database.restructure() as connection:
        assert connection.execute(sa.select(OLD)).all() == []
    database.close()


def _begun(tx: Transaction) -> UUID:
    run = NewRun(id=new_id(), digest="d", format="plain", files=[], by=None)
    running.add_run(tx, run, Progress(phase="directory", done=0, total=0))
    return run.id
