"""Stories that chance tells rarely, told on purpose. Every counterexample of a run ends up here."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.sim import moves
from tests.sim.directed import TOLD, joined
from tests.sim.stories import Stage
from tests.sim.world import World


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    made.close()


@pytest.fixture
def world(stage: Stage) -> Iterator[World]:
    made = World(stage.office)
    yield made
    made.settle_down()
    made.close()


@pytest.mark.parametrize("name", sorted(TOLD))
def test_a_story_told_on_purpose_goes_right(stage: Stage, name: str) -> None:
    TOLD[name](stage)


def test_two_phones_of_one_profile_both_bring_their_work_home(world: World, stage: Stage) -> None:
    (ana,) = joined(world, stage, "ana")
    twin = world.clone(ana)
    first = moves.visit(world, ana, 0, "no_answer")
    second = moves.visit(world, twin, 1, "voicemail_left")

    world.sync(ana)
    world.sync(twin)
    world.check()

    assert {first, second} <= world.check_.ledger.mutations.keys()
    assert world.counts["fork"] == 1


def test_a_restored_server_gets_back_what_only_phones_still_have(
    world: World, stage: Stage
) -> None:
    (ana,) = joined(world, stage, "ana")
    visit = moves.visit(world, ana, 0, "no_answer")
    world.sync(ana)
    world.check()

    world.restore()
    assert visit not in world.check_.ledger.mutations
    world.sync(ana)
    world.check()

    assert visit in world.check_.ledger.mutations


def test_a_phone_whose_clock_is_a_year_ahead_forgets_nothing_for_it(
    world: World, stage: Stage
) -> None:
    """Found by the machine: the days a phone keeps its work were counted by its own clock."""
    (ana,) = joined(world, stage, "ana")
    twin = world.clone(ana)
    moves.visit(world, twin, 0, "no_answer")
    visit = moves.visit(world, ana, 0, "no_answer")
    world.sync(ana)
    world.sync(twin)
    ana.become(world.register(ana))
    world.jump(ana, 400 * 24)
    world.sync(ana)

    world.restore()
    world.check()

    assert visit in {entry.id for entry in ana.state.entries}


def test_work_that_no_backup_holds_is_kept_however_old_it_is(stage: Stage) -> None:
    """Found by the machine: after thirty days a phone let go of what no backup had."""
    world = World(stage.office)
    try:
        (ana,) = joined(world, stage, "ana")
        visit = moves.visit(world, ana, 0, "no_answer")
        world.sync(ana)
        world.office.advance(24 * 40)
        world.sync(ana)
        world.check()

        world.restore()
        world.sync(ana)
        world.check()

        assert visit in world.check_.ledger.mutations
    finally:
        world.close()


def test_only_the_server_says_when_something_was_received(world: World, stage: Stage) -> None:
    (ana,) = joined(world, stage, "ana")
    ana.skew = timedelta(days=-400)
    moves.visit(world, ana, 0, "no_answer")

    world.sync(ana)

    (entry,) = ana.state.entries
    assert entry.received_at is not None
    assert datetime.fromisoformat(entry.received_at) == world.now
