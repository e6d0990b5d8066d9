"""Who holds what, and in which order, where several write at once: PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from server.db.database import Database
from server.feed import store as feed
from server.feed.store import Author
from server.settings import Settings
from server.syncing import conflicts, store
from tests.conftest import MONDAY, FakeClock
from tests.server.syncing.conftest import District, make_district
from tests.server.syncing.moves import OLD, edit
from tests.support.district import Phone
from tests.support.waiting import until

pytestmark = pytest.mark.postgres

MINE = "505-555-0111"


@pytest.fixture
def district(settings: Settings, postgres_db: Database, clock: FakeClock) -> District:
    return make_district(settings, postgres_db, clock)


@pytest.fixture
def disputed(district: District) -> tuple[Phone, dict[str, Any]]:
    """Ana's number waits in a conflict with Dora's."""
    ana, dora = district.phone(district.advisor), district.phone(district.coordinator)
    ana.sync()
    dora.sync([edit(dora, district, OLD, "505-555-0222")])
    ana.sync([edit(ana, district, OLD, MINE)])
    return ana, ana.all("conflict")[0]


def test_whoever_shows_a_value_that_moved_holds_the_row_before_its_conflicts(
    district: District, disputed: tuple[Phone, dict[str, Any]]
) -> None:
    """Else he and somebody who decides another conflict of the row wait for each other."""
    _, conflict = disputed
    point = district.family.point_id

    def show() -> None:
        with district.db.write(MONDAY) as tx:
            conflicts.refresh(tx, "contact_point", point, by=Author())

    with ThreadPoolExecutor(1) as pool:
        with district.db.write(MONDAY) as tx:
            feed.find(tx, "contact_point", point, lock=True)
            shown = pool.submit(show)
            until(lambda: shown.done() or _somebody_waits(district.db), "the other")
            assert not shown.done()
            held = store.open_conflicts_of(tx, "contact_point", point)
            assert [row.id for row in held] == [UUID(conflict["id"])]
        shown.result(timeout=20)


def test_a_value_that_was_given_meanwhile_is_not_written_over_by_what_was_read_before(
    district: District, disputed: tuple[Phone, dict[str, Any]]
) -> None:
    ana, conflict = disputed
    dora = district.phone(district.coordinator)
    dora.sync()

    with district.db.write(MONDAY) as tx:
        read_before = store.find_conflict(tx, UUID(conflict["id"]))
        ana.sync([edit(ana, district, MINE, "505-555-0333")])
        dora.sync([edit(dora, district, "505-555-0222", "505-555-0444")])
        conflicts.refresh(tx, "contact_point", district.family.point_id, by=Author())
    ana.sync()

    assert read_before is not None
    field = ana.all("conflict")[0]["fields"][0]
    assert (field["mine"], field["trail"]) == ("505-555-0333", [MINE])
    assert field["theirs"] == "505-555-0444"


def _somebody_waits(db: Database) -> bool:
    query = "select count(*) from pg_stat_activity where datname = current_database()"
    with db.read(MONDAY) as tx:
        waiting = tx.session.scalar(text(f"{query} and wait_event_type = 'Lock'"))
    return bool(waiting)
