"""Who may see, invite, recover and close whom."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from litestar import Litestar
from sqlalchemy import select

from schemas.people import Role
from server.db.database import Database
from server.db.tables.identity import AuditRow, UserRow
from server.feed import store as feed
from server.identity import store
from tests.conftest import FakeClock
from tests.support.people import Client, a_person, client_for, signed_in, visitor

COORDINATORS_MAY = {Role.ADVISOR, Role.SOCIAL_WORKER, Role.CALLER, Role.CLERK}


def draft(role: Role, *schools: UUID, login: str = "new@presente.example") -> dict[str, Any]:
    return {
        "name": "New Person",
        "login": login,
        "role": role.value,
        "school_ids": [str(school) for school in schools],
    }


@pytest.fixture
def coordinator(app: Litestar, db: Database, school: UUID) -> Client:
    return client_for(app, db, Role.COORDINATOR, schools=[school])


@pytest.fixture
def administrator(app: Litestar, db: Database) -> Client:
    return client_for(app, db, Role.ADMINISTRATOR)


@pytest.mark.parametrize("role", list(Role))
def test_a_coordinator_invites_whom_he_works_with(
    coordinator: Client, school: UUID, role: Role
) -> None:
    answer = coordinator.post("/api/users", json=draft(role, school))

    assert answer.status_code == (201 if role in COORDINATORS_MAY else 403)


@pytest.mark.parametrize("role", list(Role))
def test_an_administrator_invites_anybody(administrator: Client, school: UUID, role: Role) -> None:
    answer = administrator.post("/api/users", json=draft(role, school))

    assert answer.status_code == 201
    assert answer.json()["user"]["state"] == "invited"


@pytest.mark.parametrize("role", [Role.ADVISOR, Role.SOCIAL_WORKER, Role.CALLER, Role.CLERK])
def test_nobody_else_invites_recovers_or_closes(
    app: Litestar, db: Database, school: UUID, advisor: UserRow, role: Role
) -> None:
    client = client_for(app, db, role, schools=[school])

    answers = [
        client.post("/api/users", json=draft(Role.CALLER, school)),
        client.post(f"/api/users/{advisor.id}/recovery"),
        client.post(f"/api/users/{advisor.id}/close"),
        client.get(f"/api/users/{advisor.id}/devices"),
    ]

    assert [answer.status_code for answer in answers] == [403] * 4


def test_a_coordinator_invites_into_his_own_schools_only(
    coordinator: Client, school: UUID, other_school: UUID
) -> None:
    for schools in ([other_school], [school, other_school]):
        answer = coordinator.post("/api/users", json=draft(Role.ADVISOR, *schools))
        assert answer.status_code == 403


def test_an_invitation_that_is_not_complete_names_what_is_missing(
    administrator: Client, school: UUID
) -> None:
    without_school = administrator.post("/api/users", json=draft(Role.ADVISOR))
    unknown_school = administrator.post("/api/users", json=draft(Role.ADVISOR, uuid4()))
    nameless = administrator.post(
        "/api/users", json={**draft(Role.ADVISOR, school), "name": "  ", "login": " "}
    )

    assert without_school.json()["faults"][0]["field"] == "school_ids"
    assert unknown_school.json()["faults"][0]["field"] == "school_ids"
    assert [each["field"] for each in nameless.json()["faults"]] == ["login", "name"]


def test_a_login_belongs_to_one_person(
    administrator: Client, school: UUID, advisor: UserRow
) -> None:
    answer = administrator.post(
        "/api/users", json=draft(Role.CALLER, school, login=" ANA@presente.example")
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "login_taken")


def test_lists_hold_the_people_of_ones_schools(
    coordinator: Client, administrator: Client, db: Database, advisor: UserRow, other_school: UUID
) -> None:
    stranger = a_person(db, Role.ADVISOR, schools=[other_school], name="Somebody Else")

    seen = {user["id"] for user in coordinator.get("/api/users").json()}
    all_of_them = {user["id"] for user in administrator.get("/api/users").json()}

    assert str(advisor.id) in seen
    assert str(stranger.id) not in seen
    assert {str(advisor.id), str(stranger.id)} <= all_of_them


def test_whoever_is_not_ones_to_see_is_not_there(
    coordinator: Client, db: Database, other_school: UUID
) -> None:
    stranger = a_person(db, Role.ADVISOR, schools=[other_school])

    answers = [
        coordinator.post(f"/api/users/{user_id}/{deed}")
        for user_id in (stranger.id, uuid4())
        for deed in ("recovery", "close")
    ]
    answers.append(coordinator.get(f"/api/users/{stranger.id}/devices"))

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {
        (404, "not_found")
    }


def test_a_coordinator_takes_over_nobody_who_sees_more_than_he(
    coordinator: Client, db: Database, school: UUID, other_school: UUID
) -> None:
    wider = a_person(db, Role.ADVISOR, schools=[school, other_school])
    peer = a_person(db, Role.COORDINATOR, schools=[school])

    codes = [
        coordinator.post(f"/api/users/{user.id}/{deed}").status_code
        for user in (wider, peer)
        for deed in ("recovery", "close")
    ]

    assert codes == [403] * 4


def test_a_closed_person_is_out_and_cannot_come_back(
    app: Litestar, coordinator: Client, advisor: UserRow, db: Database, clock: FakeClock
) -> None:
    client = signed_in(app, db, advisor)

    answer = coordinator.post(f"/api/users/{advisor.id}/close")

    assert answer.json()["state"] == "closed"
    assert client.get("/api/session").status_code == 401
    assert coordinator.post(f"/api/users/{advisor.id}/recovery").json()["code"] == "user_closed"
    said = {"login": advisor.login, "password": "three blue herons"}
    assert visitor(app).post("/api/session", json=said).status_code == 401
    with db.read(clock()) as tx:
        staff = feed.find(tx, "staff", advisor.id)
    assert staff is not None
    assert (staff.data["name"], staff.data["is_active"]) == ("Ana Lucero", False)


def test_nobody_closes_himself(app: Litestar, db: Database) -> None:
    user = a_person(db, Role.ADMINISTRATOR)

    answer = signed_in(app, db, user).post(f"/api/users/{user.id}/close")

    assert answer.json()["code"] == "own_account"


def test_every_deed_is_written_down_with_its_doer(
    app: Litestar, db: Database, school: UUID, advisor: UserRow, clock: FakeClock
) -> None:
    user = a_person(db, Role.COORDINATOR, schools=[school])
    client = signed_in(app, db, user)
    client.post("/api/users", json=draft(Role.CALLER, school))
    client.post(f"/api/users/{advisor.id}/recovery")
    client.post(f"/api/users/{advisor.id}/close")

    with db.read(clock()) as tx:
        rows = tx.session.execute(
            select(AuditRow.action).where(AuditRow.by_user_id == user.id).order_by(AuditRow.id)
        )
        deeds = [row.action for row in rows]
    assert deeds == [
        "session.begin.test",
        "link.invite",
        "user.recover",
        "link.recover",
        "user.close",
    ]


def test_a_schools_coordinators_are_found_for_its_alerts(
    db: Database, school: UUID, other_school: UUID, clock: FakeClock
) -> None:
    here = a_person(db, Role.COORDINATOR, schools=[school, other_school])
    a_person(db, Role.COORDINATOR, schools=[school], state="closed")
    a_person(db, Role.COORDINATOR, schools=[other_school])
    a_person(db, Role.CLERK, schools=[school])

    with db.read(clock()) as tx:
        assert store.coordinators_of(tx, school) == [here.id]
        assert set(store.school_ids_of(tx, here.id)) == {school, other_school}
