"""Decides about links: what they open, for whom, and until when."""

import secrets
from datetime import datetime
from uuid import UUID

import msgspec

from schemas.identity import InvitationInfo
from schemas.people import Role
from server.db.database import Transaction
from server.db.tables.identity import InvitationRow, UserRow
from server.identity import rules, store
from server.identity.store import sessions
from server.problems import Conflicting, Invalid, NotFound
from server.settings import Settings


class Link(msgspec.Struct, frozen=True):
    """A link just made. Its token is known only here and to whoever is shown it."""

    token: str
    expires_at: datetime

    def url(self, settings: Settings) -> str:
        """Return what to open. Behind ``#``: never sent to a server, never in its log."""
        return f"{settings.public_url}/#/invite/{self.token}"


class LinkSpent(NotFound):
    """The link is unknown, used or over; ``code`` tells which."""


def issue_link(tx: Transaction, user_id: UUID, kind: str, *, by: UUID | None = None) -> Link:
    """Make a link of ``invite``, ``recover`` or ``demo``. Earlier ones stop working (not demo)."""
    token = secrets.token_urlsafe(32)
    expires_at = tx.at + rules.LINK_LIFE[kind]
    sessions.add_link(
        tx,
        InvitationRow(
            token_hash=rules.hash_of(token),
            user_id=user_id,
            kind=kind,
            created_by=by,
            created_at=tx.at,
            expires_at=expires_at,
            used_at=None,
        ),
    )
    store.audit(tx, f"link.{kind}", by=by, subject=user_id)
    return Link(token, expires_at)


def look(tx: Transaction, token: str) -> InvitationInfo:
    """Return what a link is for."""
    link, user = open_link(tx, rules.hash_of(token))
    return InvitationInfo(
        kind=link.kind,
        name=user.name,
        login=user.login,
        role=Role(user.role),
        district=store.district_name(tx),
    )


def open_link(
    tx: Transaction, token_hash: bytes, *, lock: bool = False
) -> tuple[InvitationRow, UserRow]:
    """Return a link that still works, and its person, or raise ``LinkSpent``."""
    link = sessions.find_link(tx, token_hash, lock=lock)
    user = None if link is None else store.find_user(tx, link.user_id)
    if link is None or user is None or (link.kind == "demo" and not store.is_demo(tx)):
        raise LinkSpent("This link is not known. Was it copied whole?", code="link_unknown")
    if link.used_at is not None:
        raise LinkSpent("This link was used already. Ask for a new one.", code="link_used")
    if tx.at >= link.expires_at or user.state == "closed":
        raise LinkSpent("This link is over. Ask for a new one.", code="link_expired")
    return link, user


def check_password(tx: Transaction, token: str, password: str) -> None:
    """Raise ``LinkSpent``, or ``Invalid`` when this password cannot be taken for this person."""
    _, user = open_link(tx, rules.hash_of(token))
    fault = rules.password_fault(password, login=user.login, name=user.name)
    if fault:
        raise Invalid(fault, code="weak_password", faults=(("password", fault),))


def take_up(tx: Transaction, token_hash: bytes, *, password_hash: str | None) -> UserRow:
    """Use a link, once: the person is let in with what he just chose, and with nothing older.

    A recovery voids his earlier password and passkeys and ends his sessions: whoever has the
    lost phone or knows the old password is out.
    """
    link, user = open_link(tx, token_hash, lock=True)
    if link.kind == "demo":
        raise Conflicting("A demo link needs no password.", code="demo_link")
    sessions.use_link(tx, token_hash)
    sessions.drop_passkeys(tx, user.id)
    sessions.end_sessions(tx, user.id)
    store.save_user(tx, user.id, {"state": "active", "password_hash": password_hash})
    store.publish_staff(tx, user.id)
    store.audit(tx, f"link.{link.kind}.used", by=user.id, subject=user.id)
    return user


def enter_demo(tx: Transaction, token: str) -> UserRow:
    """Return the made-up person of a demo link. Works as often as one likes, in a demo only."""
    link, user = open_link(tx, rules.hash_of(token))
    if link.kind != "demo":
        raise LinkSpent("This link is not for a demo.", code="link_unknown")
    if user.state == "invited":
        store.save_user(tx, user.id, {"state": "active"})
        store.publish_staff(tx, user.id)
    return user
