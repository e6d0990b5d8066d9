"""Decides who hears of what. Writes in the caller's transaction; the outbox sends after it."""

from uuid import UUID

from server.alerts import store
from server.db.database import Transaction
from server.ids import new_id
from server.push import store as push_store

CASE_OPENED = "case.opened"
CASE_ASSIGNED = "case.assigned"


def case_opened(tx: Transaction, *, case_id: UUID, school_id: UUID) -> int:
    """Tell the coordinators of the school of a new case; return how many were told.

    Told once per case and person: a later import that opens nothing new says nothing again.
    """
    told = 0
    for user_id in store.coordinators_of(tx, school_id):
        if store.find(tx, user_id=user_id, kind=CASE_OPENED, case_id=case_id) is None:
            _raise(tx, user_id=user_id, kind=CASE_OPENED, case_id=case_id)
            told += 1
    return told


def case_assigned(tx: Transaction, *, case_id: UUID, user_id: UUID) -> None:
    """Tell a person that this case is now hers or his, each time it is given to them."""
    alert_id = store.find(tx, user_id=user_id, kind=CASE_ASSIGNED, case_id=case_id)
    if alert_id is None:
        _raise(tx, user_id=user_id, kind=CASE_ASSIGNED, case_id=case_id)
        return
    store.renew(tx, alert_id)
    push_store.enqueue(tx, alert_id, user_id=user_id)


def _raise(tx: Transaction, *, user_id: UUID, kind: str, case_id: UUID) -> None:
    alert_id = new_id()
    store.add(tx, alert_id, user_id=user_id, kind=kind, case_id=case_id)
    push_store.enqueue(tx, alert_id, user_id=user_id)
