"""Carries parked mutations out after all, once the server understands them.

Each is done as its author, with the scope he has now, in a transaction of its own, in the order
they came. The phone's receipt stays ``parked``; the last word is kept beside it and shown to the
author in his own root (row ``replayed``).
"""

from collections.abc import Iterable
from datetime import datetime
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
from server.identity import store as identity
from server.languages import Told
from server.problems import Conflicting, NotFound
from server.syncing import receiving, service, store
from server.syncing.rules import Item, Outcome, Parked, Person, Visit
from server.syncing.store import replays
from server.syncing.store.replays import Kept
from sync.numbers import Stored

NEVER_READABLE = frozenset({"cannot_open", "undecodable", "not_utf8", "number_differs", "too_deep"})
"""Codes of what no mend of the server makes readable: it was sealed for a key that is gone, or is
damaged. Only these may be dismissed."""
DISMISSED = "dismissed"
_NOT_PARKED = Told("This is not parked.", "Esto no está aparcado.")
_NOT_ALL_PARKED = Told("One of these is not parked.", "Uno de estos no está aparcado.")


class Listed(Struct, frozen=True, kw_only=True):
    """A parked mutation, without a name and without a word anybody wrote."""

    id: UUID
    user_id: UUID
    device_id: UUID
    n: int
    op: str
    received_at: datetime
    code: str
    trace: str
    byte_count: int
    may_dismiss: bool
    """Nobody can ever read it, whatever is mended."""


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
            user_id=kept.user_id,
            device_id=kept.device_id,
            n=kept.n,
            op=_op(kept),
            received_at=kept.received_at,
            code=kept.code,
            trace=kept.trace,
            byte_count=len(kept.body),
            may_dismiss=kept.code in NEVER_READABLE,
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
            raise NotFound(_NOT_ALL_PARKED, code="not_parked")
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


def dismiss(tx: Transaction, mutation_id: UUID, *, because: str, by: UUID | None) -> None:
    """Wait no longer for what nobody can ever read. Its bytes stay, and the reason with them.

    Its author is told, and his phone keeps its own copy. Raises ``NotFound`` for what is not
    parked, ``Conflicting`` for what a mend may still make readable.
    """
    waiting = replays.parked(tx, [mutation_id])
    if not waiting:
        raise NotFound(_NOT_PARKED, code="not_parked")
    kept = waiting[0]
    store.lock_device(tx, kept.device_id)
    store.lock_mutation(tx, kept.mid)
    if not replays.is_waiting(tx, kept.id):  # somebody was first while this waited
        raise NotFound(_NOT_PARKED, code="not_parked")
    if kept.code not in NEVER_READABLE:
        raise Conflicting(
            "This can be carried out, now or after a mend or an update: presente sync replay.",
            code="still_readable",
            detail_es="Esto se puede llevar a cabo, ahora o tras un arreglo o una actualización: "
            "presente sync replay.",
        )
    item = Item(n=kept.n, id=kept.mid, sha=kept.sha, body=kept.body)
    outcome = Outcome(out="refused", code=DISMISSED, text=because)
    _tell(tx, _visit(tx, kept), item, kept, outcome)
    replays.add(tx, kept.id, _receipt(tx, kept, outcome))
    identity.audit(
        tx,
        "mutation.dismiss",
        by=by,
        subject=kept.mid,
        detail={"code": kept.code, "because": because},
    )


def _replayed(tx: Transaction, kept: Kept, secrets_dir: Path) -> Carried:
    store.lock_device(tx, kept.device_id)
    store.lock_mutation(tx, kept.mid)
    if not replays.is_waiting(tx, kept.id):
        return Carried(id=kept.mid, out="done_before")
    item, visit = _item(kept, secrets_dir), _visit(tx, kept)
    done = _done_as(tx, kept)
    is_unread = item.mut is None and isinstance(item.fault, Parked)
    if done is None or is_unread:  # unread, nobody can say that it is what was done
        outcome = service.carry_out(tx, visit, item)
    elif item.sha != done.sha:
        outcome = service.reused(tx, visit, item)
    else:
        outcome = _outcome_of(done.receipt)
    if outcome.out == "parked":
        return Carried(id=kept.mid, out="parked", code=outcome.code)
    _tell(tx, visit, item, kept, outcome)
    replays.add(tx, kept.id, _receipt(tx, kept, outcome))
    return Carried(id=kept.mid, out=outcome.out, code=outcome.code)


def _receipt(tx: Transaction, kept: Kept, outcome: Outcome) -> Receipt:
    return Receipt(
        n=kept.n,
        id=MutationId(kept.mid),
        out=outcome.out,
        ver=outcome.ver,
        conflict=outcome.conflict,
        code=outcome.code,
        text=outcome.text,
        seq=feed.sequence_of(tx),
    )


def _done_as(tx: Transaction, kept: Kept) -> Stored | None:
    """Return what was done under the same id meanwhile: something came that could be read."""
    return next(
        (
            one
            for one in store.stored_as(tx, kept.mid)
            if one.receipt.out != "parked" and one.receipt.code != "id_reused"
        ),
        None,
    )


def _outcome_of(done: Receipt) -> Outcome:
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
        raise NotFound(
            "Its author is not known here any more.",
            code="unknown_user",
            detail_es="Aquí ya no se conoce a su autor.",
        )
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
