"""The outbox: what was committed is sent, once, until it is answered or a day has passed."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select

from schemas.alerts import PushMessage
from schemas.people import Role
from server.alerts import outbox as alerts_outbox
from server.alerts import service
from server.db.database import Database
from server.db.tables.alerts import PushDeliveryRow, PushSubscriptionRow
from server.db.tables.identity import UserRow
from server.db.tables.syncing import DeviceRow
from server.push import outbox as push_outbox
from server.push import store
from server.push.outbox import Outbox
from server.push.rules import State
from server.settings import Settings
from tests.conftest import MONDAY, FakeClock
from tests.support.people import a_person, a_school
from tests.support.programme import a_case, a_subscription, an_empty_database
from tests.support.push_service import Browser, PushService, says


@dataclass
class Story:
    """A coordinator with one phone, a push service, and the server's outbox."""

    db: Database
    clock: FakeClock
    folder: Path
    service: PushService
    browser: Browser
    school: UUID
    coordinator: UUID

    def outbox(self) -> Outbox:
        """Return the outbox of one more server process."""
        settings = Settings(
            data_dir=self.folder,
            database_url=self.db.url,
            public_url="https://presente.example",
            push_test_origin=self.service.origin,
        )
        return alerts_outbox.build(settings, database=self.db, clock=self.clock)

    def open_case(self) -> UUID:
        """Open a case in the coordinator's school, as an import does."""
        with self.db.write(self.clock()) as tx:
            case_id = a_case(tx, self.school)
            service.cases_opened(tx, [(case_id, self.school)])
        return case_id

    def deliveries(self) -> list[PushDeliveryRow]:
        """Return the outbox's rows."""
        with self.db.read(self.clock()) as tx:
            query = select(PushDeliveryRow).order_by(PushDeliveryRow.created_at)
            rows = list(tx.session.scalars(query))
            tx.session.expunge_all()
            return rows

    def delivery(self) -> PushDeliveryRow:
        """Return the outbox's only row."""
        (row,) = self.deliveries()
        return row

    def subscriptions(self) -> int:
        """Return how many phones are pushed to."""
        with self.db.read(self.clock()) as tx:
            return len(tx.session.scalars(select(PushSubscriptionRow)).all())


Play = Callable[[Story, Outbox], Awaitable[None]]


@pytest.fixture
def db(database_url: str) -> Generator[Database]:
    """Return a database of each kind: claims must hold on both."""
    with an_empty_database(database_url) as database:
        yield database


@pytest.fixture
def play(db: Database, clock: FakeClock, tmp_path: Path) -> Callable[[Play], None]:
    """Return what plays a story with a push service and an outbox that sends when asked."""
    school = a_school(db)
    coordinator = a_person(db, Role.COORDINATOR, schools=[school]).id

    async def stage(act: Play) -> None:
        async with PushService() as push_service:
            story = Story(db, clock, tmp_path, push_service, Browser(), school, coordinator)
            with db.write(clock()) as tx:
                a_subscription(tx, coordinator, push_service.origin + "/push/1", story.browser)
            outbox = story.outbox()
            async with outbox.sender:
                await act(story, outbox)

    return lambda act: asyncio.run(stage(act))


def test_a_new_case_reaches_the_coordinators_phone_without_a_name(
    play: Callable[[Play], None],
) -> None:
    async def act(story: Story, outbox: Outbox) -> None:
        case_id = story.open_case()

        assert await outbox.deliver_due() == 1

        (got,) = story.service.received
        text = story.browser.open(got.body).decode()
        message = msgspec.json.decode(text, type=PushMessage)
        assert message.web_push == 8030
        assert message.case_id == case_id
        assert message.notification.title == "Presente"
        assert message.notification.body == "A new case on your list."
        assert message.notification.navigate == f"https://presente.example/#/desk/case/{case_id}"
        assert message.notification.tag == f"case-{case_id}"
        for secret in ("Ana", "Luna", "Rio Grande", str(story.school)):
            assert secret not in text
        assert story.delivery().state == "sent"
        assert story.delivery().last_status == 201
        assert await outbox.deliver_due() == 0

    play(act)


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_is_forgotten(
    play: Callable[[Play], None], status: int
) -> None:
    async def act(story: Story, outbox: Outbox) -> None:
        story.service.answers("/push/1", says(status))
        story.open_case()

        await outbox.deliver_due()

        assert story.delivery().state == "gone"
        assert story.subscriptions() == 0

    play(act)


def test_a_subscription_renewed_while_the_old_one_was_answered_gone_is_kept(
    play: Callable[[Play], None],
) -> None:
    async def act(story: Story, outbox: Outbox) -> None:
        story.open_case()
        with story.db.write(MONDAY) as tx:
            (due,) = store.claim(tx, until=MONDAY + timedelta(minutes=1), limit=16)
            assert due.endpoint is not None
            device = tx.session.scalars(select(PushSubscriptionRow.device_id)).one()
            store.subscribe(
                tx,
                user_id=story.coordinator,
                device_id=device,
                endpoint=story.service.origin + "/push/2",
                keys=due.keys,
            )

            store.remove(tx, due.subscription_id, endpoint=due.endpoint)

        assert story.subscriptions() == 1

    play(act)


def test_a_busy_push_service_is_asked_again_when_it_said(play: Callable[[Play], None]) -> None:
    async def act(story: Story, outbox: Outbox) -> None:
        story.service.answers("/push/1", says(429, Retry_After="120"), says(201))
        story.open_case()
        await outbox.deliver_due()
        assert (story.delivery().state, story.delivery().last_status) == ("due", 429)

        story.clock.advance(seconds=119)
        assert await outbox.deliver_due() == 0
        story.clock.advance(seconds=14)
        assert await outbox.deliver_due() == 1

        assert story.delivery().state == "sent"
        assert story.delivery().attempts == 2

    play(act)


def test_a_broken_push_service_is_asked_ever_more_rarely_and_given_up_after_a_day(
    play: Callable[[Play], None],
) -> None:
    async def act(story: Story, outbox: Outbox) -> None:
        story.service.answers("/push/1", says(503))
        story.open_case()
        while story.delivery().state == "due" and len(story.service.received) < 200:
            story.clock.at = max(story.clock.at, story.delivery().next_at)
            assert await outbox.deliver_due() == 1

        assert story.delivery().state == "given_up"
        assert 20 < len(story.service.received) < 80
        assert timedelta(hours=22) < story.clock.at - MONDAY <= timedelta(hours=24)
        assert story.subscriptions() == 1

    play(act)


@pytest.mark.parametrize(
    ("status", "state"), [(400, "refused"), (403, "refused"), (413, "given_up"), (307, "refused")]
)
def test_what_a_push_service_will_never_take_is_not_sent_again(
    play: Callable[[Play], None], status: int, state: str
) -> None:
    async def act(story: Story, outbox: Outbox) -> None:
        story.service.answers("/push/1", says(status))
        story.open_case()
        await outbox.deliver_due()
        story.clock.advance(hours=12)

        assert await outbox.deliver_due() == 0

        assert story.delivery().state == state
        assert len(story.service.received) == 1

    play(act)


def test_an_endpoint_that_is_no_longer_allowed_is_refused_unsent(
    play: Callable[[Play], None],
) -> None:
    async def act(story: Story, outbox: Outbox) -> None:
        with story.db.write(MONDAY) as tx:
            tx.session.scalars(select(PushSubscriptionRow)).one().endpoint = "http://10.0.0.1/x"
        story.open_case()

        await outbox.deliver_due()

        assert story.delivery().state == "refused"
        assert story.delivery().detail == {"fault": "bad_endpoint"}

    play(act)


def test_one_damaged_row_does_not_hold_up_the_others(play: Callable[[Play], None]) -> None:
    async def act(story: Story, outbox: Outbox) -> None:
        with story.db.write(MONDAY) as tx:
            endpoint = story.service.origin + "/push/damaged"
            damaged = a_subscription(tx, story.coordinator, endpoint, Browser())
            tx.session.get_one(PushSubscriptionRow, damaged).p256dh = "x"
        story.open_case()

        await outbox.deliver_due()

        assert [got.path for got in story.service.received] == ["/push/1"]
        assert sorted(row.state for row in story.deliveries()) == ["due", "sent"]

    play(act)


def test_two_server_processes_never_send_one_alert_twice(play: Callable[[Play], None]) -> None:
    async def act(story: Story, outbox: Outbox) -> None:
        for _ in range(20):
            story.open_case()
        other = story.outbox()
        async with other.sender:
            for _ in range(3):
                await asyncio.gather(outbox.deliver_due(), other.deliver_due())

        assert len(story.service.received) == 20
        assert {row.state for row in story.deliveries()} == {"sent"}

    play(act)


def test_a_server_that_dies_while_sending_leaves_the_rest_to_the_next(
    play: Callable[[Play], None],
) -> None:
    async def act(story: Story, outbox: Outbox) -> None:
        story.open_case()
        outbox.claim()
        assert await outbox.deliver_due() == 0

        story.clock.advance(seconds=61)
        assert await outbox.deliver_due() == 1

        assert story.delivery().state == "sent"

    play(act)


def test_a_late_answer_does_not_undo_what_another_process_wrote(
    play: Callable[[Play], None],
) -> None:
    async def act(story: Story, outbox: Outbox) -> None:
        story.open_case()
        (due,) = outbox.claim()
        story.clock.advance(seconds=61)
        await outbox.deliver_due()

        outbox.settle([store.Outcome(due, State.REFUSED, MONDAY, 400, "")])

        assert story.delivery().state == "sent"

    play(act)


def test_a_revoked_phone_and_a_closed_person_are_pushed_nothing(
    play: Callable[[Play], None],
) -> None:
    async def act(story: Story, outbox: Outbox) -> None:
        story.open_case()
        with story.db.write(MONDAY) as tx:
            tx.session.scalars(select(DeviceRow)).one().state = "revoked"
        await outbox.deliver_due()
        with story.db.write(MONDAY) as tx:
            tx.session.scalars(select(DeviceRow)).one().state = "active"
        story.open_case()
        with story.db.write(MONDAY) as tx:
            tx.session.get_one(UserRow, story.coordinator).state = "closed"
        await outbox.deliver_due()

        assert story.service.received == []
        assert {row.state for row in story.deliveries()} == {"gone"}

    play(act)


def test_a_running_server_sends_as_soon_as_the_case_is_committed(
    play: Callable[[Play], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_outbox, "POLL_SECONDS", 60.0)

    async def act(story: Story, outbox: Outbox) -> None:
        running = story.outbox()
        await running.start()
        await asyncio.sleep(0.2)  # it has looked, and now waits for the bell
        await asyncio.to_thread(story.open_case)
        for _ in range(100):
            if story.service.received:
                break
            await asyncio.sleep(0.05)
        await running.stop()

        assert len(story.service.received) == 1

    play(act)


def test_a_case_that_was_rolled_back_is_never_pushed(play: Callable[[Play], None]) -> None:
    async def act(story: Story, outbox: Outbox) -> None:
        with contextlib.suppress(RuntimeError), story.db.write(MONDAY) as tx:
            case_id = a_case(tx, story.school)
            assert service.cases_opened(tx, [(case_id, story.school)]) == 1
            raise RuntimeError

        assert await outbox.deliver_due() == 0
        assert story.deliveries() == []

    play(act)


def test_a_fault_of_the_database_does_not_end_the_sender(
    play: Callable[[Play], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_outbox, "POLL_SECONDS", 0.05)

    async def act(story: Story, outbox: Outbox) -> None:
        running = story.outbox()
        whole = running.database
        running.database = Database("sqlite:////nowhere/at/all.db")
        await running.start()
        await asyncio.sleep(0.2)
        running.database = whole
        story.open_case()
        for _ in range(100):
            if story.service.received:
                break
            await asyncio.sleep(0.05)
        await running.stop()

        assert len(story.service.received) == 1

    play(act)
