"""Decides about the browser profiles people work with: registered, listed, revoked."""

import secrets
from collections.abc import Callable
from typing import TypeAlias
from uuid import UUID

import msgspec

from schemas.base import DeviceId, UserId
from schemas.identity import Device, DeviceKeys, RegisterDevice
from server.db.database import Transaction
from server.db.tables.identity import UserRow
from server.db.tables.syncing import DeviceRow
from server.identity import rules, service, store
from server.identity.store import devices, sessions
from server.ids import new_id
from server.problems import Conflicting, NotFound
from server.web.signed import Signed


class Issued(msgspec.Struct, frozen=True):
    """What a headless client is told once. The token is kept nowhere, only its hash."""

    device_id: DeviceId
    token: str


class DevicePublicKeys(msgspec.Struct, frozen=True):
    """What every phone is told of the server's keys: P-256 points, base64url without padding."""

    sealing: str
    """HPKE: what a phone seals its queue to."""
    push: str
    """VAPID: ``applicationServerKey`` of its push subscription."""


PublicKeys: TypeAlias = Callable[[], DevicePublicKeys]
"""Given by ``server.app``: the keys belong to features above this one."""


def register(
    tx: Transaction, wanted: RegisterDevice, *, by: Signed, keys: DevicePublicKeys
) -> DeviceKeys:
    """Make this browser profile a device of the person, and tie the session to it."""
    token = secrets.token_urlsafe(32)
    device = DeviceRow(
        id=new_id(),
        user_id=by.user_id,
        label=" ".join(wanted.label.split()),
        delivery_token_hash=rules.hash_of(token),
        build=wanted.build,
        registered_at=tx.at,
        last_seen_at=tx.at,
    )
    devices.add_device(tx, device)
    sessions.bind_session(tx, by.session, device.id)
    store.audit(tx, "device.register", by=by.user_id, subject=device.id)
    return DeviceKeys(
        id=DeviceId(device.id),
        delivery_token=token,
        server_key=keys.sealing,
        push_key=keys.push,
    )


def issue(tx: Transaction, user: UserRow, label: str) -> Issued:
    """Make a device for a program that syncs as this person, with a token that never ends.

    Only the server's command line does this: such a token reads what the person may read.
    """
    if user.state != "active":
        raise Conflicting(
            f"{user.login} cannot sign in ({user.state}): nobody's token would work.",
            code="not_active",
            detail_es=f"{user.login} no puede entrar ({user.state}): su credencial no serviría.",
        )
    token = secrets.token_urlsafe(32)
    device = DeviceRow(
        id=new_id(),
        user_id=user.id,
        label=" ".join(label.split()),
        delivery_token_hash=rules.hash_of(secrets.token_urlsafe(32)),  # nobody is told this one
        bearer_hash=rules.hash_of(token),
        registered_at=tx.at,
        last_seen_at=None,
    )
    devices.add_device(tx, device)
    store.audit(tx, "device.issue", by=None, subject=device.id, detail={"user": str(user.id)})
    return Issued(DeviceId(device.id), token)


def everybodys(tx: Transaction, user_id: UUID | None) -> list[Device]:
    """Return a person's devices, or (None) all there are, for the server's command line."""
    return [_device_of(each) for each in devices.devices_of(tx, user_id)]


def list_of(tx: Transaction, user_id: UUID, *, by: Signed) -> list[Device]:
    """Return a person's devices, the newest first."""
    service.get_seen(tx, user_id, by=by)
    return [_device_of(each) for each in devices.devices_of(tx, user_id)]


def revoke(tx: Transaction, device_id: UUID, *, by: Signed | None) -> Device:
    """Let a device sync and read no more. What it has not sent yet stays on it, unread by us.

    ``by`` None: from the server's command line.
    """
    device = devices.find_device(tx, device_id)
    if device is None:
        raise NotFound("There is no such phone.")
    if by is not None:
        service.get_seen(tx, device.user_id, by=by)
    if device.state == "active":
        devices.revoke(tx, device_id)
        store.audit(
            tx,
            "device.revoke",
            by=None if by is None else by.user_id,
            subject=device_id,
            detail={"waiting": device.waiting},
        )
    listed = devices.devices_of(tx, device.user_id)
    return next(_device_of(each) for each in listed if each.device.id == device_id)


def _device_of(listed: devices.Listed) -> Device:
    row = listed.device
    return Device(
        id=DeviceId(row.id),
        user_id=UserId(row.user_id),
        user_name=listed.user_name,
        label=row.label,
        state=row.state,
        registered_at=row.registered_at,
        last_seen_at=row.last_seen_at,
        last_n=row.last_n,
        waiting=row.waiting,
        build=row.build,
        has_push=listed.has_push,
    )
