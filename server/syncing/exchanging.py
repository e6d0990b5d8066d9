"""One exchange with a phone: a transaction for each mutation, then one snapshot for the answer."""

from uuid import UUID

from schemas.base import DeviceId
from schemas.sync import PROTO, Pull, SyncReq, SyncRes
from server.backup.sidecar import sidecar_at
from server.clock import Clock
from server.db.database import Database
from server.db.failures import is_unavailable
from server.identity import sign_in
from server.settings import Settings
from server.syncing import pulling, receiving, service
from server.syncing.rules import Item, Person, Taken, Visit
from server.web.sessions import Signed

RETRY_MS = 5000


def exchange(
    db: Database, now: Clock, caller: Signed, asked: SyncReq, settings: Settings
) -> SyncRes:
    """Take mutations; answer with receipts and with what changed.

    Raises ``NotYourDevice``; everything else that can be wrong has its receipt or a ``stop``.
    """
    visit = _visit(caller, asked)
    items = receiving.read_items(visit.request)
    with db.read(now()) as tx:
        device = service.greet(tx, visit.person, visit.device)
        first = service.first_number(tx, device, items)
    taken: list[Taken] = []
    if device.state != "active" or caller.is_revoked:
        taken.append(Taken(stop="revoked"))
    elif caller.session and caller.device_id is None:
        _bind(db, now, caller, device.id)
    for item in receiving.number(items, device=visit.device, first=first):
        if taken and taken[-1].stop:
            break
        taken.append(_taken(db, now, visit, _decoded(item, visit, settings)))
    stop = taken[-1].stop if taken else ""
    wants_rows = visit.request.pull and not caller.delivers_only and stop in {"", "gap"}
    answer = _answer(db, now, visit, taken, wants_rows=wants_rows)
    sidecar_at(settings.head_file).note(answer.epoch, _told(answer))
    return answer


def _visit(caller: Signed, asked: SyncReq) -> Visit:
    person = Person(
        user_id=caller.user_id,
        role=caller.role,
        root=caller.root,
        school_ids=caller.school_ids,
    )
    return Visit(person=person, request=asked)


def _bind(db: Database, now: Clock, caller: Signed, device_id: UUID) -> None:
    """Tie the session to the phone it runs on: revoking the phone then ends the session."""
    try:
        with db.write(now()) as tx:
            sign_in.bind_device(tx, caller, device_id)
    except Exception as error:
        if not is_unavailable(error):
            raise


def _decoded(item: Item, visit: Visit, settings: Settings) -> Item:
    if visit.request.sealed:
        return receiving.opened(item, device=visit.device, secrets_dir=settings.secrets_dir)
    return receiving.decoded(item)


def _taken(db: Database, now: Clock, visit: Visit, item: Item) -> Taken:
    """Take one mutation. One that breaks even our bookkeeping is parked, not tried for ever."""
    try:
        try:
            with db.write(now()) as tx:
                return service.take(tx, visit, item)
        except Exception as error:
            if is_unavailable(error):
                raise
            trace = service.traced(error, item)
        with db.write(now()) as tx:
            return service.park(tx, visit, item, trace=trace)
    except Exception as error:
        if not is_unavailable(error):
            raise
        return Taken(stop="busy")


def _answer(
    db: Database, now: Clock, visit: Visit, taken: list[Taken], *, wants_rows: bool
) -> SyncRes:
    stop = taken[-1].stop if taken else ""
    receipts = [one.receipt for one in taken if one.receipt is not None]
    at = now()
    rows: Pull | None = None
    with db.read(at) as tx:
        state = service.state_of(tx, visit, receipts, is_fork=stop == "fork")
        if wants_rows:
            rows = pulling.pull(tx, visit)
    if state.is_news and stop not in {"busy", "revoked"}:
        _note(db, now, visit, state)
    return SyncRes(
        proto=PROTO,
        epoch=state.epoch,
        device=DeviceId(visit.device),
        now=at,
        next_n=state.last_n + 1,
        durable_n=state.durable_n,
        receipts=state.receipts,
        stop=stop,
        pull=rows,
        retry_ms=RETRY_MS if stop == "busy" else 0,
    )


def _told(answer: SyncRes) -> int:
    """Return the highest position that this answer tells of."""
    head = 0 if answer.pull is None else answer.pull.head
    return max([head, *(receipt.seq for receipt in answer.receipts)])


def _note(db: Database, now: Clock, visit: Visit, state: service.State) -> None:
    """Keep what the phone said of itself. Not worth refusing an answer for."""
    try:
        with db.write(now()) as tx:
            service.note(tx, visit, state)
    except Exception as error:
        if not is_unavailable(error):
            raise
