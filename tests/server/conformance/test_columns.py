"""Whole columns that are spelled at once are kept as the session would keep each value."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from sqlalchemy import insert, select, text

from server.db.database import Database
from server.db.prepared import Many
from server.db.tables.syncing import RowVersionRow
from server.ids import new_id

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
MOMENTS = (
    NOW,
    NOW.replace(microsecond=100),
    NOW.replace(year=999, microsecond=999_999),
    datetime(2026, 11, 20, 8, 0, tzinfo=timezone(timedelta(hours=-7))),
)
_ADD = Many(
    insert(RowVersionRow), *("ent", "key", "ver", "data", "at", "by_user_id", "mutation_id")
)


def _rows(who: list[UUID | None]) -> list[tuple[object, ...]]:
    return [
        ("many", new_id(), ver, None, at, one, None)
        for ver, (at, one) in enumerate(zip(MOMENTS, who, strict=True), start=1)
    ]


def _through_the_session(row: tuple[object, ...]) -> RowVersionRow:
    _, key, ver, data, at, who, mutation = row
    return RowVersionRow(
        ent="one", key=key, ver=ver, data=data, at=at, by_user_id=who, mutation_id=mutation
    )


def test_what_a_list_writes_a_session_reads_back(any_db: Database) -> None:
    somebody = new_id()
    rows = _rows([somebody, None, somebody, new_id()])

    with any_db.write(NOW) as tx:
        _ADD.run(tx, rows)

    with any_db.read(NOW) as tx:
        kept = tx.session.scalars(select(RowVersionRow).order_by(RowVersionRow.ver)).all()
        assert [(one.key, one.at, one.by_user_id, one.mutation_id) for one in kept] == [
            (key, at, who, None) for _, key, _, _, at, who, _ in rows
        ]
        assert isinstance(kept[0].key, UUID)


def test_every_value_is_spelled_as_the_session_spells_it(any_db: Database) -> None:
    rows = _rows([new_id(), None, None, new_id()])

    with any_db.write(NOW) as tx:
        _ADD.run(tx, rows)
        tx.session.add_all([_through_the_session(row) for row in rows])

    with any_db.read(NOW) as tx:
        spelled = "SELECT key, at, by_user_id FROM row_version WHERE ent = :ent ORDER BY ver"
        at_once, one_by_one = (
            [tuple(row) for row in tx.session.execute(text(spelled), {"ent": ent})]
            for ent in ("many", "one")
        )
        assert at_once == one_by_one


def test_a_time_without_its_zone_is_refused(any_db: Database) -> None:
    naive = ("many", new_id(), 1, None, NOW.replace(tzinfo=None), None, None)

    with pytest.raises(Exception, match="naive"), any_db.write(NOW) as tx:
        _ADD.run(tx, [naive])
