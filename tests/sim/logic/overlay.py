"""Mirror of ``pwa/src/outbox/overlay.ts`` and ``created.ts``: what the screen shows. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias, cast

from tests.sim.logic.entry import (
    BaseRow,
    Deed,
    Entry,
    Json,
    Rows,
    copies_of,
    last_word,
    name_of,
    out_of,
)
from tests.sim.logic.tasks import moved_task

_CONTACT: Mapping[str, Any] = {
    "case_id": None,
    "direction": "outbound",
    "party": "none",
    "met": "",
    "contact_point_id": None,
    "causes": [],
    "note": "",
    "referrals": [],
    "follow_up_kind": "",
    "follow_up_on": None,
    "recorded_at": None,
    "est_at": None,
    "late_scope": False,
}
_TASK: Mapping[str, Any] = {
    "kind": "call",
    "case_id": None,
    "step": "",
    "due_on": None,
    "status": "open",
    "holder_id": None,
    "until": None,
    "token": 0,
    "done_by": None,
    "done_at": None,
    "contact_id": None,
    "duplicate_effort": False,
    "school_id": "",
}
_CONTACT_POINT: Mapping[str, Any] = {"value_e164": "", "status": "unverified", "position": 0}


class Shown(NamedTuple):
    """One row on the screen: what the server said, and what the person sees."""

    base: BaseRow
    data: Json


View: TypeAlias = dict[str, dict[str, Shown]]


def created_by(deed: Deed, by: str) -> Json | None:
    """Return the row a deed creates, or None when it creates none."""
    if deed.op == "contact.create":
        return {**_CONTACT, **deed.set, "id": deed.key, "by": by, "recorded_at": None}
    if deed.op == "contact_point.create":
        return {**_CONTACT_POINT, **deed.set, "id": deed.key}
    if deed.op == "task.create":
        return {**_TASK, **deed.set, "id": deed.key}
    return None


def overlay(rows: Rows, entries: Iterable[Entry], author: str) -> View:
    """Lay the unsettled deeds of ``author`` over the rows, oldest first."""
    shown: View = {
        root: {name: Shown(base, base.data) for name, base in held.items()}
        for root, held in rows.items()
    }
    for entry in entries:
        if shows_through(entry):
            _lay(shown, entry, author)
    return shown


def has_caught_up(entry: Entry, rows: Rows, pulled_to: int, *, is_complete: bool = False) -> bool:
    """Tell whether the feed has caught up with a deed."""
    receipt, deed, word = entry.receipt, entry.deed, last_word(entry)
    if receipt is None or word is None:
        return False
    if word["out"] == "refused":
        return True
    copies = copies_of(rows, deed.ent, deed.key)
    if word["out"] == "parked":
        return any(copy.ver > deed.base for copy in copies)
    if is_complete if receipt["out"] == "parked" else 0 < receipt["seq"] <= pulled_to:
        return True
    return (
        word["ver"] > 0
        and any(copy.root == deed.root for copy in copies)
        and all(copy.ver >= word["ver"] for copy in copies)
    )


def shows_through(entry: Entry) -> bool:
    """Tell whether a deed still lies over the rows."""
    return not entry.is_settled and out_of(entry) != "refused"


def _lay(shown: View, entry: Entry, author: str) -> None:
    deed = entry.deed
    made = created_by(deed, author)
    if made is not None and deed.root not in shown:
        shown[deed.root] = {}
    for root, held in shown.items():
        _lay_in(root, held, entry, made, author)
    if deed.op == "conflict.resolve":
        _lay_chosen(shown, deed)


def _lay_in(
    root: str, held: dict[str, Shown], entry: Entry, made: Json | None, author: str
) -> None:
    deed = entry.deed
    name = name_of(deed.ent, deed.key)
    copy = held.get(name)
    if copy is not None:
        if not _is_past(entry, copy.base):
            held[name] = _changed(copy, deed, author)
    elif made is not None and _belongs(held, root, deed):
        held[name] = Shown(BaseRow(root, deed.ent, deed.key, 0, {}), dict(made))


def _is_past(entry: Entry, base: BaseRow) -> bool:
    word = last_word(entry)
    if word is None:
        return False
    if word["out"] == "parked":
        return base.ver > entry.deed.base
    return bool(0 < word["ver"] <= base.ver)


def _belongs(held: Mapping[str, Shown], root: str, deed: Deed) -> bool:
    if root == deed.root:
        return True
    guardian = deed.set.get("guardian_id") if deed.ent == "contact_point" else None
    return isinstance(guardian, str) and name_of("guardian", guardian) in held


def _changed(copy: Shown, deed: Deed, author: str) -> Shown:
    if deed.ent == "task":
        return Shown(copy.base, moved_task(copy.data, deed, author))
    if deed.op == "conflict.resolve":
        return Shown(copy.base, _resolved(copy.data, deed))
    data = {**copy.data, **_merged(copy.data, deed.set)}
    if deed.op == "case.assign" and data.get("status") == "new":
        data["status"] = "assigned"
    return Shown(copy.base, data)


def _merged(data: Json, said: Json) -> Json:
    return {field: _joined(data, field, value) for field, value in said.items()}


def _joined(data: Json, field: str, value: Any) -> Any:
    if not isinstance(value, dict) or not ("+" in value or "-" in value):
        return cast("Any", value)
    delta = cast("dict[str, list[str]]", value)
    present = set[str](data.get(field) or [])
    return sorted((present | set(delta.get("+", []))) - set(delta.get("-", [])))


def _choices(deed: Deed) -> dict[str, Json]:
    return dict(deed.set.get("choices") or {})


def _resolved(conflict: Json, deed: Deed) -> Json:
    if conflict["status"] == "resolved":
        return dict(conflict)
    choices = _choices(deed)
    fields = [
        {
            **field,
            "choice": choices[field["field"]]["choice"],
            "chosen": _chosen(field, choices[field["field"]]),
        }
        if field["field"] in choices
        else field
        for field in conflict["fields"]
    ]
    return {**conflict, "fields": fields, "status": "resolved"}


def _chosen(field: Json, made: Json) -> Any:
    return made.get("value") if made["choice"] == "custom" else field[made["choice"]]


def _lay_chosen(shown: View, deed: Deed) -> None:
    name = name_of("conflict", deed.key)
    conflict = next((held[name].data for held in shown.values() if name in held), None)
    if conflict is None:
        return
    choices = _choices(deed)
    values = {
        field["field"]: _chosen(field, choices[field["field"]])
        for field in conflict["fields"]
        if field["field"] in choices
    }
    about = name_of(conflict["ent"], conflict["key"])
    for held in shown.values():
        if about in held:
            held[about] = Shown(held[about].base, {**held[about].data, **values})
