"""Runs that must not differ: other clocks (I11), other page sizes (I14), purged or not (I15)."""

import random
from collections.abc import Iterator
from typing import Any, cast

import pytest

from tests.sim.happenings import HAPPENINGS
from tests.sim.logic.entry import Json, Rows
from tests.sim.phone import Phone
from tests.sim.stories import Stage, Story, by_chance, tell
from tests.sim.watching import hold
from tests.sim.world import World

SEEDS = range(700, 708)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    made.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_i11_clocks_of_phones_change_nothing(stage: Stage, seed: int) -> None:
    story = by_chance(seed)
    one = image(tell(stage, without_clocks(story)))
    other = image(tell(stage, with_other_clocks(story, seed)))

    hold(one == other, "I11", f"clocks changed {differing(one, other)}")


@pytest.mark.parametrize("seed", SEEDS)
def test_i14_page_sizes_change_nothing(stage: Stage, seed: int) -> None:
    for world in at_moments(stage, by_chance(seed)):
        for phone in list(world.phones):
            if phone.is_revoked:
                continue
            small, large = (walked(world, phone, limit=limit) for limit in (1, 1 << 20))
            hold(small == large, "I14", f"{phone.name} ends elsewhere by small pages")


@pytest.mark.parametrize("seed", SEEDS)
def test_i15_a_purge_changes_nothing(stage: Stage, seed: int) -> None:
    for world in at_moments(stage, by_chance(seed)):
        kept = world.office.db.copy()
        plain = [walked(world, phone, limit=2000) for phone in world.phones]
        world.office.db.put_back(kept)
        world.office.purge()
        purged = [walked(world, phone, limit=2000) for phone in world.phones]
        world.office.db.put_back(kept)
        hold(plain == purged, "I15", "a purge shows on a phone")


def without_clocks(story: Story) -> Story:
    return Story(story.cast, [step for step in story.steps if step[0] != "clock_is_set"])


def with_other_clocks(story: Story, seed: int) -> Story:
    chance = random.Random(seed)
    steps = without_clocks(story).steps
    for _ in range(12):
        chosen = {"p": chance.randrange(5), "hours": chance.choice([-9000, -30, -1, 2, 50, 9000])}
        steps.insert(chance.randrange(len(steps)), ("clock_is_set", chosen))
    return Story(story.cast, steps)


def image(world: World) -> dict[str, Any]:
    """Return all that the server holds, without the estimates of when something was."""
    ledger = world.check_.ledger
    rows = {
        name: [(one.ver, _timeless(one.data), one.mid) for one in versions]
        for name, versions in ledger.history.items()
    }
    outs = {mid: one.receipt["out"] for mid, one in ledger.mutations.items()}
    return {"rows": rows, "outs": outs, "head": ledger.head}


def _timeless(data: Any) -> Any:
    if isinstance(data, list):
        return [_timeless(part) for part in data]  # pyright: ignore[reportUnknownVariableType]
    if not isinstance(data, dict):
        return data
    guessed = {"est_at", "mine_at", "theirs_at", "occurred_at"}
    told = cast("dict[str, Any]", data)
    return {name: _timeless(part) for name, part in told.items() if name not in guessed}


def differing(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    return [
        f"{kind} {name}: {one[kind].get(name)} / {other[kind].get(name)}"
        for kind in ("rows", "outs")
        for name in one[kind].keys() | other[kind].keys()
        if one[kind].get(name) != other[kind].get(name)
    ][:3]


def at_moments(stage: Stage, story: Story) -> Iterator[World]:
    """Yield a story's world now and then, while it happens."""
    world = World(stage.office)
    try:
        for name in story.cast:
            world.bring(stage.phones[name])
        for at, (name, chosen) in enumerate(story.steps, 1):
            HAPPENINGS[name].act(world, **chosen)
            world.check()
            if at % 27 == 0:
                yield world
    finally:
        world.close()


def walked(world: World, phone: Phone, *, limit: int) -> tuple[Rows, Json]:
    """Return what a phone would hold if it only pulled from here to the end, by such pages."""
    twin = phone.twin(phone.name)
    for _ in range(400):
        step = world.exchange(twin, limit=limit, most=0)
        pull_is_over = step == "done" or (step == "again" and twin.is_complete)
        if twin.is_revoked or pull_is_over:
            break
    return twin.state.rows, twin.state.place.held
