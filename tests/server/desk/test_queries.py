"""The desk stays quick in a big district: no question is asked once per row."""

from collections.abc import Callable, Generator
from datetime import timedelta

import pytest
from sqlalchemy import event

from server.db.database import Database, Transaction
from server.desk import service
from server.desk.store.cases import CaseList
from tests.conftest import MONDAY
from tests.server.desk.conftest import District, ask
from tests.support.programme import (
    a_conflict,
    a_contact,
    a_device,
    a_guardian,
    a_published_case,
    a_student,
    an_empty_database,
)

Read = Callable[[Transaction, District], object]

READS: dict[str, Read] = {
    "cases": lambda tx, _: service.cases(tx, None, which=CaseList.NEW, school_id=None, q="nunez"),
    "case": lambda tx, district: service.case(tx, None, district.a.new_case),
    "contacts": lambda tx, _: service.contacts(tx, None),
    "conflicts": lambda tx, _: service.conflicts(tx, None),
    "phones": lambda tx, _: service.phones(tx, None),
    "students": lambda tx, _: service.find_students(tx, None, "nunez"),
}


@pytest.fixture
def db(database_url: str) -> Generator[Database]:
    """Return a database of each kind: what the desk reads must be the same on both."""
    with an_empty_database(database_url) as database:
        yield database


def _statements(db: Database, read: Read, district: District) -> int:
    engine = db.reader
    asked: list[str] = []

    def note(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        with db.read(MONDAY) as tx:
            read(tx, district)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len([one for one in asked if not one.startswith("BEGIN")])


@pytest.mark.parametrize("name", READS)
def test_a_bigger_district_asks_the_database_no_more_often(district: District, name: str) -> None:
    before = _statements(district.db, READS[name], district)
    with district.db.write(MONDAY + timedelta(seconds=1)) as tx:
        for number in range(12):
            student = a_student(tx, district.a.id, first=f"Kid {number}", last="Nunez")
            _, point = a_guardian(tx, student)
            case_id = a_published_case(tx, district.a.id, student)
            a_contact(tx, case_id, district.a.advisor)
            a_contact(tx, district.a.new_case, district.a.advisor)
            a_conflict(tx, "contact_point", point, student)
            a_device(tx, district.a.advisor)

    after = _statements(district.db, READS[name], district)

    assert 0 < after == before <= 10


@pytest.mark.parametrize("asked", ["students?q=nu%00nez", "cases?q=%00", "students?q=%FF%FE"])
def test_whatever_is_searched_for_is_answered(district: District, asked: str) -> None:
    assert ask(district.a.coordinator, asked).status_code == 200
