"""Records what the real server said to phones, so that the phone's own code can live it again.

``python -m tests.sim.traces`` writes ``tests/vectors/traces/*.json``: one story each, told with the
real application; ``test_traces.py`` tells them anew and compares. The phone's own tests replay
every trace: they make the same requests of the same state, and end where this phone ended.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count

import msgspec
from msgspec import to_builtins

from schemas.people import Role
from server.db import migrate
from tests.sim import moves
from tests.sim.logic.apply import digest
from tests.sim.logic.entry import Deed, Json
from tests.sim.logic.forget import KEPT_DAYS, SHOWN_DAYS
from tests.sim.office import Office
from tests.sim.phone import Phone, Told
from tests.sim.vectors import FOLDER, told_state
from tests.sim.world import Answer, Request, World

TRACES = FOLDER / "traces"
_SMALL = 700
"""Bytes in a pull that cut a first sync into pages."""


class _Lives:
    """Names of a database's lives that come out the same in every run."""

    def __init__(self, first: int) -> None:
        self._count = count(first)

    def token_hex(self, length: int) -> str:
        """Return the next name."""
        return f"{next(self._count):0{2 * length}x}"


@contextmanager
def told_lives(first: int) -> Iterator[None]:
    """Let databases take the names of their lives from here."""
    names = vars(migrate)
    kept = names["secrets"]
    names["secrets"] = _Lives(first)
    try:
        yield
    finally:
        names["secrets"] = kept


def an_office() -> Office:
    """Return an office whose traces can be compared with another's."""
    with told_lives(1):
        return Office()


class Recorded(World):
    """A story whose phones are listened to."""

    def __init__(self, office: Office) -> None:
        self.heard: dict[str, list[Json]] = {}
        super().__init__(office)

    def add_phone(self, worker: str, *, schema: int = 1) -> Phone:
        """Give a person a new phone, and listen to it."""
        phone = super().add_phone(worker, schema=schema)
        self.heard[phone.name] = [{"is": "begin", "device": phone.state.place.device}]
        return phone

    def clone(self, phone: Phone) -> Phone:
        """Copy a phone: the copy has lived what the first one lived."""
        twin = super().clone(phone)
        self.heard[twin.name] = [*self.heard[phone.name]]
        return twin

    def do(self, phone: Phone, deed: Deed | None) -> str:
        """The person does something."""
        id_ = super().do(phone, deed)
        if id_:
            self._note(phone, {"is": "keep", "entry": to_builtins(phone.state.entries[-1])})
        return id_

    def read(self, phone: Phone) -> None:
        """The person reads why work was refused."""
        phone.read()
        self._note(phone, {"is": "read"})

    def send(self, phone: Phone, *, limit: int = 128 * 1024, most: int = 100) -> Request:
        """The phone asks."""
        request = super().send(phone, limit=limit, most=most)
        self._note(phone, {"is": "ask", "most": most, "request": request.body})
        return request

    def hear(self, answer: Answer, *, dies_at: int = 0) -> Told:
        """The phone takes an answer in."""
        phone = answer.phone
        present = _present(phone, answer.body)
        told = super().hear(answer, dies_at=dies_at)
        device = phone.state.place.device
        said = {"answer": answer.body, "present": present, "device": device}
        self._note(phone, {"is": "hear", **said, "is_fresh": told.is_fresh})
        return told

    def trace(self, phone: Phone) -> Json:
        """Return what a phone lived, and what it came to."""
        shown = {
            root: {name: {"ver": row.base.ver, "data": row.data} for name, row in held.items()}
            for root, held in sorted(phone.view.items())
        }
        end = {**told_state(phone.state), "shown": shown}
        return {
            "phone": phone.name,
            "author": phone.me,
            "steps": self.heard[phone.name],
            "end": end,
        }

    def _turned_away(self, request: Request, status: int) -> None:
        super()._turned_away(request, status)
        self._note(request.phone, {"is": "join", "device": request.phone.state.place.device})

    def _note(self, phone: Phone, step: Json) -> None:
        if phone.name in self.heard:
            # As it was then: a phone's later deeds must not be told of it.
            self.heard[phone.name].append(msgspec.json.decode(msgspec.json.encode(step)))


def _present(phone: Phone, answer: Json) -> Json:
    moment = datetime.fromisoformat(answer["now"])
    place = phone.state.place
    return {
        "at": moment.isoformat(),
        "digest": digest(place.cursor, place.held, phone.schema),
        "shown_since": (moment - timedelta(days=SHOWN_DAYS)).isoformat(),
        "kept_since": (moment - timedelta(days=KEPT_DAYS)).isoformat(),
    }


# ---------------------------------------------------------------- the stories


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


STORIES: Mapping[str, Callable[[Recorded], None]] = {
    "a-day": a_day,
    "pages-and-lenses": pages_and_lenses,
    "another-life": another_life,
    "two-of-one": two_of_one,
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
