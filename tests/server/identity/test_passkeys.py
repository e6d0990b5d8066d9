"""Passkeys, made and used by an authenticator in software."""

from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import select

from schemas.people import Role
from server.db.database import Database
from server.db.tables.identity import PasskeyRow, UserRow
from server.identity import service
from tests.conftest import FakeClock
from tests.support.authenticator import Authenticator
from tests.support.people import Client, a_person, client_for, signed_in, visitor


def link_for(db: Database, user: UserRow, clock: FakeClock, kind: str = "invite") -> str:
    with db.write(clock()) as tx:
        return service.issue_link(tx, user.id, kind).token


def register(client: Client, phone: Authenticator, token: str = "") -> Any:
    begun = client.post("/api/passkeys/register/options", json={"token": token})
    assert begun.status_code == 200, begun.text
    answer = {
        "ceremony": begun.json()["ceremony"],
        "credential": phone.create(begun.json()["options"]),
        "label": "Phone",
    }
    return client.post("/api/passkeys/register", json=answer)


def assertion(client: Client, phone: Authenticator) -> dict[str, Any]:
    begun = client.post("/api/passkeys/sign-in/options").json()
    return {"ceremony": begun["ceremony"], "credential": phone.get(begun["options"])}


def sign_in(client: Client, phone: Authenticator) -> Any:
    return client.post("/api/passkeys/sign-in", json=assertion(client, phone))


@pytest.fixture
def invited(db: Database) -> UserRow:
    return a_person(db, Role.ADMINISTRATOR, name="Rosa Baca", state="invited")


@pytest.fixture
def phone(app: Litestar, db: Database, clock: FakeClock, invited: UserRow) -> Authenticator:
    phone = Authenticator()
    made = register(visitor(app), phone, link_for(db, invited, clock))
    assert made.status_code == 201, made.text
    return phone


def test_an_invited_person_makes_a_passkey_and_is_in(
    app: Litestar, db: Database, clock: FakeClock, invited: UserRow
) -> None:
    client, token = visitor(app), link_for(db, invited, clock)

    answer = register(client, Authenticator(), token)

    assert answer.status_code == 201
    me = client.get("/api/session").json()
    assert (me["id"], me["passkey_count"], me["has_password"]) == (str(invited.id), 1, False)
    link = client.post("/api/invitations/look", json={"token": token})
    assert link.json()["code"] == "link_used"


def test_a_passkey_signs_in_without_saying_who(app: Litestar, phone: Authenticator) -> None:
    client = visitor(app)

    answer = sign_in(client, phone)

    assert (answer.status_code, answer.json()["name"]) == (201, "Rosa Baca")
    assert client.get("/api/session").status_code == 200


def test_the_options_ask_for_the_person_and_for_a_key_that_stays(
    app: Litestar, db: Database, clock: FakeClock, invited: UserRow
) -> None:
    begun = visitor(app).post(
        "/api/passkeys/register/options", json={"token": link_for(db, invited, clock)}
    )

    options = begun.json()["options"]
    assert options["rp"]["id"] == "testserver.local"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"


def test_an_answer_is_taken_once(app: Litestar, phone: Authenticator) -> None:
    client = visitor(app)
    answer = assertion(client, phone)
    client.post("/api/passkeys/sign-in", json=answer)

    replayed = visitor(app).post("/api/passkeys/sign-in", json=answer)

    assert (replayed.status_code, replayed.json()["code"]) == (401, "wrong_credentials")


def test_an_answer_after_five_minutes_comes_too_late(
    app: Litestar, db: Database, clock: FakeClock, phone: Authenticator, invited: UserRow
) -> None:
    client = visitor(app)
    answer = assertion(client, phone)
    begun = signed_in(app, db, invited).post("/api/passkeys/register/options", json={})
    clock.advance(minutes=5)

    late = client.post("/api/passkeys/sign-in", json=answer)
    credential = Authenticator().create(begun.json()["options"])
    too_late = client.post(
        "/api/passkeys/register",
        json={"ceremony": begun.json()["ceremony"], "credential": credential},
    )

    assert late.status_code == 401
    assert too_late.json()["code"] == "ceremony_over"


def test_a_phone_that_did_not_check_its_holder_opens_nothing(
    app: Litestar, phone: Authenticator
) -> None:
    phone.verifies_user = False

    assert sign_in(visitor(app), phone).status_code == 401


def test_a_passkey_used_on_another_site_opens_nothing(app: Litestar, phone: Authenticator) -> None:
    phone.origin = "https://testserver.local.evil.example"

    assert sign_in(visitor(app), phone).status_code == 401


def test_a_copied_passkey_is_found_out_by_its_counter(app: Litestar, phone: Authenticator) -> None:
    phone.counter = 10
    sign_in(visitor(app), phone)
    phone.counter = 3

    assert sign_in(visitor(app), phone).status_code == 401


def test_a_strangers_passkey_opens_nothing_and_says_nothing_else(
    app: Litestar, phone: Authenticator
) -> None:
    stranger = Authenticator()
    forger = Authenticator()
    forger.credential_id = phone.credential_id

    answers = [sign_in(visitor(app), each) for each in (stranger, forger)]

    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].text == answers[1].text


@pytest.mark.parametrize(
    "credential",
    [{}, {"rawId": "!"}, {"id": 1, "rawId": [], "response": None}, {"response": {"a": "b" * 99}}],
)
@pytest.mark.parametrize("way", ["register", "sign-in"])
def test_an_odd_answer_is_refused_cleanly(
    app: Litestar, db: Database, *, way: str, credential: Any
) -> None:
    client = client_for(app, db, Role.ADVISOR)
    begun = client.post(f"/api/passkeys/{way}/options", json={}).json()
    credential = {**credential, "rawId": credential.get("rawId", "AAAA")}

    answer = client.post(
        f"/api/passkeys/{way}", json={"ceremony": begun["ceremony"], "credential": credential}
    )

    assert answer.status_code in {400, 401}


def test_a_second_passkey_is_added_when_signed_in(
    app: Litestar, db: Database, phone: Authenticator, invited: UserRow
) -> None:
    client = signed_in(app, db, invited)
    tablet = Authenticator()

    answer = register(client, tablet)

    assert (answer.status_code, answer.json()["passkey_count"]) == (201, 2)
    assert sign_in(visitor(app), tablet).status_code == 201
    assert sign_in(visitor(app), phone).status_code == 201


def test_a_ceremony_of_one_person_adds_nothing_to_another(
    app: Litestar, db: Database, phone: Authenticator, invited: UserRow
) -> None:
    begun = signed_in(app, db, invited).post("/api/passkeys/register/options", json={}).json()
    other = signed_in(app, db, a_person(db, Role.CALLER))
    credential = Authenticator().create(begun["options"])

    answer = other.post(
        "/api/passkeys/register", json={"ceremony": begun["ceremony"], "credential": credential}
    )

    assert answer.status_code == 401


def test_nobody_makes_a_passkey_without_a_link_or_a_session(app: Litestar) -> None:
    answer = visitor(app).post("/api/passkeys/register/options", json={})

    assert answer.json()["code"] == "not_signed_in"


def test_a_recovery_voids_the_passkeys_of_the_lost_phone(
    app: Litestar, db: Database, clock: FakeClock, phone: Authenticator, invited: UserRow
) -> None:
    new_phone = Authenticator()

    register(visitor(app), new_phone, link_for(db, invited, clock, "recover"))

    assert sign_in(visitor(app), phone).status_code == 401
    assert sign_in(visitor(app), new_phone).status_code == 201
    with db.read(clock()) as tx:
        assert len(tx.session.scalars(select(PasskeyRow)).all()) == 1
