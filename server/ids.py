"""New identifiers: UUIDv7 for rows (RFC 9562, index-friendly), short opaque words for roots."""

import secrets
from uuid import UUID

import uuid6

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter is mistaken for another when read aloud."""


def new_id() -> UUID:
    """Return a fresh UUIDv7."""
    return UUID(int=uuid6.uuid7().int)


def new_root(prefix: str) -> str:
    """Return a fresh root id such as ``s7k2m9qw1x``: ``s`` a student's, ``u`` a person's."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(9))
