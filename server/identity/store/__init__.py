"""Speaks SQL for people, their schools, the district's settings and the audit table.

``store.sessions`` has links, sessions and passkeys; ``store.devices`` the registered phones.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, func, insert, or_, select, update

from schemas.base import UserId
from schemas.people import Role, StaffMember
from server.db.database import Transaction
from server.db.tables.attendance import SettingRow
from server.db.tables.identity import AuditRow, PasskeyRow, UserRow, UserSchoolRow
from server.db.tables.people import SchoolRow
from server.feed.store import Author, publish
from server.ids import new_id

_SCHOOLS = (
    select(UserSchoolRow.school_id)
    .where(UserSchoolRow.user_id == bindparam("user"))
    .order_by(UserSchoolRow.school_id)
)


def find_user(tx: Transaction, user_id: UUID) -> UserRow | None:
    """Return a person, closed ones too."""
    return tx.session.get(UserRow, user_id)


def find_login(tx: Transaction, login: str) -> UserRow | None:
    """Return the person with this login (already in the form ``rules.login_of`` gives)."""
    return tx.session.scalar(select(UserRow).where(UserRow.login == login))


def add_user(tx: Transaction, user: UserRow, school_ids: Iterable[UUID]) -> None:
    """Keep a new person, tied to these schools, and tell the phones."""
    tx.session.add(user)
    tx.session.flush()
    for school_id in sorted(set(school_ids)):
        tx.session.execute(insert(UserSchoolRow).values(user_id=user.id, school_id=school_id))
    publish_staff(tx, user.id)


def save_user(tx: Transaction, user_id: UUID, changes: Mapping[str, Any]) -> None:
    """Change columns of a person."""
    tx.session.execute(update(UserRow).where(UserRow.id == user_id).values(**changes))


def school_ids_of(tx: Transaction, user_id: UUID) -> list[UUID]:
    """Return the schools a person works with."""
    return list(tx.run(_SCHOOLS, {"user": user_id}).scalars())


def coordinators_of(tx: Transaction, school_id: UUID) -> list[UUID]:
    """Return the coordinators of a school who are active, the longest-serving first."""
    query = (
        select(UserRow.id)
        .join(UserSchoolRow, UserSchoolRow.user_id == UserRow.id)
        .where(
            UserSchoolRow.school_id == school_id,
            UserRow.role == Role.COORDINATOR,
            UserRow.state == "active",
        )
        .order_by(UserRow.created_at, UserRow.id)
    )
    return list(tx.session.scalars(query))


def publish_staff(tx: Transaction, user_id: UUID, *, by: Author = Author()) -> None:  # noqa: B008  (immutable)
    """Publish a person's name and role as row ``staff`` in root ``ref``."""
    user = tx.session.get_one(UserRow, user_id, populate_existing=True)
    member = StaffMember(
        id=UserId(user.id),
        name=user.name,
        role=Role(user.role),
        is_active=user.state != "closed",
    )
    publish(tx, "staff", member, key=user.id, roots=("ref",), by=by)


def users_of(tx: Transaction, school_ids: Iterable[UUID] | None) -> Sequence[UserRow]:
    """Return everybody (None), or whoever works with one of these schools, by name."""
    query = select(UserRow).order_by(func.lower(UserRow.name), UserRow.id)
    if school_ids is not None:
        query = query.where(
            exists().where(
                UserSchoolRow.user_id == UserRow.id, UserSchoolRow.school_id.in_(school_ids)
            )
        )
    return tx.session.scalars(query).all()


def schools_by_user(tx: Transaction) -> dict[UUID, list[UUID]]:
    """Return every person's schools."""
    found: dict[UUID, list[UUID]] = {}
    query = select(UserSchoolRow.user_id, UserSchoolRow.school_id).order_by(
        UserSchoolRow.user_id, UserSchoolRow.school_id
    )
    for user_id, school_id in tx.session.execute(query):
        found.setdefault(user_id, []).append(school_id)
    return found


def known_schools(tx: Transaction, school_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of the ids that are schools."""
    return set(tx.session.scalars(select(SchoolRow.id).where(SchoolRow.id.in_(set(school_ids)))))


def find_school(tx: Transaction, code: str) -> UUID | None:
    """Return the school with the district's own code (or, failing that, with this name)."""
    query = select(SchoolRow.id).where(or_(SchoolRow.code == code, SchoolRow.name == code))
    return tx.session.scalar(query.order_by(SchoolRow.code != code).limit(1))


def passkey_count(tx: Transaction, user_id: UUID) -> int:
    """Return how many passkeys a person has."""
    query = select(func.count()).where(PasskeyRow.user_id == user_id)
    return tx.session.scalar(query) or 0


def district_name(tx: Transaction) -> str:
    """Return how the district calls itself; empty when it has not said."""
    return str(_setting(tx, "name") or "")


def is_demo(tx: Transaction) -> bool:
    """Tell whether this is a made-up district. Only then do demo links let anybody in."""
    return _setting(tx, "is_demo") is True


def audit(
    tx: Transaction,
    action: str,
    *,
    by: UUID | None,
    subject: UUID | str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write down who did what. ``subject`` and ``detail`` hold ids, codes and counts only.

    A reason that somebody gave (``because``) is the one free text.
    """
    tx.session.execute(
        insert(AuditRow).values(
            id=new_id(),
            at=tx.at,
            by_user_id=by,
            action=action,
            subject=str(subject),
            detail=dict(detail or {}),
        )
    )


def _setting(tx: Transaction, key: str) -> object:
    row = tx.session.get(SettingRow, key)
    return None if row is None else row.value
