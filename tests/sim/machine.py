"""The state machine: hypothesis decides what happens to whom; ``World`` makes it happen."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.sim.happenings import HAPPENINGS, Happening
from tests.sim.office import Office
from tests.sim.phone import Phone
from tests.sim.stories import CASTS
from tests.sim.world import World


class Machine(RuleBasedStateMachine):
    """Three to five phones, one office. Its rules are the table of happenings."""

    office: Office
    ready: Mapping[str, Phone]
    counts: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.world = World(self.office, self.counts)

    def teardown(self) -> None:
        """The network falls quiet; then all must be everywhere."""
        try:
            self.world.settle_down()
        finally:
            self.world.close()

    @initialize(cast=st.sampled_from(CASTS))
    def come_in(self, cast: tuple[str, ...]) -> None:
        """Everybody has a phone that pulled once."""
        for name in cast:
            self.world.bring(self.ready[name])

    @invariant()
    def holds(self) -> None:
        """I1 to I20."""
        self.world.check()
        self.counts["steps"] += 1


def _rule(name: str, happening: Happening) -> Callable[..., None]:
    def act(self: Machine, **chosen: Any) -> None:
        happening.act(self.world, **chosen)

    act.__name__ = name
    choices: Any = {key: st.sampled_from(list(values)) for key, values in happening.choices.items()}
    make: Any = rule
    made: Callable[..., None] = make(**choices)(act)
    return made


for _name, _happening in HAPPENINGS.items():
    for _time in range(_happening.often):
        setattr(Machine, f"{_name}_{_time}", _rule(_name, _happening))
