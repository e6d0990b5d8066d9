"""Revision 20261122_0750 lets a recording name its file; what was written before names none."""

from datetime import UTC, datetime

import sqlalchemy as sa

from server.db import migrate
from server.db.database import Database
from server.db.tables.attendance import RecordingRow
from server.db.types import Instant

BEFORE, AFTER = "20261122_0444", "20261122_0750"
AT = datetime(2025, 9, 1, 8, 0, tzinfo=UTC)


def test_a_recording_of_before_is_of_no_one_file(database_url: str) -> None:
    database = Database(database_url)
    migrate.upgrade_to(database, BEFORE)
    table = sa.table("recording", sa.column("id", sa.Integer()), sa.column("at", Instant()))
    with database.restructure() as connection:
        connection.execute(sa.insert(table).values(id=7, at=AT))

    migrate.upgrade_to(database, AFTER)

    with database.read(AT) as tx:
        row = tx.session.get_one(RecordingRow, 7)
        assert (row.at, row.file) == (AT, "")
    database.close()
