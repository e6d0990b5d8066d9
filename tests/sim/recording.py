"""A story whose phones are listened to: what they kept, asked and heard, step by step."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count

import msgspec
from msgspec import to_builtins

from server.db import migrate
from tests.sim.logic.apply import digest
from tests.sim.logic.entry import Deed, Json
from tests.sim.logic.forget import KEPT_DAYS, SHOWN_DAYS
from tests.sim.office import Office
from tests.sim.phone import Phone, Told
from tests.sim.vectors import told_state
from tests.sim.world import Answer, Request, World


class _Lives:
    """Names of a database's lives that come out the same in every run."""

    def __init__(self, first: int) -> None:
        self._count = count(first)

    def token_hex(self, length: int) -> str:
        """Return the next name."""
        return f"{next(self._count):0{2 * length}x}"


@contextmanager
def told_lives(first: int) -> Generator[None]:
    """Let databases take the names of their lives from here."""
    names = migrate.__dict__
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

    def rot(self, phone: Phone, ent: str) -> None:
        """A fault of the phone: one row is not what it was sent."""
        root, name = next(
            (root, name)
            for root, held in sorted(phone.state.rows.items())
            for name, row in sorted(held.items())
            if row.ent == ent
        )
        rotten = phone.rot(root, sorted(phone.state.rows[root]).index(name))
        self._note(phone, {"is": "rot", "row": rotten._asdict()})

    def verify(self, phone: Phone) -> list[str]:
        """The phone has the server judge what it holds, and forgets what differs."""
        digests = phone.question()["digests"]
        differ = super().verify(phone)
        self._note(phone, {"is": "verify", "digests": digests, "differ": differ})
        return differ

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
