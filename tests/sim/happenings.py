"""Everything that can happen in a story, in one table: how often, and with what choices.

The hypothesis machine, the long runs and the directed tests all take what happens from here. A
choice that finds nothing to choose from does nothing, so that any part of a story is a story.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from schemas.people import Role
from tests.sim import moves
from tests.sim.phone import Phone
from tests.sim.world import MOST_PHONES, World

Choices: TypeAlias = Mapping[str, Sequence[Any]]

_WHICH = range(10)
_LIMITS = (1, 400, 2000, 128 * 1024)
_MOST = (1, 2, 100)
_NUMBERS = tuple(f"505-555-010{digit}" for digit in range(4))
_OUTCOMES = ("no_answer", "spoke_guardian", "voicemail_left")
_CAUSES: tuple[list[str], ...] = ([], ["transport_no_bus"], ["health_illness", "transport_no_bus"])
_WHO = ("ana", "ben", "cai", "")
_A_WEEK = 24 * 7
_FAULTS = (0, 0, 0, 0, 0, 1, 2, 3, -1, -2)
"""After how many commits the power goes, or (below nothing) the disk is full; mostly neither."""


class Happening(NamedTuple):
    """One thing that can happen."""

    often: int
    act: Callable[..., None]
    choices: Choices


HAPPENINGS: dict[str, Happening] = {}


def happens(often: int, **choices: Sequence[Any]) -> Callable[..., Any]:
    """Put a function into the table; it is given the world and one of each choice."""

    def keep(act: Callable[..., None]) -> Callable[..., None]:
        HAPPENINGS[act.__name__] = Happening(often, act, choices)
        return act

    return keep


def _phone(world: World, p: int) -> Phone:
    return world.phones[p % len(world.phones)]


# ---------------------------------------------------------------- people


@happens(8, p=_WHICH, which=_WHICH, outcome=_OUTCOMES)
def visits(world: World, p: int, which: int, outcome: str) -> None:
    moves.visit(world, _phone(world, p), which, outcome)


@happens(4, p=_WHICH, which=_WHICH, outcome=_OUTCOMES, causes=_CAUSES)
def amends(world: World, p: int, which: int, outcome: str, causes: list[str]) -> None:
    moves.amend(world, _phone(world, p), which, {"outcome": outcome, "causes": causes})


@happens(3, p=_WHICH, which=_WHICH)
def adds_a_word(world: World, p: int, which: int) -> None:
    moves.amend(world, _phone(world, p), which, {"note": f"word {len(world.made)}"})


@happens(8, p=_WHICH, which=_WHICH, value=_NUMBERS)
def corrects_a_number(world: World, p: int, which: int, value: str) -> None:
    moves.correct(world, _phone(world, p), which, {"value": value})


@happens(2, p=_WHICH, which=_WHICH, status=("working", "wrong", "disconnected"))
def tries_a_number(world: World, p: int, which: int, status: str) -> None:
    moves.correct(world, _phone(world, p), which, {"status": status})


@happens(2, p=_WHICH, which=_WHICH, value=_NUMBERS)
def adds_a_number(world: World, p: int, which: int, value: str) -> None:
    moves.add_number(world, _phone(world, p), which, value)


@happens(3, p=_WHICH, which=_WHICH, who=_WHO)
def assigns(world: World, p: int, which: int, who: str) -> None:
    moves.assign(world, _phone(world, p), which, who)


@happens(3, p=_WHICH, which=_WHICH, outcome=_OUTCOMES, causes=_CAUSES)
def amends_at_the_desk(world: World, p: int, which: int, outcome: str, causes: list[str]) -> None:
    changes = {"outcome": outcome, "causes": causes}
    moves.amend_at_desk(world, _phone(world, p), which, changes)


@happens(5, p=_WHICH, which=_WHICH, choice=("mine", "theirs", "custom"))
def decides(world: World, p: int, which: int, choice: str) -> None:
    moves.decide(world, _phone(world, p), which, choice)


@happens(3, p=_WHICH, kind=sorted(moves.ODD))
def does_something_odd(world: World, p: int, kind: str) -> None:
    moves.odd(world, _phone(world, p), kind)


@happens(2, p=_WHICH, which=_WHICH)
def uses_a_word_of_tomorrow(world: World, p: int, which: int) -> None:
    moves.tell(world, _phone(world, p), which)


@happens(2, p=_WHICH, which=_WHICH)
def retells_in_a_word_of_tomorrow(world: World, p: int, which: int) -> None:
    moves.retell(world, _phone(world, p), which, {"note": f"retold {len(world.made)}"})


@happens(1, p=_WHICH, which=_WHICH)
def uses_an_id_again(world: World, p: int, which: int) -> None:
    moves.use_again(world, _phone(world, p), which)


@happens(3, p=_WHICH, which=_WHICH, value=_NUMBERS)
def edits_from_memory(world: World, p: int, which: int, value: str) -> None:
    moves.late_edit(world, _phone(world, p), which, value)


@happens(2, p=_WHICH, which=_WHICH, was=_NUMBERS, value=_NUMBERS)
def edits_on_a_guess(world: World, p: int, which: int, was: str, value: str) -> None:
    moves.guess(world, _phone(world, p), which, was, value)


@happens(1, p=_WHICH)
def reads_refusals(world: World, p: int) -> None:
    _phone(world, p).read()


@happens(2, p=_WHICH, which=_WHICH)
def asks_for_a_call(world: World, p: int, which: int) -> None:
    moves.ask_for_call(world, _phone(world, p), which)


@happens(4, p=_WHICH, which=_WHICH, op=("task.claim", "task.claim", "task.release"))
def takes_a_call(world: World, p: int, which: int, op: str) -> None:
    moves.move_call(world, _phone(world, p), which, op)


@happens(3, p=_WHICH, which=_WHICH, op=("task.complete", "task.complete", "task.cancel"))
def makes_a_call(world: World, p: int, which: int, op: str) -> None:
    moves.move_call(world, _phone(world, p), which, op)


# ---------------------------------------------------------------- the network


@happens(6, p=_WHICH, limit=_LIMITS, most=_MOST)
def exchanges(world: World, p: int, limit: int, most: int) -> None:
    world.exchange(_phone(world, p), limit=limit, most=most)


@happens(3, p=_WHICH)
def syncs(world: World, p: int) -> None:
    world.sync(_phone(world, p))


@happens(6, p=_WHICH, limit=_LIMITS, most=_MOST)
def sends(world: World, p: int, limit: int, most: int) -> None:
    world.send(_phone(world, p), limit=limit, most=most)


@happens(7, which=_WHICH, again=(False, False, True), fault=_FAULTS)
def server_takes(world: World, which: int, again: bool, fault: int) -> None:  # noqa: FBT001  (drawn by chance and handed over by name)
    if not world.up:
        return
    request = world.up[which % len(world.up)]
    if again:
        world.count("served twice")
    else:
        world.up.remove(request)
    answer = world.serve(request, cut_at=max(0, fault), full_at=max(0, -fault))
    if answer is not None:
        world.down.append(answer)


@happens(7, which=_WHICH, again=(False, False, True), dies=(0, 0, 0, 0, 1, 2))
def phone_hears(world: World, which: int, again: bool, dies: int) -> None:  # noqa: FBT001  (drawn by chance and handed over by name)
    if not world.down:
        return
    answer = world.down[which % len(world.down)]
    if again:
        world.count("heard twice")
    else:
        world.down.remove(answer)
    world.hear(answer, dies_at=dies)


@happens(1, which=_WHICH)
def is_lost(world: World, which: int) -> None:
    line: list[Any] = [*world.up, *world.down]
    if line:
        place = which % len(line)
        if place < len(world.up):
            del world.up[place]
        else:
            del world.down[place - len(world.up)]
        world.count("lost on the way")


@happens(1, p=_WHICH)
def delivers_while_locked(world: World, p: int) -> None:
    world.deliver(_phone(world, p))


@happens(1, p=_WHICH, rots=(False, True, True), which=_WHICH)
def compares_what_it_holds(world: World, p: int, rots: bool, which: int) -> None:  # noqa: FBT001
    world.compare(_phone(world, p), rots=rots, which=which)


# ---------------------------------------------------------------- phones as things


@happens(1, p=_WHICH)
def is_cloned(world: World, p: int) -> None:
    if len(world.phones) < MOST_PHONES:
        world.clone(_phone(world, p))


@happens(1, p=_WHICH, hours=(-400 * 24, -26, -1, 1, 26, 400 * 24))
def clock_is_set(world: World, p: int, hours: int) -> None:
    world.jump(_phone(world, p), hours)


@happens(1, p=_WHICH)
def is_upgraded(world: World, p: int) -> None:
    world.upgrade(_phone(world, p))


# ---------------------------------------------------------------- the office


@happens(2, which=_WHICH, value=_NUMBERS)
def file_changes_a_number(world: World, which: int, value: str) -> None:
    family = moves.family(world, which)
    world.acts(lambda: world.office.import_number(family, value), "imports")


@happens(1, which=_WHICH)
def file_drops_a_number(world: World, which: int) -> None:
    family = moves.family(world, which)
    world.acts(lambda: world.office.end_number(family), "deletions")


@happens(1, grade=("9", "10", "11"))
def file_moves_everybody(world: World, grade: str) -> None:
    world.acts(lambda: world.office.import_grades(grade), "imports of everybody")


@happens(2, grade=("9", "10", "11"))
def file_comes_in_slowly(world: World, grade: str) -> None:
    world.acts(lambda: world.office.import_slowly(grade), "parts of slow imports")


@happens(2, which=_WHICH, who=_WHO)
def is_reassigned(world: World, which: int, who: str) -> None:
    family = moves.family(world, which)
    world.acts(lambda: world.office.reassign(family, who), "reassignments")


@happens(1, which=_WHICH, is_closed=(True, False))
def case_is_closed(world: World, which: int, is_closed: bool) -> None:  # noqa: FBT001  (drawn by chance and handed over by name)
    family = moves.family(world, which)
    world.acts(lambda: world.office.close_case(family, is_closed=is_closed), "cases closed")


@happens(1, one=_WHICH, other=_WHICH)
def sibling_is_found(world: World, one: int, other: int) -> None:
    first, second = moves.family(world, one), moves.family(world, other)
    world.acts(lambda: world.office.link_sibling(first, second), "siblings")


@happens(1, role=(Role.ADVISOR, Role.CALLER, Role.COORDINATOR))
def role_changes(world: World, role: Role) -> None:
    world.acts(lambda: world.office.change_role("ben", role), "role changes")


@happens(1, which=_WHICH)
def contact_is_withdrawn(world: World, which: int) -> None:
    key = moves.some_contact(world, which)
    if key:
        world.acts(lambda: world.office.withdraw_contact(UUID(key)), "contacts withdrawn")


@happens(1, hours=(0.1, 5, 13, 24 * 8, 24 * 40))
def time_passes(world: World, hours: float) -> None:
    world.acts(lambda: world.office.advance(hours), "time passes")
    if hours > _A_WEEK:
        world.take_backup()  # no office goes on for a month without one


@happens(1, is_mended=(True, True, False))
def parked_is_replayed(world: World, is_mended: bool) -> None:  # noqa: FBT001
    world.replay(is_mended=is_mended)


@happens(1)
def backup_is_made(world: World) -> None:
    world.take_backup()


@happens(1)
def backup_is_restored(world: World) -> None:
    world.restore()


@happens(1, p=_WHICH, sure=_WHICH)
def is_revoked(world: World, p: int, sure: int) -> None:
    if sure == 0:
        device = _phone(world, p).state.place.device
        world.acts(lambda: world.office.revoke(device), "revocations")


@happens(1)
def long_gone_is_purged(world: World) -> None:
    world.acts(world.office.purge, "purges")
