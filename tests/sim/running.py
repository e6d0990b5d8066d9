"""Runs stories for a while, and tells what happened."""

import time
from collections import Counter
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.sim.machine import Machine
from tests.sim.stories import Stage, by_chance, shortest, tell

STEPS_A_STORY = 50
STORIES_AT_ONCE = 10
NEVER_NONE = (
    *("told applied", "told merged", "told conflict", "told refused", "told parked"),
    *("drops", "resets", "cut pages", "fork", "gap", "busy", "late answers left aside"),
    *("restores", "purges", "clones", "power cuts", "batteries died", "lost on the way"),
    *("sealed", "clock jumps", "role changes", "reassignments", "siblings", "deletions"),
    *("upgrades", "replays", "replayed applied", "replayed parked", "verified"),
    *("rotten rows healed", "parts of slow imports", "refused: already_resolved"),
)
"""What must have happened in a run, or it proves nothing."""
RARELY = ("merged: duplicate_effort", "refused: id_reused", "refused: taken", "replayed conflict")
"""What a long run must have met, too."""
_FAULTS = (
    *("power cuts", "busy", "batteries died", "lost on the way", "served twice", "heard twice"),
    *("clones", "restores", "clock jumps", "late answers left aside"),
)


class Told(NamedTuple):
    """What a run did."""

    counts: Counter[str]
    seconds: float
    first: int
    last: int

    @property
    def faults(self) -> int:
        """How often something went wrong on the way."""
        return sum(self.counts[what] for what in _FAULTS)

    def said(self, who: str) -> str:
        """Return it in a few lines."""
        counts = self.counts
        rest = ", ".join(f"{what} {count}" for what, count in sorted(counts.items()) if count)
        return (
            f"sync, {who}: {counts['steps']} steps in {self.seconds:.0f} s"
            f" ({counts['steps'] / max(self.seconds, 0.001):.0f}/s), seeds {self.first} to"
            f" {self.last}, faults {self.faults}, mutations made {counts['made']}, found"
            f" {counts['found']}, on revoked phones {counts['on revoked phones']}, lost"
            f" {counts['lost']}, doubled {counts['doubled']}\n  {rest}"
        )


class Wrong(AssertionError):
    """A story went wrong; the message has its seed and the shortest form of it."""

    def __init__(self, said: str, seed: int, counts: Counter[str]) -> None:
        super().__init__(said)
        self.seed = seed
        self.counts = counts


def run(stage: Stage, *, first: int, seconds: float, steps: int = 10**12, stride: int = 1) -> Told:
    """Tell stories by chance, one for each seed from ``first`` on, until time or steps are up."""
    counts: Counter[str] = Counter()
    began = time.perf_counter()
    number = first
    while counts["steps"] < steps and time.perf_counter() - began < seconds:
        story = by_chance(number)
        try:
            tell(stage, story, counts)
        except Exception as error:
            short = shortest(stage, story)
            said = f"{error}\nseed {number}, cut short:\n{short}"
            raise Wrong(said, number, counts) from error
        number += stride
    return Told(counts, time.perf_counter() - began, first, number - stride)


def by_hypothesis(stage: Stage, *, first: int, seconds: float, steps: int = 10**12) -> Told:
    """Let hypothesis run handfuls of stories, each from a seed, until time or steps are up."""
    counts: Counter[str] = Counter()
    began = time.perf_counter()
    number = first
    while counts["steps"] < steps and time.perf_counter() - began < seconds:
        _handful(stage, counts, number)
        number += 1
    return Told(counts, time.perf_counter() - began, first, number - 1)


def _handful(stage: Stage, counts: Counter[str], number: int) -> None:
    told = {"office": stage.office, "ready": stage.phones, "counts": counts}
    shape = type("Seeded", (Machine,), told)
    chosen = settings(
        max_examples=STORIES_AT_ONCE,
        stateful_step_count=STEPS_A_STORY,
        deadline=None,
        database=None,
        print_blob=False,
        phases=(Phase.generate,),  # a story of the table is cut short by ``stories.shortest``
        report_multiple_bugs=False,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    run_state_machine_as_test(seed(number)(shape), settings=chosen)
