"""A full disk: 503, reads go on, and when there is room again everything is taken."""

import random
import resource
import shutil
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from tests.conftest import ROOT
from tests.faults import district
from tests.faults.disk import disk
from tests.faults.field import Field, folder_in
from tests.faults.serving import Served
from tests.sim.sabotage import broken
from tests.sim.sabotages_feed import FEED

_MEGABYTES = 96
_LEFT_BYTES = 300_000
_REFUSALS = 4
"""How often somebody is refused before there is room again."""
_ANSWERS = 100
_WITHIN_SECONDS = 120

Room: TypeAlias = Callable[[Served], None]


def on_a_disk(folder: Path, *, rounds: int, seed: int, program: Path | None = None) -> Counter[str]:
    """Fill the file system so often; with another ``program`` end at the first loss."""
    chance = random.Random(seed)

    def fill(_server: Served) -> None:
        plug.fill(leave=chance.randrange(_LEFT_BYTES))

    def make_room(_server: Served) -> None:
        plug.make_room()

    with disk(folder, megabytes=_MEGABYTES) as plug:
        data = folder_in(plug.folder, "data")
        with Served(data, log=folder / "server.log", program=program) as server:
            field = Field(district.sqlite_of(data), server.port, seed)
            server.start()
            for _ in range(rounds):
                _fill_once(field, server, fill, make_room, is_told=program is None)
                if field.counts["lost at once"] and program:
                    break
            else:
                field.settle()
            server.kill()
    return field.counts


def in_a_limit(folder: Path, *, rounds: int, seed: int) -> Counter[str]:
    """The same without root: no file of the server's may grow beyond a size, as under a quota."""
    chance = random.Random(seed)
    data = folder_in(folder, "data")

    def fill(server: Served) -> None:
        largest = max(path.stat().st_size for path in data.glob("presente.db*"))
        _limit(server, largest + chance.randrange(_LEFT_BYTES))

    def make_room(server: Served) -> None:
        _limit(server, resource.RLIM_INFINITY)

    with Served(data) as server:
        field = Field(district.sqlite_of(data), server.port, seed)
        server.start()
        for _ in range(rounds):
            _fill_once(field, server, fill, make_room)
        field.settle()
        server.stop()
    return field.counts


def careless(folder: Path, *, rounds: int, seed: int) -> Counter[str]:
    """The same with a server that gives receipts though the commit failed: it must lose."""
    (fault,) = (one for one in FEED if one.name == "ack_before_commit")
    with broken(fault, folder) as copy:
        shutil.copytree(ROOT / "tests" / "faults", copy / "tests" / "faults")
        return on_a_disk(folder, rounds=rounds, seed=seed, program=copy)


def _fill_once(
    field: Field, server: Served, fill: Room, make_room: Room, *, is_told: bool = True
) -> None:
    """Fill it up until people are told; where nobody is told, until many more were answered."""
    with field.at_work() as crowd:
        fill(server)
        told, answers = field.refusals + _REFUSALS, crowd.answers + _ANSWERS
        deadline = time.monotonic() + _WITHIN_SECONDS
        while field.refusals < told and (is_told or crowd.answers < answers):
            assert time.monotonic() < deadline, "the disk never got full"
            time.sleep(0.01)
    field.counts["reads while full"] += field.reads()
    field.counts["fillings"] += 1
    make_room(server)
    field.drain()
    field.look()


def _limit(server: Served, size: int) -> None:
    _, hard = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, hard))
