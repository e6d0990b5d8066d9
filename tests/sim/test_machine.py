"""The state machine, for as long as a test run gives it."""

from collections.abc import Iterator

import pytest

from tests.sim.running import Stage, Told, run


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    made.close()


def test_nothing_is_lost_or_doubled_whatever_happens(stage: Stage) -> None:
    told: Told = run(stage, seconds=5, seed_=20260302)
    print(told)
