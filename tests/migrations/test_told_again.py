"""Revision 20261122_1811 remembers what a roster told again unchanged."""

from datetime import UTC, datetime

import sqlalchemy as sa

from server.db import migrate
from server.db.database import Database
from server.db.types import Id
from server.ids import new_id
from server.intake.store import told

BEFORE, AFTER = "20261122_1423", "20261122_1811"
AT = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)


def test_of_imports_before_it_is_not_known_what_they_told_again(database_url: str) -> None:
    database = Database(database_url)
    migrate.upgrade_to(database, BEFORE)
    run_id = new_id()
    table = sa.table(
        "import_run",
        sa.column("id", Id()),
        sa.column("started_at", sa.DateTime(timezone=True)),
        *(sa.column(name, sa.Text()) for name in ("digest", "state", "schools_done", "report")),
    )
    with database.restructure() as connection:
        values = {"digest": "d", "state": "done", "schools_done": "[]", "report": "{}"}
        connection.execute(sa.insert(table).values(id=run_id, started_at=AT, **values))

    migrate.upgrade_to(database, AFTER)

    with database.write(AT) as tx:
        assert tx.run(sa.text("select remembers_told from import_run")).scalar() == 0
        assert told.places_of(tx, [run_id]) == set()
        told.keep(tx, run_id, [7, 5, 6])
        assert told.places_of(tx, [run_id]) == {5, 6, 7}
    migrate.downgrade(database, BEFORE)
    with database.restructure() as connection:
        assert connection.execute(sa.text("select count(*) from import_run")).scalar() == 1
    database.close()
