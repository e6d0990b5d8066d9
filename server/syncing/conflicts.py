"""Conflicts: values of two people for one field, kept and shown until somebody decides.

A conflict belongs to the roots of the row it is about and to the own roots of both authors, so
that each of them learns of it whatever becomes of the caseload. The value in force stays.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid5

from msgspec.structs import replace

from schemas.base import UserId, Value
from schemas.sync import ConflictField
from server.db.database import Transaction
from server.db.tables.syncing import ConflictRow
from server.feed import reader
from server.feed import store as feed
from server.feed.store import Author
from server.syncing import store
from server.syncing.rules import CONFLICT_NAMESPACE, Deed
from sync.merge import Held
from sync.normal import is_same, normal
from sync.policy import moved


def open_conflict(
    tx: Transaction,
    deed: Deed,
    held: Mapping[str, Held],
    *,
    why: Literal["fields", "deleted", "proposal"],
    roots: Iterable[str] = (),
) -> UUID:
    """Hold values in a new conflict; return its id. ``roots``: besides those of the row."""
    fields = [_field(tx, deed, name, one) for name, one in held.items()]
    row = made(deed, fields, why=why, at=tx.at)
    store.add_conflict(tx, row)
    publish(tx, row, by=deed.author, roots=roots)
    return row.id


def made(
    deed: Deed,
    fields: list[ConflictField],
    *,
    why: Literal["fields", "deleted", "proposal"],
    at: datetime,
) -> ConflictRow:
    """Return the conflict that a mutation opens; one mutation opens at most one."""
    return ConflictRow(
        id=uuid5(CONFLICT_NAMESPACE, str(deed.mut.id)),
        ent=deed.mut.ent,
        key=deed.mut.key,
        why=why,
        fields=fields,
        status="open",
        mutation_id=deed.mut.id,
        opened_at=at,
        resolved_by=None,
        resolved_at=None,
    )


def continue_conflicts(
    tx: Transaction, deed: Deed, current: Mapping[str, Value], *, is_allowed: bool
) -> dict[str, UUID]:
    """Give one's own held values their successors; return the conflict by field name.

    The second of two offline edits has seen the first one's value. If that is held, this edit
    goes on where it waits: the trail keeps both. Whoever goes back to the value in force has
    decided the field himself.

    Not ``is_allowed``: nothing that comes of it hangs on the value in force, which its author may
    not know. Else he could guess until a field closes.
    """
    continued: dict[str, UUID] = {}
    me = deed.person.user_id
    for row in store.open_conflicts_of(tx, deed.mut.ent, deed.mut.key):
        fields = store.fields_of(row)
        mine = {
            field.field
            for field in fields
            if field.field in deed.mut.set
            and field.field not in continued
            and not field.choice
            and field.mine_by == me
            and not isinstance(deed.mut.set[field.field], dict)
            and not (
                is_allowed and is_same(current.get(field.field), deed.mut.was.get(field.field))
            )
            and is_same(field.mine, deed.mut.was.get(field.field))
        }
        if mine:
            row.fields = [
                _continued(tx, deed, field, is_allowed=is_allowed) if field.field in mine else field
                for field in fields
            ]
            _settle(tx, row, by=me)
            publish(tx, row, by=deed.author)
            continued |= dict.fromkeys(mine, row.id)
    return continued


def refresh(tx: Transaction, ent: str, key: UUID, *, by: Author) -> None:
    """Show the value now in force in a row's open conflicts, after the row changed.

    The row is held first: after a refusal it is not any more, and whoever held the conflicts
    alone would wait for who holds the row, and he for him.
    """
    present = feed.find(tx, ent, key, lock=True)
    for row in store.open_conflicts_of(tx, ent, key):
        row.fields = [
            _refreshed(tx, ent, key, field, present.data if present else {})
            for field in store.fields_of(row)
        ]
        publish(tx, row, by=by)


def decide(
    tx: Transaction, row: ConflictRow, fields: Iterable[ConflictField], *, by: Author
) -> int:
    """Write down what somebody chose; return the conflict's version."""
    row.fields = list(fields)
    if by.user_id is not None:
        _settle(tx, row, by=by.user_id)
    return publish(tx, row, by=by)


def publish(tx: Transaction, row: ConflictRow, *, by: Author, roots: Iterable[str] = ()) -> int:
    """Publish a conflict to the row's roots and to everybody who wrote one of its values."""
    tx.session.flush()
    conflict = store.conflict_of(row)
    authors = {
        author
        for field in conflict.fields
        for author in (field.mine_by, field.theirs_by)
        if author is not None
    }
    all_roots = (
        reader.roots_ever_of(tx, row.ent, row.key)
        | store.user_roots(tx, authors)
        | feed.roots_of(tx, "conflict", row.id)
        | set(roots)
    )
    return feed.publish(tx, "conflict", conflict, key=row.id, roots=all_roots, by=by)


def field_of(
    deed: Deed, name: str, held: Held, rival: reader.Writer, *, at: datetime
) -> ConflictField:
    """Return a held value beside the one in force, which ``rival`` wrote."""
    return ConflictField(
        field=name,
        was=held.was,
        theirs=held.theirs,
        mine=held.mine,
        theirs_by=UserId(rival.user_id) if rival.user_id else None,
        theirs_at=rival.at,
        mine_by=UserId(deed.person.user_id),
        mine_at=deed.times(at).at,
    )


def _field(tx: Transaction, deed: Deed, name: str, held: Held) -> ConflictField:
    rival = reader.writer_of(tx, deed.mut.ent, deed.mut.key, name)
    return field_of(deed, name, held, rival, at=tx.at)


def _continued(
    tx: Transaction, deed: Deed, field: ConflictField, *, is_allowed: bool
) -> ConflictField:
    new: Any = normal(deed.mut.set[field.field])
    if is_allowed and is_same(new, field.theirs):
        return replace(field, choice="theirs", chosen=field.theirs)
    return replace(
        field,
        mine=new,
        mine_at=deed.times(tx.at).at,
        trail=[*field.trail, field.mine],
    )


def _refreshed(
    tx: Transaction, ent: str, key: UUID, field: ConflictField, data: Mapping[str, Any]
) -> ConflictField:
    if field.choice or is_same(field.theirs, data.get(field.field)):
        return field
    rival = reader.writer_of(tx, ent, key, field.field)
    return replace(
        field,
        theirs=data.get(field.field),
        theirs_by=UserId(rival.user_id) if rival.user_id else None,
        theirs_at=rival.at,
    )


def _settle(tx: Transaction, row: ConflictRow, *, by: UUID) -> None:
    if all(field.choice for field in store.fields_of(row)):
        row.status = moved("conflict", "conflict.resolve", row.status) or row.status
        row.resolved_by = by
        row.resolved_at = tx.at
