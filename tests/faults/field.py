"""Devices at work against one server, and what became of their work when the faults are over."""

import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from tests.faults import district, judging
from tests.faults.phone import Crowd, Device

PEOPLE = 3
_IN_THE_CRADLE = 0.1
"""How many of the servers die before they ever answered."""
_ANSWERS_WITHIN_SECONDS = 120
_ENOUGH_EACH = 10
"""Answers of a device, in the middle, with which none may have gone without any."""


class Field:
    """A district in a database, and devices that work against the server on a port."""

    def __init__(
        self,
        url: str,
        port: int,
        seed: int,
        *,
        people: int = PEOPLE,
        kind: type[Device] = Device,
    ) -> None:
        self.url = url
        self.counts: Counter[str] = Counter()
        self._port = port
        self._chance = random.Random(seed)
        self._asked: set[str] = set()
        issued = district.make(url, people=people)
        self._fresh = issued[:: district.DEVICES_EACH + 1]
        self.devices = [
            kind(one, port, seed + at) for at, one in enumerate(issued) if one not in self._fresh
        ]

    def at_work(self, *, pause: float = 0.01) -> Crowd:
        """Let every device work, each in a thread, for as long as the block lasts."""
        return Crowd(self.devices, pause=pause)

    def live(self, crowd: Crowd, *, revive: Callable[[], None] | None = None) -> None:
        """Let a server live for a while: into its work mostly, sometimes not even to its first.

        ``revive``: what starts it again, where its database may be away at its start.
        """
        if self._chance.random() < _IN_THE_CRADLE:
            time.sleep(self._chance.uniform(0, 0.3))
            return
        before = crowd.answers
        deadline = time.monotonic() + _ANSWERS_WITHIN_SECONDS
        while crowd.answers == before:
            assert time.monotonic() < deadline, "nobody got an answer"
            if revive is not None:
                revive()
            time.sleep(0.002)
        time.sleep(self._chance.uniform(0.002, 0.25))

    def look(self) -> int:
        """Count what was receipted and is not there, between a death and the next life."""
        told = {mid for one in self.devices for mid in list(one.told)} - self._asked
        self._asked |= told
        try:
            lost = len(judging.missing(self.url, told))
            damage = judging.damage_in(self.url)["damaged"]
        except DatabaseError:
            lost, damage = 0, 1
        self.counts["lost at once"] += lost
        self.counts["damaged"] += damage
        return lost + damage

    @property
    def refusals(self) -> int:
        """How often somebody was told 503 so far."""
        return sum(one.counts["503"] for one in self.devices)

    def reads(self) -> int:
        """Let each person's third device read, and write nothing; return how many were answered."""
        readers = [Device(one, self._port, 0) for one in self._fresh]
        answered = sum(one.try_once() for one in readers)
        self.counts["stuck"] += len(readers) - answered
        return answered

    def drain(self) -> None:
        """Let every device get rid of all it has, straight at the server."""
        for one in self.devices:
            one.port = self._port
            one.drain()

    def settle(self) -> None:
        """Drain every device against a server without faults, and judge all there is."""
        answers = [one.counts["answers"] for one in self.devices]
        if sum(answers) >= _ENOUGH_EACH * len(answers):  # else chance may have passed one over
            self.counts["stuck"] += answers.count(0)
        self.drain()
        self.counts.update(judging.judge(self.url, self.devices))
        self.counts.update(judging.whole(self.url, self._fresh, self._port))
        self.counts.update(judging.damage_in(self.url))


def folder_in(folder: Path, name: str) -> Path:
    """Make a folder below another."""
    made = folder / name
    made.mkdir(parents=True)
    return made
