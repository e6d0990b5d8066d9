"""A phone asks to be told, over HTTP, as itself and nobody else."""

from uuid import UUID

import msgspec
import pytest
from litestar import Litestar
from sqlalchemy import select

from schemas.people import Role
from server.db.database import Database
from server.db.tables.alerts import PushSubscriptionRow
from server.db.tables.identity import UserRow
from server.settings import Settings
from tests.conftest import MONDAY
from tests.support.people import Client, a_person, a_school, signed_in, visitor
from tests.support.programme import a_device, asked_by
from tests.support.push_service import Browser

URL = "/api/push/subscription"
ENDPOINT = "https://fcm.googleapis.com/fcm/send/one"


@pytest.fixture
def coordinator(db: Database) -> UserRow:
    return a_person(db, Role.COORDINATOR, schools=[a_school(db)])


def _device(db: Database, user: UserRow, *, state: str = "active") -> UUID:
    with db.write(MONDAY) as tx:
        return a_device(tx, user.id, state=state)


def _put(client: Client, device: UUID, endpoint: str = ENDPOINT) -> tuple[int, str]:
    answer = client.put(
        URL,
        content=msgspec.json.encode(asked_by(Browser(), device, endpoint)),
        headers={"content-type": "application/json"},
    )
    return answer.status_code, "" if answer.status_code == 204 else answer.json()["code"]


def _kept(db: Database) -> list[tuple[UUID, UUID, str]]:
    with db.read(MONDAY) as tx:
        query = select(
            PushSubscriptionRow.user_id,
            PushSubscriptionRow.device_id,
            PushSubscriptionRow.endpoint,
        )
        return [(row.user_id, row.device_id, row.endpoint) for row in tx.session.execute(query)]


def test_a_phone_that_asks_twice_is_pushed_to_at_its_last_endpoint(
    app: Litestar, db: Database, coordinator: UserRow
) -> None:
    client, device = signed_in(app, db, coordinator), _device(db, coordinator)

    assert _put(client, device) == (204, "")
    assert _put(client, device, ENDPOINT + "2") == (204, "")
    assert _put(client, device, ENDPOINT + "2") == (204, "")

    assert _kept(db) == [(coordinator.id, device, ENDPOINT + "2")]


def test_nobody_subscribes_anothers_phone_or_a_revoked_one(
    app: Litestar, db: Database, coordinator: UserRow
) -> None:
    client, other = signed_in(app, db, coordinator), a_person(db, Role.ADVISOR)

    for device in (_device(db, other), _device(db, coordinator, state="revoked"), UUID(int=7)):
        assert _put(client, device) == (404, "not_found")
        answer = client.delete(URL, params={"device": str(device)})
        assert answer.status_code == 404

    assert _kept(db) == []


def test_a_browser_that_changes_hands_is_the_next_persons(
    app: Litestar, db: Database, coordinator: UserRow
) -> None:
    other = a_person(db, Role.COORDINATOR, schools=[a_school(db)])
    mine, theirs = _device(db, coordinator), _device(db, other)
    _put(signed_in(app, db, coordinator), mine)

    assert _put(signed_in(app, db, other), theirs) == (204, "")

    assert _kept(db) == [(other.id, theirs, ENDPOINT)]


def test_a_phone_that_wants_no_more_alerts_gets_none(
    app: Litestar, db: Database, coordinator: UserRow
) -> None:
    client, device = signed_in(app, db, coordinator), _device(db, coordinator)
    _put(client, device)

    for _ in range(2):
        assert client.delete(URL, params={"device": str(device)}).status_code == 204

    assert _kept(db) == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://evil.example/x",
        "https://127.1/x",
        "https://2130706433/x",
        "http://127.0.0.1:8990/x",
        "https://169.254.169.254/x",
    ],
)
def test_an_endpoint_that_is_no_push_service_is_refused_at_the_door(
    app: Litestar, db: Database, coordinator: UserRow, endpoint: str
) -> None:
    client, device = signed_in(app, db, coordinator), _device(db, coordinator)

    assert _put(client, device, endpoint) == (400, "bad_endpoint")
    assert _kept(db) == []


def test_keys_that_are_no_keys_are_refused_at_the_door(
    app: Litestar, db: Database, coordinator: UserRow, settings: Settings
) -> None:
    client, device = signed_in(app, db, coordinator), _device(db, coordinator)
    body = msgspec.to_builtins(asked_by(Browser(), device, ENDPOINT))
    body["keys"]["p256dh"] = "A" * 87

    answer = client.put(URL, json=body)

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_push_keys")
    assert _kept(db) == []


def test_a_stranger_subscribes_nothing(app: Litestar, db: Database, coordinator: UserRow) -> None:
    assert _put(visitor(app), _device(db, coordinator)) == (401, "not_signed_in")
