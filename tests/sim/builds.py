"""Builds of another time: an older one with other words, and a later one with words of its own.

The programme has shipped one schema so far. In these stories it shipped another before it: its
phones speak and read the old words, and are never told of restrictions. The later build's words
are not known here until the office has mended its server.
"""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from schemas.sync import SCHEMA, Mut
from server.db.database import Transaction
from server.syncing import rules, service
from server.syncing.deeds import contact
from sync.upcast import Schemas
from tests.sim.logic.entry import Deed, Json

OLD = SCHEMA - 1
_OLD_NAMES: Mapping[str, Mapping[str, str]] = {
    "contact": {"outcome": "result"},
    "contact_point": {"value": "digits"},
}
"""What the older build called a field, by entity."""
_NAMES = {ent: {old: name for name, old in names.items()} for ent, names in _OLD_NAMES.items()}
_UNKNOWN = "guardianship"
LATER_WORD = "contact.tell"
"""A contact is logged."""
LATER_EDIT = "contact.retell"
"""A contact is amended; carried out at last, it may meet what others wrote meanwhile."""


def row_of_old(ent: str, data: Json) -> Json | None:
    """Return a row as the older build knows it; None: it knows no such rows."""
    if ent == _UNKNOWN:
        return None
    if ent == "conflict":
        names = _OLD_NAMES.get(data["ent"], {})
        fields = [{**one, "field": names.get(one["field"], one["field"])} for one in data["fields"]]
        return {**data, "fields": fields}
    return _renamed(data, _OLD_NAMES.get(ent, {}))


def deed_of_old(deed: Deed) -> Deed:
    """Return a deed as a person does it on the older build."""
    return _spelled(deed, _OLD_NAMES)


def deed_of_today(deed: Deed) -> Deed:
    """Return what a deed of either build says, in the words of today."""
    return _spelled(deed, _NAMES)


def _up(mut: Mut) -> Mut:
    said = Deed(mut.op, mut.ent, "", "", 0, mut.was, mut.set)
    today = deed_of_today(said)
    return replace(mut, was=today.was, set=today.set)


def _spelled(deed: Deed, by_ent: Mapping[str, Mapping[str, str]]) -> Deed:
    if deed.op == "conflict.resolve" and isinstance(deed.set.get("choices"), dict):
        any_of = {old: new for one in by_ent.values() for old, new in one.items()}
        return replace(deed, set={**deed.set, "choices": _renamed(deed.set["choices"], any_of)})
    names = by_ent.get(deed.ent, {})
    return replace(deed, was=_renamed(deed.was, names), set=_renamed(deed.set, names))


def _renamed(said: Json, names: Mapping[str, str]) -> Json:
    return {names.get(name, name): value for name, value in said.items()}


HISTORY = Schemas(current=SCHEMA, oldest_read=OLD, up={OLD: _up}, down={SCHEMA: row_of_old})
"""What the server of these stories shipped."""


def mended() -> Mapping[str, Any]:
    """Return the deeds of a server that knows the later build's words."""
    return {
        **service.DEEDS,
        LATER_WORD: ("contact", contact.create),
        LATER_EDIT: ("contact", _retold),
    }


def _retold(tx: Transaction, deed: rules.Deed) -> rules.Done:
    return contact.amend(tx, replace(deed, mut=replace(deed.mut, op="contact.amend")))
