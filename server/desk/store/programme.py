"""Speaks SQL for the programme's own people, schools and phones."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, exists, or_, select

from schemas.base import SchoolId, UserId
from schemas.people import Role, School, StaffMember
from server.db.database import Transaction
from server.db.tables.attendance import SettingRow
from server.db.tables.identity import UserRow, UserSchoolRow
from server.db.tables.people import SchoolRow
from server.db.tables.syncing import DeviceRow
from server.desk.store.scope import Scope, within

STALE_SETTING = "phone_stale_days"
PHONE_STALE_DAYS = 3


class Phone(NamedTuple):
    """A device and whose it is."""

    device: DeviceRow
    user_name: str


def schools(tx: Transaction, scope: Scope) -> list[School]:
    """Return the schools in scope, by name."""
    query = select(SchoolRow).where(within(SchoolRow.id, scope)).order_by(SchoolRow.name)
    return [
        School(id=SchoolId(row.id), name=row.name, level=row.level)
        for row in tx.session.scalars(query)
    ]


def staff(tx: Transaction) -> list[StaffMember]:
    """Return everybody, closed people too: old contacts bear their names."""
    query = select(UserRow).order_by(UserRow.name, UserRow.id)
    return [
        StaffMember(
            id=UserId(row.id),
            name=row.name,
            role=Role(row.role),
            is_active=row.state != "closed",
        )
        for row in tx.session.scalars(query)
    ]


def schools_by_worker(tx: Transaction, roles: Iterable[Role]) -> dict[UUID, set[UUID]]:
    """Return which schools the active people with these roles work with; no school: with all."""
    query = (
        select(UserRow.id, UserSchoolRow.school_id)
        .outerjoin(UserSchoolRow, UserSchoolRow.user_id == UserRow.id)
        .where(UserRow.state == "active", UserRow.role.in_([role.value for role in roles]))
        .order_by(UserRow.name, UserRow.id)
    )
    found: dict[UUID, set[UUID]] = {}
    for row in tx.session.execute(query):
        found.setdefault(row.id, set()).update({row.school_id} - {None})
    return found


def phones(tx: Transaction, scope: Scope) -> list[Phone]:
    """Return the phones of people in scope: those in use, and revoked ones with unsent work."""
    query = (
        _phones_in(scope)
        .where(or_(DeviceRow.state == "active", DeviceRow.waiting > 0))
        .order_by(UserRow.name, DeviceRow.registered_at, DeviceRow.id)
    )
    return [Phone(device, name) for device, name in tx.session.execute(query)]


def authors(tx: Transaction, scope: Scope, device_ids: Iterable[UUID]) -> dict[UUID, Phone]:
    """Return those of these phones whose people are in scope, in use or not, by their ids."""
    query = _phones_in(scope).where(DeviceRow.id.in_(list(device_ids)))
    return {device.id: Phone(device, name) for device, name in tx.session.execute(query)}


def _phones_in(scope: Scope) -> Select[DeviceRow, str]:
    query = select(DeviceRow, UserRow.name).join(UserRow, UserRow.id == DeviceRow.user_id)
    if scope is None:
        return query
    shares_school = exists().where(
        UserSchoolRow.user_id == UserRow.id, within(UserSchoolRow.school_id, scope)
    )
    return query.where(shares_school)


def stale_days(tx: Transaction) -> int:
    """Return after how many unseen days a phone is stale; the district may say otherwise."""
    value = tx.session.scalar(select(SettingRow.value).where(SettingRow.key == STALE_SETTING))
    return value if isinstance(value, int) and value > 0 else PHONE_STALE_DAYS
