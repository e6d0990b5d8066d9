"""Revision 20261122_0424 gives every school a pool for its calls, and mutations their times."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from server.db import migrate
from server.db.database import Database
from server.ids import new_id

BEFORE, AFTER = "20261122_0105", "20261122_0424"
AT = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)


def test_every_school_gets_a_pool_of_its_own_and_old_mutations_stay_readable(
    database_url: str,
) -> None:
    database = Database(database_url)
    migrate.upgrade_to(database, BEFORE)
    user, device, mutation = new_id(), new_id(), new_id()
    with database.restructure() as connection:
        tables = sa.MetaData()
        tables.reflect(connection)

        def add(table: str, **values: object) -> None:
            kinds: dict[str, sa.types.TypeEngine[Any] | None] = {
                name: sa.Uuid() if name == "id" or name.endswith("_id") or name == "mid" else None
                for name in values
            }
            kinds |= {name: sa.DateTime(timezone=True) for name in values if name.endswith("_at")}
            typed = sa.table(table, *(sa.column(name, kind) for name, kind in kinds.items()))
            connection.execute(sa.insert(typed).values(**values))

        for code in ("1", "2"):
            add("school", id=new_id(), code=code, name=f"School {code}", level="high")
        add("app_user", id=user, root="u", login="ana", name="Ana", role="advisor",
            language="en", state="active", created_at=AT)  # fmt: skip
        add("device", id=device, user_id=user, label="phone", delivery_token_hash=b"h", last_n=1,
            acked_n=0, waiting=0, schema=1, build="", state="active", registered_at=AT)  # fmt: skip
        add("mutation", id=mutation, device_id=device, n=1, mid=mutation, user_id=user, body=b"{}",
            sha=b"s", received_at=AT, out="parked", receipt="{}", trace="unknown_op")  # fmt: skip

    migrate.upgrade_to(database, AFTER)

    with database.restructure() as connection:
        pools = connection.execute(sa.text("select pool_root from school")).scalars().all()
        kept = connection.execute(sa.text("select claimed_at, est_at, sent from mutation")).one()
    assert len(set(pools)) == 2
    assert all(pool.startswith("p") and len(pool) == 10 for pool in pools)
    assert tuple(kept) == ("", None, None)
    migrate.downgrade(database, BEFORE)
    with database.restructure() as connection:
        assert connection.execute(sa.text("select count(*) from mutation")).scalar() == 1
        assert connection.execute(sa.text("select count(*) from school")).scalar() == 2
    database.close()
