"""Decides who gets a session, how long it lasts, and when trying must stop for a while."""

import secrets
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from schemas.people import Role
from server.db.database import Transaction
from server.db.tables.identity import SessionRow, UserRow
from server.identity import rules, store
from server.identity.store import sessions
from server.problems import Problem, TooMany
from server.web.signed import Credentials, Signed


class WrongCredentials(Problem):
    """Login and password do not belong together. Which of them is wrong is not said."""

    status = 401
    code = "wrong_credentials"


class Attempt(NamedTuple):
    """A try that was let through: what to compare the password with."""

    user: UserRow | None
    known_hash: str | None
    subject: str
    address_try: UUID


class Session(NamedTuple):
    """A session just begun; its token is only ever known to the browser."""

    token: str
    max_age: int


class Holder(NamedTuple):
    """Who holds some credentials, and whether his being here is worth noting."""

    signed: Signed
    is_due_to_touch: bool = False


def begin_attempt(tx: Transaction, login: str, *, address: str) -> Attempt:
    """Count a try against the account and the address before it is judged.

    Counted first, so that a hundred tries at once are a hundred tries. A login that nobody has
    is counted just the same. Raises ``TooMany``.
    """
    folded = rules.login_of(login)
    subject = rules.account_subject(folded)
    check_tries(tx, subject, limit=rules.TRIES_PER_ACCOUNT)
    address_try = count_address(tx, address)
    sessions.add_try(tx, subject, forget_before=tx.at - rules.TRY_WINDOW)
    user = store.find_login(tx, folded)
    known = user.password_hash if user is not None and user.state == "active" else None
    return Attempt(user, known, subject, address_try)


def settle(tx: Transaction, attempt: Attempt, *, is_right: bool) -> UserRow:
    """Judge an attempt: return the person and forget the tries, or raise ``WrongCredentials``."""
    user = None if attempt.user is None else store.find_user(tx, attempt.user.id)
    unchanged = user is not None and user.password_hash == attempt.known_hash
    if not is_right or user is None or not unchanged or user.state != "active":
        raise WrongCredentials("Login or password is not right.")
    sessions.forget_tries(tx, attempt.subject)
    sessions.forget_try(tx, attempt.address_try)
    return user


def count_address(tx: Transaction, address: str) -> UUID:
    """Count a try against an address; return its id. Raises ``TooMany``."""
    subject = f"address:{address}"
    check_tries(tx, subject, limit=rules.TRIES_PER_ADDRESS)
    return sessions.add_try(tx, subject, forget_before=tx.at - rules.TRY_WINDOW)


def check_tries(tx: Transaction, subject: str, *, limit: int) -> None:
    """Raise ``TooMany``, with the wait, when a subject was tried too often lately."""
    made = sessions.tries(tx, subject, since=tx.at - rules.TRY_WINDOW)
    if len(made) >= limit:
        wait = made[limit - 1] + rules.TRY_WINDOW - tx.at
        seconds = max(1, -(-wait // timedelta(seconds=1)))
        raise TooMany("Too many tries. Wait a little, then try again.", retry_after=seconds)


def begin_session(
    tx: Transaction, user: UserRow, *, how: str, old: Signed | None = None
) -> Session:
    """Sign a person in under a fresh token. What the browser held before is ended.

    ``old``, the same person's session or delivery token, hands its device on: revoking the phone
    then ends this session too.
    """
    if old is not None and old.session:
        sessions.end_session(tx, old.session)
    is_own_device = old is not None and old.user_id == user.id and not old.is_revoked
    device_id = old.device_id if old is not None and is_own_device else None
    token = secrets.token_urlsafe(32)
    sessions.add_session(
        tx,
        SessionRow(
            token_hash=rules.hash_of(token),
            user_id=user.id,
            device_id=device_id,
            created_at=tx.at,
            last_seen_at=tx.at,
            expires_at=tx.at + rules.ABSOLUTE,
        ),
    )
    store.save_user(tx, user.id, {"last_seen_at": tx.at})
    store.audit(tx, f"session.begin.{how}", by=user.id, subject=user.id)
    return Session(token, int(rules.ABSOLUTE.total_seconds()))


def end_session(tx: Transaction, signed: Signed) -> None:
    """Sign this browser out."""
    sessions.end_session(tx, signed.session)
    store.audit(tx, "session.end", by=signed.user_id, subject=signed.user_id)


def bind_device(tx: Transaction, signed: Signed, device_id: UUID) -> None:
    """Tie a session to the person's own device it turned out to run on, once and for all."""
    if signed.session and signed.device_id is None:
        sessions.bind_session(tx, signed.session, device_id)


def holder_of(tx: Transaction, credentials: Credentials) -> Holder | None:
    """Return who holds these credentials, or None when they are no longer good."""
    found = _found(tx, credentials)
    if found is None:
        return None
    session = found.session
    if session is not None and rules.is_over(
        created_at=session.created_at, last_seen_at=session.last_seen_at, at=tx.at
    ):
        return None
    is_revoked = found.device_id is not None and found.device_state != "active"
    if found.user_state != "active" and not is_revoked:
        return None
    signed = Signed(
        user_id=found.user_id,
        role=Role(found.role),
        root=found.root,
        school_ids=frozenset(store.school_ids_of(tx, found.user_id)),
        device_id=found.device_id,
        session=b"" if session is None else session.token_hash,
        delivers_only=bool(credentials.delivery),
        is_headless=bool(credentials.bearer),
        is_revoked=is_revoked,
    )
    due = session is not None and tx.at >= session.last_seen_at + rules.SEEN_EVERY
    return Holder(signed, is_due_to_touch=due)


def _found(tx: Transaction, credentials: Credentials) -> sessions.Found | None:
    if credentials.delivery:
        return sessions.find_delivering(tx, rules.hash_of(credentials.delivery))
    if credentials.bearer:
        return sessions.find_headless(tx, rules.hash_of(credentials.bearer))
    return sessions.find_session(tx, rules.hash_of(credentials.session))


def touch(tx: Transaction, signed: Signed) -> None:
    """Note that a session is in use."""
    sessions.touch(tx, signed.session, signed.user_id)
