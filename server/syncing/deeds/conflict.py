"""Deciding a conflict, once: mine, theirs, or a third value, field by field."""

from typing import Any, Literal

import msgspec

from schemas.base import Value
from schemas.sync import ConflictField
from server.db.database import Transaction
from server.db.tables.syncing import ConflictRow
from server.feed import reader
from server.feed import store as feed
from server.syncing import authority, conflicts, rows, store
from server.syncing.deeds import case, contact, contact_point
from server.syncing.rules import Deed, Done, Parked, Refused
from sync.normal import is_same, normal
from sync.policy import moved

MOVED = "conflict_moved"
_MOVED = "The value changed again meanwhile. Look at it once more and decide."


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was chosen for one field."""

    choice: Literal["mine", "theirs", "custom"]
    value: Any = None


def resolve(tx: Transaction, deed: Deed) -> Done:
    """Carry out what somebody chose. Whoever comes second learns who decided before."""
    row = store.find_conflict(tx, deed.mut.key)
    if row is None:
        raise Refused("This conflict is not known here.", code="unknown_row")
    if row.ent == "case":
        store.lock_case(tx, row.key)
    present = feed.find(tx, row.ent, row.key, lock=True)
    tx.forget()
    row = store.lock_conflict(tx, deed.mut.key)
    if moved("conflict", "conflict.resolve", row.status) is None:
        raise _resolved_before(tx, row)
    choices = _choices(deed, row)
    fields = store.fields_of(row)
    _check_allowed(tx, deed, row, choices)
    current: dict[str, Any] = present.data if present else {}
    _check_unmoved(tx, deed, fields, current)
    decided = [field if field.choice else _decided(field, choices[field.field]) for field in fields]
    changes: dict[str, Value] = {
        field.field: field.chosen
        for field in decided
        if field.field in choices and field.choice != "theirs"
    }
    if present is not None and row.ent == "case" and changes:
        case.decide(tx, deed, row.key, changes)
    elif present is not None:
        rows.write(tx, row.ent, row.key, changes, by=deed.author)
    elif changes:
        _make_proposed(tx, deed, row, changes)
    ver = conflicts.decide(tx, row, decided, by=deed.author)
    conflicts.refresh(tx, row.ent, row.key, by=deed.author)
    return Done(ver=ver)


def _choices(deed: Deed, row: ConflictRow) -> dict[str, Choice]:
    if deed.mut.set.keys() - {"choices"}:
        raise Parked("unknown_field")
    try:
        choices = msgspec.convert(deed.mut.set.get("choices"), dict[str, Choice], strict=True)
    except msgspec.ValidationError:
        raise rows.bad_value("choices") from None
    open_fields = {field.field for field in store.fields_of(row) if not field.choice}
    if choices.keys() != open_fields:
        raise Refused("Decide every field of the conflict, and no other.", code="bad_value")
    custom = {name: one.value for name, one in choices.items() if one.choice == "custom"}
    rows.typed(row.ent, custom)
    return choices


def _check_allowed(
    tx: Transaction, deed: Deed, row: ConflictRow, choices: dict[str, Choice]
) -> None:
    """Who may edit the row decides; an author may always take his own value back."""
    fields = store.fields_of(row)
    is_author = all(field.mine_by == deed.person.user_id for field in fields)
    gives_way = all(one.choice == "theirs" for one in choices.values())
    if is_author and gives_way:
        return
    if not _is_theirs(tx, deed, row):
        raise Refused("This is for whoever has the student now to decide.", code="forbidden")


def _is_theirs(tx: Transaction, deed: Deed, row: ConflictRow) -> bool:
    """Whoever could have written the row outright decides: no proposal is its author's to take."""
    if row.ent == "case":
        return case.may_assign(tx, deed, row.key)
    if row.ent == "contact":
        return contact.may_amend(tx, deed, row.key)
    return authority.may_reach(tx, deed.person, feed.roots_of(tx, "conflict", row.id))


def _check_unmoved(
    tx: Transaction, deed: Deed, fields: list[ConflictField], current: dict[str, Any]
) -> None:
    """Refuse a choice made before either value changed again: nobody chose over that."""
    seen = reader.version_of(tx, "conflict", deed.mut.key, deed.mut.base)
    if seen is None and deed.mut.base:  # seen in a life of the database that is over
        raise Refused(_MOVED, code=MOVED)
    told = {part["field"]: part for part in seen["fields"]} if seen else {}
    for field in fields:
        before = told.get(field.field, {"theirs": field.theirs, "mine": field.mine})
        is_moved = not (
            is_same(field.theirs, current.get(field.field))
            and is_same(field.theirs, before["theirs"])
            and is_same(field.mine, before["mine"])
        )
        if is_moved and not field.choice:
            raise Refused(_MOVED, code=MOVED)


def _decided(field: ConflictField, choice: Choice) -> ConflictField:
    chosen: Value = {
        "mine": field.mine,
        "theirs": field.theirs,
        "custom": normal(choice.value),
    }[choice.choice]
    return msgspec.structs.replace(field, choice=choice.choice, chosen=chosen)


def _make_proposed(
    tx: Transaction, deed: Deed, row: ConflictRow, changes: dict[str, Value]
) -> None:
    """Add a number that was proposed, now that it is chosen. Nothing else is brought back."""
    if row.why != "proposal" or row.ent != "contact_point":
        raise Refused("What this was about is gone; write it anew.", code="row_gone")
    contact_point.add(tx, deed, contact_point.checked(changes), key=row.key)


def _resolved_before(tx: Transaction, row: ConflictRow) -> Refused:
    found = store.find_user(tx, row.resolved_by) if row.resolved_by else None
    name = found[0].name if found else "Somebody"
    return Refused(f"{name} decided this before.", code="already_resolved")
