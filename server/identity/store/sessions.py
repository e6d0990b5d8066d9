"""Speaks SQL for links, sessions, tries, passkeys and ceremonies."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update

from server.db.database import Transaction
from server.db.tables.identity import (
    CeremonyRow,
    InvitationRow,
    PasskeyRow,
    SessionRow,
    TryRow,
    UserRow,
)
from server.db.tables.syncing import DeviceRow
from server.ids import new_id

_PERSON = (UserRow.id, UserRow.role, UserRow.root, UserRow.state, DeviceRow.id, DeviceRow.state)
# Asked with every request, so made once.
_BY_SESSION = (
    select(*_PERSON, SessionRow.token_hash, SessionRow.created_at, SessionRow.last_seen_at)
    .select_from(SessionRow)
    .join(UserRow, UserRow.id == SessionRow.user_id)
    .outerjoin(DeviceRow, DeviceRow.id == SessionRow.device_id)
    .where(SessionRow.token_hash == bindparam("token"))
)
_BY_DEVICE = select(*_PERSON).join(DeviceRow, DeviceRow.user_id == UserRow.id)
_DELIVERING = _BY_DEVICE.where(DeviceRow.delivery_token_hash == bindparam("token"))
_HEADLESS = _BY_DEVICE.where(DeviceRow.bearer_hash == bindparam("token"))


_WHO = len(_PERSON)


class Lasting(NamedTuple):
    """A session, and what decides how long it lasts."""

    token_hash: bytes
    created_at: datetime
    last_seen_at: datetime


class Found(NamedTuple):
    """The person and the device of a session, or of a delivering or headless device."""

    user_id: UUID
    role: str
    root: str
    user_state: str
    device_id: UUID | None
    device_state: str | None
    session: Lasting | None = None


def add_link(tx: Transaction, link: InvitationRow) -> None:
    """Keep a link; earlier unused ones of its person are void, except demo links."""
    if link.kind != "demo":
        tx.session.execute(
            update(InvitationRow)
            .where(
                InvitationRow.user_id == link.user_id,
                InvitationRow.kind != "demo",
                InvitationRow.used_at.is_(None),
            )
            .values(used_at=tx.at)
        )
    tx.session.add(link)
    tx.session.flush()


def find_link(tx: Transaction, token_hash: bytes, *, lock: bool = False) -> InvitationRow | None:
    """Return a link by its hash; ``lock`` holds it until the transaction ends."""
    query = select(InvitationRow).where(InvitationRow.token_hash == token_hash)
    return tx.session.scalar(query.with_for_update() if lock else query)


def use_link(tx: Transaction, token_hash: bytes) -> None:
    """Note that a link was used."""
    tx.session.execute(
        update(InvitationRow).where(InvitationRow.token_hash == token_hash).values(used_at=tx.at)
    )


def void_links(tx: Transaction, user_id: UUID) -> None:
    """Let no link of a person work any more."""
    tx.session.execute(
        update(InvitationRow)
        .where(InvitationRow.user_id == user_id, InvitationRow.expires_at > tx.at)
        .values(expires_at=tx.at)
    )


def add_session(tx: Transaction, session: SessionRow) -> None:
    """Keep a session, and forget those that are over."""
    tx.session.execute(delete(SessionRow).where(SessionRow.expires_at <= tx.at))
    tx.session.add(session)
    tx.session.flush()


def find_session(tx: Transaction, token_hash: bytes) -> Found | None:
    """Return a session with its person and device."""
    row = tx.run(_BY_SESSION, {"token": token_hash}).first()
    return None if row is None else Found(*row[:_WHO])._replace(session=Lasting(*row[_WHO:]))


def find_delivering(tx: Transaction, token_hash: bytes) -> Found | None:
    """Return the device of a delivery token, with its person."""
    row = tx.run(_DELIVERING, {"token": token_hash}).first()
    return None if row is None else Found(*row)


def find_headless(tx: Transaction, token_hash: bytes) -> Found | None:
    """Return the device of an issued token, with its person."""
    row = tx.run(_HEADLESS, {"token": token_hash}).first()
    return None if row is None else Found(*row)


def touch(tx: Transaction, token_hash: bytes, user_id: UUID) -> None:
    """Note that a session is in use."""
    tx.session.execute(
        update(SessionRow).where(SessionRow.token_hash == token_hash).values(last_seen_at=tx.at)
    )
    tx.session.execute(update(UserRow).where(UserRow.id == user_id).values(last_seen_at=tx.at))


def bind_session(tx: Transaction, token_hash: bytes, device_id: UUID) -> None:
    """Tie a session to the device it runs on: revoking the device then ends it."""
    tx.session.execute(
        update(SessionRow).where(SessionRow.token_hash == token_hash).values(device_id=device_id)
    )


def end_session(tx: Transaction, token_hash: bytes) -> None:
    """Sign one browser out."""
    tx.session.execute(delete(SessionRow).where(SessionRow.token_hash == token_hash))


def end_sessions(tx: Transaction, user_id: UUID) -> int:
    """Sign a person out everywhere; return how many sessions ended."""
    return len(
        tx.session.scalars(
            delete(SessionRow).where(SessionRow.user_id == user_id).returning(SessionRow.token_hash)
        ).all()
    )


def tries(tx: Transaction, subject: str, *, since: datetime) -> Sequence[datetime]:
    """Return the moments of the tries since then, the latest first."""
    query = select(TryRow.at).where(TryRow.subject == subject, TryRow.at > since)
    return tx.session.scalars(query.order_by(TryRow.at.desc())).all()


def add_try(tx: Transaction, subject: str, *, forget_before: datetime) -> UUID:
    """Note a try, and forget old ones of everybody; return its id."""
    try_id = new_id()
    tx.session.execute(delete(TryRow).where(TryRow.at <= forget_before))
    tx.session.execute(insert(TryRow).values(id=try_id, subject=subject, at=tx.at))
    return try_id


def forget_tries(tx: Transaction, subject: str) -> None:
    """Forget the tries on an account after it was opened rightly."""
    tx.session.execute(delete(TryRow).where(TryRow.subject == subject))


def forget_try(tx: Transaction, try_id: UUID) -> None:
    """Forget one try: it was right."""
    tx.session.execute(delete(TryRow).where(TryRow.id == try_id))


def add_ceremony(tx: Transaction, ceremony: CeremonyRow) -> None:
    """Keep a challenge, and forget those that are over."""
    tx.session.execute(delete(CeremonyRow).where(CeremonyRow.expires_at <= tx.at))
    tx.session.add(ceremony)
    tx.session.flush()


def take_ceremony(tx: Transaction, ceremony_id: UUID, kind: str) -> CeremonyRow | None:
    """Return a challenge that is under way and end it: an answer is taken once."""
    row = tx.session.scalar(
        select(CeremonyRow)
        .where(CeremonyRow.id == ceremony_id, CeremonyRow.kind == kind)
        .with_for_update()
    )
    if row is None:
        return None
    tx.session.expunge(row)
    tx.session.execute(delete(CeremonyRow).where(CeremonyRow.id == ceremony_id))
    return row if tx.at < row.expires_at else None


def add_passkey(tx: Transaction, passkey: PasskeyRow) -> None:
    """Keep a passkey."""
    tx.session.add(passkey)
    tx.session.flush()


def find_passkey(tx: Transaction, credential_id: bytes) -> PasskeyRow | None:
    """Return a passkey, and hold it until the transaction ends."""
    query = select(PasskeyRow).where(PasskeyRow.credential_id == credential_id)
    return tx.session.scalar(query.with_for_update())


def passkeys_of(tx: Transaction, user_id: UUID) -> Sequence[PasskeyRow]:
    """Return a person's passkeys, the oldest first."""
    query = select(PasskeyRow).where(PasskeyRow.user_id == user_id)
    return tx.session.scalars(query.order_by(PasskeyRow.created_at)).all()


def use_passkey(tx: Transaction, credential_id: bytes, sign_count: int) -> None:
    """Note a passkey's use and where its counter stands."""
    tx.session.execute(
        update(PasskeyRow)
        .where(PasskeyRow.credential_id == credential_id)
        .values(sign_count=sign_count, last_used_at=tx.at)
    )


def drop_passkeys(tx: Transaction, user_id: UUID) -> None:
    """Let no passkey of a person work any more."""
    tx.session.execute(delete(PasskeyRow).where(PasskeyRow.user_id == user_id))
