"""Where a phone and the server stand after an exchange."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from msgspec import Struct

from schemas.sync import Receipt
from server.backup.service import durable_of
from server.db.database import Transaction
from server.feed import store as feed
from server.syncing import store
from server.syncing.rules import Visit, not_yours
from server.syncing.store import Standing
from sync.normal import NUL

_UNSEEN = frozenset({"busy", "revoked"})
"""After these, what the phone said of itself is not kept."""
_UNTOLD = frozenset({"fork", "revoked"})
"""After these, no receipts but this batch's are told."""
_MOST = 2**31 - 1
"""What a column for a count can hold."""


class State(Struct, frozen=True, kw_only=True):
    """Where a phone and the server stand after an exchange."""

    epoch: str
    last_n: int
    durable_n: int
    receipts: list[Receipt]
    told: dict[str, Any]
    """What the phone said of itself, as the device's row keeps it."""
    is_news: bool
    """That is worth a write."""


class Served(NamedTuple):
    """A visit whose mutations were taken, and its phone as it stands now."""

    visit: Visit
    device: Standing
    receipts: Sequence[Receipt]
    stop: str


def settle(tx: Transaction, visit: Visit, receipts: Sequence[Receipt], *, stop: str) -> State:
    """Keep what the phone said of itself, if it is news; return where things stand."""
    return settle_all(tx, [_served(tx, visit, receipts, stop=stop)])[0]


def settle_all(tx: Transaction, served: Sequence[Served]) -> list[State]:
    """Do so for several phones."""
    states = _states(tx, served)
    told = [
        (one.visit.device, state.told)
        for one, state in zip(served, states, strict=True)
        if state.is_news
    ]
    store.note_devices(tx, told)
    return states


def state_of(tx: Transaction, visit: Visit, receipts: Sequence[Receipt], *, stop: str) -> State:
    """Return where things stand, with every receipt that the phone has not kept yet.

    A forked phone gets none but this batch's: the others answer its twin's work. Nor does a
    revoked one: whose hands it is in, nobody knows.
    """
    return _states(tx, [_served(tx, visit, receipts, stop=stop)])[0]


def _served(tx: Transaction, visit: Visit, receipts: Sequence[Receipt], *, stop: str) -> Served:
    device = store.standing_of(tx, visit.device)
    if device is None or device.user_id != visit.person.user_id:
        raise not_yours()
    return Served(visit, device, receipts, stop)


def _states(tx: Transaction, served: Sequence[Served]) -> list[State]:
    epoch, _ = feed.head(tx)
    durable = durable_of(tx, [one.device for one in served])
    return [
        _state(tx, one, epoch=epoch, durable_n=durable_n)
        for one, durable_n in zip(served, durable, strict=True)
    ]


def _state(tx: Transaction, one: Served, *, epoch: str, durable_n: int) -> State:
    visit, device, receipts, stop = one
    acked_n = min(max(visit.request.acked_n, 0), device.last_n)
    has_all = sum(one.n > acked_n for one in receipts) >= device.last_n - acked_n
    older = [] if stop in _UNTOLD or has_all else store.receipts_after(tx, device.id, acked_n)
    by_n = {receipt.n: receipt for receipt in (*older, *receipts)}
    told = _told(visit, receipts, acked_n=max(device.acked_n, acked_n))
    return State(
        epoch=epoch,
        last_n=device.last_n,
        durable_n=durable_n,
        receipts=[by_n[n] for n in sorted(by_n)],
        told=told,
        is_news=stop not in _UNSEEN and store.is_news(tx, device, told),
    )


def _told(visit: Visit, receipts: Sequence[Receipt], *, acked_n: int) -> dict[str, Any]:
    asked = visit.request
    return {
        "acked_n": acked_n,
        "waiting": min(max(0, asked.waiting - len(receipts)), _MOST),
        "schema": min(max(asked.schema, 0), _MOST),
        "build": asked.build.replace(NUL, ""),
    }
