"""Speaks SQL for marks of verified backups, and for lives of the database. Decides nothing."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update

from server.backup.rules import Manifest
from server.db.database import Transaction
from server.db.tables.attendance import SettingRow
from server.db.tables.identity import AuditRow, SessionRow
from server.db.tables.syncing import BackupMarkRow, DeviceRow
from server.ids import new_id

SETTING = "backups"
_IS_SET_UP = select(SettingRow.key).where(SettingRow.key == SETTING)


def is_set_up(tx: Transaction) -> bool:
    """Tell whether phones may let go only of what a backup holds."""
    return tx.session.scalar(_IS_SET_UP) is not None


def set_up(tx: Transaction) -> None:
    """From now on phones let go only of what a backup holds."""
    if not is_set_up(tx):
        tx.session.execute(insert(SettingRow).values(key=SETTING, value=True))


def last_mark(tx: Transaction) -> BackupMarkRow | None:
    """Return the newest verified backup."""
    query = select(BackupMarkRow).order_by(BackupMarkRow.at.desc(), BackupMarkRow.id.desc())
    return tx.session.scalars(query.limit(1)).first()


def mark(tx: Transaction, manifest: Manifest, numbers: Mapping[UUID, int], *, sha: str) -> None:
    """Note a verified backup, and what it holds of each device. A number never falls."""
    set_up(tx)
    tx.session.execute(
        insert(BackupMarkRow).values(
            id=new_id(),
            at=manifest.made_at,
            epoch=manifest.epoch,
            head=manifest.head,
            sha=sha,
            byte_count=manifest.byte_count,
        )
    )
    for device_id in sorted(numbers):
        number = numbers[device_id]
        tx.session.execute(
            update(DeviceRow)
            .where(DeviceRow.id == device_id, DeviceRow.durable_n < number)
            .values(durable_n=number)
        )


def end_sessions(tx: Transaction) -> int:
    """Sign everybody out: a copy knows nothing of who signed out since."""
    count = tx.session.scalar(select(func.count()).select_from(SessionRow)) or 0
    tx.session.execute(delete(SessionRow))
    return count


def revoked_devices(tx: Transaction) -> set[UUID]:
    """Return the devices that were taken off the list."""
    return set(tx.session.scalars(select(DeviceRow.id).where(DeviceRow.state != "active")))


def revoke_devices(tx: Transaction, device_ids: Iterable[UUID]) -> None:
    """Take devices off the list again that a copy still has on it."""
    tx.session.execute(
        update(DeviceRow).where(DeviceRow.id.in_(list(device_ids))).values(state="revoked")
    )


def audit(tx: Transaction, action: str, *, subject: str, detail: Mapping[str, object]) -> None:
    """Write down what an operator did."""
    tx.session.execute(
        insert(AuditRow).values(
            id=new_id(),
            at=tx.at,
            by_user_id=None,
            action=action,
            subject=subject,
            detail=dict(detail),
        )
    )
