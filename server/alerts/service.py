"""Decides who hears of what. Writes in the caller's transaction; the outbox sends after it."""

from collections.abc import Iterable
from uuid import UUID

from schemas.alerts import PushSubscription
from server.alerts import store
from server.alerts.rules import CASE_ASSIGNED, CASE_OPENED
from server.alerts.store import NewAlert
from server.db.database import Transaction
from server.identity import store as identity
from server.ids import new_id
from server.problems import NotFound
from server.push import store as push_store
from server.push.guard import check_endpoint
from server.push.keys import check_keys


def cases_opened(tx: Transaction, opened: Iterable[tuple[UUID, UUID]]) -> int:
    """Tell each school's coordinators of its new cases (case, school); return how many were told.

    Told once per case and person: a later import that opens nothing new says nothing again.
    """
    coordinators: dict[UUID, list[UUID]] = {}
    alerts: list[NewAlert] = []
    for case_id, school_id in opened:
        if school_id not in coordinators:
            coordinators[school_id] = identity.coordinators_of(tx, school_id)
        alerts += [
            NewAlert(id=new_id(), user_id=user_id, kind=CASE_OPENED, case_id=case_id)
            for user_id in coordinators[school_id]
        ]
    known = store.told_of(tx, CASE_OPENED, [one.case_id for one in alerts])
    new = [one for one in alerts if (one.user_id, one.case_id) not in known]
    store.add(tx, new)
    for user_id in sorted({one.user_id for one in new}):
        push_store.enqueue(tx, [one.id for one in new if one.user_id == user_id], user_id=user_id)
    return len(new)


def case_assigned(tx: Transaction, *, case_id: UUID, user_id: UUID) -> None:
    """Tell a person that this case is now hers or his, each time it is given to them."""
    alert_id = store.find(tx, user_id=user_id, kind=CASE_ASSIGNED, case_id=case_id)
    if alert_id is None:
        _raise(tx, user_id=user_id, kind=CASE_ASSIGNED, case_id=case_id)
        return
    store.renew(tx, alert_id)
    push_store.enqueue(tx, [alert_id], user_id=user_id)


def subscribe(
    tx: Transaction, wanted: PushSubscription, *, user_id: UUID, test_origin: str
) -> None:
    """Push to this device from now on. Raises when it is not the caller's, or not to be trusted."""
    _demand_own_device(tx, wanted.device, user_id)
    endpoint = check_endpoint(wanted.endpoint, test_origin=test_origin)
    keys = check_keys(wanted.keys.p256dh, wanted.keys.auth)
    push_store.subscribe(
        tx, user_id=user_id, device_id=wanted.device, endpoint=endpoint.url, keys=keys
    )


def unsubscribe(tx: Transaction, device_id: UUID, *, user_id: UUID) -> None:
    """Push to this device no more. Asked for twice, it is still off."""
    _demand_own_device(tx, device_id, user_id)
    push_store.unsubscribe(tx, device_id=device_id)


def _raise(tx: Transaction, *, user_id: UUID, kind: str, case_id: UUID) -> None:
    alert = NewAlert(id=new_id(), user_id=user_id, kind=kind, case_id=case_id)
    store.add(tx, [alert])
    push_store.enqueue(tx, [alert.id], user_id=user_id)


def _demand_own_device(tx: Transaction, device_id: UUID, user_id: UUID) -> None:
    if not push_store.is_device_of(tx, device_id, user_id=user_id):
        raise NotFound("This phone is not registered as yours.")
