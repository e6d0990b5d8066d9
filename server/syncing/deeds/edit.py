"""Edits of a row that others may have edited meanwhile. Shared by the deeds that merge."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from schemas.base import Value
from server.db.database import Transaction
from server.feed import reader
from server.feed import store as feed
from server.syncing import conflicts, rows
from server.syncing.rules import Deed, Done, Refused
from sync.merge import BadChange, Held, merge
from sync.normal import normal
from sync.policy import POLICY, Rule


def edit(tx: Transaction, deed: Deed, *, is_allowed: bool) -> Done:
    """Merge a deed's fields into its row; hold in a conflict what cannot be merged.

    Not ``is_allowed``: nothing is changed, all values are held as a proposal to whoever has the
    student now. A row that is gone is never brought back: what was said of it is held, too.
    """
    mut = deed.mut
    rows.check_editable(mut.op, mut.ent, mut.set)
    present = feed.find(tx, mut.ent, mut.key, lock=True)
    tx.forget()
    wanted = {
        name: value for name, value in mut.set.items() if POLICY[mut.ent][name] is not Rule.DERIVED
    }
    current: Mapping[str, Value] = present.data if present else {}
    _check_shapes(mut.ent, wanted)
    continued = conflicts.continue_conflicts(tx, deed, current, is_allowed=is_allowed)
    wanted = {name: value for name, value in wanted.items() if name not in continued}
    if present is None:
        if not reader.roots_ever_of(tx, mut.ent, mut.key):
            raise Refused("What this changes is not known here.", code="unknown_row")
        return _held(tx, deed, _against(deed, wanted, {}), continued, why="deleted")
    if not is_allowed:
        return _held(tx, deed, _against(deed, wanted, current), continued, why="proposal")
    return _merged(tx, deed, wanted, continued, current)


def _merged(
    tx: Transaction,
    deed: Deed,
    wanted: Mapping[str, Any],
    continued: Mapping[str, UUID],
    current: Mapping[str, Value],
) -> Done:
    mut = deed.mut
    try:
        met = merge(POLICY[mut.ent], current, was=mut.was, changes=wanted)
    except BadChange as bad:
        raise rows.bad_value(bad.field) from None
    ver = rows.write(tx, mut.ent, mut.key, met.changes, by=deed.author)
    if met.changes:
        conflicts.refresh(tx, mut.ent, mut.key, by=deed.author)
    if met.held:
        opened = conflicts.open_conflict(tx, deed, met.held, why="fields")
        return Done(ver=ver, out="conflict", conflict=opened)
    if continued:
        return Done(ver=ver, out="conflict", conflict=next(iter(continued.values())))
    return Done(ver=ver, out="merged" if met.out == "merged" else "applied")


def _held(
    tx: Transaction,
    deed: Deed,
    held: Mapping[str, Held],
    continued: Mapping[str, UUID],
    *,
    why: Literal["deleted", "proposal"],
) -> Done:
    """Hold every value: this person may not, or can no longer, change the row."""
    if not held:
        return Done(ver=0, out="conflict", conflict=next(iter(continued.values()), None))
    return Done(ver=0, out="conflict", conflict=conflicts.open_conflict(tx, deed, held, why=why))


def _against(
    deed: Deed, wanted: Mapping[str, Any], current: Mapping[str, Value]
) -> dict[str, Held]:
    ent, was = deed.mut.ent, deed.mut.was
    mine = {name: _plain(ent, name, value, was.get(name)) for name, value in wanted.items()}
    _check_shapes(ent, mine)
    return {
        name: Held(was=was.get(name), theirs=current.get(name), mine=value)
        for name, value in mine.items()
    }


def _plain(ent: str, name: str, value: Any, was: Value) -> Value:
    """Return the value itself; what is added and taken away, is so of what the person saw."""
    if isinstance(value, dict):
        return rows.joined(ent, name, value, was)  # pyright: ignore[reportUnknownArgumentType]  # JSON has no types
    kept: Value = normal(value)
    return kept


def _check_shapes(ent: str, wanted: Mapping[str, Any]) -> None:
    """Refuse what fits no field, before any of it is held or written."""
    rows.typed(ent, {name: value for name, value in wanted.items() if not isinstance(value, dict)})
