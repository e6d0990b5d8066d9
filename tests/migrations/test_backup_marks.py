"""Revision 20261122_0427 marks backups, issues tokens, and dates what left a root."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server.db import migrate
from server.db.database import Database
from server.ids import new_id

BEFORE, AFTER = "20261122_0424", "20261122_0427"
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
CREATED = {"created_at": AT}


def test_a_phone_keeps_its_numbers_and_what_left_long_ago_is_dated(database_url: str) -> None:
    database = Database(database_url)
    migrate.upgrade_to(database, BEFORE)
    user, phone = new_id(), new_id()
    with database.restructure() as connection:
        people = {"id": user, "root": "u_1", "login": "ana", "name": "Ana", "role": "advisor"}
        _add(connection, "app_user", people | {"language": "en", "state": "active"} | CREATED)
        told = {"label": "phone", "delivery_token_hash": b"h", "last_n": 4, "acked_n": 3}
        more = {"waiting": 0, "schema": 1, "build": "", "state": "active", "registered_at": AT}
        _add(connection, "device", {"id": phone, "user_id": user} | told | more)
        for seq, gone in ((1, False), (2, True)):
            place = {"root": "s_1", "ent": "contact", "key": new_id()}
            _add(connection, "feed", place | {"seq": seq, "gone": gone})

    migrate.upgrade_to(database, AFTER)

    with database.restructure() as connection:
        device = connection.execute(
            sa.text("select last_n, durable_n, bearer_hash from device")
        ).one()
        dated = connection.execute(
            sa.text("select seq from feed where gone_at is not null")
        ).scalars()
        assert tuple(device) == (4, 0, None)
        assert list(dated) == [2]
    migrate.downgrade(database, BEFORE)
    with database.restructure() as connection:
        assert connection.execute(sa.text("select last_n from device")).scalar() == 4
    database.close()


def _add(connection: sa.Connection, table: str, values: Mapping[str, Any]) -> None:
    typed = sa.table(table, *(sa.column(name, _kind(value)) for name, value in values.items()))
    connection.execute(sa.insert(typed).values(**values))


def _kind(value: object) -> Any:
    kinds: dict[type, Any] = {
        bool: sa.Boolean(),
        int: sa.Integer(),
        bytes: sa.LargeBinary(),
        datetime: sa.DateTime(timezone=True),
        UUID: sa.Uuid(),
    }
    return kinds.get(type(value), sa.Text())
