"""Decides about people: who is invited, recovered, closed, and by whom."""

from uuid import UUID

from schemas.base import SchoolId, UserId
from schemas.identity import Me, User, UserDraft
from schemas.people import Role
from server.db.database import Transaction
from server.db.tables.identity import UserRow
from server.identity import rules, store
from server.identity.links import Link, issue_link
from server.identity.store import devices, sessions
from server.ids import new_id, new_root
from server.problems import Conflicting, Forbidden, Invalid, NotFound
from server.web.signed import Signed

__all__ = [
    "Link",
    "close",
    "get_seen",
    "invite",
    "issue_link",
    "me",
    "recover",
    "user_of",
    "visible_users",
]


def invite(tx: Transaction, draft: UserDraft, *, by: Signed | None) -> tuple[UserRow, Link]:
    """Make a person and the link that lets him in. ``by`` None: from the server's command line."""
    login = rules.login_of(draft.login)
    name = " ".join(draft.name.split())
    schools = frozenset[UUID](draft.school_ids)
    _check_draft(tx, draft.role, login=login, name=name, schools=schools)
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
    return user, issue_link(tx, user.id, "invite", by=None if by is None else by.user_id)


def recover(tx: Transaction, user_id: UUID, *, by: Signed | None) -> tuple[UserRow, Link]:
    """End all of a person's sessions and make the link by which he chooses new credentials.

    An invited person, whose link was lost or is over, gets a new invitation.
    """
    user = _get_managed(tx, user_id, by=by)
    if user.state == "closed":
        raise Conflicting("This person was closed.", code="user_closed")
    ended = sessions.end_sessions(tx, user_id)
    author = None if by is None else by.user_id
    store.audit(tx, "user.recover", by=author, subject=user_id, detail={"sessions": ended})
    kind = "invite" if user.state == "invited" else "recover"
    return user, issue_link(tx, user_id, kind, by=author)


def close(tx: Transaction, user_id: UUID, *, by: Signed | None) -> UserRow:
    """Let a person in no more: sessions, links, passkeys and devices end. His work stays."""
    user = _get_managed(tx, user_id, by=by)
    if by is not None and by.user_id == user_id:
        raise Conflicting("You cannot close yourself.", code="own_account")
    if user.state == "closed":
        return user
    store.save_user(tx, user_id, {"state": "closed", "password_hash": None})
    sessions.end_sessions(tx, user_id)
    sessions.void_links(tx, user_id)
    sessions.drop_passkeys(tx, user_id)
    devices.revoke_all(tx, user_id)
    store.publish_staff(tx, user_id)
    store.audit(tx, "user.close", by=None if by is None else by.user_id, subject=user_id)
    return user


def visible_users(tx: Transaction, *, by: Signed) -> list[User]:
    """Return the people a coordinator or an administrator answers for."""
    schools = store.schools_by_user(tx)
    scope = None if by.role is Role.ADMINISTRATOR else by.school_ids
    return [user_of(row, schools.get(row.id, [])) for row in store.users_of(tx, scope)]


def get_seen(tx: Transaction, user_id: UUID, *, by: Signed) -> UserRow:
    """Return a person whose phones ``by`` may see and revoke: himself, or one of his schools."""
    user = store.find_user(tx, user_id)
    is_seen = user_id == by.user_id or by.role is Role.ADMINISTRATOR
    if not is_seen and by.role is Role.COORDINATOR:
        is_seen = not by.school_ids.isdisjoint(store.school_ids_of(tx, user_id))
    if user is None or not is_seen:
        raise NotFound("There is no such person.")
    return user


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


def _check_draft(
    tx: Transaction, role: Role, *, login: str, name: str, schools: frozenset[UUID]
) -> None:
    faults: list[tuple[str, str]] = []
    if not login:
        faults.append(("login", "Must not be empty."))
    if not name:
        faults.append(("name", "Must not be empty."))
    if role in rules.SCHOOL_BOUND and not schools:
        faults.append(("school_ids", "Name at least one school."))
    if schools - store.known_schools(tx, schools):
        faults.append(("school_ids", "There is no such school."))
    if faults:
        field, message = faults[0]
        raise Invalid(f"The invitation does not fit: {field}: {message}", faults=tuple(faults))


def _get_managed(tx: Transaction, user_id: UUID, *, by: Signed | None) -> UserRow:
    """Return a person ``by`` may act on. Somebody not his to see is not there."""
    if by is None:
        user = store.find_user(tx, user_id)
        if user is None:
            raise NotFound("There is no such person.")
        return user
    user = get_seen(tx, user_id, by=by)
    _check_may(by, Role(user.role), frozenset(store.school_ids_of(tx, user_id)))
    return user


def _check_may(by: Signed, role: Role, schools: frozenset[UUID]) -> None:
    if not rules.may_manage(role=by.role, own_schools=by.school_ids, of_role=role, schools=schools):
        raise Forbidden("Only an administrator may do this for this person.")
