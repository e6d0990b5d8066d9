"""Takes the mutations of one push, in order: together where they are common, else one by one.

Each keeps the meaning of a transaction of its own. What fails undoes only itself; whatever the
quick road does not know or cannot do, the road of one at a time decides.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TypeAlias

from server.db.database import Transaction
from server.db.failures import is_unavailable
from server.syncing import service
from server.syncing.batch import candidates
from server.syncing.batch.candidates import Candidate
from server.syncing.batch.known import read
from server.syncing.batch.plans import Plan, plan
from server.syncing.batch.writing import write
from server.syncing.rules import Taken, Visit
from server.syncing.store import batch as store
from server.syncing.store.batch import Device
from sync.numbers import Place, place_of

logger = logging.getLogger(__name__)

Begin: TypeAlias = Callable[[], AbstractContextManager[Transaction]]
"""Opens a transaction, or a part of one that many share."""


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


def _together(
    begin: Begin, visit: Visit, waiting: Sequence[Candidate], *, is_shared: bool
) -> list[Taken] | None:
    """Take the first mutations by the quick road; None when that broke, and changed nothing."""
    try:
        with begin() as tx:
            return _quick(tx, visit, waiting)
    except service.NotYourDevice:
        raise
    except Exception as error:
        if is_shared and is_unavailable(error):
            raise
        logger.warning("%s mutations go one by one: %s", len(waiting), type(error).__name__)
        return None


def _quick(tx: Transaction, visit: Visit, waiting: Sequence[Candidate]) -> list[Taken]:
    """Take as many as the quick road can, from the first on."""
    device = store.lock_device(tx, visit.device)
    if device is None or device.user_id != visit.person.user_id:
        raise service.NotYourDevice("This phone is not registered as yours.")
    if device.state != "active":
        return [Taken(stop="revoked")]
    taken = _repeated(tx, device, waiting)
    if taken and taken[-1].stop:
        return taken
    chosen = candidates.head(waiting[len(taken) :], next_n=device.last_n + 1)
    if not chosen:
        return taken
    known = read(tx, visit, chosen)
    plans: list[Plan] = []
    for one in chosen:
        planned = plan(one, known)
        if planned is None:
            break
        plans.append(planned)
    return taken + [Taken(receipt=receipt) for receipt in write(tx, device, plans)]


def _repeated(tx: Transaction, device: Device, waiting: Sequence[Candidate]) -> list[Taken]:
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
