"""Which roots a phone must forget, keep, and be given. Nothing but set arithmetic."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

_FIRST: Mapping[str, int] = {"self": 0, "all": 0, "pool": 1}

Why = Literal["reassigned", "closed", "lease_over", "role", "exited"]


class Shift(Struct, frozen=True):
    """From what a phone holds to what its person may see now."""

    drop: dict[str, Why]
    """Forget these first, whole."""
    keep: tuple[str, ...]
    """Bring these up to date by what changed."""
    new: tuple[str, ...]
    """Send these whole."""


def shift(
    scope: Mapping[str, str], held: Mapping[str, str], *, why: Mapping[str, Why] | None = None
) -> Shift:
    """Return how to get from ``held`` to ``scope`` (both: lens by root).

    Another lens means drop and resend: what the old lens showed must not stay behind. ``why``
    explains single drops better than "reassigned". The person's own root and the reference rows
    come first among the new ones, so that names can be shown with the first student; then pools.
    """
    reasons = why or {}
    drop: dict[str, Why] = {}
    for root, lens in sorted(held.items()):
        if root not in scope:
            drop[root] = reasons.get(root, "reassigned")
        elif scope[root] != lens:
            drop[root] = "role"
    keep = tuple(sorted(held.keys() - drop.keys()))
    new = sorted(scope.keys() - set(keep), key=lambda root: (_FIRST.get(scope[root], 2), root))
    return Shift(drop=drop, keep=keep, new=tuple(new))
