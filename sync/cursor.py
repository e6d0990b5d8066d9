"""Where a phone stands in the feed, and the digest that guards it against a late answer."""

import hashlib
import json
from collections.abc import Mapping
from typing import NamedTuple

_DIGITS = 18
"""More than this is no position that a database column could hold."""


class Cursor(NamedTuple):
    """A position in the feed of one life of a database."""

    epoch: str
    seq: int

    def __str__(self) -> str:
        """Return it as it goes over the wire; phones treat it as opaque."""
        return f"{self.epoch}.{self.seq}"


def parse(text: str) -> Cursor | None:
    """Return the cursor in ``text``; None when it is none of ours (also when empty)."""
    epoch, dot, seq = text.rpartition(".")
    if not dot or not epoch or not seq.isascii() or not seq.isdigit() or len(seq) > _DIGITS:
        return None
    return Cursor(epoch, int(seq))


def digest(cursor: str, held: Mapping[str, str], schema: int) -> str:
    """Return the digest of where a phone stood when it asked.

    The phone applies an answer only if this still equals its own (compare and swap). Both
    sides must make the same bytes: the JSON text without spaces, as ``JSON.stringify`` writes it.
    """
    text = json.dumps(
        [cursor, sorted([root, lens] for root, lens in held.items()), schema],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
