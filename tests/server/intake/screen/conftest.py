"""A district office and its administrator at the import screen."""

from pathlib import Path

import pytest
from litestar import Litestar

from schemas.people import Role
from server.db.database import Database
from tests.support.csv_office import CsvOffice
from tests.support.import_desk import Desk
from tests.support.people import client_for


@pytest.fixture
def office(db: Database, tmp_path: Path) -> CsvOffice:
    return CsvOffice(db, tmp_path / "office")


@pytest.fixture
def admin(app: Litestar, db: Database) -> Desk:
    return Desk(app, client_for(app, db, Role.ADMINISTRATOR))
