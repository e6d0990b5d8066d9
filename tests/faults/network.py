"""Most requests meet a fault of the network, and the server is killed now and then."""

import time
from collections import Counter
from pathlib import Path

from tests.faults import district
from tests.faults.field import Field, folder_in
from tests.faults.proxy import Proxy
from tests.faults.serving import Served

_A_KILL_EACH = 100
"""Faults."""
_SOMETHING_WITHIN_SECONDS = 60
PEOPLE = 8


def on_sqlite(folder: Path, *, rounds: int, seed: int) -> Counter[str]:
    """Let devices meet so many faults; return what became of their work."""
    data = folder_in(folder, "data")
    with Served(data) as server, Proxy(server.port, seed) as line:
        field = Field(district.sqlite_of(data), server.port, seed, people=PEOPLE)
        for device in field.devices:
            device.port = line.port
            device.patience = 0.5
        server.start()
        with field.at_work(pause=0.002):
            while line.faults < rounds:
                _wait_for(line, min(rounds, line.faults + _A_KILL_EACH))
                server.kill()
                field.counts["kills"] += 1
                field.look()
                server.start()
        field.counts.update(line.counts)
        field.counts["faults"] = line.faults
        field.settle()
    return field.counts


def _wait_for(line: Proxy, faults: int) -> None:
    before, moved = line.faults, time.monotonic()
    while line.faults < faults:
        if line.faults != before:
            before, moved = line.faults, time.monotonic()
        assert time.monotonic() - moved < _SOMETHING_WITHIN_SECONDS, "nobody asks any more"
        time.sleep(0.01)
