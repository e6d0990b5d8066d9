"""A small district whose advisors each have a family, and devices that were issued to them."""

from pathlib import Path
from typing import Any, NamedTuple

from schemas.people import Role
from server.db.database import Database
from server.db.migrate import upgrade
from server.identity import phones
from tests.conftest import MONDAY
from tests.support.district import Family, a_family
from tests.support.people import a_person, a_school

DEVICES_EACH = 2


class Issued(NamedTuple):
    """A device, and whose family its person visits."""

    device_id: str
    token: str
    family: Family

    def told(self) -> dict[str, Any]:
        """Return it as ``presente devices issue`` tells it."""
        return {"device_id": self.device_id, "token": self.token}


def make(url: str, *, people: int) -> list[Issued]:
    """Make the district in a database; return the devices."""
    database = Database(url)
    try:
        upgrade(database)
        school = a_school(database)
        return [device for at in range(people) for device in _a_person(database, school, at)]
    finally:
        database.close()


def _a_person(database: Database, school: Any, at: int) -> list[Issued]:
    user = a_person(database, Role.ADVISOR, schools=[school], login=f"advisor{at}")
    family = a_family(database, school, assignee=user, name=f"Child {at}")
    issued: list[Issued] = []
    with database.write(MONDAY) as tx:
        for number in range(DEVICES_EACH + 1):
            one = phones.issue(tx, user, f"device {number}")
            issued.append(Issued(str(one.device_id), one.token, family))
    return issued


def sqlite_of(data: Path) -> str:
    """Return the address of the database in a data folder."""
    return f"sqlite:///{data / 'presente.db'}"
