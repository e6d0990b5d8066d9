"""``python -m tests.faults --minutes N``: every nemesis, at least as often as each release needs.

The last line is one JSON object. What could not be run here stands in it under ``not_run``, and is
said loudly; nothing else is left out.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.faults import campaigns, judging
from tests.faults.campaigns import ALL, NOT_RUN, Told

_TOTALS = ("made", "acked", *judging.NEVER, "requests", "kills", "503")


def main() -> int:
    """Run what is asked for; returns the exit code."""
    asked = argparse.ArgumentParser(prog="python -m tests.faults")
    asked.add_argument("--minutes", type=float, default=0, help="go on for so long at least")
    asked.add_argument("--seed", type=int, default=int(time.time()))  # noqa: TID251
    asked.add_argument("--cores", type=int, default=2, help="campaigns at once")
    asked.add_argument("--rounds", type=int, default=0, help="kills, cuts, faults of each")
    asked.add_argument("--only", nargs="*", default=list(ALL), choices=list(ALL))
    asked.add_argument("--one", choices=list(ALL), help="only this, in this process")
    chosen = asked.parse_args()
    if chosen.one:
        rounds = chosen.rounds or ALL[chosen.one].in_ci
        _say(json.dumps(campaigns.here(chosen.one, rounds=rounds, seed=chosen.seed)))
        return 0
    soak = Soak(chosen.only, chosen.rounds, chosen.seed)
    return soak.run(seconds=chosen.minutes * 60, cores=chosen.cores)


class Soak:
    """All campaigns once, then again with other seeds until the time is up."""

    def __init__(self, names: Sequence[str], rounds: int, seed: int) -> None:
        self.seed = seed
        self._names = names
        self._rounds = rounds
        self._counts: Counter[str] = Counter()
        self._not_run: dict[str, str] = {}
        self._wrong: list[str] = []
        self._controls: list[str] = []
        self._done: dict[str, int] = {}

    def run(self, *, seconds: float, cores: int) -> int:
        """Run; returns the exit code."""
        began = time.monotonic()
        _say(f"faults: seed {self.seed}")
        names: list[str] = list(self._names)
        while names:
            with ThreadPoolExecutor(cores) as pool:
                list(pool.map(self._one, names))
            self.seed += 1
            is_over = self._wrong or time.monotonic() - began >= seconds
            again = [name for name in names if not ALL[name].must_lose]
            names = [name for name in again if not is_over and name not in self._not_run]
        told = {
            **{what: self._counts[what] for what in _TOTALS},
            "rounds": self._done,
            "controls_that_lost": self._controls,
            "not_run": self._not_run,
            "wrong": self._wrong,
            "seconds": round(time.monotonic() - began),
        }
        _say(json.dumps(told))
        return 1 if self._wrong else 0

    def _one(self, name: str) -> None:
        campaign = ALL[name]
        try:
            rounds = self._rounds or campaign.in_soak
            told: Told = campaigns.apart(name, rounds=rounds, seed=self.seed)
        except AssertionError as error:
            _say(f"WRONG: {error}")
            self._wrong.append(name)
            return
        _say(f"  {campaigns.said(name, told)}")
        if NOT_RUN in told:
            self._not_run[name] = str(told[NOT_RUN])
        elif not campaigns.is_right(name, told):
            self._wrong.append(name)
        elif campaign.must_lose:
            self._controls.append(name)
        else:
            self._counts.update({what: int(count) for what, count in told.items()})
            unit = f"{name}: {campaign.unit}"
            self._done[unit] = self._done.get(unit, 0) + int(told[campaign.unit])


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
