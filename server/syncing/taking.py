"""Takes the mutations of pushes, in order: together where they are common, else one by one.

Each keeps the meaning of a transaction of its own. What fails undoes only itself; whatever the
quick road does not know or cannot do, the road of one at a time decides.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, TypeAlias
from uuid import UUID

from schemas.sync import Receipt
from server.db.database import Transaction
from server.db.failures import is_unavailable
from server.syncing import service
from server.syncing.batch.candidates import Candidate, Head, head
from server.syncing.batch.known import Known, read
from server.syncing.batch.plans import Plan, plan
from server.syncing.batch.writing import write
from server.syncing.rules import Stop, Taken, Visit, not_yours
from server.syncing.settling import Served, State, settle_all
from server.syncing.store import Standing
from server.syncing.store import batch as store
from sync.numbers import Place, place_of

logger = logging.getLogger(__name__)

Begin: TypeAlias = Callable[[], AbstractContextManager[Transaction]]
"""Opens a transaction, or a part of one that many share."""


class Push(NamedTuple):
    """What one phone sent."""

    visit: Visit
    waiting: Sequence[Candidate]


def take_all(
    begin: Begin, visit: Visit, waiting: Sequence[Candidate], *, is_shared: bool
) -> list[Taken]:
    """Take mutations until one stops the rest.

    ``is_shared``: the transaction is not only this push's, so a database that cannot serve is
    everybody's to hear of, and raised. Raises ``NotYourDevice``.
    """
    taken: list[Taken] = []
    is_quick = True
    while len(taken) < len(waiting) and not (taken and taken[-1].stop):
        rest = waiting[len(taken) :]
        done = _together(begin, visit, rest, is_shared=is_shared) if is_quick else []
        is_quick = is_quick and done is not None  # what broke once is not tried again
        taken += done or []
        if len(taken) < len(waiting) and not (taken and taken[-1].stop):
            one = waiting[len(taken)]
            taken.append(_alone(begin, visit, one, is_shared=is_shared))
    return taken


def take_whole(tx: Transaction, pushes: Sequence[Push]) -> list[tuple[list[Taken], State]]:
    """Take the first of several phones' pushes: as many as the quick road takes to their end.

    Answers what each would be answered one after the other, and where its phone stands then.
    """
    some = _quick(tx, pushes, whole_only=True)
    served = [
        Served(push.visit, one.device, receipts_of(one.taken), stop_of(one.taken))
        for push, one in zip(pushes, some, strict=False)
    ]
    states = settle_all(tx, served)
    return [(one.taken, state) for one, state in zip(some, states, strict=True)]


def receipts_of(taken: Sequence[Taken]) -> list[Receipt]:
    """Return the receipts among answers."""
    return [one.receipt for one in taken if one.receipt is not None]


def stop_of(taken: Sequence[Taken]) -> Stop:
    """Return why no more were taken."""
    return taken[-1].stop if taken else ""


def _together(
    begin: Begin, visit: Visit, waiting: Sequence[Candidate], *, is_shared: bool
) -> list[Taken] | None:
    """Take the first mutations by the quick road; None when that broke, and changed nothing."""
    try:
        with begin() as tx:
            some = _quick(tx, [Push(visit, waiting)])
    except Exception as error:
        if is_shared and is_unavailable(error):
            raise
        logger.warning("%s mutations go one by one: %s", len(waiting), type(error).__name__)
        return None
    if not some:
        raise not_yours()
    return some[0].taken


class _Start(NamedTuple):
    """A push of which the first mutations were looked at, and no row of it was read."""

    visit: Visit
    device: Standing
    taken: list[Taken]
    """Answers to what was processed before."""
    head: Head
    """What comes next and may be common."""
    is_whole: bool
    """Nothing comes after these."""


class _Some(NamedTuple):
    """The first mutations of a push with their answers, and its phone as it stands now."""

    device: Standing
    taken: list[Taken]


def _quick(tx: Transaction, pushes: Sequence[Push], *, whole_only: bool = False) -> list[_Some]:
    """Take the first pushes; of the last of them perhaps only its first mutations.

    ``whole_only``: that one is left alone. None at all: the first phone is not its sender's.
    """
    starts = _starts(tx, pushes, whole_only=whole_only)
    chosen = [one for start in starts for one in start.head.chosen]
    known = read(tx, chosen) if chosen else None
    planned: list[tuple[_Start, list[Plan]]] = []
    for start in starts:
        plans = _planned(start, known) if known else []
        is_whole = start.is_whole and len(plans) == len(start.head.chosen)
        if whole_only and not is_whole:
            break
        planned.append((start, plans))
        if not is_whole:
            break
    told = write(tx, [(start.device, plans) for start, plans in planned])
    return [
        _Some(
            start.device._replace(last_n=plans[-1].item.n) if plans else start.device,
            start.taken + [Taken(receipt=receipt) for receipt in receipts],
        )
        for (start, plans), receipts in zip(planned, told, strict=True)
    ]


def _planned(start: _Start, known: Known) -> list[Plan]:
    plans: list[Plan] = []
    for one in start.head.chosen:
        planned = plan(one, start.visit, known)
        if planned is None:
            break
        plans.append(planned)
    return plans


def _starts(tx: Transaction, pushes: Sequence[Push], *, whole_only: bool) -> list[_Start]:
    """Look at pushes until one must come after what these change."""
    devices = store.lock_devices(tx, {push.visit.device for push in pushes})
    starts: list[_Start] = []
    met: set[UUID] = set()
    for push in pushes:
        device = devices.get(push.visit.device)
        if device is None or device.user_id != push.visit.person.user_id:
            break
        start = _start(tx, push, device)
        is_met = device.id in met or not met.isdisjoint(start.head.about)
        if is_met or (whole_only and not start.is_whole):
            break
        met |= start.head.about
        met.add(device.id)
        starts.append(start)
    return starts


def _start(tx: Transaction, push: Push, device: Standing) -> _Start:
    visit, waiting = push
    if device.state != "active":
        return _Start(visit, device, [Taken(stop="revoked")], Head(), is_whole=True)
    taken = _repeated(tx, device, waiting)
    if taken and taken[-1].stop:
        return _Start(visit, device, taken, Head(), is_whole=True)
    first = head(waiting[len(taken) :], next_n=device.last_n + 1)
    is_whole = len(taken) + len(first.chosen) == len(waiting)
    return _Start(visit, device, taken, first, is_whole)


def _repeated(tx: Transaction, device: Standing, waiting: Sequence[Candidate]) -> list[Taken]:
    """Answer what was processed before, until something new comes."""
    old = [one.item for one in waiting if one.item.n <= device.last_n]
    if not old or waiting[0].item.n > device.last_n:
        return []
    numbers = [item.n for item in old]
    stored = store.stored(tx, device.id, first=min(numbers), last=max(numbers))
    taken: list[Taken] = []
    for one in waiting:
        item = one.item
        if item.n > device.last_n:
            break
        known = stored.get(item.n)
        place = place_of(
            item.n,
            item.id,
            item.sha,
            last_n=device.last_n,
            known=None if known is None else (known.id, known.sha),
        )
        if known is None or place is not Place.REPEAT:
            return [*taken, Taken(stop="fork")]
        taken.append(Taken(receipt=known.receipt))
    return taken


def _alone(begin: Begin, visit: Visit, one: Candidate, *, is_shared: bool) -> Taken:
    """Take one mutation. One that breaks even our bookkeeping is parked, not tried for ever."""
    try:
        try:
            with begin() as tx:
                return service.take(tx, visit, one.item)
        except Exception as error:
            if is_unavailable(error):
                raise
            trace = service.traced(error, one.item)
        with begin() as tx:
            return service.park(tx, visit, one.item, trace=trace)
    except Exception as error:
        if is_shared or not is_unavailable(error):
            raise
        return Taken(stop="busy")
