"""Fixtures of the server's tests: the real application."""

from pathlib import Path

import pytest
from litestar import Litestar

from server.app import create_app
from server.db.database import Database
from server.settings import Settings
from server.web.static import Assets
from tests.conftest import FakeClock


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'presente.db'}",
        public_url="https://testserver.local",
    )


@pytest.fixture
def app(settings: Settings, db: Database, clock: FakeClock) -> Litestar:
    no_build = Assets(settings.data_dir / "no-build")
    return create_app(settings, database=db, clock=clock, app_files=no_build)
