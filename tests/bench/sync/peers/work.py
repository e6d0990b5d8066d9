"""The same work for every peer: W1, W1r and W2, over its own door for many records at once."""

import json
import statistics
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from server.ids import new_id
from tests.bench.sync.ours import Size, figures
from tests.bench.sync.process import Served
from tests.bench.sync.wire import Answer, Line, at_once
from tests.bench.sync.world import a_contact

Record = dict[str, Any]
Figures = dict[str, dict[str, float]]
ROWS = 4000
"""A caseload's first sync."""


class Door(NamedTuple):
    """How one peer is spoken to."""

    batch: Callable[[list[Record]], tuple[str, str, bytes]]
    """Method, address and body of one push."""
    first: Callable[[int, Answer | None], str]
    """The address of the first pull of this many rows, or of its next page; empty: it was all."""
    rows: Callable[[bytes], int]
    """How many rows an answer holds."""
    headers: Mapping[str, str]
    size: int = 100
    """Records that it takes at once."""


def work(served: Served, door: Door, size: Size, *, share: int = 1) -> Figures:
    """Let as many devices push as Presente's, each its ``share``th part where a peer is slow.

    Before the clock starts, somebody pushes once to each server: what a server makes at its first
    request (compiled code, prepared statements, connections) is no device's.
    """
    each = max(door.size, size.each // share)
    devices = [[a_record(at) for at in range(each)] for _ in range(size.phones)]
    found: Figures = {}
    first = [a_record(at) for at in range(door.size)]
    at_once([lambda: _pushed(Line(served.port, door.headers), door, first)])  # warm, as ours is
    for name in ("W1", "W1r"):
        lines = [Line(served.port, door.headers) for _ in devices]
        before = served.cpu
        run = at_once(
            [
                lambda line=line, records=records: _pushed(line, door, records)  # type: ignore[misc]
                for line, records in zip(lines, devices, strict=True)
            ]
        )
        found[name] = figures(run, served.cpu - before, each * len(devices))
    found["W2"] = _first_pull(served, door, min(ROWS, each * len(devices)))
    found["memory"] = {"peak_mb": served.peak_mb}
    return found


def a_record(at: int) -> Record:
    """Return one visit with an id of its own."""
    return {"id": str(new_id())} | a_contact(new_id(), at)


def packed(value: object) -> bytes:
    """Return JSON."""
    return json.dumps(value, separators=(",", ":")).encode()


async def _pushed(line: Line, door: Door, records: list[Record]) -> list[float]:
    taken: list[float] = []
    for at in range(0, len(records), door.size):
        answer = await line.send(*door.batch(records[at : at + door.size]))
        _check(answer)
        taken.append(answer.seconds)
    return taken


def _first_pull(served: Served, door: Door, wanted: int) -> dict[str, float]:
    seconds: list[float] = []
    rows = 0

    async def whole() -> list[float]:
        nonlocal rows
        line, rows, spent = Line(served.port, door.headers), 0, 0.0
        answer: Answer | None = None
        while rows < wanted and (path := door.first(wanted, answer)):
            answer = await line.send("GET", path)
            _check(answer)
            rows += door.rows(answer.body)
            spent += answer.seconds
        return [spent]

    before = served.cpu
    for _ in range(3):
        seconds += at_once([whole]).answers
    middle = statistics.median(seconds)
    return {
        "rows": rows,
        "ms": middle * 1000,
        "cpu_ms": (served.cpu - before) / 3 * 1000,
        "rows_per_s": rows / middle,
    }


def _check(answer: Answer) -> None:
    if not 200 <= answer.status < 300:
        raise RuntimeError(f"{answer.status}: {answer.body[:300]!r}")


async def ask(line: Line, asked: Iterable[tuple[str, str, object]]) -> list[float]:
    """Send preparations one after the other."""
    for method, path, body in asked:
        _check(await line.send(method, path, packed(body)))
    return []
