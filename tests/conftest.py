"""What every test may ask for: databases of both kinds, and the browser."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import Postgres, running_postgres

ROOT = Path(__file__).resolve().parent.parent


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
