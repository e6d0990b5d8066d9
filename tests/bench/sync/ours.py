"""Presente under the bench's work: real ``presente serve``, real sockets, SQLite with FULL."""

import os
import statistics
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from tests.bench.sync import world
from tests.bench.sync.phone import BATCH, Speaker, rows_of
from tests.bench.sync.process import Served, free_port
from tests.bench.sync.wire import Run, at_once, percentile
from tests.bench.sync.world import NOTE, World

ROOT = Path(__file__).resolve().parents[3]


class Size(NamedTuple):
    """How much work there is."""

    phones: int
    each: int
    caseload: int
    contacts_each: int
    crowd: int
    crowd_each: int
    many: int
    """Contacts in the large database of W3."""


FULL = Size(20, 500, 400, 5, 500, 40, 1_000_000)
SMALL = Size(6, 100, 60, 5, 40, 10, 20_000)


@contextmanager
def serving(name: str, folder: Path) -> Generator[Served]:
    """Serve a district's folder."""
    port = free_port()
    command = [sys.executable, "-m", "server", "serve", "--port", str(port)]
    served = Served(
        name,
        [*command, "--dir", str(folder / "data")],
        port=port,
        folder=folder,
        environment={"PYTHONPATH": str(ROOT)},
    )
    try:
        yield served
    finally:
        served.stop()


def a_world(folder: Path, size: Size, *, crowd: int = 0) -> World:
    """Make the district."""
    data = folder / "data"
    data.mkdir(parents=True)
    return world.make(
        f"sqlite:///{data / 'presente.db'}",
        data,
        pushers=size.phones,
        students=size.caseload // size.phones or 1,
        caseload=size.caseload,
        crowd=crowd,
    )


def figures(run: Run, cpu: float, records: int) -> dict[str, float]:
    """Return what is told of one work."""
    return {
        "records_per_s": records / run.seconds,
        "cpu_s_per_1000": cpu / records * 1000,
        "p50_ms": percentile(run.answers, 0.5) * 1000,
        "p95_ms": percentile(run.answers, 0.95) * 1000,
    }


def one_round(folder: Path, size: Size) -> dict[str, dict[str, float]]:
    """W1, W1r, W4 and W2, in a fresh database."""
    district = a_world(folder, size)
    records = size.phones * size.each
    found: dict[str, dict[str, float]] = {}
    with serving("presente", folder) as served:
        speakers = [Speaker(phone, served.port) for phone in district.pushers]
        _warm(district, served)
        made = [speaker.contacts(size.each) for speaker in speakers]
        batches = [[body for _, body in told] for told in made]

        def work(name: str, sent: list[list[bytes]]) -> None:
            before = served.cpu
            run = at_once(
                [
                    lambda speaker=speaker, batch=batch: speaker.push(batch)  # type: ignore[misc]
                    for speaker, batch in zip(speakers, sent, strict=True)
                ]
            )
            found[name] = figures(run, served.cpu - before, records)

        work("W1", batches)
        work("W1r", batches)
        keys = [[key for key, _ in told] for told in made]
        _desk_was_first(district, served, keys, size)
        edits = [
            [_edit(speaker, key, at) for at, key in enumerate(own)]
            for speaker, own in zip(speakers, keys, strict=True)
        ]
        for speaker in speakers:
            speaker.outs.clear()
        work("W4", edits)
        found["W4"]["conflicts"] = sum(one.outs.get("conflict", 0) for one in speakers)
        found["W2"] = _first_pull(district, served, size)
        found["memory"] = {"peak_mb": served.peak_mb}
    return found


def _warm(district: World, served: Served) -> None:
    """Let somebody push once before the clock starts, as with every peer."""
    reader = Speaker(district.reader, served.port)
    at_once([lambda: reader.push([body for _, body in reader.contacts(BATCH)])])


def _edit(speaker: Speaker, key: UUID, at: int) -> bytes:
    fields = {"note": f"Grandmother opened. ({at})", "met": "Rosa", "follow_up_on": "2026-12-08"}
    was = {"note": f"{NOTE} ({at})", "met": f"neighbour {at}", "follow_up_on": "2026-12-01"}
    return speaker.mutation("contact.amend", key, fields, was)[1]


def _desk_was_first(district: World, served: Served, keys: list[list[UUID]], size: Size) -> None:
    """Every tenth note is changed at the desk, which the phones have not seen yet."""
    desk = Speaker(district.desk, served.port)
    fields = [
        desk.mutation("contact.amend", key, {"note": "Desk"}, {"note": f"{NOTE} ({at})"})[1]
        for own in keys
        for at, key in enumerate(own)
        if at % 10 == 0
    ]
    at_once([lambda: desk.push(fields)])
    if desk.outs.get("applied", 0) != size.phones * -(-size.each // 10):
        raise RuntimeError(f"the desk's edits came out as {desk.outs}")


def _first_pull(district: World, served: Served, size: Size) -> dict[str, float]:
    """Fill the reader's caseload, then fetch it three times as a new phone would."""
    reader = Speaker(district.reader, served.port)
    reader.made = reader.acked = BATCH  # it pushed once before
    filling = [body for _, body in reader.contacts(size.caseload * size.contacts_each)]
    at_once([lambda: reader.push(filling)])
    seconds: list[float] = []
    spent: list[float] = []
    rows = size_of = 0

    async def whole() -> list[float]:
        nonlocal rows, size_of
        answer = await reader.exchange()
        rows, size_of = rows_of(answer.body), len(answer.body)
        return [answer.seconds]

    for _ in range(5):
        reader.cursor, reader.held = "", {}
        before = served.cpu
        seconds += at_once([whole]).answers
        spent.append(served.cpu - before)
    return {
        "rows": rows,
        "bytes": size_of,
        "ms": statistics.median(seconds) * 1000,
        "cpu_ms": statistics.mean(spent) * 1000,
        "rows_per_s": rows / statistics.median(seconds),
    }


def later_pulls(folder: Path, size: Size) -> dict[str, dict[str, float]]:
    """W3: a pull after 20 changes, in a small and in a large database, by turns.

    Who goes first changes with every turn; whatever else runs on the machine meets both alike.
    """
    taken: dict[str, list[float]] = {"small": [], "large": []}
    spent = {"small": 0.0, "large": 0.0}
    with (
        _grown(folder / "small", size, 10_000) as small,
        _grown(folder / "large", size, size.many) as large,
    ):
        turns = [("small", *small), ("large", *large)]
        for _, _, speaker in turns:
            at_once([lambda speaker=speaker: _changes(speaker, _TURNS_BEFORE)])  # type: ignore[misc]
        for _ in range(_TURNS):
            for name, served, speaker in turns:
                at_once([lambda speaker=speaker: _pushed(speaker)])  # type: ignore[misc]
                before = served.cpu
                taken[name] += at_once([lambda speaker=speaker: _pulled(speaker)]).answers  # type: ignore[misc]
                spent[name] += served.cpu - before
            turns.reverse()
    times = {f"{name}_ms": statistics.median(one) * 1000 for name, one in taken.items()}
    return {"W3": times | {f"{name}_cpu_ms": one / _TURNS * 1000 for name, one in spent.items()}}


_TURNS = 80
_TURNS_BEFORE = 5
"""Of which nothing is told: what was just filled lies in nobody's memory yet."""


async def _changes(speaker: Speaker, times: int) -> list[float]:
    for _ in range(times):
        await _pushed(speaker)
        await _pulled(speaker)
    return []


async def _pushed(speaker: Speaker) -> list[float]:
    return await speaker.push([body for _, body in speaker.contacts(20)])


async def _pulled(speaker: Speaker) -> list[float]:
    return [(await speaker.exchange()).seconds]


@contextmanager
def _grown(folder: Path, size: Size, count: int) -> Generator[tuple[Served, Speaker]]:
    district = a_world(folder, size)
    with serving("presente", folder) as served:
        filler = Speaker(district.reader, served.port)
        at_once([lambda: filler.push([filler.contacts(1)[0][1]])])
    world.grow(folder / "data" / "presente.db", count, district.reader.students[0])
    with serving("presente", folder) as served:
        speaker = Speaker(district.pushers[0], served.port)
        at_once([lambda: _changes(speaker, 1)])
        yield served, speaker


def all_come_back(folder: Path, size: Size) -> dict[str, dict[str, float]]:
    """Everybody comes back in the same second, each with a day's contacts."""
    district = a_world(folder, size, crowd=size.crowd)
    came: list[int] = []
    with serving("presente", folder) as served:
        speakers = [Speaker(phone, served.port) for phone in district.crowd]
        _warm(district, served)  # nor does anybody come while it is still starting
        batches = [[body for _, body in one.contacts(size.crowd_each)] for one in speakers]

        async def back(at: int) -> list[float]:
            taken = await speakers[at].push(batches[at])
            came.append(at)
            return taken

        before = served.cpu
        run = at_once([lambda at=at: back(at) for at in range(size.crowd)])  # type: ignore[misc]
        told = figures(run, served.cpu - before, size.crowd * size.crowd_each)
    overtaken = [place - at for place, at in enumerate(came)]
    return {
        "crowd": {
            **told,
            "phones": size.crowd,
            "max_ms": max(run.answers) * 1000,
            "answered": len(came),
            "most_overtaken_by": max(overtaken),
        }
    }


def cores() -> int:
    """Return how many processors there are for all of this."""
    return len(os.sched_getaffinity(0))
