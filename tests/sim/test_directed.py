"""Stories that chance tells rarely, told on purpose. Every counterexample of a run ends up here."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.sim import moves
from tests.sim.phone import Phone
from tests.sim.stories import Stage, Story, tell
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


def joined(world: World, stage: Stage, *names: str) -> list[Phone]:
    return [world.bring(stage.phones[name]) for name in names]


def number_on(phone: Phone, key: str) -> object:
    shown = next(row for row in phone.seen("contact_point") if row.base.key == key)
    return shown.data["value"]


def test_an_edit_stays_on_the_screen_while_its_row_moves_ahead_of_a_cut_page(
    world: World, stage: Stage
) -> None:
    """Model mistake ``overlay_by_cursor``: a cursor beyond the receipt does not mean the row came."""
    (ana,) = joined(world, stage, "ana")
    family = world.office.families[0]
    row = moves.desk(world, "contact_point", str(family.point_id))
    assert row is not None
    world.do(ana, ana.edit("contact_point.edit", row, {"value": "505-555-0123"}))
    world.office.import_grades("12")  # these rows come before the edit's
    world.exchange(ana, limit=1)
    world.check()
    sent = ana.state.entries[0]
    assert sent.receipt is not None

    world.office.import_grades("11")  # and these after it
    world.office.import_number(family, "505-555-0177")  # and now the row is behind them all
    while int(ana.state.place.cursor.rpartition(".")[2]) < sent.receipt["seq"]:
        world.exchange(ana, limit=1)
        world.check()

    assert number_on(ana, str(family.point_id)) == "505-555-0123"
    world.sync(ana)
    assert number_on(ana, str(family.point_id)) == "505-555-0177"


def test_a_late_answer_made_for_the_old_build_is_left_aside_after_an_upgrade(
    world: World, stage: Stage
) -> None:
    """Model mistake ``cas_without_schema``: before and after an upgrade a phone holds nothing."""
    old = world.add_phone("ana", schema=0)
    late = world.serve(world.send(old))
    assert late is not None
    world.upgrade(old)

    told = world.hear(late)

    assert not told.is_fresh
    assert old.state.rows == {}


def test_two_phones_of_one_profile_both_bring_their_work_home(world: World, stage: Stage) -> None:
    (ana,) = joined(world, stage, "ana")
    twin = world.clone(ana)
    first = moves.visit(world, ana, 0, "no_answer")
    second = moves.visit(world, twin, 1, "left_voicemail")

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


COUNTEREXAMPLES = {
    "a decision lies over the row it is about": Story(
        ("ana", "ben", "cai", "dora"),
        [
            ("corrects_a_number", {"p": 6, "which": 6, "value": "505-555-0102"}),
            ("file_changes_a_number", {"which": 8, "value": "505-555-0100"}),
            ("exchanges", {"p": 6, "limit": 400, "most": 2}),
            ("corrects_a_number", {"p": 2, "which": 5, "value": "505-555-0101"}),
            ("decides", {"p": 2, "which": 7, "choice": "theirs"}),
        ],
    ),
    "causes go on where a refused edit left them": Story(
        ("ana", "ben", "dora", "eva"),
        [
            ("visits", {"p": 1, "which": 4, "outcome": "spoke_guardian"}),
            ("is_cloned", {"p": 1}),
            (
                "amends",
                {"p": 6, "which": 6, "outcome": "no_answer", "causes": ["transport_no_bus"]},
            ),
            (
                "amends",
                {
                    "p": 1,
                    "which": 2,
                    "outcome": "spoke_guardian",
                    "causes": ["health_illness", "transport_no_bus"],
                },
            ),
        ],
    ),
}


@pytest.mark.parametrize("name", sorted(COUNTEREXAMPLES))
def test_a_story_that_once_went_wrong_goes_right(stage: Stage, name: str) -> None:
    tell(stage, COUNTEREXAMPLES[name])
