"""What every test may ask for: a clock it owns, databases of both kinds, and the browser."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.db.database import Database
from server.db.migrate import upgrade
from tests.support.postgres import Postgres, running_postgres

os.environ["PRESENTE_LANG"] = "en"  # whoever runs the tests may have a machine in Spanish
ROOT = Path(__file__).resolve().parent.parent
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


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database at head, for copying: migrating it anew for each test would be slow."""
    file = tmp_path_factory.mktemp("template") / "presente.db"
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    database.close()
    return file


@pytest.fixture
def db(migrated_file: Path, sqlite_url: str) -> Iterator[Database]:
    """An empty SQLite database with all tables."""
    shutil.copyfile(migrated_file, sqlite_url.removeprefix("sqlite:///"))
    database = Database(sqlite_url)
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


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> Iterator[str]:
    """The name of a PostgreSQL database at head, for copying."""
    with postgres.database() as url:
        database = Database(url)
        upgrade(database)
        name = database.writer.url.database
        database.close()
        assert name is not None
        yield name


@pytest.fixture
def postgres_db(postgres: Postgres, migrated_postgres: str) -> Iterator[Database]:
    """An empty PostgreSQL database with all tables."""
    with postgres.database(copy_of=migrated_postgres) as url:
        database = Database(url)
        yield database
        database.close()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'presente.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh database, once of each kind: a test that asks for it runs twice."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=["db", pytest.param("postgres_db", marks=pytest.mark.postgres)])
def any_db(request: pytest.FixtureRequest) -> Database:
    """A database with all tables, once of each kind: a test that asks for it runs twice."""
    database = request.getfixturevalue(request.param)
    assert isinstance(database, Database)
    return database


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program: the one named by PRESENTE_CHROMIUM, else the one `make` found."""
    found = ROOT / ".cache" / "done" / "browser"
    named = os.environ.get("PRESENTE_CHROMIUM") or (found.read_text() if found.exists() else "")
    if not named.strip():
        pytest.fail("no browser: run `make e2e`, or set PRESENTE_CHROMIUM")
    return named.strip()
