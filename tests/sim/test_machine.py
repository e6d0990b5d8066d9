"""Three to five phones and the real server, for as long as a test run gives them.

The seeds are fixed, so that a run that was right stays right: ``make soak`` looks for what no
fixed seed shows, and what it finds becomes a directed test.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.sim.running import NEVER_NONE, by_hypothesis, run
from tests.sim.stories import Stage

SECONDS = float(os.environ.get("PRESENTE_SIM_SECONDS", "150"))
"""Of one core, for both tests together."""
SEED = 20260302
BY_CHANCE, BY_HYPOTHESIS = 25_000, 8_000
"""Steps at most, so that a faster machine meets no seed that this test never met."""

Tell = Callable[[str, object], None]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    made.close()


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_in_stories_by_chance(
    stage: Stage, record_property: Tell
) -> None:
    told = run(stage, first=SEED, seconds=SECONDS * 2 / 3, steps=BY_CHANCE)

    record_property("told", told.said("stories by chance"))
    _check(told.counts)


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_whatever_hypothesis_thinks_of(
    stage: Stage, record_property: Tell
) -> None:
    told = by_hypothesis(stage, first=SEED, seconds=SECONDS / 3, steps=BY_HYPOTHESIS)

    record_property("told", told.said("hypothesis"))
    assert told.counts["lost"] == told.counts["doubled"] == 0


def _check(counts: Counter[str]) -> None:
    """A run in which nobody ever disagreed, was refused or lost a student proves nothing."""
    assert counts["made"] == counts["found"] + counts["on revoked phones"]
    assert counts["lost"] == counts["doubled"] == 0
    assert not [what for what in NEVER_NONE if not counts[what]]
