"""Decides about people and their links: who is invited, recovered, closed, and by whom."""

import secrets
from datetime import datetime
from uuid import UUID

import msgspec

from schemas.base import SchoolId, UserId
from schemas.identity import InvitationInfo, Me, User, UserDraft
from schemas.people import Role
from server.db.database import Transaction
from server.db.tables.identity import InvitationRow, UserRow
from server.identity import device_store, rules, session_store, store
from server.ids import new_id, new_root
from server.problems import Conflicting, Forbidden, Invalid, NotFound
from server.settings import Settings
from server.web.sessions import Signed


class Link(msgspec.Struct, frozen=True):
    """A link just made. Its token is known only here and to whoever is shown it."""

    token: str
    expires_at: datetime

    def url(self, settings: Settings) -> str:
        """Return what to open. Behind ``#``: never sent to a server, never in its log."""
        return f"{settings.public_url}/#/invite/{self.token}"


class LinkSpent(NotFound):
    """The link is unknown, used or over."""

    code = "link_spent"


def invite(tx: Transaction, draft: UserDraft, *, by: Signed | None) -> tuple[UserRow, Link]:
    """Make a person and the link that lets him in. ``by`` None: from the server's command line."""
    login = rules.login_of(draft.login)
    name = " ".join(draft.name.split())
    faults = [(field, "Must not be empty.") for field, text in _texts(login, name) if not text]
    schools = frozenset[UUID](draft.school_ids)
    if draft.role in rules.SCHOOL_BOUND and not schools:
        faults.append(("school_ids", "Name at least one school."))
    if schools - store.known_schools(tx, schools):
        faults.append(("school_ids", "There is no such school."))
    if faults:
        raise Invalid("The invitation is not complete.", faults=tuple(faults))
    if by is not None:
        _check_may(by, draft.role, schools)
    if store.find_login(tx, login) is not None:
        raise Conflicting("Somebody has this login already.", code="login_taken")
    user = UserRow(
        id=new_id(),
        root=new_root("u"),
        login=login,
        name=name,
        role=draft.role.value,
        language=draft.language,
        password_hash=None,
        state="invited",
        created_at=tx.at,
        last_seen_at=None,
    )
    store.add_user(tx, user, schools)
    link = issue_link(tx, user.id, "invite", by=None if by is None else by.user_id)
    return user, link


def issue_link(tx: Transaction, user_id: UUID, kind: str, *, by: UUID | None = None) -> Link:
    """Make a link of ``invite``, ``recover`` or ``demo``. Earlier ones stop working (not demo)."""
    token = secrets.token_urlsafe(32)
    expires_at = tx.at + rules.LINK_LIFE[kind]
    session_store.add_link(
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


def recover(tx: Transaction, user_id: UUID, *, by: Signed | None) -> tuple[UserRow, Link]:
    """End all of a person's sessions and make the link by which he chooses new credentials.

    An invited person, whose link was lost or is over, gets a new invitation.
    """
    user = _managed(tx, user_id, by=by)
    if user.state == "closed":
        raise Conflicting("This person was closed.", code="user_closed")
    ended = session_store.end_sessions(tx, user_id)
    author = None if by is None else by.user_id
    store.audit(tx, "user.recover", by=author, subject=user_id, detail={"sessions": ended})
    kind = "invite" if user.state == "invited" else "recover"
    return user, issue_link(tx, user_id, kind, by=author)


def close(tx: Transaction, user_id: UUID, *, by: Signed | None) -> UserRow:
    """Let a person in no more: sessions, links, passkeys and devices end. His work stays."""
    user = _managed(tx, user_id, by=by)
    if by is not None and by.user_id == user_id:
        raise Conflicting("You cannot close yourself.", code="own_account")
    if user.state == "closed":
        return user
    store.save_user(tx, user_id, {"state": "closed", "password_hash": None})
    session_store.end_sessions(tx, user_id)
    session_store.void_links(tx, user_id)
    session_store.drop_passkeys(tx, user_id)
    device_store.revoke_all(tx, user_id)
    store.publish_staff(tx, user_id)
    store.audit(tx, "user.close", by=None if by is None else by.user_id, subject=user_id)
    return user


def visible_users(tx: Transaction, *, by: Signed) -> list[User]:
    """Return the people a coordinator or an administrator answers for."""
    schools = store.schools_by_user(tx)
    scope = None if by.role is Role.ADMINISTRATOR else by.school_ids
    return [user_of(row, schools.get(row.id, [])) for row in store.users_of(tx, scope)]


def link_of(tx: Transaction, token: str, *, lock: bool = False) -> tuple[InvitationRow, UserRow]:
    """Return a link that still works, and its person."""
    link = session_store.find_link(tx, rules.hash_of(token), lock=lock)
    user = None if link is None else store.find_user(tx, link.user_id)
    if link is None or user is None:
        raise LinkSpent("This link is not known. Was it copied whole?", code="link_unknown")
    if link.used_at is not None and link.kind != "demo":
        raise LinkSpent("This link was used already. Ask for a new one.", code="link_used")
    if tx.at >= link.expires_at or user.state == "closed":
        raise LinkSpent("This link is over. Ask for a new one.", code="link_expired")
    if link.kind == "demo" and not store.is_demo(tx):
        raise LinkSpent("This link is not known. Was it copied whole?", code="link_unknown")
    return link, user


def look(tx: Transaction, token: str) -> InvitationInfo:
    """Return what a link is for."""
    link, user = link_of(tx, token)
    return InvitationInfo(
        kind=link.kind,
        name=user.name,
        login=user.login,
        role=Role(user.role),
        district=store.district_name(tx),
    )


def me(tx: Transaction, user: UserRow) -> Me:
    """Return what a person is told about himself."""
    return Me(
        id=UserId(user.id),
        name=user.name,
        login=user.login,
        role=Role(user.role),
        root=user.root,
        language=user.language,
        school_ids=[SchoolId(each) for each in store.school_ids_of(tx, user.id)],
        has_password=user.password_hash is not None,
        passkey_count=store.passkey_count(tx, user.id),
        district=store.district_name(tx),
        is_demo=store.is_demo(tx),
    )


def user_of(row: UserRow, school_ids: list[UUID]) -> User:
    """Return a person as others see him."""
    return User(
        id=UserId(row.id),
        name=row.name,
        login=row.login,
        role=Role(row.role),
        school_ids=[SchoolId(each) for each in school_ids],
        state=row.state,
        last_seen_at=row.last_seen_at,
    )


def _texts(login: str, name: str) -> tuple[tuple[str, str], ...]:
    return ("login", login), ("name", name)


def _managed(tx: Transaction, user_id: UUID, *, by: Signed | None) -> UserRow:
    """Return a person ``by`` may act on. Somebody not his to see is not there."""
    user = store.find_user(tx, user_id)
    if user is None:
        raise NotFound("There is no such person.")
    if by is not None:
        schools = frozenset(store.school_ids_of(tx, user_id))
        if by.role is not Role.ADMINISTRATOR and not schools & by.school_ids:
            raise NotFound("There is no such person.")
        _check_may(by, Role(user.role), schools)
    return user


def _check_may(by: Signed, role: Role, schools: frozenset[UUID]) -> None:
    if not rules.may_manage(
        role=by.role, own_schools=by.school_ids, of_role=role, schools=schools
    ):
        raise Forbidden("Only an administrator may do this for this person.")
