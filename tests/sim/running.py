"""Runs the machine for a while, and tells what happened."""

import time
from collections import Counter
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.sim.machine import Machine
from tests.sim.office import Office

STEPS_A_STORY = 50
STORIES_AT_ONCE = 20


class Told(NamedTuple):
    """What a run did."""

    counts: Counter[str]
    seconds: float
    last_seed: int


def run(office: Office, *, seconds: float, seed_: int) -> Told:
    """Run stories until the time is up; every handful of them has a seed of its own."""
    counts: Counter[str] = Counter()
    began = time.perf_counter()
    number = seed_
    while time.perf_counter() - began < seconds:
        handful(office, counts, number)
        number += 1
    return Told(counts, time.perf_counter() - began, number - 1)


def handful(office: Office, counts: Counter[str], number: int, stories: int = STORIES_AT_ONCE) -> None:
    """Run some stories that a seed decides. Raises what an invariant raises, with the story."""
    shape = type("Seeded", (Machine,), {"office": office, "counts": counts})
    chosen = settings(
        max_examples=stories,
        stateful_step_count=STEPS_A_STORY,
        deadline=None,
        database=None,
        print_blob=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(number)(shape), settings=chosen)
