"""What every test may ask for: a clock the test owns, databases of both kinds, and the browser."""

import os
from collections.abc import Generator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.db.database import Database
from server.db.tables import Base
from server.db.tables.syncing import SyncHeadRow
from tests.support.postgres import Postgres, running_postgres

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parent.parent


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


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL, started when the first test asks for it."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of a fresh, empty PostgreSQL database."""
    with postgres.database() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'presente.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh database, once of each kind: a test that asks for it runs twice."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program: the one named by PRESENTE_CHROMIUM, else the one `make` found."""
    found = ROOT / ".cache" / "done" / "browser"
    named = os.environ.get("PRESENTE_CHROMIUM") or (found.read_text() if found.exists() else "")
    if not named.strip():
        pytest.fail("no browser: run `make e2e`, or set PRESENTE_CHROMIUM")
    return named.strip()
