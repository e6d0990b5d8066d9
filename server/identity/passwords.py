"""Hashes passwords with Argon2id. Slow on purpose: never called while a transaction is open."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher(time_cost=3, memory_cost=19 * 1024, parallelism=1)
"""OWASP's smallest memory with one round more."""
_AT_ONCE = threading.BoundedSemaphore(4)
"""However many people sign in on a Monday morning, memory stays bounded."""


def hashed(password: str) -> str:
    """Return what is kept of a password."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def fits(password: str, known: str | None) -> bool:
    """Tell whether the password is right. Takes as long when there is none to compare with."""
    with _AT_ONCE:
        try:
            _HASHER.verify(known or _decoy(), password)
        except (VerificationError, InvalidHashError):
            return False
    return known is not None


def renewed(password: str, known: str | None) -> str | None:
    """Return a new hash when the known one was made with weaker parameters than today's."""
    return hashed(password) if known and _HASHER.check_needs_rehash(known) else None


@cache
def _decoy() -> str:
    return _HASHER.hash("nobody has this password")
