"""Speaks SQL for the browser profiles people registered."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, exists, select, update

from server.db.database import Transaction
from server.db.tables.alerts import PushSubscriptionRow
from server.db.tables.identity import UserRow
from server.db.tables.syncing import DeviceRow


class Listed(NamedTuple):
    """A device as lists show it."""

    device: DeviceRow
    user_name: str
    has_push: bool


def add_device(tx: Transaction, device: DeviceRow) -> None:
    """Keep a new device."""
    tx.session.add(device)
    tx.session.flush()


def find_device(tx: Transaction, device_id: UUID) -> DeviceRow | None:
    """Return a device, revoked ones too."""
    return tx.session.get(DeviceRow, device_id)


def devices_of(tx: Transaction, user_id: UUID | None) -> Sequence[Listed]:
    """Return a person's devices, the newest first. None: everybody's."""
    has_push = exists().where(PushSubscriptionRow.device_id == DeviceRow.id)
    query = (
        select(DeviceRow, UserRow.name, has_push)
        .join(UserRow, UserRow.id == DeviceRow.user_id)
        .order_by(DeviceRow.registered_at.desc(), DeviceRow.id.desc())
    )
    if user_id is not None:
        query = query.where(DeviceRow.user_id == user_id)
    return [Listed(device, name, has) for device, name, has in tx.session.execute(query)]


def revoke(tx: Transaction, device_id: UUID) -> None:
    """Let a device sync no more and push to it no more. Its unsent work stays on it."""
    tx.session.execute(
        delete(PushSubscriptionRow).where(PushSubscriptionRow.device_id == device_id)
    )
    tx.session.execute(update(DeviceRow).where(DeviceRow.id == device_id).values(state="revoked"))


def revoke_all(tx: Transaction, user_id: UUID) -> None:
    """Revoke every device of a person."""
    query = select(DeviceRow.id).where(DeviceRow.user_id == user_id, DeviceRow.state == "active")
    for device_id in tx.session.scalars(query).all():
        revoke(tx, device_id)
