"""What the tests of faults share: one campaign each, with the seed and the count of every run."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from tests.faults import campaigns
from tests.faults.campaigns import ALL, NOT_RUN, Told

SEED = 20261122
Run: TypeAlias = Callable[[str], Told]


@pytest.fixture
def campaign(record_property: Callable[[str, object], None]) -> Run:
    """Run one campaign in a process of its own, tell what it did, and see that it went right.

    Where this machine lacks what it needs, that is told loudly: the one skip there is.
    """

    def run(name: str) -> Told:
        told = campaigns.apart(name, rounds=ALL[name].in_ci, seed=SEED)
        record_property("told", f"faults, {campaigns.said(name, told)}")
        if NOT_RUN in told:
            pytest.skip(campaigns.said(name, told))
        assert campaigns.is_right(name, told), told
        return told

    return run
