"""Empties the push outbox: claims what is due, sends it, writes down what became of it."""

import asyncio
import contextlib
import logging
import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple, TypeAlias

from server.clock import Clock
from server.db.database import Database
from server.problems import Problem
from server.push import store
from server.push.bell import BELL
from server.push.message import PayloadTooLong, topic_of
from server.push.rules import Reply, State, judge
from server.push.sender import Parcel, Sender

log = logging.getLogger(__name__)

CONCURRENCY = 16
HOLD = timedelta(seconds=60)
"""How long a claim lasts; a process that dies in between sends late, not never."""
POLL_SECONDS = 3.0


class Content(NamedTuple):
    """What a delivery says."""

    payload: bytes
    is_urgent: bool


Compose: TypeAlias = Callable[[store.Due], Content]
"""Given by the feature above, which knows what its alerts mean."""


class Outbox:
    """The background sender of one server process; several processes never send one row twice.

    ``start`` and ``stop`` belong to the app's lifespan. Sending is at least once: a crash between
    sending and noting it sends again, under the same topic and tag, which replaces.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        sender: Sender,
        compose: Compose,
        *,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.database = database
        self._clock = clock
        self.sender = sender
        self._compose = compose
        self._chance = chance
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._unlisten: Callable[[], None] = lambda: None

    async def start(self) -> None:
        """Begin to send in the background."""
        await self.sender.__aenter__()
        loop = asyncio.get_running_loop()

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closing: nobody to wake
                loop.call_soon_threadsafe(self._woken.set)

        self._unlisten = BELL.listen(wake)
        self._task = asyncio.create_task(self._run(), name="push outbox")

    async def stop(self) -> None:
        """End sending. A delivery cut off is sent again after its claim runs out."""
        self._unlisten()
        self._unlisten = lambda: None
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        await self.sender.__aexit__(None, None, None)

    async def deliver_due(self) -> int:
        """Send one round of what is due now; return how many deliveries were handled."""
        claimed = await asyncio.to_thread(self.claim)
        if claimed:
            outcomes = await asyncio.gather(*(self._deliver(due) for due in claimed))
            await asyncio.to_thread(self.settle, outcomes)
            states = Counter(str(outcome.state) for outcome in outcomes)
            log.info("push deliveries: %s", dict(states))
        return len(claimed)

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                handled = await self.deliver_due()
            except Exception as fault:  # noqa: BLE001  (a full disk must not end the sender)
                # A database puts people's data into its words: only the kind of fault is logged.
                log.warning("the push outbox could not be worked on: %s", type(fault).__name__)
                handled = 0
            if not handled:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)

    def claim(self) -> list[store.Due]:
        """Take what is due now, for ``HOLD``."""
        at = self._clock()
        with self.database.read(at) as tx:
            if not store.has_due(tx):  # most looks find nothing, and need not take the writer
                return []
        with self.database.write(at) as tx:
            return store.claim(tx, until=at + HOLD, limit=CONCURRENCY)

    def settle(self, outcomes: list[store.Outcome]) -> None:
        """Write down what became of it, and forget subscriptions that are gone."""
        with self.database.write(self._clock()) as tx:
            store.settle(tx, outcomes)
            for due, state, *_ in outcomes:
                if state is State.GONE and due.endpoint is not None:
                    store.remove(tx, due.subscription_id, endpoint=due.endpoint)

    async def _deliver(self, due: store.Due) -> store.Outcome:
        at = self._clock()
        if due.endpoint is None:
            return store.Outcome(due, State.GONE, at, None, "nobody there")
        try:
            content = self._compose(due)
            parcel = Parcel(
                due.endpoint, due.keys, content.payload, topic_of(due.case_id), content.is_urgent
            )
            reply = await self.sender.send(parcel, at=at)
        except (Problem, PayloadTooLong) as refusal:
            fault = refusal.code if isinstance(refusal, Problem) else "payload_too_long"
            return store.Outcome(due, State.REFUSED, at, None, fault)
        except Exception as fault:  # noqa: BLE001  (one odd row must not hold up the others)
            reply = Reply(None, fault=type(fault).__name__)
        return self._judge(due, reply, self._clock())

    def _judge(self, due: store.Due, reply: Reply, at: datetime) -> store.Outcome:
        state, next_at = judge(
            reply,
            attempts=due.attempts,
            created_at=due.created_at,
            at=at,
            chance=self._chance(),
        )
        return store.Outcome(due, state, next_at, reply.status, reply.fault)
