"""What identity decides without looking anything up: lifetimes, limits, who may invite whom."""

import hashlib
import unicodedata
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from uuid import UUID

from schemas.people import Role
from sync.normal import piles_up_marks

IDLE = timedelta(hours=12)
"""A session unused for this long is over (trust.md 5: signing in again after 12 hours)."""
ABSOLUTE = timedelta(days=7)
"""However busy it is, a session ends after this."""
SEEN_EVERY = timedelta(minutes=5)
"""How exactly ``last_seen_at`` is kept: not every request writes."""
LINK_LIFE = {
    "invite": timedelta(days=7),
    "recover": timedelta(days=1),
    "demo": timedelta(days=30),
}
CEREMONY_LIFE = timedelta(minutes=5)
TRY_WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT = 10
TRIES_PER_ADDRESS = 100
"""A whole school sits behind one address."""

INVITED_BY_COORDINATORS = frozenset({Role.ADVISOR, Role.SOCIAL_WORKER, Role.CALLER, Role.CLERK})
SCHOOL_BOUND = INVITED_BY_COORDINATORS | {Role.COORDINATOR}
"""Roles that mean nothing without a school."""

_COMMON_TEXT = """
123456789012 1234567890123 12345678901234 123456123456 111111111111 000000000000
password1234 password12345 passwordpassword password123456 mypassword123 newpassword123
qwertyuiop12 qwertyuiop123 qwertyqwerty qwerty123456 1q2w3e4r5t6y 1qaz2wsx3edc
abcdefghijkl abcdefghijklm abc123abc123 letmeinletmein iloveyou1234 iloveyouiloveyou
welcome12345 welcomewelcome administrator changemechangeme changeme1234 trustno1trustno1
sunshine1234 princess1234 football1234 baseball1234 superman1234 albuquerque1
presente1234 presentepresente attendance12 attendance123 schoolschool
correcthorsebatterystaple
"""
_COMMON = frozenset(_COMMON_TEXT.split())


def hash_of(token: str) -> bytes:
    """Return what is kept of a random token. Plain SHA-256: there is nothing to guess."""
    return hashlib.sha256(token.encode()).digest()


def account_subject(login: str) -> str:
    """Return the key of an account's tries. Hashed: people type passwords into the wrong field."""
    return "account:" + hashlib.sha256(login.encode()).hexdigest()[:32]


def login_of(text: str) -> str:
    """Return a login as it is compared: without case, without spaces around it."""
    told = text if piles_up_marks(text) else unicodedata.normalize("NFKC", text)
    return told.strip().casefold()


def password_fault(password: str, *, login: str, name: str) -> str:
    """Return why a password cannot be taken, or an empty string."""
    folded = "".join(password.casefold().split())
    if folded in _COMMON or len(set(folded)) < 4:  # noqa: PLR2004  (aaaa, abababab)
        return "This password is one of the first that others would try."
    if folded.startswith((login, "".join(name.casefold().split()))):
        return "A password must not begin with your login or your name."
    return ""


def is_over(*, created_at: datetime, last_seen_at: datetime, at: datetime) -> bool:
    """Tell whether a session has ended by itself."""
    return at >= created_at + ABSOLUTE or at >= last_seen_at + IDLE


def may_manage(
    *, role: Role, own_schools: AbstractSet[UUID], of_role: Role, schools: AbstractSet[UUID]
) -> bool:
    """Tell whether somebody may invite, recover or close a person of ``of_role``.

    A coordinator may only where all of the person's schools are his own: with a recovery link
    he could else take over what is not his to see.
    """
    if role is Role.ADMINISTRATOR:
        return True
    return (
        role is Role.COORDINATOR
        and of_role in INVITED_BY_COORDINATORS
        and bool(schools)
        and schools <= own_schools
    )
