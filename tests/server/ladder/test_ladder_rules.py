"""Laws of the pure ladder that counts days only."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.ladder import catalog
from server.ladder.rules import thresholds
from server.ladder.rules.thresholds import Reached

STEPS = catalog.get("aps-2014").thresholds
FIRST = date(2025, 9, 1)

days = st.lists(
    st.tuples(
        st.integers(0, 60).map(lambda count: FIRST + timedelta(days=count)),
        st.sampled_from([0, 105, 280, 420, 840]),
    ),
    max_size=40,
)


@settings(deadline=None)
@given(days, st.randoms())
def test_the_order_in_which_days_are_told_is_irrelevant(
    known: list[tuple[date, int]], chance: Random
) -> None:
    shuffled = list(known)
    chance.shuffle(shuffled)

    assert thresholds.reached(STEPS, shuffled) == thresholds.reached(STEPS, known)


@settings(deadline=None)
@given(days)
def test_a_day_told_twice_counts_once(known: list[tuple[date, int]]) -> None:
    assert thresholds.reached(STEPS, known + known) == thresholds.reached(STEPS, known)


@settings(deadline=None)
@given(days, st.integers(0, 39))
def test_a_day_less_never_reaches_more(known: list[tuple[date, int]], place: int) -> None:
    fewer = known[:place] + known[place + 1 :]

    steps = {one.step for one in thresholds.reached(STEPS, fewer)}
    assert steps <= {one.step for one in thresholds.reached(STEPS, known)}


def test_a_step_is_crossed_by_the_absence_that_completes_it() -> None:
    known = [(FIRST, 840), (FIRST + timedelta(days=1), 420), (FIRST + timedelta(days=2), 420)]

    assert thresholds.reached(STEPS, known) == (
        Reached(step="robocall_2", crossed_on=FIRST + timedelta(days=2), value=1680),
    )


def test_a_ladder_that_needs_percentages_is_refused_by_what_counts_days_only() -> None:
    with pytest.raises(catalog.LadderNotSupported, match="whole_school") as refused:
        _ = catalog.get("nm-afsa").thresholds

    assert refused.value.code == "ladder_not_supported"


def test_every_ladder_that_is_shipped_can_be_read() -> None:
    assert set(catalog.ladders()) == {"aps-2014", "ca-sarb", "nm-afsa", "tx-tpm"}
