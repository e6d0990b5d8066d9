"""Revision 20261122_0444 leaves room for when the source took a fact back."""

from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from server.db import migrate
from server.db.database import Database
from server.ids import new_id

BEFORE, AFTER = "20261122_0432", "20261122_0444"
AT = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)


def test_of_facts_known_before_nobody_knows_when_the_source_took_them_back(
    database_url: str,
) -> None:
    database = Database(database_url)
    migrate.upgrade_to(database, BEFORE)
    school, student = new_id(), new_id()
    with database.restructure() as connection:
        tables = sa.MetaData()
        tables.reflect(connection)

        def add(table: str, **values: object) -> None:
            kinds: dict[str, sa.types.TypeEngine[Any]] = {
                name: column.type for name, column in tables.tables[table].columns.items()
            }
            kinds |= {
                name: sa.Uuid() for name, value in values.items() if value in {school, student}
            }
            kinds |= {"at": sa.DateTime(timezone=True), "on_date": sa.Date()}
            typed = sa.table(table, *(sa.column(name, kinds[name]) for name in values))
            connection.execute(sa.insert(typed).values(**values))

        add("school", id=school, code="1", name="One", level="high", mode="daily", pool_root="p1")
        add("student", id=student, root="s", number="100", first_name="A", middle_name="",
            last_name="B", suffix="", preferred_name="", name_key="b a")  # fmt: skip
        add("enrollment", id=1, student_id=student, school_id=school, school_year="2025-26",
            grade="", exit_reason="", source="enrollment_file")  # fmt: skip
        add("recording", id=1, at=AT)
        add("recording", id=2, at=AT)
        add("attendance_event", id=1, place_id=1, on_date=date(2025, 9, 2), period="",
            kind="absent_unexcused", units=840, source_code="U", reason="", source_at=1,
            opened_by=1, closed_by=2)  # fmt: skip

    migrate.upgrade_to(database, AFTER)

    with database.restructure() as connection:
        query = sa.text("select kind, source_at, closed_by, gone_at from attendance_event")
        assert list(connection.execute(query)) == [("absent_unexcused", 1, 2, None)]
    migrate.downgrade(database, BEFORE)
    with database.restructure() as connection:
        assert connection.execute(sa.text("select count(*) from attendance_event")).scalar() == 1
    database.close()
