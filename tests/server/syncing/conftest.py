"""A district with two advisors, a caller and a coordinator, each with a phone."""

from typing import NamedTuple
from uuid import UUID

import pytest
from litestar import Litestar

from schemas.people import Role
from server.app import create_app
from server.db.database import Database
from server.db.tables.identity import UserRow
from server.settings import Settings
from tests.conftest import FakeClock
from tests.support.district import Family, Phone, a_device, a_family
from tests.support.people import a_person, a_school, signed_in


class District(NamedTuple):
    """Who is there, and what they hold."""

    db: Database
    app: Litestar
    settings: Settings
    clock: FakeClock
    school_id: UUID
    advisor: UserRow
    other: UserRow
    caller: UserRow
    coordinator: UserRow
    family: Family

    def phone(self, user: UserRow, *, device: UUID | None = None) -> Phone:
        """Return a new phone of a person, or the same one again."""
        return Phone(signed_in(self.app, self.db, user), device or a_device(self.db, user))


def make_district(settings: Settings, db: Database, clock: FakeClock) -> District:
    app = create_app(settings, database=db, clock=clock)
    school = a_school(db)
    advisor = a_person(db, Role.ADVISOR, schools=[school], name="Ana")
    other = a_person(db, Role.ADVISOR, schools=[school], name="Ben")
    caller = a_person(db, Role.CALLER, schools=[school], name="Cai")
    coordinator = a_person(db, Role.COORDINATOR, schools=[school], name="Dora")
    family = a_family(db, school, assignee=advisor)
    return District(db, app, settings, clock, school, advisor, other, caller, coordinator, family)


@pytest.fixture
def district(settings: Settings, db: Database, clock: FakeClock) -> District:
    return make_district(settings, db, clock)


@pytest.fixture
def any_district(settings: Settings, any_db: Database, clock: FakeClock) -> District:
    """The same on SQLite and on PostgreSQL."""
    return make_district(settings, any_db, clock)
