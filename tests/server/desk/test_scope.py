"""Who sees which school, and the same numbers everywhere: on both kinds of database."""

from collections.abc import Generator

import pytest

from schemas.desk import (
    DeskCases,
    DeskConflicts,
    DeskContacts,
    DeskPhones,
    DeskReference,
    FoundStudents,
)
from schemas.people import Role
from server.db.database import Database
from server.db.tables.cases import CaseRow
from tests.conftest import MONDAY
from tests.server.desk.conftest import ROUTES, District, ask, ids_of, read
from tests.support.programme import a_conflict, a_guardian, an_empty_database


@pytest.fixture
def db(database_url: str) -> Generator[Database]:
    """Return a database of each kind: what the desk reads must be the same on both."""
    with an_empty_database(database_url) as database:
        yield database


def test_each_number_of_the_overview_is_the_length_of_its_list(district: District) -> None:
    for client in (district.a.coordinator, district.administrator):
        counts = read(client, "cases", DeskCases).counts

        for which in ("new", "open", "left"):
            assert getattr(counts, which) == len(ids_of(client, f"cases?list={which}"))
        assert counts.conflicts == len(read(client, "conflicts", DeskConflicts).conflicts)
        phones = read(client, "phones", DeskPhones).phones
        assert counts.phones_stale == sum(phone.is_stale for phone in phones)
    whole = read(district.administrator, "cases", DeskCases).counts
    assert (whole.new, whole.conflicts, whole.phones_stale) == (2, 2, 4)


def test_a_list_is_searched_by_name_without_accents_and_by_number(district: District) -> None:
    client, case_id = district.administrator, district.a.new_case

    assert ids_of(client, "cases?q=nunez%20ana") == [case_id]
    assert ids_of(client, "cases?q=NÚÑEZ%20Ana") == [case_id]
    assert ids_of(client, "cases?q=Ana-1") == [case_id]
    assert ids_of(client, "cases?q=nobody") == []
    assert ids_of(client, "cases?q=%25") == []
    assert ids_of(client, f"cases?school={district.a.id}") == [case_id]


def test_a_conflict_about_a_family_with_children_in_two_schools_is_shown_once_to_each(
    district: District,
) -> None:
    with district.db.write(MONDAY) as tx:
        one = tx.session.get_one(CaseRow, district.a.new_case).student_id
        other = tx.session.get_one(CaseRow, district.b.new_case).student_id
        guardian, _ = a_guardian(tx, one)
        shared = a_conflict(tx, "guardian", guardian, one, other)

    for client, count in (
        (district.a.coordinator, 2),
        (district.b.coordinator, 2),
        (district.administrator, 3),
    ):
        found = [row.conflict.id for row in read(client, "conflicts", DeskConflicts).conflicts]
        assert found.count(shared) == 1
        assert len(found) == count == read(client, "cases", DeskCases).counts.conflicts


def test_a_coordinator_never_sees_another_school_on_any_route(district: District) -> None:
    theirs = district.b
    marks = [
        *(str(one) for one in (theirs.new_case, theirs.open_case, theirs.left_case)),
        *(str(one) for one in (theirs.contact, theirs.conflict, theirs.phone)),
        "Sandia",
        "Benito N",
        "Rosa Benito",
        "Phone Benito",
    ]
    paths = [
        *ROUTES,
        "cases?list=open",
        "cases?list=left",
        f"cases?school={theirs.id}",
        "cases?q=benito",
        "students?q=benito",
        f"cases/{district.a.new_case}",
    ]

    for path in paths:
        answer = ask(district.a.coordinator, path)
        assert answer.status_code == 200, path
        assert not [mark for mark in marks if mark in answer.text], path
    for case_id in (theirs.new_case, theirs.open_case, theirs.left_case):
        answer = district.a.coordinator.get(f"/api/desk/cases/{case_id}")
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"


def test_a_coordinator_without_a_school_sees_nothing(district: District) -> None:
    client = district.client(Role.COORDINATOR)

    assert ids_of(client, "cases") == []
    assert read(client, "contacts", DeskContacts).contacts == []
    assert read(client, "conflicts", DeskConflicts).conflicts == []
    assert read(client, "phones", DeskPhones).phones == []
    assert read(client, "reference", DeskReference).schools == []
    assert read(client, "students?q=nunez", FoundStudents).students == []
