"""Runs one step of a benchmark in a process of its own: its seconds and its peak of memory."""

import gc
import json
import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any, NamedTuple


class Step(NamedTuple):
    """What one step took."""

    seconds: float
    peak_mb: float
    told: Mapping[str, Any]
    """What the step itself wants to tell."""


def step(work: Callable[..., Mapping[str, Any] | None], *given: Any) -> Step:
    """Run ``work(*given)`` in a fresh process. Reading Python's own modules is not counted."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(theirs, work, given))
    process.start()
    theirs.close()
    try:
        answer = ours.recv()
    except EOFError:
        answer = None
    process.join()
    if answer is None:
        raise RuntimeError(f"{work.__name__} broke off; see above")
    return Step(*answer)


def median(steps: list[Step]) -> Step:
    """Return the step in the middle by seconds."""
    middle = statistics.median_low([one.seconds for one in steps])
    return next(one for one in steps if one.seconds == middle)


def tell(title: str, lines: Mapping[str, float | str], result: Mapping[str, Any]) -> None:
    """Print a benchmark: one line each, the last one a JSON object."""
    print(f"\n{title}")  # noqa: T201  (a benchmark talks to a person)
    for name, value in lines.items():
        shown = f"{value:10.2f}" if isinstance(value, float) else f"{value:>10}"
        print(f"  {name:<66}{shown}")  # noqa: T201
    print(json.dumps(result))  # noqa: T201


def _run(pipe: Connection, work: Callable[..., Mapping[str, Any] | None], given: Any) -> None:
    gc.collect()
    began = time.perf_counter()
    told = work(*given) or {}
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pipe.send((seconds, peak, dict(told)))
    pipe.close()
