"""Fixtures every server test may ask for: a fresh database and a clock the test owns."""

from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.db.database import Database
from server.db.tables import Base
from server.db.tables.syncing import SyncHeadRow

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


class FakeClock:
    """A clock that stands until it is told to move."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> datetime:
        """Move on by a ``timedelta``'s keywords; return the new moment."""
        self.at += timedelta(**by)
        return self.at


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def db(tmp_path: Path) -> Generator[Database]:
    """Return an empty SQLite database with all tables."""
    database = Database(f"sqlite:///{tmp_path / 'presente.db'}")
    with database.write(MONDAY) as tx:
        Base.metadata.create_all(tx.session.connection())
        tx.session.add(SyncHeadRow(one=1, epoch="test", v=0))
    yield database
    database.close()
