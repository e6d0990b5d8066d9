"""The long run: ``make soak STEPS=1000000``. All cores, a fresh seed, and every story checked.

The last line is one JSON object. A story that goes wrong is cut short and printed, with its seed;
the run goes on, and says at the end how many did.
"""

import argparse
import gc
import logging
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import NamedTuple

import msgspec

from tests.sim.running import NEVER_NONE, RARELY, Told, Wrong, run
from tests.sim.stories import Stage

_PARTS = 20
"""Into how many parts each core's share is cut, to tell in between how it goes."""
_LONG = 100_000
"""Steps from which a run must meet what is rare, too."""
_MOST_WRONG = 5
"""Stories that go wrong before a part is given up: cutting them short takes long."""
_stages: list[Stage] = []


class Part(NamedTuple):
    """What a part of the run did, and what went wrong in it."""

    counts: Counter[str]
    wrong: list[str]
    seconds: float
    """Of a core: how fast it was, whatever else the machine had to do."""


def part(first: int, steps: int, stride: int) -> Part:
    """Run one part in a worker process, which keeps its office for the next."""
    if not _stages:
        logging.disable(logging.CRITICAL)  # faults are made on purpose here, by the thousand
        gc.set_threshold(50_000, 20, 20)  # a tenth of the time went into looking for garbage
        _stages.append(Stage())
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    began = time.process_time()
    while counts["steps"] < steps and len(wrong) < _MOST_WRONG:
        left = steps - counts["steps"]
        try:
            told = run(_stages[0], first=first, seconds=10**9, steps=left, stride=stride)
        except Wrong as found:
            wrong.append(str(found))
            counts += found.counts
            first = found.seed + stride
        else:
            counts += told.counts
    return Part(counts, wrong, time.process_time() - began)


def main() -> int:
    """Run; returns the exit code."""
    asked = argparse.ArgumentParser(prog="python -m tests.sim.soak")
    asked.add_argument("--steps", type=int, default=1_000_000)
    asked.add_argument("--seed", type=int, default=int(time.time()))  # noqa: TID251  (chance for a run that names no seed; it is printed)
    asked.add_argument("--cores", type=int, default=os.cpu_count() or 1)
    chosen = asked.parse_args()
    parts = chosen.cores * _PARTS
    each = max(1, chosen.steps // parts)
    counts: Counter[str] = Counter()
    wrong, of_cores = 0, 0.0
    began = time.perf_counter()
    _say(f"soak: {chosen.steps} steps, {chosen.cores} cores, seed {chosen.seed}")
    with ProcessPoolExecutor(chosen.cores) as pool:
        firsts = [chosen.seed + at for at in range(parts)]
        waiting = [pool.submit(part, first, each, parts) for first in firsts]
        for done in as_completed(waiting):
            one = done.result()
            counts += one.counts
            wrong += len(one.wrong)
            of_cores += one.seconds
            _say(_progress(counts, wrong, time.perf_counter() - began))
            for said in one.wrong:
                _say(f"WRONG: {said}")
    told = Told(counts, time.perf_counter() - began, chosen.seed, chosen.seed + parts)
    wanted = NEVER_NONE + (RARELY if chosen.steps >= _LONG else ())
    missing = [what for what in wanted if not counts[what]]
    _say(told.said("soak"))
    _say(f"never happened: {', '.join(missing) or 'nothing'}")
    each = round(told.counts["steps"] / of_cores)
    figures = {**_figures(told), "steps_per_core_second": each, "stories_gone_wrong": wrong}
    _say(msgspec.json.encode(figures).decode())
    return 1 if wrong or missing or counts["lost"] or counts["doubled"] else 0


def _progress(counts: Counter[str], wrong: int, seconds: float) -> str:
    each = f"{counts['steps'] / seconds:.0f}/s" if seconds else ""
    ends = f"lost {counts['lost']}, doubled {counts['doubled']}, gone wrong {wrong}"
    return (
        f"  {counts['steps']} steps after {seconds:.0f} s ({each}): made {counts['made']},"
        f" found {counts['found']}, {ends}"
    )


def _figures(told: Told) -> dict[str, float]:
    names = ("steps", "made", "found", "on revoked phones", "lost", "doubled")
    return {
        **{name.replace(" ", "_"): told.counts[name] for name in names},
        "faults": told.faults,
        "seconds": round(told.seconds),
        "steps_per_second": round(told.counts["steps"] / told.seconds),
    }


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
