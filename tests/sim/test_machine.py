"""The state machine, for as long as a test run gives it."""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.sim.office import Office
from tests.sim.running import Told, run


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    made = Office()
    yield made
    made.close()


def test_nothing_is_lost_or_doubled_whatever_happens(office: Office) -> None:
    told: Told = run(office, seconds=5, seed_=20260302)
    print(told)
