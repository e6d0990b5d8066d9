"""Phone numbers and e-mails: corrected and added by whoever learns better."""

from collections.abc import Mapping
from typing import Any

from schemas.base import Value
from server.db.database import Transaction
from server.feed import reader
from server.feed import store as feed
from server.people import store as people
from server.syncing import authority, conflicts, rows
from server.syncing.deeds.edit import edit as merge_edit
from server.syncing.rules import Deed, Done, Refused
from sync.merge import Held
from sync.policy import POLICY, Rule


def edit(tx: Transaction, deed: Deed) -> Done:
    """Correct a number, or say that it no longer works."""
    mut = deed.mut
    return merge_edit(tx, deed, is_allowed=authority.may_edit(tx, deed.person, mut.ent, mut.key))


def create(tx: Transaction, deed: Deed) -> Done:
    """Add a number. For a family no longer in one's care it is held as a proposal."""
    mut = deed.mut
    rows.check_useful("contact_point", mut.set, key=mut.key, uses=POLICY["contact_point"].keys())
    said: dict[str, Value] = {
        name: value
        for name, value in mut.set.items()
        if POLICY["contact_point"][name] is not Rule.DERIVED and name != "id"
    }
    values = checked(said)
    guardian = values["guardian_id"]
    if people.find_guardian(tx, guardian) is None:
        raise Refused("This guardian is not known here.", code="unknown_row")
    if people.find_contact_point(tx, mut.key) is not None:
        raise Refused("This number was recorded before.", code="row_exists")
    if not authority.may_edit(tx, deed.person, "guardian", guardian):
        held = {name: Held(was=None, theirs=None, mine=value) for name, value in said.items()}
        roots = reader.roots_ever_of(tx, "guardian", guardian)
        opened = conflicts.open_conflict(tx, deed, held, why="proposal", roots=roots)
        return Done(ver=0, out="conflict", conflict=opened)
    return Done(ver=add(tx, deed, values))


def checked(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return a new number's fields as the store takes them, or refuse them."""
    values = rows.typed("contact_point", said)
    for name in ("guardian_id", "kind", "value"):
        if not str(values.get(name) or "").strip():
            raise rows.bad_value(name)
    return values


def add(tx: Transaction, deed: Deed, values: Mapping[str, Any], *, key: Any = None) -> int:
    """Add a number and publish it; return its version."""
    point = key or deed.mut.key
    people.add_contact_point(tx, point, values["guardian_id"], values)
    people.publish_contact_point(tx, point, by=deed.author)
    present = feed.find(tx, "contact_point", point)
    return present.ver if present else 0
