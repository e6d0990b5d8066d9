"""Revision 20261122_1148 remembers how a source writes its dates; nothing was said before it."""

from datetime import UTC, datetime

from server.db import migrate
from server.db.database import Database
from server.intake.store import orders
from server.intake.store.orders import NewOrder

BEFORE, AFTER = "20261122_0750", "20261122_1148"
AT = datetime(2025, 9, 1, 8, 0, tzinfo=UTC)


def test_nothing_is_known_of_a_source_before_somebody_says_it(database_url: str) -> None:
    database = Database(database_url)
    migrate.upgrade_to(database, BEFORE)

    migrate.upgrade_to(database, AFTER)

    with database.write(AT) as tx:
        assert orders.find(tx, "ab") is None
        orders.save(tx, NewOrder(key="ab", order="dmy", file="a.csv", by=None))
    with database.write(AT) as tx:
        orders.save(tx, NewOrder(key="ab", order="mdy", file="b.csv", by=None))
    with database.read(AT) as tx:
        row = orders.find(tx, "ab")
        assert row is not None
        assert (row.order, row.file, row.said_at) == ("mdy", "b.csv", AT)
    database.close()
