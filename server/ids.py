"""New identifiers: UUIDv7 for rows (RFC 9562, index-friendly), short opaque words for roots."""

import secrets
from uuid import UUID

from uuid_utils.compat import uuid7

_ALPHABET = b"0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter is mistaken for another when read aloud."""
_LETTERS = _ALPHABET * (256 // len(_ALPHABET))
"""A letter for each byte, every letter for as many."""


def new_id() -> UUID:
    """Return a fresh UUIDv7."""
    return uuid7()


def new_root(prefix: str) -> str:
    """Return a fresh root id such as ``s7k2m9qw1x``: ``s`` a student's, ``u`` a person's."""
    return prefix + secrets.token_bytes(9).translate(_LETTERS).decode()
