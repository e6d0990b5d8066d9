"""A full disk refuses and loses nothing; a clock that jumps decides nothing."""

import pytest

from tests.faults.campaigns import ALL
from tests.faults.conftest import Run

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["full disk", "full disk by a limit"])
def test_a_full_disk_refuses_and_reads_go_on_and_with_room_all_is_taken(
    campaign: Run, name: str
) -> None:
    told = campaign(name)

    assert told["fillings"] == ALL[name].in_ci
    assert int(told["503"]) > 0
    assert int(told["reads while full"]) > 0


def test_a_server_that_told_too_much_on_a_full_disk_would_be_caught(campaign: Run) -> None:
    assert int(campaign("full disk, receipts first")["lost at once"]) > 0


def test_a_clock_that_jumps_by_days_and_through_both_nights_loses_nothing(campaign: Run) -> None:
    told = campaign("clocks")

    assert told["jumps"] == ALL["clocks"].in_ci
    assert int(told["days received on"]) > 3, "the server's clock did not jump"
