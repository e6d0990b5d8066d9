"""From the phone's subscription to the opened message, through the running application."""

import asyncio
from pathlib import Path

import msgspec
from litestar.testing import TestClient

from schemas.alerts import PushMessage
from schemas.people import Role
from server.alerts import service
from server.app import create_app
from server.db.database import Database
from server.settings import Settings
from tests.conftest import MONDAY, FakeClock
from tests.support.people import a_person, a_school, signed_in
from tests.support.programme import a_case, a_device, asked_by
from tests.support.push_service import Browser, PushService


def test_a_coordinator_who_allowed_alerts_is_told_of_the_next_case(
    db: Database, clock: FakeClock, tmp_path: Path
) -> None:
    school, browser = a_school(db), Browser()
    coordinator = a_person(db, Role.COORDINATOR, schools=[school])

    def story(push_service: PushService) -> None:
        origin = push_service.origin
        settings = Settings(
            data_dir=tmp_path,
            database_url=db.url,
            public_url="https://presente.example",
            push_test_origin=origin,
        )
        app = create_app(settings, database=db, clock=clock)
        with TestClient(app):  # runs the background sender
            with db.write(MONDAY) as tx:
                device = a_device(tx, coordinator.id)
            asked = asked_by(browser, device, origin + "/push/1")
            answer = signed_in(app, db, coordinator).put(
                "/api/push/subscription",
                content=msgspec.json.encode(asked),
                headers={"content-type": "application/json"},
            )
            assert answer.status_code == 204
            with db.write(MONDAY) as tx:
                service.cases_opened(tx, [(a_case(tx, school), school)])
            assert push_service.arrived.wait(10)

    async def stage() -> list[bytes]:
        async with PushService() as push_service:
            await asyncio.to_thread(story, push_service)
            return [got.body for got in push_service.received]

    (body,) = asyncio.run(stage())

    message = msgspec.json.decode(browser.open(body), type=PushMessage)
    assert message.notification.body == "A new case on your list."
