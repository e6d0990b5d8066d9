"""Takes one mutation at a time, and gives every one a terminal receipt (sync.md 6.4).

Whatever a mutation holds, the queue goes on: only a gap, a fork, a revoked phone or a database
that cannot serve now stop it, and each of them has a way out.
"""

import logging
import traceback
from collections.abc import Callable, Mapping
from uuid import UUID, uuid5

from msgspec import structs

from schemas.base import ConflictId, MutationId
from schemas.people import Role
from schemas.sync import Receipt, Refusal
from server.db.database import Transaction
from server.db.failures import is_unavailable
from server.db.tables.syncing import DeviceRow
from server.feed import store as feed
from server.feed.store import Author
from server.ids import new_id
from server.problems import Problem
from server.syncing import conflicts, receiving, store
from server.syncing.deeds import case, conflict, contact, contact_point, task
from server.syncing.rules import (
    CONFLICT_NAMESPACE,
    Deed,
    Done,
    Item,
    Outcome,
    Parked,
    Person,
    Refused,
    Taken,
    Visit,
    not_yours,
)
from sync.numbers import Place, earlier_of, place_of

logger = logging.getLogger(__name__)

DEEDS: Mapping[str, tuple[str, Callable[[Transaction, Deed], Done]]] = {
    "contact.create": ("contact", contact.create),
    "contact.amend": ("contact", contact.amend),
    "contact_point.create": ("contact_point", contact_point.create),
    "contact_point.edit": ("contact_point", contact_point.edit),
    "case.assign": ("case", case.assign),
    "conflict.resolve": ("conflict", conflict.resolve),
    "task.create": ("task", task.create),
    "task.claim": ("task", task.claim),
    "task.release": ("task", task.release),
    "task.complete": ("task", task.complete),
    "task.cancel": ("task", task.cancel),
}
"""Everything a person can do: the kind of row it is about, and who carries it out."""


def greet(tx: Transaction, person: Person, device_id: UUID) -> DeviceRow:
    """Return the phone that came. Raises ``NotYourDevice``."""
    device = store.find_device(tx, device_id)
    if device is None or device.user_id != person.user_id:
        raise not_yours()
    return device


def as_now(tx: Transaction, visit: Visit) -> Visit | None:
    """Return a visit by the person that its visitor is in this snapshot; None: a revoked one.

    Between signing in and the answer a push may have waited for an import. Whoever lost the phone,
    the role or the school meanwhile is shown nothing by it any more.
    """
    now = store.present(tx, visit.device, visit.person.user_id)
    if now is None or now.device_state != "active" or now.state != "active":
        return None
    person = Person(
        user_id=visit.person.user_id,
        role=Role(now.role),
        root=now.root,
        school_ids=now.school_ids,
    )
    return visit if person == visit.person else structs.replace(visit, person=person)


def first_number(tx: Transaction, device: DeviceRow, items: list[receiving.Readable]) -> int:
    """Return the number of a batch's first mutation, for when none of them tells its own."""
    if not items:
        return device.last_n + 1
    known = store.number_of(tx, device.id, receiving.derived_id(device.id, items[0].raw))
    return known or device.last_n + 1


def take(tx: Transaction, visit: Visit, item: Item) -> Taken:
    """Process the next mutation of a phone, or say why not. One transaction each."""
    device = store.lock_device(tx, visit.device)
    if device.state != "active":
        return Taken(stop="revoked")
    known = store.stored_at(tx, device.id, item.n) if item.n <= device.last_n else None
    match place_of(
        item.n,
        item.id,
        item.sha,
        last_n=device.last_n,
        known=(known.id, known.sha) if known else None,
    ):
        case Place.GAP:
            return Taken(stop="gap")
        case Place.FORK:
            return Taken(stop="fork")
        case Place.REPEAT:
            return Taken(receipt=known.receipt if known else None)
        case Place.FRESH:
            store.lock_mutation(tx, item.id)
            return _take_fresh(tx, visit, device, item)


def park(tx: Transaction, visit: Visit, item: Item, *, trace: str) -> Taken:
    """Keep a mutation that broke the server as it came, so that the queue goes on."""
    device = store.lock_device(tx, visit.device)
    if device.last_n + 1 != item.n:
        return Taken(stop="busy")
    receipt = _receipt(tx, item, Outcome(out="parked", code="broken"))
    store.add_mutation(tx, device, item, receipt, trace=trace)
    return Taken(receipt=receipt)


def traced(error: Exception, item: Item) -> str:
    """Log what broke, without anybody's words; return the id to find it by."""
    trace = new_id().hex
    logger.error(
        "mutation %s parked, trace %s: %s\n%s",
        item.id,
        trace,
        type(error).__name__,
        "".join(traceback.format_tb(error.__traceback__)),
    )
    return trace


def _take_fresh(tx: Transaction, visit: Visit, device: DeviceRow, item: Item) -> Taken:
    earlier = earlier_of(store.stored_as(tx, item.id), item.sha)
    if earlier is not None and earlier.sha == item.sha:
        receipt, trace = structs.replace(earlier.receipt, n=item.n), ""
    else:
        outcome = carry_out(tx, visit, item) if earlier is None else reused(tx, visit, item)
        receipt, trace = _receipt(tx, item, outcome), outcome.trace
    store.add_mutation(tx, device, item, receipt, trace=trace)
    return Taken(receipt=receipt)


def reused(tx: Transaction, visit: Visit, item: Item) -> Outcome:
    """Refuse what comes under an id that stands for something else. It is kept, and shown."""
    refusal = Refused(
        "Another record with the same mark was received before. This one was kept, "
        "but not applied.",
        code="id_reused",
    )
    key = uuid5(CONFLICT_NAMESPACE, f"{visit.device}/{item.n}/{item.id}")
    return _refuse(tx, visit, item, refusal, key=key)


def carry_out(tx: Transaction, visit: Visit, item: Item) -> Outcome:
    """Carry out a mutation; return what became of it. The feed is not numbered yet."""
    try:
        with tx.savepoint():
            done = _perform(tx, visit, item)
    except Parked as parked:
        logger.warning("mutation %s parked: %s", item.id, parked.code)
        return Outcome(out="parked", code=parked.code, trace=parked.code)
    except Problem as refusal:
        if refusal.code == conflict.MOVED:
            _show_moved(tx, item)
        return _refuse(tx, visit, item, refusal, key=item.id)
    except Exception as error:
        if is_unavailable(error):
            raise
        return Outcome(out="parked", code="broken", trace=traced(error, item))
    return Outcome(
        out=done.out,
        ver=done.ver,
        conflict=ConflictId(done.conflict) if done.conflict else None,
        code=done.code,
    )


def _perform(tx: Transaction, visit: Visit, item: Item) -> Done:
    if item.fault is not None:
        raise item.fault
    if item.mut is None:
        raise Parked("undecodable")
    ent, deed = DEEDS.get(item.mut.op, ("", None))
    if deed is None:
        raise Parked("unknown_op")
    if item.mut.ent != ent:
        raise Parked("unknown_ent")
    return deed(
        tx,
        Deed(mut=item.mut, person=visit.person, sent=visit.sent, received_at=item.received_at),
    )


def _refuse(tx: Transaction, visit: Visit, item: Item, why: Problem, *, key: UUID) -> Outcome:
    """Show a refused mutation to its author, with everything he wrote."""
    said = receiving.legible(item)
    refusal = Refusal(
        id=MutationId(item.id),
        op=said.op,
        ent=said.ent,
        key=said.key,
        code=why.code,
        text=why.detail,
        at=tx.at,
        set=said.set,
    )
    by = Author(visit.person.user_id, item.id)
    feed.publish(tx, "refusal", refusal, key=key, roots=[visit.person.root], by=by)
    return Outcome(out="refused", code=why.code, text=why.detail)


def _show_moved(tx: Transaction, item: Item) -> None:
    row = store.find_conflict(tx, item.mut.key) if item.mut else None
    if row is not None:
        conflicts.refresh(tx, row.ent, row.key, by=Author())


def _receipt(tx: Transaction, item: Item, outcome: Outcome) -> Receipt:
    """Return the receipt, with the position in the feed. After this there is only the commit."""
    return Receipt(
        n=item.n,
        id=MutationId(item.id),
        out=outcome.out,
        seq=0 if outcome.out == "parked" else feed.sequence_of(tx),
        ver=outcome.ver,
        conflict=outcome.conflict,
        code=outcome.code,
        text=outcome.text,
    )
