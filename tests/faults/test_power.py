"""A power cut costs nobody a word: ext4 that is shut down under the database, and under a phone."""

import pytest

from tests.faults.campaigns import ALL
from tests.faults.conftest import Run

pytestmark = pytest.mark.slow


def test_what_was_receipted_is_in_the_database_file_after_a_power_cut(campaign: Run) -> None:
    assert campaign("power sqlite")["cuts"] == ALL["power sqlite"].in_ci


def test_the_rig_would_see_it_if_sqlite_did_not_wait_for_the_disk(campaign: Run) -> None:
    told = campaign("power sqlite, synchronous off")

    assert int(told["lost at once"]) + int(told["damaged"]) > 0


@pytest.mark.browser
def test_what_the_phone_called_saved_is_on_its_disk_after_a_power_cut(campaign: Run) -> None:
    told = campaign("power phone")

    assert told["cuts"] == ALL["power phone"].in_ci
    # What a browser does by default is lost by the same cuts.
    assert int(told["relaxed records lost"]) > 0
