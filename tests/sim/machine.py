"""The state machine: hypothesis decides what happens to whom; ``World`` makes it happen."""

from collections import Counter
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from schemas.people import Role
from tests.sim import moves
from tests.sim.logic.entry import Json
from tests.sim.office import Office
from tests.sim.phone import Phone
from tests.sim.world import MOST_PHONES, World

_WHICH = st.integers(0, 9)
_LIMITS = st.sampled_from([1, 400, 2000, 128 * 1024])
_MOST = st.sampled_from([1, 2, 100])
_VALUES = st.sampled_from([f"505-555-010{digit}" for digit in range(4)])
_OUTCOMES = st.sampled_from(["no_answer", "spoke_guardian", "left_voicemail"])
_CAUSES = st.lists(st.sampled_from(["transport_no_bus", "health_illness"]), unique=True)


class Machine(RuleBasedStateMachine):
    """Three to five phones, one office."""

    office: Office
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

    @initialize(cai=st.booleans(), eva=st.booleans())
    def phones(self, *, cai: bool, eva: bool) -> None:
        """Everybody signs in and pulls once."""
        names = ["ana", "ben", "dora", *(["cai"] if cai else []), *(["eva"] if eva else [])]
        for name in names:
            self.world.sync(self.world.add_phone(name))

    @invariant()
    def holds(self) -> None:
        """I1 to I20."""
        self.world.check()
        self.counts["steps"] += 1

    def phone(self, which: int) -> Phone:
        """Return a phone that is still on the list, as far as it knows."""
        return self.world.phones[which % len(self.world.phones)]

    # ------------------------------------------------------------ people

    @rule(p=_WHICH, which=_WHICH, outcome=_OUTCOMES)
    def visits(self, p: int, which: int, outcome: str) -> None:
        moves.visit(self.world, self.phone(p), which, outcome)

    @rule(p=_WHICH, which=_WHICH, outcome=_OUTCOMES, causes=_CAUSES)
    def amends(self, p: int, which: int, outcome: str, causes: list[str]) -> None:
        moves.amend(self.world, self.phone(p), which, {"outcome": outcome, "causes": causes})

    @rule(p=_WHICH, which=_WHICH)
    def adds_a_word(self, p: int, which: int) -> None:
        moves.amend(self.world, self.phone(p), which, {"note": f"word {len(self.world.made)}"})

    @rule(p=_WHICH, which=_WHICH, value=_VALUES)
    def corrects_a_number(self, p: int, which: int, value: str) -> None:
        moves.correct(self.world, self.phone(p), which, {"value": value})

    @rule(p=_WHICH, which=_WHICH, status=st.sampled_from(["working", "wrong", "disconnected"]))
    def tries_a_number(self, p: int, which: int, status: str) -> None:
        moves.correct(self.world, self.phone(p), which, {"status": status})

    @rule(p=_WHICH, which=_WHICH, value=_VALUES)
    def adds_a_number(self, p: int, which: int, value: str) -> None:
        moves.add_number(self.world, self.phone(p), which, value)

    @rule(p=_WHICH, which=_WHICH, who=st.sampled_from(["ana", "ben", "cai", ""]))
    def assigns(self, p: int, which: int, who: str) -> None:
        moves.assign(self.world, self.phone(p), which, who)

    @rule(p=_WHICH, which=_WHICH, choice=st.sampled_from(["mine", "theirs", "custom"]))
    def decides(self, p: int, which: int, choice: str) -> None:
        moves.decide(self.world, self.phone(p), which, choice)

    @rule(p=_WHICH, kind=st.sampled_from(sorted(moves.ODD)))
    def does_something_odd(self, p: int, kind: str) -> None:
        moves.odd(self.world, self.phone(p), kind)

    @rule(p=_WHICH, which=_WHICH, value=_VALUES)
    def edits_somebody_elses(self, p: int, which: int, value: str) -> None:
        moves.late_edit(self.world, self.phone(p), which, value)

    # ------------------------------------------------------------ the network

    @rule(p=_WHICH, limit=_LIMITS, most=_MOST)
    def exchanges(self, p: int, limit: int, most: int) -> None:
        self.world.exchange(self.phone(p), limit=limit, most=most)

    @rule(p=_WHICH)
    def syncs(self, p: int) -> None:
        self.world.sync(self.phone(p))

    @rule(p=_WHICH, limit=_LIMITS, most=_MOST)
    def sends(self, p: int, limit: int, most: int) -> None:
        self.world.send(self.phone(p), limit=limit, most=most)

    @precondition(lambda self: self.world.up)
    @rule(which=_WHICH, again=st.booleans(), cut=st.integers(-6, 3))
    def server_takes(self, which: int, *, again: bool, cut: int) -> None:
        request = self.world.up[which % len(self.world.up)]
        if not again:
            self.world.up.remove(request)
        answer = self.world.serve(request, cut_at=max(cut, 0))
        if answer is not None:
            self.world.down.append(answer)

    @precondition(lambda self: self.world.down)
    @rule(which=_WHICH, again=st.booleans(), dies=st.integers(-6, 2))
    def phone_hears(self, which: int, *, again: bool, dies: int) -> None:
        answer = self.world.down[which % len(self.world.down)]
        if not again:
            self.world.down.remove(answer)
        if answer.phone in self.world.phones:
            self.world.hear(answer, dies_at=max(dies, 0))

    @precondition(lambda self: self.world.up or self.world.down)
    @rule(which=_WHICH)
    def is_lost(self, which: int) -> None:
        line: list[Any] = [*self.world.up, *self.world.down]
        gone = line[which % len(line)]
        (self.world.up if gone in self.world.up else self.world.down).remove(gone)
        self.world.count("lost on the way")

    @rule(p=_WHICH)
    def delivers_while_locked(self, p: int) -> None:
        self.world.deliver(self.phone(p))

    # ------------------------------------------------------------ phones as things

    @precondition(lambda self: len(self.world.phones) < MOST_PHONES)
    @rule(p=_WHICH)
    def is_cloned(self, p: int) -> None:
        self.world.clone(self.phone(p))

    @rule(p=_WHICH, hours=st.sampled_from([-400 * 24, -26, -1, 1, 26, 400 * 24]))
    def clock_is_set(self, p: int, hours: int) -> None:
        self.world.jump(self.phone(p), hours)

    @rule(p=_WHICH)
    def is_upgraded(self, p: int) -> None:
        phone = self.phone(p)
        if phone.schema < 1:
            phone.upgrade()
            self.world.count("upgrades")

    @rule(p=_WHICH)
    def reads_refusals(self, p: int) -> None:
        self.phone(p).read()

    # ------------------------------------------------------------ the office

    @rule(which=_WHICH, value=_VALUES)
    def file_changes_a_number(self, which: int, value: str) -> None:
        family = moves.family(self.world, which)
        self.world.acts(lambda: self.world.office.import_number(family, value), "imports")

    @rule(which=_WHICH)
    def file_drops_a_number(self, which: int) -> None:
        family = moves.family(self.world, which)
        self.world.acts(lambda: self.world.office.end_number(family), "deletions")

    @rule(grade=st.sampled_from(["9", "10", "11"]))
    def file_moves_everybody(self, grade: str) -> None:
        self.world.acts(lambda: self.world.office.import_grades(grade), "slow imports")

    @rule(which=_WHICH, who=st.sampled_from(["ana", "ben", "cai", ""]))
    def is_reassigned(self, which: int, who: str) -> None:
        family = moves.family(self.world, which)
        self.world.acts(lambda: self.world.office.reassign(family, who), "reassignments")

    @rule(which=_WHICH, is_closed=st.booleans())
    def case_is_closed(self, which: int, *, is_closed: bool) -> None:
        family = moves.family(self.world, which)
        office = self.world.office
        self.world.acts(lambda: office.close_case(family, is_closed=is_closed), "cases closed")

    @rule(one=_WHICH, other=_WHICH)
    def sibling_is_found(self, one: int, other: int) -> None:
        first, second = moves.family(self.world, one), moves.family(self.world, other)
        self.world.acts(lambda: self.world.office.link_sibling(first, second), "siblings")

    @rule(role=st.sampled_from([Role.ADVISOR, Role.CALLER, Role.COORDINATOR]))
    def role_changes(self, role: Role) -> None:
        self.world.acts(lambda: self.world.office.change_role("ben", role), "role changes")

    @rule(which=_WHICH)
    def contact_is_withdrawn(self, which: int) -> None:
        key = moves.some_contact(self.world, which)
        if key:
            self.world.acts(
                lambda: self.world.office.withdraw_contact(UUID(key)), "contacts withdrawn"
            )

    @rule(hours=st.sampled_from([0.1, 5, 13, 24 * 8, 24 * 40]))
    def time_passes(self, hours: float) -> None:
        self.world.acts(lambda: self.world.office.advance(hours), "time passes")

    @rule()
    def backup_is_made(self) -> None:
        self.world.take_backup()

    @rule()
    def backup_is_restored(self) -> None:
        self.world.restore()

    @rule(p=_WHICH, sure=_WHICH)
    def is_revoked(self, p: int, sure: int) -> None:
        if sure == 0 and len(self.world.phones) > 3:
            device = self.phone(p).state.place.device
            self.world.acts(lambda: self.world.office.revoke(device), "revocations")


Shape = Json
