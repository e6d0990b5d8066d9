"""Revision 20261122_0432 keeps by a code what is wrong with a line; older lines have none."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from server.db import migrate
from server.db.database import Database
from server.db.tables.attendance import QuarantineRow
from server.ids import new_id
from server.intake.store import quarantine

BEFORE, AFTER = "20261122_0431", "20261122_0432"
AT = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)


def test_a_line_of_the_release_before_keeps_its_english_words(database_url: str) -> None:
    database = Database(database_url)
    migrate.upgrade_to(database, BEFORE)
    run, line = new_id(), new_id()
    with database.restructure() as connection:

        def add(table: str, **values: object) -> None:
            kinds: dict[str, sa.types.TypeEngine[Any] | None] = {
                name: sa.Uuid() if name == "id" or name.endswith("_id") else None for name in values
            }
            kinds |= {name: sa.DateTime(timezone=True) for name in values if name.endswith("_at")}
            typed = sa.table(table, *(sa.column(name, kind) for name, kind in kinds.items()))
            connection.execute(sa.insert(typed).values(**values))

        add("import_run", id=run, digest="d", state="done", started_at=AT, schools_done="[]",
            report="{}")  # fmt: skip
        add("quarantine", id=line, run_id=run, file="a.csv", line=7, element="row 6",
            field="date", value="3000", reason="This is no date.", mend="Mend it.",
            columns='[["date","3000"]]', school_code="1", state="open")  # fmt: skip

    migrate.upgrade_to(database, AFTER)

    with database.read(AT) as tx:
        row = tx.session.get_one(QuarantineRow, line)
        fault, columns = quarantine.fault_of(row), quarantine.columns_of(row)
    assert (fault.reason, fault.mend) == ("This is no date.", "Mend it.")
    assert (fault.code, fault.parts) == ("", {})
    assert columns == [("date", "3000")]
    migrate.downgrade(database, BEFORE)
    with database.restructure() as connection:
        kept = connection.execute(sa.text("select file, line, reason from quarantine")).one()
    assert tuple(kept) == ("a.csv", 7, "This is no date.")
    database.close()
