"""Records what the real server said to phones, so that the phone's own code can live it again.

``python -m tests.sim.traces`` writes ``tests/vectors/traces/*.json``: one story each, told with the
real application; ``test_traces.py`` tells them anew and compares. The phone's own tests replay
every trace: they make the same requests of the same state, and end where this phone ended.
"""

from collections.abc import Callable, Mapping

import msgspec

from schemas.people import Role
from tests.sim import moves
from tests.sim.office import Office
from tests.sim.recording import Recorded, an_office, told_lives
from tests.sim.vectors import FOLDER

TRACES = FOLDER / "traces"
_SMALL = 700
"""Bytes in a pull that cut a first sync into pages."""


def a_day(world: Recorded) -> None:
    """Two advisors, one number, a conflict that is decided, and work that is refused."""
    ana, ben, dora = (world.add_phone(name) for name in ("ana", "ben", "dora"))
    for phone in (ana, ben, dora):
        world.sync(phone)
    moves.visit(world, ana, 0, "no_answer")
    moves.visit(world, ana, 1, "spoke_guardian")
    moves.correct(world, ana, 0, {"value": "505-555-0123"})
    moves.add_number(world, ana, 0, "505-555-0124")
    moves.odd(world, ana, "bad value")
    world.office.import_number(moves.family(world, 0), "505-555-0177")
    world.sync(ana)
    moves.amend(world, ana, 0, {"note": "Nobody home; a dog", "causes": {"+": ["transport"]}})
    world.read(ana)
    world.sync(ana)
    moves.decide(world, ana, 0, "mine")
    world.sync(ana)
    moves.visit(world, ben, 0, "left_voicemail")
    moves.assign(world, dora, 2, "ana")
    for phone in (dora, ben, ana, ben):
        world.sync(phone)


def pages_and_lenses(world: Recorded) -> None:
    """A first sync in pages, other work for a person, and a feed that forgot."""
    ana = world.add_phone("ana")
    world.sync(ana, limit=_SMALL)
    moves.visit(world, ana, 0, "no_answer")
    world.office.import_grades("12")
    world.sync(ana, limit=1)
    world.office.change_role("ana", Role.CALLER)
    world.sync(ana)
    moves.visit(world, ana, 1, "no_answer")
    world.office.change_role("ana", Role.ADVISOR)
    world.office.reassign(moves.family(world, 1), "ben")
    world.sync(ana, limit=_SMALL)
    mother, child = moves.family(world, 0), moves.family(world, 2)
    world.office.reassign(child, "ana")
    world.office.link_sibling(mother, child)
    world.sync(ana)
    world.office.link_sibling(mother, child)
    world.office.advance(24)
    world.office.purge()
    world.sync(ana, limit=_SMALL)


def another_life(world: Recorded) -> None:
    """The office goes back to a backup; a phone brings what only it still has."""
    ana = world.add_phone("ana")
    world.sync(ana)
    moves.visit(world, ana, 0, "no_answer")
    world.sync(ana)
    world.take_backup()
    moves.visit(world, ana, 1, "left_voicemail")
    moves.correct(world, ana, 0, {"value": "505-555-0123"})
    world.sync(ana)
    world.office.advance(24 * 9)
    world.sync(ana)
    late = world.add_phone("ben")
    world.sync(late)
    moves.visit(world, late, 0, "no_answer")
    world.sync(late)
    world.restore()
    moves.visit(world, ana, 0, "spoke_guardian")
    for phone in (ana, late, ana, late):
        world.sync(phone)


def two_of_one(world: Recorded) -> None:
    """A profile is copied to another phone, and answers come late and twice."""
    ana = world.add_phone("ana")
    world.sync(ana)
    moves.visit(world, ana, 0, "no_answer")
    twin = world.clone(ana)
    moves.visit(world, twin, 1, "left_voicemail")
    moves.visit(world, twin, 0, "no_answer")
    request = world.send(ana)
    late = world.serve(request)
    world.sync(twin)
    moves.visit(world, ana, 1, "spoke_guardian")
    world.sync(ana)
    if late is not None:
        world.hear(late)
    world.sync(ana)
    world.sync(twin)


def gone_wrong(world: Recorded) -> None:
    """Two rows of a phone go wrong; the server says where, and they come whole again."""
    ana = world.add_phone("ana")
    world.sync(ana)
    moves.visit(world, ana, 0, "no_answer")
    world.sync(ana)
    assert world.verify(ana) == []
    moves.visit(world, ana, 1, "left_voicemail")
    world.rot(ana, "guardian")
    world.rot(ana, "contact")
    assert len(world.verify(ana)) >= 1
    world.sync(ana)
    assert world.verify(ana) == []


STORIES: Mapping[str, Callable[[Recorded], None]] = {
    "a-day": a_day,
    "pages-and-lenses": pages_and_lenses,
    "another-life": another_life,
    "two-of-one": two_of_one,
    "gone-wrong": gone_wrong,
}


def document(office: Office, name: str) -> bytes:
    """Tell a story; return its trace file."""
    world = Recorded(office)
    try:
        with told_lives(2):
            STORIES[name](world)
            world.check()
            world.settle_down()
        traces = [world.trace(phone) for phone in world.phones if phone.name in world.heard]
    finally:
        world.close()
    lines = b",\n  ".join(msgspec.json.encode(trace) for trace in traces)
    about = msgspec.json.encode(f"{STORIES[name].__doc__} Written by tests/sim/traces.py.")
    return b'{\n "about": ' + about + b',\n "phones": [\n  ' + lines + b"\n ]\n}\n"


def main() -> None:
    """Write every trace."""
    TRACES.mkdir(exist_ok=True)
    office = an_office()
    for name in STORIES:
        (TRACES / f"{name}.json").write_bytes(document(office, name))
    office.close()


if __name__ == "__main__":
    main()
