"""Phones: registered by their person, listed, revoked, and then quiet."""

from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar, post
from sqlalchemy import select

from schemas.people import Role
from server.app import create_app
from server.db.database import Database
from server.db.tables.alerts import PushSubscriptionRow
from server.db.tables.identity import UserRow
from server.db.tables.syncing import DeviceRow
from server.ids import new_id
from server.settings import Settings
from server.web.guards import DELIVERY
from server.web.inject import Caller
from tests.conftest import FakeClock
from tests.server.identity.conftest import PASSWORD
from tests.support.authenticator import from_base64url
from tests.support.people import Client, client_for, signed_in, visitor


def register(client: Client, label: str = "Ana's phone") -> dict[str, Any]:
    answer = client.post("/api/devices", json={"label": label, "build": "1.0"})
    assert answer.status_code == 201, answer.text
    keys: dict[str, Any] = answer.json()
    return keys


def revoke(client: Client, device_id: str) -> Any:
    return client.post(f"/api/devices/{device_id}/revoke")


@pytest.fixture
def delivering(settings: Settings, db: Database, clock: FakeClock) -> Litestar:
    @post("/sync/test", opt=DELIVERY, sync_to_thread=True)
    def deliver(caller: Caller) -> dict[str, Any]:
        return {
            "device": str(caller.device_id),
            "only": caller.delivers_only,
            "revoked": caller.is_revoked,
        }

    return create_app(settings, database=db, clock=clock, more=[deliver])


def with_token(app: Litestar, token: str, path: str = "/sync/test") -> Any:
    return visitor(app).post(path, headers={"authorization": f"Device {token}"})


def test_a_phone_is_told_its_token_once_and_the_servers_keys(
    app: Litestar, db: Database, advisor: UserRow, clock: FakeClock
) -> None:
    client = signed_in(app, db, advisor)

    keys = register(client)

    assert [len(from_base64url(keys[name])) for name in ("server_key", "push_key")] == [65, 65]
    listed = client.get("/api/devices").json()
    assert [(each["id"], each["label"], each["state"]) for each in listed] == [
        (keys["id"], "Ana's phone", "active")
    ]
    assert keys["delivery_token"] not in str(listed)
    with db.read(clock()) as tx:
        kept = tx.session.scalars(select(DeviceRow.delivery_token_hash)).one()
    assert keys["delivery_token"].encode() not in kept


def test_the_keys_stay_the_same(app: Litestar, db: Database, advisor: UserRow) -> None:
    client = signed_in(app, db, advisor)

    first, second = register(client), register(client)

    assert first["server_key"] == second["server_key"]
    assert first["delivery_token"] != second["delivery_token"]


def test_a_delivery_token_delivers_and_opens_nothing_else(
    delivering: Litestar, db: Database, advisor: UserRow
) -> None:
    keys = register(signed_in(delivering, db, advisor))

    delivered = with_token(delivering, keys["delivery_token"])
    closed = [
        visitor(delivering).get(path, headers={"authorization": f"Device {keys['delivery_token']}"})
        for path in ("/api/session", "/api/devices", "/api/users")
    ]

    assert delivered.json() == {"device": keys["id"], "only": True, "revoked": False}
    assert {(answer.status_code, answer.json()["code"]) for answer in closed} == {
        (403, "delivers_only")
    }
    assert with_token(delivering, "x" * 43).status_code == 401


def test_a_delivery_token_lasts_longer_than_the_session(
    delivering: Litestar, db: Database, advisor: UserRow, clock: FakeClock
) -> None:
    client = signed_in(delivering, db, advisor)
    keys = register(client)
    clock.advance(days=20)

    assert client.get("/api/session").status_code == 401
    assert with_token(delivering, keys["delivery_token"]).status_code == 201


def test_a_revoked_phone_reads_nothing_and_keeps_its_unsent_work(
    delivering: Litestar, db: Database, advisor: UserRow
) -> None:
    phone, desk = signed_in(delivering, db, advisor), signed_in(delivering, db, advisor)
    keys = register(phone)

    answer = revoke(desk, keys["id"])
    refused = phone.get("/api/session")

    assert answer.json()["state"] == "revoked"
    assert (refused.status_code, refused.json()["code"]) == (401, "device_revoked")
    assert "clear-site-data" not in refused.headers
    assert desk.get("/api/session").status_code == 200
    assert phone.post("/sync/test").json()["revoked"] is True
    assert with_token(delivering, keys["delivery_token"]).json()["revoked"] is True


def test_a_revoked_phone_is_pushed_to_no_more(
    app: Litestar, db: Database, advisor: UserRow, clock: FakeClock
) -> None:
    client = signed_in(app, db, advisor)
    keys = register(client)
    with db.write(clock()) as tx:
        tx.session.add(
            PushSubscriptionRow(
                id=new_id(),
                user_id=advisor.id,
                device_id=UUID(keys["id"]),
                endpoint="https://fcm.googleapis.com/x",
                p256dh="p",
                auth="a",
                created_at=clock(),
            )
        )
    before = client.get("/api/devices").json()[0]["has_push"]

    after = revoke(client, keys["id"]).json()["has_push"]

    assert (before, after) == (True, False)


def test_signing_in_again_on_a_phone_keeps_it_bound(
    app: Litestar, db: Database, advisor: UserRow, clock: FakeClock
) -> None:
    phone = signed_in(app, db, advisor)
    keys = register(phone)
    clock.advance(days=1)

    said = {"login": advisor.login, "password": PASSWORD}
    headers = {"authorization": f"Device {keys['delivery_token']}"}
    phone.post("/api/session", json=said, headers=headers)
    before = phone.get("/api/session").status_code
    revoke(signed_in(app, db, advisor), keys["id"])

    assert before == 200
    assert phone.get("/api/session").json()["code"] == "device_revoked"


@pytest.mark.parametrize(
    ("role", "shares_school", "may"),
    [
        (Role.ADMINISTRATOR, False, True),
        (Role.COORDINATOR, True, True),
        (Role.COORDINATOR, False, False),
        (Role.SOCIAL_WORKER, True, False),
        (Role.ADVISOR, True, False),
        (Role.CALLER, True, False),
        (Role.CLERK, True, False),
    ],
)
def test_a_phone_is_revoked_by_those_who_answer_for_its_person(
    app: Litestar,
    db: Database,
    advisor: UserRow,
    *,
    school: UUID,
    role: Role,
    shares_school: bool,
    may: bool,
) -> None:
    phone = signed_in(app, db, advisor)
    keys = register(phone)

    answer = revoke(client_for(app, db, role, schools=[school] * shares_school), keys["id"])

    assert answer.status_code == (200 if may else 404)
    assert phone.get("/api/session").status_code == (401 if may else 200)


def test_a_coordinator_sees_the_phones_of_his_people(
    app: Litestar, db: Database, advisor: UserRow, school: UUID
) -> None:
    register(signed_in(app, db, advisor))

    answer = client_for(app, db, Role.COORDINATOR, schools=[school]).get(
        f"/api/users/{advisor.id}/devices"
    )

    assert [(each["user_name"], each["waiting"]) for each in answer.json()] == [("Ana Lucero", 0)]


def test_an_unknown_phone_cannot_be_revoked(app: Litestar, db: Database) -> None:
    client = client_for(app, db, Role.ADMINISTRATOR)

    assert revoke(client, str(new_id())).status_code == 404


def test_closing_a_person_revokes_his_phones(
    delivering: Litestar, db: Database, advisor: UserRow, school: UUID
) -> None:
    keys = register(signed_in(delivering, db, advisor))
    coordinator = client_for(delivering, db, Role.COORDINATOR, schools=[school])

    coordinator.post(f"/api/users/{advisor.id}/close")

    assert with_token(delivering, keys["delivery_token"]).json()["revoked"] is True


def sync(client: Client, device_id: str, **headers: str) -> Any:
    said = {
        "proto": 1,
        "build": "1.0",
        "schema": 1,
        "device": device_id,
        "sent": ["2026-03-02T08:00:00-07:00", "session", 1],
    }
    return client.post("/sync/v1", json=said, headers=headers)


def test_a_session_is_bound_to_the_phone_that_syncs_with_it(
    app: Litestar, db: Database, advisor: UserRow, clock: FakeClock
) -> None:
    keys = register(signed_in(app, db, advisor))
    phone = signed_in(app, db, advisor)

    synced = sync(phone, keys["id"])
    revoke(signed_in(app, db, advisor), keys["id"])

    assert synced.json()["stop"] == ""
    assert phone.get("/api/session").json()["code"] == "device_revoked"


def test_a_revoked_phone_gets_no_rows_by_naming_another_phone(
    app: Litestar, db: Database, advisor: UserRow
) -> None:
    lost, kept = signed_in(app, db, advisor), signed_in(app, db, advisor)
    lost_keys, kept_keys = register(lost), register(kept)
    revoke(kept, lost_keys["id"])

    answers = [sync(lost, keys["id"]).json() for keys in (lost_keys, kept_keys)]

    assert [(answer["stop"], answer["pull"]) for answer in answers] == [("revoked", None)] * 2
    assert sync(kept, kept_keys["id"]).json()["pull"] is not None


def test_a_delivery_token_speaks_for_its_own_phone_only(
    app: Litestar, db: Database, advisor: UserRow
) -> None:
    client = signed_in(app, db, advisor)
    first, second = register(client), register(client)
    token = f"Device {first['delivery_token']}"

    own = sync(visitor(app), first["id"], authorization=token)
    other = sync(visitor(app), second["id"], authorization=token)

    assert (own.status_code, own.json()["pull"]) == (200, None)
    assert (other.status_code, other.json()["code"]) == (403, "not_your_device")
