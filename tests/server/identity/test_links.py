"""Invitations, recoveries and demo links: each opens what it should, as long as it should."""

from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import select

from schemas.people import Role
from server.db.database import Database
from server.db.tables.attendance import SettingRow
from server.db.tables.identity import InvitationRow, UserRow
from server.feed import store as feed
from server.identity import rules, service
from tests.conftest import FakeClock
from tests.server.identity.conftest import PASSWORD
from tests.support.people import Client, a_person, client_for, signed_in, visitor

DRAFT = {"name": "Joe Chavez", "login": "Joe@presente.example", "role": "social_worker"}


def token_of(answer: Any) -> str:
    assert answer.status_code == 201, answer.text
    url: str = answer.json()["url"]
    assert url.startswith("https://testserver.local/#/invite/")
    return url.rpartition("/")[2]


def invited(coordinator: Client, school: UUID) -> str:
    return token_of(coordinator.post("/api/users", json={**DRAFT, "school_ids": [str(school)]}))


@pytest.fixture
def coordinator(app: Litestar, db: Database, school: UUID) -> Client:
    return client_for(app, db, Role.COORDINATOR, schools=[school])


def accept(app: Litestar, token: str, password: str = PASSWORD) -> Any:
    return visitor(app).post("/api/invitations/accept", json={"token": token, "password": password})


def test_an_invited_person_chooses_a_password_and_is_in(
    app: Litestar, coordinator: Client, school: UUID, db: Database, clock: FakeClock
) -> None:
    token = invited(coordinator, school)
    looked = visitor(app).post("/api/invitations/look", json={"token": token})
    client = visitor(app)

    answer = client.post("/api/invitations/accept", json={"token": token, "password": PASSWORD})

    assert looked.json() | {"district": ""} == {
        "kind": "invite",
        "name": "Joe Chavez",
        "login": "joe@presente.example",
        "role": "social_worker",
        "district": "",
    }
    assert answer.status_code == 201
    assert client.get("/api/session").json()["has_password"] is True
    with db.read(clock()) as tx:
        published = feed.find(tx, "staff", UUID(answer.json()["id"]))
    assert published is not None
    assert published.data["name"] == "Joe Chavez"


def test_a_link_works_once(app: Litestar, coordinator: Client, school: UUID) -> None:
    token = invited(coordinator, school)
    accept(app, token)

    again = accept(app, token, "another password")

    assert (again.status_code, again.json()["code"]) == (404, "link_used")
    assert visitor(app).post("/api/invitations/look", json={"token": token}).status_code == 404


def test_a_link_is_over_after_seven_days(
    app: Litestar, coordinator: Client, school: UUID, clock: FakeClock
) -> None:
    token = invited(coordinator, school)
    clock.advance(days=7)

    assert accept(app, token).json()["code"] == "link_expired"


def test_an_unknown_link_opens_nothing(app: Litestar) -> None:
    assert accept(app, "x" * 43).json()["code"] == "link_unknown"


def test_only_the_hash_of_a_link_is_kept(
    coordinator: Client, school: UUID, db: Database, clock: FakeClock
) -> None:
    token = invited(coordinator, school)

    with db.read(clock()) as tx:
        kept = tx.session.scalars(select(InvitationRow.token_hash)).one()
    assert kept == rules.hash_of(token)
    assert token.encode() not in kept


@pytest.mark.parametrize(
    "password", ["password1234", "PassWord 1234", "aaaaaaaaaaaaaaa", "joe@presente.example1"]
)
def test_a_password_others_would_try_first_is_refused_and_the_link_still_works(
    app: Litestar, coordinator: Client, school: UUID, password: str
) -> None:
    token = invited(coordinator, school)

    refused = accept(app, token, password)

    assert (refused.status_code, refused.json()["code"]) == (400, "weak_password")
    assert refused.json()["faults"][0]["field"] == "password"
    assert accept(app, token).status_code == 201


def test_a_short_password_is_refused(app: Litestar) -> None:
    answer = accept(app, "x" * 43, "short")

    assert answer.json()["faults"][0]["field"] == "password"


def test_inviting_again_makes_the_first_link_void(
    app: Litestar, coordinator: Client, school: UUID
) -> None:
    answer = coordinator.post("/api/users", json={**DRAFT, "school_ids": [str(school)]})
    user_id = answer.json()["user"]["id"]

    second = token_of(coordinator.post(f"/api/users/{user_id}/recovery"))

    assert accept(app, token_of(answer)).json()["code"] == "link_used"
    assert accept(app, second).status_code == 201


def test_a_recovery_ends_every_session_at_once_and_then_the_old_password(
    app: Litestar, coordinator: Client, advisor: UserRow, db: Database
) -> None:
    phone, desk = signed_in(app, db, advisor), signed_in(app, db, advisor)

    token = token_of(coordinator.post(f"/api/users/{advisor.id}/recovery"))
    codes = [client.get("/api/session").status_code for client in (phone, desk)]
    recovered = accept(app, token, "four green herons")

    assert codes == [401, 401]
    assert recovered.status_code == 201
    said = {"login": advisor.login, "password": PASSWORD}
    assert visitor(app).post("/api/session", json=said).status_code == 401
    said = {"login": advisor.login, "password": "four green herons"}
    assert visitor(app).post("/api/session", json=said).status_code == 201


def test_a_recovery_link_is_over_after_a_day(
    app: Litestar, coordinator: Client, advisor: UserRow, clock: FakeClock
) -> None:
    token = token_of(coordinator.post(f"/api/users/{advisor.id}/recovery"))
    clock.advance(days=1)

    assert accept(app, token).json()["code"] == "link_expired"


def demo_token(db: Database, clock: FakeClock, *, is_demo: bool) -> str:
    user = a_person(db, Role.CALLER, name="Demo Caller")
    with db.write(clock()) as tx:
        tx.session.add(SettingRow(key="is_demo", value=is_demo))
        tx.session.add(SettingRow(key="name", value="Valle Public Schools"))
        return service.issue_link(tx, user.id, "demo").token


def test_a_demo_link_lets_in_as_often_as_one_likes(
    app: Litestar, db: Database, clock: FakeClock
) -> None:
    token = demo_token(db, clock, is_demo=True)

    answers = [visitor(app).post("/api/invitations/demo", json={"token": token}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201] * 3
    assert answers[0].json()["is_demo"] is True
    assert answers[0].json()["district"] == "Valle Public Schools"


def test_in_a_real_district_a_demo_link_opens_nothing(
    app: Litestar, db: Database, clock: FakeClock
) -> None:
    token = demo_token(db, clock, is_demo=False)

    for way in ("demo", "look"):
        answer = visitor(app).post(f"/api/invitations/{way}", json={"token": token})
        assert (answer.status_code, answer.json()["code"]) == (404, "link_unknown")


def test_a_demo_link_sets_no_password_and_an_invitation_is_no_demo(
    app: Litestar, db: Database, clock: FakeClock, coordinator: Client, school: UUID
) -> None:
    demo = demo_token(db, clock, is_demo=True)

    assert accept(app, demo).json()["code"] == "demo_link"
    answer = visitor(app).post(
        "/api/invitations/demo", json={"token": invited(coordinator, school)}
    )
    assert answer.status_code == 404
