"""Which mutations may go the quick road, as far as that can be told without the database. Pure."""

from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import fields as fields_of_struct

from schemas.contacts import Contact
from schemas.sync import Mut
from server.syncing.rules import Item
from sync.policy import POLICY, Rule

_RULES = POLICY["contact"]
_TOLD = frozenset(
    name for name, rule in _RULES.items() if name != "id" and rule is not Rule.DERIVED
)
"""What a phone says of a new contact."""
_EMPTY = frozenset(
    field.name for field in fields_of_struct(Contact) if field.name in _TOLD and field.default == ""
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


def head(waiting: Iterable[Candidate], *, next_n: int) -> list[Candidate]:
    """Return the first mutations that may be planned together: no two of them meet in a row."""
    chosen: list[Candidate] = []
    met: set[UUID] = set()
    for one in waiting:
        mut = one.item.mut
        if not one.is_common or mut is None or one.item.n != next_n + len(chosen):
            break
        if mut.key in met or one.item.id in met:
            break
        met |= {mut.key, one.item.id}
        chosen.append(one)
    return chosen


def about(chosen: Iterable[Candidate]) -> Iterator[UUID]:
    """Yield which mutations these are and which rows they are about."""
    for one in chosen:
        yield one.item.id
        if one.item.mut is not None:
            yield one.item.mut.key


def _draft(mut: Mut, by: UUID) -> Contact | None:
    if not mut.set.keys() <= _RULES.keys():
        return None
    said: dict[str, Any] = {
        name: "" if value is None and name in _EMPTY else value
        for name, value in mut.set.items()
        if name in _TOLD
    }
    if not said.get("occurred_at"):
        said["occurred_at"] = mut.at
    try:
        draft = msgspec.convert(said | {"id": mut.key, "by": by}, Contact, strict=True)
        draft.occurred_at.astimezone(UTC)
    except (msgspec.ValidationError, OverflowError):
        return None
    return draft
