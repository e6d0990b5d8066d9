"""One exchange with a phone: mutations taken and committed, then one snapshot for the answer."""

import logging
from uuid import UUID

from schemas.base import DeviceId
from schemas.sync import MIN_BUILD, PROTO, Pull, SyncReq, SyncRes
from server.clock import Clock
from server.db.database import Database, Transaction
from server.db.failures import is_unavailable
from server.db.sidecar import sidecar_at
from server.db.turns import Joint
from server.identity import sign_in
from server.problems import Busy
from server.settings import Settings
from server.syncing import pulling, receiving, service, settling, taking
from server.syncing.batch.candidates import Candidate, candidate
from server.syncing.receiving import Readable
from server.syncing.rules import Item, NotYourDevice, Person, Taken, Visit
from server.syncing.settling import State
from server.syncing.taking import Push, receipts_of, stop_of
from server.web.signed import Signed
from sync import upcast

logger = logging.getLogger(__name__)

RETRY_MS = 5000


def exchange(
    db: Database, now: Clock, caller: Signed, asked: SyncReq, settings: Settings
) -> SyncRes:
    """Take mutations; answer with receipts and with what changed.

    Raises ``NotYourDevice``, and ``Busy`` when the database could not even keep the first
    mutation; everything else that can be wrong has its receipt or a ``stop``.
    """
    visit = Visit(person=person_of(caller), request=asked, delivers_only=caller.delivers_only)
    items = receiving.read_items(visit.request)
    first, is_revoked = _met(db, now, caller, visit, items)
    taken: list[Taken] = []
    state: State | None = None
    if is_revoked:
        taken.append(Taken(stop="revoked"))
    elif items:
        numbered = receiving.number(items, device=visit.device, first=first, sent=visit.sent)
        waiting = [_prepared(item, visit, settings) for item in numbered]
        taken, state = _push(db, now, visit, waiting)
    if stop_of(taken) == "busy" and len(taken) == 1:
        raise Busy("The database cannot take this now. Nothing was changed.")
    answer = _answer(db, now, visit, taken, state)
    sidecar_at(settings.head_file).note(answer.epoch, _told(answer))
    return answer


def _met(
    db: Database, now: Clock, caller: Signed, visit: Visit, items: list[Readable]
) -> tuple[int, bool]:
    """Return the number of the first mutation where none tells its own, and whether it may speak.

    A push of a phone that is known here needs no look: whoever takes it looks.
    """
    is_bound = caller.device_id == visit.device or not caller.session
    if items and is_bound and not caller.is_revoked and any(item.n for item in items):
        return 1, False
    with db.read(now()) as tx:
        device = service.greet(tx, visit.person, visit.device)
        first = service.first_number(tx, device, items)
    is_revoked = device.state != "active" or caller.is_revoked
    if not is_revoked and caller.session and caller.device_id is None:
        _bind(db, now, caller, device.id)
    return first, is_revoked


def person_of(caller: Signed) -> Person:
    """Return who is calling, as syncing knows people."""
    return Person(
        user_id=caller.user_id,
        role=caller.role,
        root=caller.root,
        school_ids=caller.school_ids,
    )


def _bind(db: Database, now: Clock, caller: Signed, device_id: UUID) -> None:
    """Tie the session to the phone it runs on: revoking the phone then ends the session."""
    try:
        db.together(lambda tx: sign_in.bind_device(tx, caller, device_id), now)
    except Exception as error:
        if not is_unavailable(error):
            raise


def _prepared(item: Item, visit: Visit, settings: Settings) -> Candidate:
    if visit.request.sealed:
        opened = receiving.opened(item, device=visit.device, secrets_dir=settings.secrets_dir)
        return candidate(opened, visit.person.user_id)
    return candidate(receiving.decoded(item), visit.person.user_id)


def _push(
    db: Database, now: Clock, visit: Visit, waiting: list[Candidate]
) -> tuple[list[Taken], State | None]:
    """Take mutations; no receipt leaves this function before its commit is on the disk.

    On SQLite all phones that wait for the writer share one commit, and pushes that are wholly
    common are planned as one. What breaks there is taken again, each mutation in a transaction
    of its own.
    """

    def work(tx: Transaction) -> tuple[list[Taken], State]:
        taken = taking.take_all(tx.part, visit, waiting, is_shared=True)
        tx.forget()
        return taken, settling.settle(tx, visit, receipts_of(taken), stop=stop_of(taken))

    if db.is_sqlite:
        try:
            joint = Joint(taking.take_whole, Push(visit, waiting))
            return db.together(work, now, joint=joint)
        except NotYourDevice:
            raise
        except Exception as error:  # noqa: BLE001  (whatever it is, the mutations must not wait for it)
            if is_unavailable(error):
                return [Taken(stop="busy")], None
            logger.warning("a push goes alone: %s", type(error).__name__)
    return taking.take_all(lambda: db.write(now()), visit, waiting, is_shared=False), None


def _answer(
    db: Database, now: Clock, visit: Visit, taken: list[Taken], state: State | None
) -> SyncRes:
    stop = stop_of(taken)
    is_read = upcast.SHIPPED.reads(visit.request.schema)
    may_read = visit.request.pull and not visit.delivers_only
    wants_rows = may_read and is_read and stop in {"", "gap"}
    at = now()
    rows: Pull | None = None
    if state is None or wants_rows:
        with db.read(at) as tx:
            reader = service.as_now(tx, visit) if wants_rows else None
            if wants_rows and reader is None:
                stop, state = "revoked", None
            is_news = state is None
            if state is None:
                state = settling.state_of(tx, visit, receipts_of(taken), stop=stop)
                is_news = state.is_news
            if reader is not None:
                rows = pulling.pull(tx, reader)
        if is_news:
            _note(db, now, visit, taken)
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
        min_build="" if is_read else MIN_BUILD,
        retry_ms=RETRY_MS if stop == "busy" else 0,
    )


def _note(db: Database, now: Clock, visit: Visit, taken: list[Taken]) -> None:
    """Keep what the phone said of itself. Not worth refusing an answer for."""
    try:
        db.together(
            lambda tx: settling.settle(tx, visit, receipts_of(taken), stop=stop_of(taken)), now
        )
    except Exception as error:
        if not is_unavailable(error):
            raise


def _told(answer: SyncRes) -> int:
    """Return the highest position that this answer tells of."""
    head = 0 if answer.pull is None else answer.pull.head
    return max([head, *(receipt.seq for receipt in answer.receipts)])
