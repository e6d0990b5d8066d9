"""A bad network and a dying server cost nobody a word: real sockets, real processes."""

import pytest

from tests.faults.campaigns import ALL
from tests.faults.conftest import Run

pytestmark = pytest.mark.slow


def test_nothing_is_lost_or_doubled_on_a_network_where_most_requests_fail(campaign: Run) -> None:
    told = campaign("network")

    assert int(told["faults"]) >= ALL["network"].in_ci
    assert int(told["arrived late"]) > 0
    assert int(told["kills"]) > 0


def test_a_receipt_holds_though_the_server_is_killed_at_any_moment(campaign: Run) -> None:
    assert campaign("kills sqlite")["kills"] == ALL["kills sqlite"].in_ci
