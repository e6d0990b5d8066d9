"""The long run: ``make soak STEPS=1000000``. All cores, a fresh seed, and every story checked.

The last line is one JSON object. A story that goes wrong is cut short and printed, with its seed.
"""

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed

import msgspec

from tests.sim.running import NEVER_NONE, Told, Wrong, run
from tests.sim.stories import Stage

_PARTS = 20
"""Into how many parts each core's share is cut, to tell in between how it goes."""
_stages: list[Stage] = []


def part(first: int, steps: int, stride: int) -> Told:
    """Run one part in a worker process, which keeps its office for the next."""
    if not _stages:
        _stages.append(Stage())
    return run(_stages[0], first=first, seconds=10**9, steps=steps, stride=stride)


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
    began = time.perf_counter()
    _say(f"soak: {chosen.steps} steps, {chosen.cores} cores, seed {chosen.seed}")
    with ProcessPoolExecutor(chosen.cores) as pool:
        firsts = [chosen.seed + at for at in range(parts)]
        waiting = [pool.submit(part, first, each, parts) for first in firsts]
        try:
            for done in as_completed(waiting):
                counts += done.result().counts
                _say(f"  {counts['steps']} steps after {time.perf_counter() - began:.0f} s")
        except Wrong as wrong:
            pool.shutdown(cancel_futures=True, wait=False)
            _say(f"WRONG: {wrong}")
            return 1
    told = Told(counts, time.perf_counter() - began, chosen.seed, chosen.seed + parts)
    missing = [what for what in NEVER_NONE if not counts[what]]
    _say(told.said("soak"))
    _say(f"never happened: {', '.join(missing) or 'nothing'}")
    _say(msgspec.json.encode(_figures(told)).decode())
    return 1 if missing or counts["lost"] or counts["doubled"] else 0


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
