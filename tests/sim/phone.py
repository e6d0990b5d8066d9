"""A simulated phone: the phone's own pure logic around a disk that may lose its power."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from schemas.sync import SCHEMA
from tests.sim.builds import row_of_old
from tests.sim.logic.apply import Present, acked_to, digest, plan
from tests.sim.logic.deed import create, edit
from tests.sim.logic.entry import (
    BaseRow,
    Deed,
    Entry,
    Json,
    Place,
    State,
    is_unsent,
    mutation_of,
    unsent,
)
from tests.sim.logic.forget import KEPT_DAYS, SHOWN_DAYS
from tests.sim.logic.overlay import Shown, View, overlay
from tests.sim.logic.renumber import Numbered, close_gap, move_to
from tests.sim.logic.verify import digests_of, without
from tests.sim.office import Worker

MOST_MUTATIONS = 100
_RECEIPT = {"seq": 0, "ver": 0, "conflict": None, "code": "", "text": ""}
_PULL: Json = {"reset": False, "more": False, "drop": [], "rows": [], "roots": [], "total_roots": 0}


class BatteryDied(Exception):
    """The phone died while it wrote. What its last transaction said is not on the disk."""


class Disk(msgspec.Struct):
    """What survives the phone's death."""

    state: State
    dies_at: int = 0
    """How many transactions from now the battery goes; 0: never."""

    @contextmanager
    def transaction(self) -> Generator[dict[str, Any]]:
        """Write all of it, or nothing."""
        draft: dict[str, Any] = {}
        yield draft
        if self.dies_at:
            self.dies_at -= 1
            if not self.dies_at:
                raise BatteryDied
        self.state = replace(self.state, **draft)


class Told(NamedTuple):
    """What became of an answer: what to do next, and whether its pull part counted."""

    step: str
    is_fresh: bool


class Phone:
    """One phone of one person."""

    def __init__(self, name: str, worker: Worker, state: State) -> None:
        self.name = name
        self.worker = worker
        self.me = str(worker.id)
        self.disk = Disk(state)
        self.schema = 1
        self.session: tuple[bytes, bytes] | None = None
        self.delivery_token = ""
        self.server_key = ""
        self.is_revoked = False
        self.is_complete = False
        """Nothing was missing when it last pulled."""
        self.skew = timedelta(0)
        """How far this phone's wall clock is off."""
        self.session_began: datetime | None = None
        self._view: tuple[State, View] | None = None

    @property
    def state(self) -> State:
        """What is on the disk."""
        return self.disk.state

    @property
    def view(self) -> View:
        """What is on the screen."""
        if self._view is None or self._view[0] is not self.state:
            self._view = self.state, overlay(self.state.rows, self.state.entries, self.me)
        return self._view[1]

    def seen(self, ent: str) -> list[Shown]:
        """Return the rows of a kind on the screen, in a fixed order."""
        return [
            row
            for _, held in sorted(self.view.items())
            for name, row in sorted(held.items())
            if name.startswith(f"{ent}:")
        ]

    # ------------------------------------------------------------ what the person does

    def keep(self, deed: Deed, id_: str, now: datetime) -> Entry:
        """Number a deed and keep it, before the screen says so."""
        place = self.state.place
        wall, session = self.clocks(now)
        v = min(self.schema, SCHEMA)  # what the server has never heard of it parks
        made = Entry(id_, place.device, place.next_n, deed, v, wall, session)
        with self.disk.transaction() as disk:
            disk["entries"] = (*self.state.entries, made)
            disk["place"] = replace(place, next_n=place.next_n + 1)
        return made

    def edit(self, op: str, row: Shown, changes: Json) -> Deed | None:
        """Return the edit of a row on the screen, or at a desk, in this build's words."""
        if self.schema >= SCHEMA:
            return edit(op, row, changes)
        ent = row.base.ent
        spelled = Shown(row.base, row_of_old(ent, row.data) or {})
        return edit(op, spelled, row_of_old(ent, changes) or {})

    def create(self, op: str, key: str, root: str, said: Json) -> Deed:
        """Return a new row."""
        return create(op, op.partition(".")[0], key, root, said)

    def read(self) -> None:
        """The person reads why work was refused."""
        seen = tuple(
            entry if entry.is_seen or entry.receipt is None else replace(entry, is_seen=True)
            for entry in self.state.entries
        )
        with self.disk.transaction() as disk:
            disk["entries"] = seen

    def clocks(self, now: datetime) -> tuple[str, tuple[str, int]]:
        """Return what the wall clock and the session's clock say."""
        if self.session_began is None:
            self.session_began = now
        since = now - self.session_began
        session = f"s{self.session_began.timestamp():.0f}"
        return (now + self.skew).isoformat(), (session, since // timedelta(milliseconds=1))

    # ------------------------------------------------------------ the exchange

    def request(self, now: datetime, *, limit: int, most: int = MOST_MUTATIONS) -> Json:
        """Return what the phone would send now."""
        state, place = self.state, self.state.place
        wall, session = self.clocks(now)
        waiting = [one for one in state.entries if is_unsent(one) and one.device == place.device]
        return {
            "proto": 1,
            "build": "sim",
            "schema": self.schema,
            "device": place.device,
            "epoch": place.epoch,
            "sent": [wall, *session],
            "muts": [mutation_of(one) for one in waiting[:most]],
            "sealed": [],
            "cursor": place.cursor,
            "held": place.held,
            "acked_n": acked_to(state.entries, place.device, place.next_n),
            "limit": limit,
            "waiting": len(unsent(state.entries)),
            "pull": True,
        }

    def take(self, answer: Json) -> bool:
        """Take in an answer in one transaction; False when its pull part was left aside."""
        state = self.state
        at = datetime.fromisoformat(answer["now"])
        present = Present(
            at=at.isoformat(),
            digest=digest(state.place.cursor, state.place.held, self.schema),
            shown_since=(at - timedelta(days=SHOWN_DAYS)).isoformat(),
            kept_since=(at - timedelta(days=KEPT_DAYS)).isoformat(),
        )
        after, is_stale = plan(state, answer, present)
        with self.disk.transaction() as disk:
            disk["place"] = after.place
            disk["entries"] = after.entries
            disk["rows"] = after.rows
        return not is_stale

    def hear(self, answer: Json, register: Callable[["Phone"], str]) -> Told:
        """Take in an answer and find the way out of a stop, as the engine does."""
        is_fresh = self.take(answer)
        if answer["device"] != self.state.place.device:
            return Told("again", is_fresh)
        stop = answer["stop"]
        if stop == "gap":
            self._close_gap(answer["next_n"])
        elif stop == "fork":
            self.become(register(self))
        elif stop == "revoked":
            self.is_revoked = True
        if stop:
            return Told({"busy": "later", "revoked": "done"}.get(stop, "again"), is_fresh)
        pull = answer["pull"]
        self.is_complete = is_fresh and pull is not None and not pull["more"]
        has_more = (pull is not None and pull["more"]) or bool(unsent(self.state.entries))
        return Told("again" if has_more or not is_fresh else "done", is_fresh)

    # ------------------------------------------------------------ what it holds

    def question(self) -> Json:
        """Return what it would have the server judge."""
        place = self.state.place
        return {
            "proto": 1,
            "device": place.device,
            "schema": self.schema,
            "epoch": place.epoch,
            "cursor": place.cursor,
            "held": place.held,
            "digests": digests_of(self.state),
        }

    def forget(self, roots: list[str]) -> None:
        """Let go of roots that differ from the server's: the next pull brings them whole."""
        after = without(self.state, roots)
        with self.disk.transaction() as disk:
            disk["place"], disk["rows"], disk["entries"] = after.place, after.rows, after.entries

    def rot(self, root: str, which: int) -> BaseRow:
        """A fault of the phone: one row of a root is not what it was sent."""
        held = self.state.rows[root]
        name = sorted(held)[which % len(held)]
        rotten = held[name]._replace(data={**held[name].data, "rotten": True})
        with self.disk.transaction() as disk:
            disk["rows"] = {**self.state.rows, root: {**held, name: rotten}}
        return rotten

    # ------------------------------------------------------------ ways out

    def _close_gap(self, server_next: int) -> None:
        place = self.state.place
        closed = close_gap(self.state.entries, place.device, server_next, place.next_n)
        with self.disk.transaction() as disk:
            disk["entries"] = closed.entries
            disk["place"] = replace(place, next_n=closed.next_n)

    def become(self, device: str, way: Callable[..., Numbered] = move_to) -> None:
        """Go on as another device, by one of the ways out that count anew."""
        moved = way(self.state.entries, device)
        with self.disk.transaction() as disk:
            disk["entries"] = moved.entries
            disk["place"] = replace(self.state.place, device=device, next_n=moved.next_n)

    def upgrade(self) -> None:
        """A new build with another schema: rows are forgotten, the outbox stays as it is."""
        self.schema += 1
        with self.disk.transaction() as disk:
            disk["rows"] = {}
            disk["place"] = replace(
                self.state.place, cursor="", held={}, pulled_to=0, total_roots=0
            )
            disk["entries"] = tuple(
                replace(one, is_settled=False) if one.is_settled else one
                for one in self.state.entries
            )

    def twin(self, name: str) -> "Phone":
        """Return a copy of this profile on another phone."""
        copy = Phone(name, self.worker, self.state)
        copy.schema, copy.session = self.schema, self.session
        copy.delivery_token, copy.server_key = self.delivery_token, self.server_key
        copy.skew, copy.session_began = self.skew, self.session_began
        copy.is_revoked = self.is_revoked
        return copy


def whole_answer(body: Json) -> Json:
    """Return an answer with the defaults that the server leaves out."""
    return {
        **body,
        "receipts": [{**_RECEIPT, **receipt} for receipt in body.get("receipts", [])],
        "pull": {**_PULL, **body["pull"]} if body.get("pull") else None,
    }


def fresh(device: str) -> State:
    """Return a phone that never heard from the server."""
    return State(Place(device))
