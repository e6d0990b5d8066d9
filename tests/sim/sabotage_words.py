"""The words that faults put in on purpose are written in."""

from typing import NamedTuple


class Patch(NamedTuple):
    """One place of one file."""

    file: str
    old: str
    new: str


class Sabotage(NamedTuple):
    """One fault. ``by``: the invariants that may be the first to notice."""

    name: str
    what: str
    by: tuple[str, ...]
    patches: tuple[Patch, ...]
    phone: Patch | None = None
    """The same fault in the phone's own code."""
