"""Speaks SQL for push subscriptions and the push outbox. Decides nothing."""

from uuid import UUID

from sqlalchemy import insert, select

from server.db.database import Transaction
from server.db.tables.alerts import PushDeliveryRow, PushSubscriptionRow
from server.db.tables.syncing import DeviceRow
from server.ids import new_id


def enqueue(tx: Transaction, alert_id: UUID, *, user_id: UUID) -> int:
    """Put one delivery per subscription of this person into the outbox; return how many.

    Subscriptions of revoked devices get nothing.
    """
    query = (
        select(PushSubscriptionRow.id)
        .join(DeviceRow, DeviceRow.id == PushSubscriptionRow.device_id)
        .where(PushSubscriptionRow.user_id == user_id, DeviceRow.state == "active")
        .order_by(PushSubscriptionRow.id)
    )
    rows = [
        {
            "id": new_id(),
            "alert_id": alert_id,
            "subscription_id": subscription_id,
            "state": "due",
            "attempts": 0,
            "created_at": tx.at,
            "next_at": tx.at,
            "last_status": None,
            "detail": None,
        }
        for subscription_id in tx.session.scalars(query)
    ]
    if rows:
        tx.session.execute(insert(PushDeliveryRow), rows)
    return len(rows)
