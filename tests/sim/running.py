"""Runs stories for a while, and tells what happened."""

import time
from collections import Counter
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.sim.machine import Machine
from tests.sim.stories import Stage, by_chance, shortest, tell

STEPS_A_STORY = 50
STORIES_AT_ONCE = 20


class Told(NamedTuple):
    """What a run did."""

    counts: Counter[str]
    seconds: float
    seeds: int


class Wrong(AssertionError):
    """A story went wrong; the message has its seed and the shortest form of it."""


def run(stage: Stage, *, first: int, seconds: float, stories: int = 10**9) -> Told:
    """Tell stories by chance, one for each seed from ``first`` on, until the time is up."""
    counts: Counter[str] = Counter()
    began = time.perf_counter()
    seeds = 0
    while seeds < stories and time.perf_counter() - began < seconds:
        story = by_chance(first + seeds)
        try:
            tell(stage, story, counts)
        except Exception as error:
            short = shortest(stage, story)
            raise Wrong(f"{error}\nseed {first + seeds}, cut short:\n{short}") from error
        seeds += 1
    return Told(counts, time.perf_counter() - began, seeds)


def handful(
    stage: Stage, counts: Counter[str], number: int, stories: int = STORIES_AT_ONCE
) -> None:
    """Let hypothesis run some stories from a seed. Raises what an invariant raises."""
    told = {"office": stage.office, "ready": stage.phones, "counts": counts}
    shape = type("Seeded", (Machine,), told)
    chosen = settings(
        max_examples=stories,
        stateful_step_count=STEPS_A_STORY,
        deadline=None,
        database=None,
        print_blob=False,
        phases=(Phase.generate,),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(number)(shape), settings=chosen)
