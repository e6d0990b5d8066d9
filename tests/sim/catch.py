"""Looks for what is wrong with the tree it stands in; ``make sabotage`` runs it over broken copies.

Prints one JSON object: the invariant that broke, after how long, and where. The directed tests run
first: they hold what chance finds rarely.
"""

import argparse
import logging
import sys
import time
from collections import Counter

import msgspec

from tests.sim.directed import TOLD
from tests.sim.stories import Stage, by_chance, tell


def main() -> int:
    """Look until something breaks or the time is up; returns 1 when something broke."""
    asked = argparse.ArgumentParser(prog="python -m tests.sim.catch")
    asked.add_argument("--seconds", type=float, default=60)
    asked.add_argument("--seed", type=int, default=1)
    chosen = asked.parse_args()
    logging.disable(logging.CRITICAL)
    began = time.process_time()
    counts: Counter[str] = Counter()
    where = "the beginning"
    try:
        stage = Stage()
        for name, story in TOLD.items():
            where = name
            story(stage)
        seed = chosen.seed
        while time.process_time() - began < chosen.seconds:
            where = f"seed {seed}"
            tell(stage, by_chance(seed), counts)
            seed += 1
    except AssertionError as broken:
        name, _, said = str(broken).partition(": ")
        return _say(name, said[:200], where, began)
    except Exception as error:  # noqa: BLE001  (any fault is noticed, but not by an invariant)
        return _say(type(error).__name__, str(error)[:200], where, began)
    return _say("", "", f"{counts['steps']} steps", began)


def _say(name: str, said: str, where: str, began: float) -> int:
    seconds = round(time.process_time() - began, 1)
    told = {"by": name, "said": said, "where": where, "seconds": seconds}
    sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
    return 1 if name else 0


if __name__ == "__main__":
    raise SystemExit(main())
