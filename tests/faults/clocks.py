"""Clocks that lie: the server's jumps both ways while it serves, each device's is off by its own.

``server.clock`` is the only clock of the server (a rule of the linter's), so a clock that reads its
lead from a file stands in for the machine's, in the serving process itself.
"""

import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from server.db.database import Database
from server.db.tables.syncing import MutationRow
from tests.conftest import MONDAY
from tests.faults import district
from tests.faults.field import Field, folder_in
from tests.faults.phone import Crowd, Device
from tests.faults.serving import Served

_DAY = 86_400.0
_NIGHTS = (
    datetime(2026, 3, 8, 9, 0, tzinfo=UTC),
    datetime(2026, 11, 1, 8, 0, tzinfo=UTC),
)
"""Denver's clocks go from 2 to 3, and from 2 back to 1."""
_BEFORE_SECONDS = 1.0
_AFTER_SECONDS = 1.0
_ANSWERS = 12
_RESTARTS = 0.3
_DEVICES_ARE_OFF_DAYS = 500.0
_DENVER = ZoneInfo("America/Denver")


class Unsure(Device):
    """A device whose person's clock is off, and says so in the zone of Denver."""

    lead = 0.0

    def visit_clock(self) -> str:
        """Return what its wall clock shows."""
        at = datetime.now(UTC) + timedelta(seconds=self.lead)  # noqa: TID251  (a client's own clock)
        return at.astimezone(_DENVER).isoformat()


def jumping(folder: Path, *, rounds: int, seed: int) -> Counter[str]:
    """Let the server's clock jump so often; return what became of the devices' work."""
    chance = random.Random(seed)
    data = folder_in(folder, "data")
    lead = folder / "lead"
    _set(lead, 0)
    with Served(data, clock=lead) as server:
        field = Field(district.sqlite_of(data), server.port, seed, kind=Unsure)
        server.start()
        with field.at_work() as crowd:
            for number in range(rounds):
                if chance.random() < _RESTARTS:
                    server.kill()
                    server.start(waits=False)
                _jump(lead, number, chance)
                for device in field.devices:
                    assert isinstance(device, Unsure)
                    device.lead = chance.uniform(-1, 1) * _DEVICES_ARE_OFF_DAYS * _DAY
                _live_on(crowd)
                field.counts["jumps"] += 1
                field.look()
        field.settle()
        server.stop()
    field.counts.update(_times(field.url))
    return field.counts


def _jump(lead: Path, number: int, chance: random.Random) -> None:
    """Jump: both ways by days, into both nights, a little, and to now, in turn."""
    now = datetime.now(UTC)  # noqa: TID251  (what the lead is reckoned from)
    into = [(night - now).total_seconds() - _BEFORE_SECONDS for night in _NIGHTS]
    leads = [3 * _DAY, -400 * _DAY, into[0], chance.uniform(-_DAY, _DAY), into[1], 0.0]
    _set(lead, leads[number % len(leads)])


def _set(lead: Path, seconds: float) -> None:
    draft = lead.with_suffix(".draft")
    draft.write_text(str(seconds))
    draft.replace(lead)


def _live_on(crowd: Crowd) -> None:
    """Work on past the moment at which the zone's clocks change."""
    time.sleep(_BEFORE_SECONDS + _AFTER_SECONDS)
    wanted = crowd.answers + _ANSWERS
    deadline = time.monotonic() + 60
    while crowd.answers < wanted:
        assert time.monotonic() < deadline, "nobody got an answer"
        time.sleep(0.01)


def _times(url: str) -> Counter[str]:
    """Count what was received at a wrong time (else no clock jumped), and estimated as later."""
    database = Database(url)
    try:
        with database.read(MONDAY) as tx:
            ask = tx.session.scalars
            days = set(ask(select(func.substr(MutationRow.received_at, 1, 10))))
            late = select(MutationRow.id).where(MutationRow.est_at > MutationRow.received_at)
            return Counter({"days received on": len(days), "astray": len(ask(late).all())})
    finally:
        database.close()
