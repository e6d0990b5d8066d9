"""Revision 20261122_0431 keeps by a code what is wrong with a line; older lines have none."""

from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa

from server.db import migrate
from server.db.database import Database
from server.db.tables.attendance import QuarantineRow
from server.ids import new_id
from server.intake.store import quarantine

BEFORE, AFTER = "20261122_0424", "20261122_0431"
MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def _old_line(connection: sa.Connection) -> UUID:
    """Put a line in quarantine as the release before kept it."""
    run, line = new_id(), new_id()
    tables = sa.MetaData()
    tables.reflect(connection, only=["import_run", "quarantine"])
    said = {"id": line.hex, "run_id": run.hex, "file": "a.csv", "line": 7, "element": "row 6"}
    wrong = {"field": "date", "value": "3000", "reason": "This is no date.", "mend": "Mend it."}
    kept = {"columns": '[["date", "3000"]]', "school_code": "1", "state": "open"}
    if connection.dialect.name != "sqlite":
        said |= {"id": line, "run_id": run}
    begun = {"id": said["run_id"], "digest": "d", "state": "done", "started_at": MONDAY}
    connection.execute(
        sa.insert(tables.tables["import_run"]).values(
            **begun, schools_done="[]", report="{}", format="presente", files="[]", progress="{}"
        )
    )
    connection.execute(sa.insert(tables.tables["quarantine"]).values(**said, **wrong, **kept))
    return line


def test_a_line_of_the_release_before_keeps_its_english_words(any_empty_db: Database) -> None:
    db = any_empty_db
    migrate.upgrade(db, BEFORE)
    with db.writer.begin() as connection:
        line = _old_line(connection)

    migrate.upgrade(db, AFTER)

    with db.read(MONDAY) as tx:
        row = tx.session.get_one(QuarantineRow, line)
        fault = quarantine.fault_of(row)
        columns = quarantine.columns_of(row)
    assert (fault.reason, fault.mend, fault.code, fault.parts) == (
        "This is no date.",
        "Mend it.",
        "",
        {},
    )
    assert columns == [("date", "3000")]
