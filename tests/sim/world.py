"""Phones, the office and the network between them: everything that can happen, one step at a time.

Whoever drives it (hypothesis, a directed test, a soak) calls the methods below and ``check``
after each.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from typing import Any, NamedTuple
from unittest.mock import patch
from uuid import UUID

import msgspec

from schemas.sync import SCHEMA
from server.syncing import replaying, service
from server.syncing.sealing import seal
from sync import upcast
from tests.sim.builds import HISTORY, OLD, deed_of_old, deed_of_today, mended
from tests.sim.invariants import Invariants
from tests.sim.logic.entry import Deed, Json, is_unsent, mutation_of
from tests.sim.logic.renumber import join_anew
from tests.sim.memory import PowerCut, told_ids
from tests.sim.office import Office
from tests.sim.phone import BatteryDied, Phone, Told, fresh, whole_answer

MOST_PHONES = 5
_MOST_ROUNDS = 60


class Request(NamedTuple):
    """A request on its way up."""

    phone: Phone
    body: Json
    proof: tuple[bytes, bytes]


class Answer(NamedTuple):
    """An answer on its way down."""

    phone: Phone
    body: Json
    scope: dict[str, str]
    """What the person might see when it was made, as the checker reckons it."""


class World:
    """One story. ``counts`` says what happened in it."""

    def __init__(self, office: Office, counts: Counter[str] | None = None) -> None:
        self.office = office
        self.counts: Counter[str] = Counter() if counts is None else counts
        office.reset()
        self._told = ExitStack()
        self._told.enter_context(told_ids(office.ids))
        self._told.enter_context(patch.object(upcast, "SHIPPED", HISTORY))
        self.phones: list[Phone] = []
        self.up: list[Request] = []
        self.down: list[Answer] = []
        self.made: dict[str, Deed] = {}
        """Everything people ever did, by id."""
        self.check_ = Invariants(self)
        self.take_backup()

    def close(self) -> None:
        """End the story."""
        self._told.close()

    def count(self, what: str, by: int = 1) -> None:
        """Note that something happened."""
        self.counts[what] += by

    def check(self) -> None:
        """Hold every invariant against what is there now."""
        self.check_.after_step()

    @property
    def now(self) -> Any:
        """The server's time."""
        return self.office.clock()

    # ------------------------------------------------------------ phones

    def bring(self, phone: Phone) -> Phone:
        """A phone of the beginning joins the story, as it was then."""
        joined = phone.twin(phone.name)
        self.phones.append(joined)
        self.check_.meet(joined)
        return joined

    def add_phone(self, worker: str, *, schema: int = 1) -> Phone:
        """Give a person a new phone."""
        phone = Phone(f"{worker}{len(self.phones)}", self.office.people[worker], fresh(""))
        phone.schema = schema
        self.phones.append(phone)
        device = self.register(phone)
        phone.disk.state = fresh(device)
        self.check_.meet(phone)
        return phone

    def directs(self, phone: Phone) -> bool:
        """Tell whether a person sees every case at a desk."""
        return self.check_.role_of(phone) == "coordinator"

    def register(self, phone: Phone) -> str:
        """Make a phone a device; return its id."""
        body = msgspec.json.encode({"label": "", "build": "sim"})
        answer = self._post("/api/devices", body, self._session(phone))
        if answer.status == 401:
            phone.session = None
            answer = self._post("/api/devices", body, self._session(phone))
        assert answer.status == 201, answer.body
        keys = answer.json()
        phone.delivery_token = keys["delivery_token"]
        phone.server_key = keys["server_key"]
        return str(keys["id"])

    def clone(self, phone: Phone) -> Phone:
        """The phone's profile is copied to another phone: both count as one device."""
        twin = phone.twin(f"{phone.name}'")
        self.phones.append(twin)
        self.check_.meet(twin)
        self.count("clones")
        return twin

    def do(self, phone: Phone, deed: Deed | None) -> str:
        """The person does something; the phone keeps it."""
        if deed is None:
            return ""
        id_ = str(self.office.ids.uuid7())
        phone.keep(deed_of_old(deed) if phone.schema < SCHEMA else deed, id_, self.now)
        self.made[id_] = deed_of_today(deed)
        self.count("mutations")
        return id_

    def _session(self, phone: Phone) -> tuple[bytes, bytes]:
        if phone.session is None:
            name = next(
                name for name, one in self.office.people.items() if one.id == phone.worker.id
            )
            phone.session = self.office.signed_in(name)
        return phone.session

    # ------------------------------------------------------------ the network, in parts

    def send(self, phone: Phone, *, limit: int = 128 * 1024, most: int = 100) -> Request:
        """The phone says what it has, and asks."""
        body = phone.request(self.now, limit=limit, most=most)
        request = Request(phone, body, self._session(phone))
        self.up.append(request)
        self.count("sent")
        return request

    def serve(self, request: Request, *, cut_at: int = 0, full_at: int = 0) -> Answer | None:
        """The server takes a request. None: the power went, or it was no answer of the protocol."""
        self.check_.before_serving(request.phone)
        self.office.db.cut_at, self.office.db.full_at = cut_at, full_at
        try:
            answer = self._post("/sync/v1", msgspec.json.encode(request.body), request.proof)
        except PowerCut:
            self.count("power cuts")
            return None
        finally:
            self.office.db.cut_at = self.office.db.full_at = 0
        self.count("exchanges")
        if answer.status == 503:  # nothing was changed: come again
            self.count("busy")
            return None
        if answer.status in {401, 403}:
            self._turned_away(request, answer.status)
            return None
        self.check_.i19_progress(request.body, answer)
        told = whole_answer(answer.json())
        made = Answer(request.phone, told, self.check_.scope_of(request.phone))
        self.check_.i12_nothing_beyond_the_lens(made)
        self._count_answer(told)
        return made

    def hear(self, answer: Answer, *, dies_at: int = 0) -> Told:
        """The phone takes an answer in; its battery may go while it writes."""
        phone = answer.phone
        phone.disk.dies_at = dies_at
        try:
            told = phone.hear(answer.body, self.register)
        except BatteryDied:
            self.count("batteries died")
            return Told("later", is_fresh=False)
        finally:
            phone.disk.dies_at = 0
        if answer.body["pull"] is not None and not told.is_fresh:
            self.count("late answers left aside")
        elif answer.body["pull"] is not None and not answer.body["pull"]["more"]:
            self.check_.i6_holds_its_scope(phone, answer.scope)
        if phone.is_revoked:
            self.count("told of being revoked")
        return told

    # ------------------------------------------------------------ the network, whole

    def exchange(self, phone: Phone, *, limit: int = 128 * 1024, most: int = 100) -> str:
        """One exchange without a fault; return what the phone would do next."""
        request = self.send(phone, limit=limit, most=most)
        self.up.remove(request)
        answer = self.serve(request)
        return "again" if answer is None else self.hear(answer).step

    def sync(self, phone: Phone, *, limit: int = 128 * 1024, most: int = 100) -> str:
        """Exchange until there is nothing more to do."""
        step = "again"
        for _ in range(_MOST_ROUNDS):
            step = self.exchange(phone, limit=limit, most=most)
            if step != "again":
                break
        return step

    def deliver(self, phone: Phone) -> None:
        """A locked phone hands in its sealed queue by its delivery token; receipts come in."""
        device = phone.state.place.device
        waiting = [one for one in phone.state.entries if is_unsent(one) and one.device == device]
        body = phone.request(self.now, limit=0)
        sealed = [self._sealed(phone, mutation_of(one)) for one in waiting]
        body |= {"muts": [], "sealed": sealed, "pull": False, "epoch": "", "cursor": ""}
        body |= {"held": {}, "acked_n": 0}
        token = phone.delivery_token.encode()
        answer = self.serve(Request(phone, body, (b"authorization", b"Device " + token)))
        if answer is not None:
            self.count("sealed", len(waiting))
            self.hear(answer)

    def _sealed(self, phone: Phone, said: Json) -> Json:
        device = UUID(phone.state.place.device)
        enc, ct = seal(
            phone.server_key,
            device=device,
            mutation=UUID(said["id"]),
            plain=msgspec.json.encode(said),
        )
        return {"n": said["n"], "id": said["id"], "enc": enc, "ct": ct}

    def reuse_id(self, phone: Phone, id_: str, deed: Deed) -> None:
        """A faulty client says something else under an id that is taken."""
        other = phone.twin(phone.name)
        other.disk.state = fresh(self.register(other))
        if self.check_.is_own(phone, id_):
            other.keep(deed, id_, self.now)
            self.serve(Request(other, other.request(self.now, limit=1), self._session(other)))
            self.count("ids used again")

    def compare(self, phone: Phone, *, rots: bool, which: int) -> None:
        """The phone has the server judge what it holds; a rotten row is found and healed."""
        self.sync(phone)
        if phone.is_revoked or not self.check_.is_up_to_date(phone):
            return
        rows = phone.state.rows
        differ = self.verify(phone)
        self.check_.i20_agrees(phone, rows, differ)
        if differ:
            self.sync(phone)
            self.check_.i20_agrees(phone, {}, self.verify(phone))
        held = [root for root, rows in sorted(phone.state.rows.items()) if rows]
        if rots and held:
            root = held[which % len(held)]
            phone.rot(root, which)
            self.check_.i20_is_healed(phone, root, lambda: self.verify(phone))
            self.sync(phone)
            self.count("rotten rows healed")

    def verify(self, phone: Phone) -> list[str]:
        """Ask the server which roots differ, and forget those."""
        asked = phone.question()
        answer = self._post("/sync/v1/verify", msgspec.json.encode(asked), self._session(phone))
        assert answer.status == 200, answer.body
        differ = list(map(str, answer.json()["differ"]))
        phone.forget(differ)
        self.count("verified")
        return differ

    # ------------------------------------------------------------ the office

    def replay(self, *, is_mended: bool) -> None:
        """Somebody at the office carries out what was parked, after a mend or for nothing."""
        self.check_.before_replay()
        office = self.office
        deeds = mended() if is_mended else service.DEEDS
        with patch.object(service, "DEEDS", deeds):
            done = replaying.replay(office.db, office.clock, office.settings.secrets_dir)
        self.count("replays")
        for one in done:
            self.count(f"replayed {one.out}")

    def acts(self, deed: Callable[[], None], what: str) -> None:
        """Something happens at the office."""
        deed()
        self.count(what)

    def take_backup(self) -> None:
        """A copy is made and verified: phones may forget what is in it."""
        self._backup = self.office.db.copy()
        self.office.mark_backup(self._backup)
        self.count("backups")

    def restore(self) -> None:
        """The latest backup is put back; what came since is only on phones."""
        self.office.restore(self._backup)
        self.check_.began_anew()
        self.count("restores")

    def jump(self, phone: Phone, hours: float) -> None:
        """A phone's wall clock is set."""
        phone.skew += timedelta(hours=hours)
        self.count("clock jumps")

    def upgrade(self, phone: Phone) -> None:
        """A new build comes to a phone."""
        if phone.schema < SCHEMA:
            phone.upgrade()
            self.count("upgrades")

    # ------------------------------------------------------------ the end

    def settle_down(self) -> None:
        """The network is quiet, nobody writes: bounded exchanges end with equal state (I7)."""
        self.up.clear()
        self.down.clear()
        for _ in range(2):
            for phone in self.phones:
                if not phone.is_revoked and not self.check_.is_up_to_date(phone):
                    step = self.sync(phone)
                    self.check()
                    self.check_.i7_comes_to_rest(phone, step)
        self.check_.at_rest()

    # ------------------------------------------------------------ inside

    def _post(self, path: str, body: bytes, proof: tuple[bytes, bytes]) -> Any:
        return self.office.line.post(path, body, proof=proof)

    def _turned_away(self, request: Request, status: int) -> None:
        """Sign in again; a phone the restored server never met registers anew."""
        phone = request.phone
        self.count(f"answered {status}")
        phone.session = None
        if status == 403 and request.body["device"] == phone.state.place.device:
            phone.become(self.register(phone), join_anew)

    def _count_answer(self, told: Json) -> None:
        for receipt in told["receipts"]:
            self.count(f"told {receipt['out']}")
            if receipt["code"]:
                self.count(f"{receipt['out']}: {receipt['code']}")
        if told["stop"]:
            self.count(told["stop"])
        pull = told["pull"]
        if pull is not None:
            self.count("drops", len(pull["drop"]))
            self.count("resets", int(pull["reset"]))
            self.count("cut pages", int(pull["more"]))


def ready(office: Office) -> dict[str, Phone]:
    """Give everybody a phone that pulled once; every story of this office begins there."""
    world = World(office)
    try:
        phones = {name: world.add_phone(name) for name in office.people}
        phones["old ana"] = world.add_phone("ana", schema=OLD)
        for phone in phones.values():
            world.sync(phone)
        office.db.set_template()
        office.first_free *= 2
        return phones
    finally:
        world.close()
