"""The alarm rings: faults put into the sync code are noticed. ``make sabotage`` tries all."""

from collections.abc import Callable

import pytest

from tests.sim.sabotage import fits, run
from tests.sim.sabotages import ALL, SAMPLE

Tell = Callable[[str, object], None]


def test_every_fault_still_fits_the_code() -> None:
    assert not [said for one in ALL for said in fits(one)]


def test_there_are_faults_enough_and_no_two_of_one_name() -> None:
    assert len({one.name for one in ALL}) == len(ALL) >= 25


@pytest.mark.slow
def test_a_sample_of_faults_is_noticed(record_property: Tell) -> None:
    chosen = [one for one in ALL if one.name in SAMPLE]

    verdicts = list(run(chosen, seconds=60, cores=1))

    record_property("told", "sabotage, a sample:\n" + "\n".join(one.line() for one in verdicts))
    assert [one.sabotage.name for one in verdicts if not one.is_caught] == []
