"""A power cut costs nobody a receipted word: ext4 that is shut down in the middle of the work."""

from collections.abc import Callable

import pytest

from tests.faults.campaigns import ALL, Told

Run = Callable[[str], Told]

pytestmark = pytest.mark.slow


def test_what_was_receipted_is_in_the_database_file_after_a_power_cut(campaign: Run) -> None:
    assert campaign("power sqlite")["cuts"] == ALL["power sqlite"].in_ci


@pytest.mark.postgres
def test_what_was_receipted_is_in_postgres_after_a_power_cut(campaign: Run) -> None:
    assert campaign("power postgres")["cuts"] == ALL["power postgres"].in_ci


def test_the_rig_would_see_it_if_sqlite_did_not_wait_for_the_disk(campaign: Run) -> None:
    told = campaign("power sqlite, synchronous off")

    assert int(told["lost at once"]) + int(told["damaged"]) > 0


@pytest.mark.postgres
def test_the_rig_would_see_it_if_postgres_answered_before_its_log_is_kept(campaign: Run) -> None:
    told = campaign("power postgres, synchronous_commit off")

    assert int(told["lost at once"]) + int(told["damaged"]) > 0
