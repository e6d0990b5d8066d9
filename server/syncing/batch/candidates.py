"""Which mutations may go the quick road, as far as that can be told without the database. Pure."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import fields as fields_of_struct

from schemas.contacts import Contact
from schemas.sync import Mut
from server.syncing.rules import Item
from sync.policy import POLICY, Rule
from sync.skew import has_date_everywhere

_RULES = POLICY["contact"]
_DERIVED = frozenset(name for name, rule in _RULES.items() if rule is Rule.DERIVED)
"""What a phone does not say of a new contact."""
_EMPTY = tuple(
    field.name
    for field in fields_of_struct(Contact)
    if field.name not in _DERIVED and field.default == ""
)


class Candidate(Struct, frozen=True):
    """A mutation, and the contact it makes if it is a plain one."""

    item: Item
    is_common: bool = False
    """The quick road may try it."""
    draft: Contact | None = None
    """The new contact as it was told; its case is not looked up yet."""


def candidate(item: Item, by: UUID) -> Candidate:
    """Return a mutation with what can be told of it before the database is asked."""
    mut = item.mut
    if item.fault is not None or mut is None or mut.ent != "contact":
        return Candidate(item)
    if mut.op == "contact.amend":
        return Candidate(item, is_common=True)
    draft = _draft(mut, by) if mut.op == "contact.create" else None
    return Candidate(item, is_common=draft is not None, draft=draft)


class Head(NamedTuple):
    """The first mutations of a push that may be planned together."""

    chosen: Sequence[Candidate] = ()
    about: AbstractSet[UUID] = frozenset()
    """The mutations themselves and the rows that they are about."""


def head(waiting: Iterable[Candidate], *, next_n: int) -> Head:
    """Return the first mutations that may be planned together: no two of them meet in a row."""
    chosen: list[Candidate] = []
    met: set[UUID] = set()
    for one in waiting:
        mut = one.item.mut
        if not one.is_common or mut is None or one.item.n != next_n + len(chosen):
            break
        count = len(met)
        met |= {mut.key, mut.id}
        if len(met) < count + 2:
            break
        chosen.append(one)
    return Head(chosen, met)


def _draft(mut: Mut, by: UUID) -> Contact | None:
    if not mut.set.keys() <= _RULES.keys() or "id" in mut.set:
        return None
    said: dict[str, Any] = mut.set.copy()
    for name in said.keys() & _DERIVED:
        del said[name]
    said["id"], said["by"] = mut.key, by
    for name in _EMPTY:
        if said.get(name, "") is None:
            said[name] = ""
    if not said.get("occurred_at"):
        said["occurred_at"] = mut.at
    try:
        draft = msgspec.convert(said, Contact, strict=True)
    except msgspec.ValidationError:
        return None
    return draft if has_date_everywhere(draft.occurred_at) else None
