"""Asking about a list of ids, on every database."""

from uuid import UUID

import pytest
from sqlalchemy import event, select, text

from server.db.among import among
from server.db.database import Database
from server.db.tables.people import SchoolRow
from server.ids import new_id
from server.syncing.store import batch
from tests.conftest import MONDAY


@pytest.mark.parametrize("count", [0, 1, 2000])
def test_of_however_many_ids_those_that_are_there_are_found(any_db: Database, count: int) -> None:
    school = new_id()
    wanted = [new_id() for _ in range(count)]
    with any_db.write(MONDAY) as tx:
        tx.session.add(SchoolRow(id=school, code=str(school), name="Rio Grande High"))
        tx.session.flush()
        query = select(SchoolRow.id).where(among(SchoolRow.id, "ids"))
        found: list[UUID] = list(tx.run(query, {"ids": [*wanted, school]}).scalars())
        none = list(tx.run(query, {"ids": wanted}).scalars())

    assert found == [school]
    assert none == []


def test_ids_are_looked_up_and_no_table_is_gone_through(db: Database) -> None:
    asked: list[tuple[str, object]] = []

    def listen(_connection: object, _cursor: object, said: str, values: object, *_: object) -> None:
        asked.append((said, values))

    event.listen(db.writer, "before_cursor_execute", listen)
    with db.write(MONDAY) as tx:
        batch.known(tx, [new_id()])
        batch.students(tx, [new_id()])
        batch.lock_devices(tx, [new_id()])
    event.remove(db.writer, "before_cursor_execute", listen)

    with db.read(MONDAY) as tx:
        for said, values in asked:
            plan = tx.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", values)  # type: ignore[arg-type]  # as the driver gave them
            steps = [row[3] for row in plan]
            assert not any("SCAN" in step and "json_each" not in step for step in steps), steps
        assert tx.session.execute(text("SELECT 1")).scalar() == 1
