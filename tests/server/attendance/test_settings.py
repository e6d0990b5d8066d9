"""What a district has chosen, as a transaction that changes it reads it."""

from datetime import UTC, datetime

from server.attendance import store
from server.db.database import Database

AT = datetime(2025, 9, 2, 15, 0, tzinfo=UTC)


def test_a_setting_is_read_as_it_was_just_written_or_taken_away(any_db: Database) -> None:
    with any_db.write(AT) as tx:
        assert store.find_setting(tx, "ladder", "the default") == "the default"
        store.save_setting(tx, "ladder", "tx-2015")
        assert store.find_setting(tx, "ladder", "the default") == "tx-2015"
        store.remove_setting(tx, "ladder")
        assert store.find_setting(tx, "ladder", "the default") == "the default"
