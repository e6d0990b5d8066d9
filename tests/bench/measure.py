"""Runs one step of a benchmark in a process of its own: its seconds and its peak of memory.

Seconds of the processor beside those of the clock: where other work runs on the same machine, only
the first can be compared.
"""

import gc
import json
import multiprocessing
import os
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any, NamedTuple


class Step(NamedTuple):
    """What one step took."""

    seconds: float
    """By the clock."""
    cpu: float
    """Of the processor, in the program and in the system."""
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
    """Return the step in the middle by the processor's seconds."""
    middle = statistics.median_low([one.cpu for one in steps])
    return next(one for one in steps if one.cpu == middle)


def tell(title: str, lines: Mapping[str, float | str], result: Mapping[str, Any]) -> None:
    """Print a benchmark: one line each, the last one a JSON object."""
    print(f"\n{title}")
    for name, value in lines.items():
        shown = f"{value:.2f}" if isinstance(value, float) else value
        print(f"  {name:<66}{shown:>18}")
    print(json.dumps(result))


def _run(pipe: Connection, work: Callable[..., Mapping[str, Any] | None], given: Any) -> None:
    gc.collect()
    began, cpu = time.perf_counter(), _cpu()
    told = work(*given) or {}
    seconds, cpu = time.perf_counter() - began, _cpu() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pipe.send((seconds, cpu, peak, dict(told)))
    pipe.close()


def _cpu() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
