"""Speaks SQL for push subscriptions and the push outbox. Decides nothing."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, event, insert, or_, select, update
from sqlalchemy.orm import Session

from server.db.database import Transaction
from server.db.tables.alerts import AlertRow, PushDeliveryRow, PushSubscriptionRow
from server.db.tables.identity import UserRow
from server.db.tables.syncing import DeviceRow
from server.ids import new_id
from server.push.bell import BELL
from server.push.keys import SubscriptionKeys
from server.push.rules import State

_RUNG = "push.rung"


class Due(NamedTuple):
    """A delivery this process holds until ``held_until``."""

    id: UUID
    subscription_id: UUID
    attempts: int
    """Tries so far, this one included."""
    created_at: datetime
    held_until: datetime
    endpoint: str | None
    """None: nobody is there any more (unsubscribed, revoked, closed)."""
    keys: SubscriptionKeys
    kind: str
    case_id: UUID
    language: str


class Outcome(NamedTuple):
    """What became of a delivery."""

    due: Due
    state: State
    next_at: datetime
    status: int | None
    fault: str


def enqueue(tx: Transaction, alerts: Sequence[UUID], *, user_id: UUID) -> int:
    """Put one delivery per alert and subscription of this person into the outbox; return how many.

    Subscriptions of revoked devices get nothing. The bell rings once it is committed.
    """
    query = (
        select(PushSubscriptionRow.id)
        .join(DeviceRow, DeviceRow.id == PushSubscriptionRow.device_id)
        .where(PushSubscriptionRow.user_id == user_id, DeviceRow.state == "active")
        .order_by(PushSubscriptionRow.id)
    )
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "alert_id": alert_id,
            "subscription_id": subscription_id,
            "state": State.DUE,
            "attempts": 0,
            "created_at": tx.at,
            "next_at": tx.at,
            "last_status": None,
            "detail": {},
        }
        for subscription_id in tx.session.scalars(query).all()
        for alert_id in alerts
    ]
    if rows:
        tx.session.execute(insert(PushDeliveryRow), rows)
        _ring_after_commit(tx)
    return len(rows)


def has_due(tx: Transaction) -> bool:
    """Tell whether anything waits to be sent now."""
    query = select(PushDeliveryRow.id).where(
        PushDeliveryRow.state == State.DUE, PushDeliveryRow.next_at <= tx.at
    )
    return tx.session.scalar(query.limit(1)) is not None


def claim(tx: Transaction, *, until: datetime, limit: int) -> list[Due]:
    """Take up to ``limit`` due deliveries, oldest first; nobody else gets them before ``until``.

    The claim is the bump of ``next_at``: of two senders, one finds the row no longer due.
    """
    due = (PushDeliveryRow.state == State.DUE, PushDeliveryRow.next_at <= tx.at)
    oldest = select(PushDeliveryRow.id).where(*due).order_by(PushDeliveryRow.next_at).limit(limit)
    claimed = tx.session.scalars(
        update(PushDeliveryRow)
        .where(PushDeliveryRow.id.in_(oldest), *due)
        .values(next_at=until, attempts=PushDeliveryRow.attempts + 1)
        .returning(PushDeliveryRow.id)
        .execution_options(synchronize_session=False)
    ).all()
    return _read(tx, claimed, until) if claimed else []


def settle(tx: Transaction, outcomes: Iterable[Outcome]) -> None:
    """Write down what became of claimed deliveries, where the claim still holds."""
    for outcome in outcomes:
        tx.session.execute(
            update(PushDeliveryRow)
            .where(
                PushDeliveryRow.id == outcome.due.id,
                PushDeliveryRow.state == State.DUE,
                PushDeliveryRow.next_at == outcome.due.held_until,
            )
            .values(
                state=outcome.state,
                next_at=outcome.next_at,
                last_status=outcome.status,
                detail={"fault": outcome.fault} if outcome.fault else {},
            )
        )


def remove(tx: Transaction, subscription_id: UUID, *, endpoint: str) -> None:
    """Forget a subscription whose push service says it is gone, unless it was renewed since."""
    tx.session.execute(
        delete(PushSubscriptionRow).where(
            PushSubscriptionRow.id == subscription_id, PushSubscriptionRow.endpoint == endpoint
        )
    )


def is_device_of(tx: Transaction, device_id: UUID, *, user_id: UUID) -> bool:
    """Tell whether this is an active device of this person; hold it until the transaction ends.

    Held, two tabs that subscribe one device at once follow each other on PostgreSQL too.
    """
    query = select(DeviceRow.id).where(
        DeviceRow.id == device_id, DeviceRow.user_id == user_id, DeviceRow.state == "active"
    )
    return tx.session.scalar(query.with_for_update()) is not None


def subscribe(
    tx: Transaction, *, user_id: UUID, device_id: UUID, endpoint: str, keys: SubscriptionKeys
) -> None:
    """Make this endpoint the device's only one, and this device the endpoint's only one.

    What still waits for the device goes to its new endpoint; what waited for another device or
    person at this endpoint goes to nobody.
    """
    tx.session.execute(
        delete(PushSubscriptionRow).where(
            or_(
                (PushSubscriptionRow.endpoint == endpoint)
                & (PushSubscriptionRow.device_id != device_id),
                (PushSubscriptionRow.device_id == device_id)
                & (PushSubscriptionRow.user_id != user_id),
            )
        )
    )
    values = {"endpoint": endpoint, **keys._asdict(), "created_at": tx.at}
    renewed = tx.session.scalar(
        update(PushSubscriptionRow)
        .where(PushSubscriptionRow.device_id == device_id)
        .values(**values)
        .returning(PushSubscriptionRow.id)
    )
    if renewed is None:
        tx.session.execute(
            insert(PushSubscriptionRow).values(
                id=new_id(), user_id=user_id, device_id=device_id, **values
            )
        )


def unsubscribe(tx: Transaction, *, device_id: UUID) -> None:
    """Push to this device no more."""
    tx.session.execute(
        delete(PushSubscriptionRow).where(PushSubscriptionRow.device_id == device_id)
    )


def _read(tx: Transaction, ids: Iterable[UUID], until: datetime) -> list[Due]:
    query = (
        select(
            PushDeliveryRow.id,
            PushDeliveryRow.subscription_id,
            PushDeliveryRow.attempts,
            PushDeliveryRow.created_at,
            PushSubscriptionRow.endpoint,
            PushSubscriptionRow.p256dh,
            PushSubscriptionRow.auth,
            DeviceRow.state.label("device_state"),
            AlertRow.kind,
            AlertRow.case_id,
            UserRow.language,
            UserRow.state.label("user_state"),
        )
        .join(AlertRow, AlertRow.id == PushDeliveryRow.alert_id)
        .join(UserRow, UserRow.id == AlertRow.user_id)
        .outerjoin(
            PushSubscriptionRow,
            (PushSubscriptionRow.id == PushDeliveryRow.subscription_id)
            & (PushSubscriptionRow.user_id == AlertRow.user_id),
        )
        .outerjoin(DeviceRow, DeviceRow.id == PushSubscriptionRow.device_id)
        .where(PushDeliveryRow.id.in_(list(ids)))
        .order_by(PushDeliveryRow.created_at, PushDeliveryRow.id)
    )
    return [
        Due(
            id=row.id,
            subscription_id=row.subscription_id,
            attempts=row.attempts,
            created_at=row.created_at,
            held_until=until,
            endpoint=row.endpoint
            if row.device_state == "active" and row.user_state == "active"
            else None,
            keys=SubscriptionKeys(row.p256dh or "", row.auth or ""),
            kind=row.kind,
            case_id=row.case_id,
            language=row.language,
        )
        for row in tx.session.execute(query)
    ]


def _ring_after_commit(tx: Transaction) -> None:
    if tx.memo.setdefault(_RUNG, False):
        return
    tx.memo[_RUNG] = True

    def ring(_session: Session) -> None:
        BELL.ring()

    event.listen(tx.session, "after_commit", ring, once=True)
