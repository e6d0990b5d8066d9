"""Carries parked mutations out after all, once the server understands them.

Each is done as its author, with the scope he has now, in a transaction of its own, in the order
they came. The phone's receipt stays ``parked``; the last word is kept beside it and shown to the
author in his own root (row ``replayed``).
"""

from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from msgspec import Struct

from schemas.base import DeviceId, MutationId
from schemas.people import Role
from schemas.sync import PROTO, SCHEMA, Receipt, Replayed, SyncReq
from server.clock import Clock
from server.db.database import Database, Transaction
from server.db.failures import is_unavailable
from server.feed import store as feed
from server.feed.store import Author
from server.problems import NotFound
from server.syncing import receiving, service, store
from server.syncing.rules import Item, Outcome, Person, Visit
from server.syncing.store import replays
from server.syncing.store.replays import Kept


class Listed(Struct, frozen=True, kw_only=True):
    """A parked mutation, without a name and without a word anybody wrote."""

    id: UUID
    device_id: UUID
    n: int
    op: str
    received_at: str
    code: str
    trace: str
    byte_count: int


class Carried(Struct, frozen=True, kw_only=True):
    """What became of one."""

    id: UUID
    out: str
    code: str = ""


def listed(tx: Transaction) -> list[Listed]:
    """Return what is parked, in the order it came."""
    return [
        Listed(
            id=kept.mid,
            device_id=kept.device_id,
            n=kept.n,
            op=_op(kept),
            received_at=kept.received_at.isoformat(),
            code=kept.code,
            trace=kept.trace,
            byte_count=len(kept.body),
        )
        for kept in replays.parked(tx)
    ]


def replay(
    database: Database, now: Clock, secrets_dir: Path, ids: Iterable[UUID] | None = None
) -> list[Carried]:
    """Carry out what is parked (all, or these); return what became of each.

    What this version still cannot judge stays parked, and holds up nothing behind it. Doing it
    again does nothing twice. Raises ``NotFound`` for an id that is not parked.
    """
    wanted = None if ids is None else set(ids)
    with database.read(now()) as tx:
        waiting = replays.parked(tx, wanted)
        missing = (wanted or set()) - {kept.mid for kept in waiting}
        if any(replays.outcome_of(tx, one) is None for one in missing):
            raise NotFound("One of these is not parked.", code="not_parked")
    carried: list[Carried] = []
    for kept in waiting:
        try:
            with database.write(now()) as tx:
                carried.append(_replayed(tx, kept, secrets_dir))
        except Exception as error:
            if is_unavailable(error):
                raise
            service.traced(error, Item(n=kept.n, id=kept.mid, sha=kept.sha, body=kept.body))
            carried.append(Carried(id=kept.mid, out="parked", code="broken"))
    return carried


def _replayed(tx: Transaction, kept: Kept, secrets_dir: Path) -> Carried:
    store.lock_device(tx, kept.device_id)
    store.lock_mutation(tx, kept.mid)
    if not replays.is_waiting(tx, kept.id):
        return Carried(id=kept.mid, out="done_before")
    item, visit = _item(kept, secrets_dir), _visit(tx, kept)
    effect = _effect_of(tx, kept)
    outcome = effect or service.carry_out(tx, visit, item)
    if outcome.out == "parked":
        return Carried(id=kept.mid, out="parked", code=outcome.code)
    _tell(tx, visit, item, kept, outcome)
    receipt = Receipt(
        n=kept.n,
        id=MutationId(kept.mid),
        out=outcome.out,
        ver=outcome.ver,
        conflict=outcome.conflict,
        code=outcome.code,
        text=outcome.text,
        seq=feed.sequence_of(tx),
    )
    replays.add(tx, kept.id, receipt)
    return Carried(id=kept.mid, out=outcome.out, code=outcome.code)


def _effect_of(tx: Transaction, kept: Kept) -> Outcome | None:
    """Return what the same id did meanwhile: it came again in a form that could be read."""
    done = next(
        (
            one.receipt
            for one in store.stored_as(tx, kept.mid)
            if one.receipt.out != "parked" and one.receipt.code != "id_reused"
        ),
        None,
    )
    if done is None:
        return None
    return Outcome(
        out=done.out, ver=done.ver, conflict=done.conflict, code=done.code, text=done.text
    )


def _tell(tx: Transaction, visit: Visit, item: Item, kept: Kept, outcome: Outcome) -> None:
    """Show its author what became of it, in his own root."""
    if outcome.out == "parked":
        return
    said = receiving.legible(item)
    row = Replayed(
        id=MutationId(kept.mid),
        op=said.op,
        ent=said.ent,
        key=said.key,
        out=outcome.out,
        ver=outcome.ver,
        conflict=outcome.conflict,
        code=outcome.code,
        text=outcome.text,
        received_at=kept.received_at,
        at=tx.at,
    )
    by = Author(kept.user_id, kept.mid)
    feed.publish(tx, "replayed", row, key=kept.mid, roots=[visit.person.root], by=by)


def _item(kept: Kept, secrets_dir: Path) -> Item:
    item = Item(
        n=kept.n,
        id=kept.mid,
        sha=kept.sha,
        body=kept.body,
        received_at=kept.received_at,
    )
    if kept.code == "cannot_open":
        return receiving.opened(item, device=kept.device_id, secrets_dir=secrets_dir)
    return receiving.decoded(item)


def _visit(tx: Transaction, kept: Kept) -> Visit:
    found = store.find_user(tx, kept.user_id)
    if found is None:
        raise NotFound("Its author is not known here any more.", code="unknown_user")
    user, schools = found
    is_active = user.state == "active"
    person = Person(
        user_id=user.id,
        role=Role(user.role) if is_active else Role.CLERK,
        root=user.root,
        school_ids=schools if is_active else frozenset(),
    )
    request = SyncReq(
        proto=PROTO,
        build="replay",
        schema=SCHEMA,
        device=DeviceId(kept.device_id),
        sent=kept.sent,
    )
    return Visit(person=person, request=request)


def _op(kept: Kept) -> str:
    said = receiving.legible(Item(n=kept.n, id=kept.mid, sha=kept.sha, body=kept.body)).op
    is_word = said.replace(".", "").replace("_", "").isalnum() and said.isascii()
    return said if is_word and len(said) <= _LONGEST_OP else ""


_LONGEST_OP = 40
"""Longer than any; what somebody else put there may be anything."""
