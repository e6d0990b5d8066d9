"""Which rows people edit: the shape of each field, and which feature writes it."""

from collections.abc import Callable, Mapping, Set
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import fields as fields_of_struct

from schemas.base import Value
from schemas.cases import Case
from schemas.contacts import Contact
from schemas.people import ContactPoint
from schemas.tasks import Task
from server.cases import store as cases
from server.contacts import service as contacts
from server.db.database import Transaction
from server.feed import store as feed
from server.feed.store import Author
from server.people import store as people
from server.syncing.rules import Parked, Refused
from sync.merge import BadChange, Held, merge_field
from sync.normal import is_same
from sync.policy import EDITS, POLICY, Rule, rule_of
from sync.skew import has_date_everywhere

_SHAPES: Mapping[str, type[msgspec.Struct]] = {
    "contact": Contact,
    "contact_point": ContactPoint,
    "case": Case,
    "task": Task,
}
_TYPES: Mapping[str, Mapping[str, Any]] = {
    ent: {field.name: field.type for field in fields_of_struct(shape)}
    for ent, shape in _SHAPES.items()
}
_SOME: Mapping[str, type[msgspec.Struct]] = {
    ent: msgspec.defstruct(
        f"Some{shape.__name__}",
        [(name, kind | msgspec.UnsetType, msgspec.UNSET) for name, kind in _TYPES[ent].items()],
        kw_only=True,
    )
    for ent, shape in _SHAPES.items()
}
"""Shapes of which any field may be missing: several fields are judged by one call."""

_GREATEST = 2**31 - 1
"""What a column for a whole number can hold on PostgreSQL."""
_EMPTY: Mapping[str, Mapping[str, Any]] = {
    ent: {field.name: "" for field in fields_of_struct(shape) if field.default == ""}
    for ent, shape in _SHAPES.items()
}
"""Fields whose "nothing" is spelled as the empty text."""


def check_editable(op: str, ent: str, names: Mapping[str, Any]) -> None:
    """Park a field this version does not know; refuse one that this operation may not change."""
    for name in names:
        rule = rule_of(ent, name)
        if rule is None:
            raise Parked("unknown_field")
        if rule is not Rule.DERIVED and name not in EDITS[op]:
            raise Refused(f'"{_words(name)}" cannot be changed here.', code="not_editable")


def check_useful(ent: str, said: Mapping[str, Any], *, key: UUID, uses: Set[str]) -> None:
    """Park a field that this version does not know; refuse one that the operation has no use for.

    Nothing that somebody wrote may vanish in what is called applied. Only what the server works
    out itself is passed over, and what says nothing; and a row may name itself.
    """
    for name, value in said.items():
        rule = rule_of(ent, name)
        if rule is None:
            raise Parked("unknown_field")
        if rule is Rule.DERIVED or is_same(value, None):
            continue
        if name == "id":
            if not is_same(value, str(key)):
                raise bad_value(name)
        elif name not in uses:
            raise Refused(f'"{_words(name)}" cannot be told here.', code="not_editable")


def typed(ent: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as the stores take them. Refuses what does not fit a field, by its name."""
    empty = _EMPTY[ent]
    told = {name: empty.get(name) if said is None else said for name, said in values.items()}
    try:
        some = msgspec.convert(told, _SOME[ent], strict=True)
        found = {name: getattr(some, name) for name in told}
    except msgspec.ValidationError:
        found = {}
    for name, value in told.items():
        if name not in found:
            found[name] = _one(name, value, _TYPES[ent][name])
        if not _is_storable(found[name]):
            raise bad_value(name)
    return found


def joined(ent: str, name: str, change: dict[str, Any], was: Value) -> Value:
    """Return what a person made of codes that he saw, by adding some and taking some away."""
    try:
        met = merge_field(POLICY[ent][name], was, change, was, field=name)
    except BadChange as bad:
        raise bad_value(bad.field) from None
    return None if isinstance(met, Held) else met.value


def _one(name: str, value: Any, kind: Any) -> Any:
    try:
        return msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError as error:
        raise bad_value(name, str(error)) from None


def _is_storable(value: Any) -> bool:
    """Tell whether both databases can keep a value whose shape is right."""
    if isinstance(value, int):
        return abs(value) <= _GREATEST
    return not isinstance(value, datetime) or has_date_everywhere(value)


def case_of(tx: Transaction, student_id: UUID, claimed: UUID | None) -> UUID | None:
    """Return the student's case that was named, or the open one. Refuses another student's."""
    if claimed is None:
        case = cases.open_case_of(tx, student_id)
        return case.id if case else None
    found = cases.find(tx, claimed)
    if found is None or found.student_id != student_id:
        raise Refused("This case is not this student's.", code="bad_value")
    return found.id


def bad_value(name: str, why: str = "") -> Refused:
    """Return the refusal of a value that does not fit its field."""
    if "length <=" in why:
        return Refused(f'"{_words(name)}" is too long to be kept.', code="too_long")
    return Refused(f'"{_words(name)}" holds something that does not fit.', code="bad_value")


def write(tx: Transaction, ent: str, key: UUID, changes: Mapping[str, Value], *, by: Author) -> int:
    """Write a row's changed fields through the feature that owns it; return its version."""
    if changes:
        _WRITERS[ent](tx, key, typed(ent, changes), by)
    present = feed.find(tx, ent, key)
    return present.ver if present else 0


def _write_contact(tx: Transaction, key: UUID, changes: Mapping[str, Any], by: Author) -> None:
    contacts.amend_contact(tx, key, changes, by=by)


def _write_point(tx: Transaction, key: UUID, changes: Mapping[str, Any], by: Author) -> None:
    if not str(changes.get("value", "-")).strip():
        raise Refused("A number or address cannot be empty.", code="bad_value")
    people.save_contact_point(tx, key, changes)
    people.publish_contact_point(tx, key, by=by)


def _write_case(tx: Transaction, key: UUID, changes: Mapping[str, Any], by: Author) -> None:
    cases.save(tx, key, changes)
    cases.publish_case(tx, key, by=by)


_WRITERS: Mapping[str, Callable[[Transaction, UUID, Mapping[str, Any], Author], None]] = {
    "contact": _write_contact,
    "contact_point": _write_point,
    "case": _write_case,
}


def _words(name: str) -> str:
    return name.replace("_", " ")
