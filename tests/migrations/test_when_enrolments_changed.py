"""Revision 20261122_0431 says of an import's lines when they were written."""

from datetime import UTC, datetime

import sqlalchemy as sa

from server.db import migrate
from server.db.database import Database
from server.db.tables.attendance import ImportChangeRow
from server.db.types import Instant
from server.ids import new_id

BEFORE, AFTER = "20261122_0427", "20261122_0431"
BEGAN = datetime(2025, 9, 1, 8, 0, tzinfo=UTC)


def test_old_lines_are_from_when_their_import_began_and_undone_ones_say_nothing(
    database_url: str,
) -> None:
    database = Database(database_url)
    migrate.upgrade_to(database, BEFORE)
    run = new_id()
    runs = sa.table(
        "import_run",
        sa.column("id", sa.Uuid()),
        sa.column("started_at", Instant()),
        *(sa.column(name, sa.Text()) for name in ("digest", "state", "schools_done", "report")),
    )
    lines = sa.table(
        "import_change",
        sa.column("id", sa.Integer()),
        *(sa.column(name, sa.Text()) for name in ("added", "changed")),
        sa.column("run_id", sa.Uuid()),
        sa.column("is_undone", sa.Boolean()),
    )
    with database.restructure() as connection:
        connection.execute(
            sa.insert(runs).values(
                id=run, started_at=BEGAN, digest="d", state="done", schools_done="[]", report="{}"
            )
        )
        for number, is_undone in ((1, False), (2, True)):
            connection.execute(
                sa.insert(lines).values(
                    id=number, run_id=run, added="{}", changed="[]", is_undone=is_undone
                )
            )

    migrate.upgrade_to(database, AFTER)

    with database.read(BEGAN) as tx:
        found = tx.session.query(ImportChangeRow).order_by(ImportChangeRow.id).all()
        assert [(one.at, one.is_undoing) for one in found] == [(BEGAN, False), (None, False)]
    database.close()
