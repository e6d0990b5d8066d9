"""A school, another one, and the person with a password most tests are about."""

from uuid import UUID

import pytest

from schemas.people import Role
from server.db.database import Database
from server.db.tables.identity import UserRow
from server.identity.passwords import hashed
from tests.support.people import a_person, a_school

PASSWORD = "three blue herons"


@pytest.fixture
def school(db: Database) -> UUID:
    return a_school(db, "Rio Grande High", code="101")


@pytest.fixture
def other_school(db: Database) -> UUID:
    return a_school(db, "Del Norte High", code="102")


@pytest.fixture
def advisor(db: Database, school: UUID) -> UserRow:
    return a_person(
        db,
        Role.ADVISOR,
        schools=[school],
        name="Ana Lucero",
        login="ana@presente.example",
        password_hash=hashed(PASSWORD),
    )
