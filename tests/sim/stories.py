"""Stories told by chance: the same again for the same seed, and cut short when wrong."""

import random
from collections import Counter
from typing import Any, NamedTuple, TypeAlias

from tests.sim.happenings import HAPPENINGS
from tests.sim.office import Office
from tests.sim.phone import Phone
from tests.sim.world import World, ready

Step: TypeAlias = tuple[str, dict[str, Any]]
LENGTHS = (40, 80, 160, 320)
"""Steps of a story: short ones begin anew often, in long ones more comes together."""
CASTS: tuple[tuple[str, ...], ...] = (
    ("ana", "ben", "dora"),
    ("ana", "ben", "cai", "dora"),
    ("ana", "cai", "eva"),
    ("ana", "ben", "dora", "eva"),
    ("old ana", "ben", "dora"),
    ("old ana", "ana", "cai", "dora"),
)


class Stage:
    """An office, and the phones that every story begins with."""

    def __init__(self) -> None:
        self.office = Office()
        self.phones: dict[str, Phone] = ready(self.office)

    def close(self) -> None:
        """Let go of it."""
        self.office.close()


class Story(NamedTuple):
    """Who is there, and what happens, in order."""

    cast: tuple[str, ...]
    steps: list[Step]

    def __str__(self) -> str:
        """Return it as the body of a directed test."""
        steps = [f"    ({name!r}, {chosen!r})," for name, chosen in self.steps]
        return "\n".join([f"Story({self.cast!r}, [", *steps, "])"])


def by_chance(seed: int) -> Story:
    """Return the story of a seed."""
    chance = random.Random(seed)
    steps = chance.choice(LENGTHS)
    names = list(HAPPENINGS)
    weights = [HAPPENINGS[name].often for name in names]
    told: list[Step] = []
    for name in chance.choices(names, weights, k=steps):
        choices = HAPPENINGS[name].choices
        told.append((name, {key: chance.choice(list(of)) for key, of in choices.items()}))
    return Story(chance.choice(CASTS), told)


def tell(stage: Stage, story: Story, counts: Counter[str] | None = None) -> World:
    """Let a story happen, and check after each step. Returns its world, at rest and closed."""
    world = World(stage.office, counts)
    try:
        for name in story.cast:
            world.bring(stage.phones[name])
        for name, chosen in story.steps:
            HAPPENINGS[name].act(world, **chosen)
            world.check()
            world.count("steps")
        world.settle_down()
    finally:
        world.close()
    return world


def fault_of(stage: Stage, story: Story) -> str:
    """Return the name of the invariant that a story breaks, or what else goes wrong in it."""
    try:
        tell(stage, story)
    except AssertionError as broken:
        return str(broken).partition(":")[0]
    except Exception as error:  # noqa: BLE001  (whatever goes wrong is what is looked for)
        return type(error).__name__
    return ""


def shortest(stage: Stage, story: Story, *, tries: int = 600) -> Story:
    """Leave out of a wrong story what it does not need to go wrong in the same way."""
    wrong = fault_of(stage, story)
    size = max(1, len(story.steps) // 2)
    while size and tries:
        at = 0
        while at < len(story.steps) and tries:
            tries -= 1
            less = Story(story.cast, story.steps[:at] + story.steps[at + size :])
            if fault_of(stage, less) == wrong:
                story = less
            else:
                at += size
        size //= 2
    return story
