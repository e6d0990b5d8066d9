"""The same on PostgreSQL: killed, away for a while, and without power."""

import pytest

from tests.faults.campaigns import ALL
from tests.faults.conftest import Run

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


def test_a_receipt_holds_though_the_server_or_its_database_is_killed(campaign: Run) -> None:
    told = campaign("kills postgres")

    assert told["kills"] == ALL["kills postgres"].in_ci
    assert int(told["kills of PostgreSQL"]) > 0
    assert int(told["503"]) > 0


def test_what_was_receipted_is_in_postgres_after_a_power_cut(campaign: Run) -> None:
    assert campaign("power postgres")["cuts"] == ALL["power postgres"].in_ci


def test_the_rig_would_see_it_if_postgres_answered_before_its_log_is_kept(campaign: Run) -> None:
    told = campaign("power postgres, synchronous_commit off")

    assert int(told["lost at once"]) + int(told["damaged"]) > 0
