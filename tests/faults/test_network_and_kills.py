"""A bad network and a dying server cost nobody a word: real sockets, real processes, fixed seeds."""

from collections.abc import Callable

import pytest

from tests.faults.campaigns import ALL, Told

Run = Callable[[str], Told]

pytestmark = pytest.mark.slow


def test_nothing_is_lost_or_doubled_on_a_network_where_most_requests_fail(campaign: Run) -> None:
    told = campaign("network")

    assert int(told["faults"]) >= ALL["network"].in_ci
    assert int(told["arrived late"]) > 0
    assert int(told["kills"]) > 0


def test_a_receipt_holds_though_the_server_is_killed_at_any_moment(campaign: Run) -> None:
    assert campaign("kills sqlite")["kills"] == ALL["kills sqlite"].in_ci


@pytest.mark.postgres
def test_it_holds_on_postgres_too_which_is_killed_at_times_under_the_server(campaign: Run) -> None:
    told = campaign("kills postgres")

    assert told["kills"] == ALL["kills postgres"].in_ci
    assert int(told["kills of PostgreSQL"]) > 0
    assert int(told["503"]) > 0
