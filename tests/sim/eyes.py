"""What each lens may show, written down once more: the checker must not believe the server."""

from typing import Any

from tests.sim.logic.entry import Json

LENSES = {
    "advisor": "adv",
    "social_worker": "adv",
    "caller": "call",
    "coordinator": "coord",
    "clerk": "coord",
    "administrator": "coord",
}
_CALLER_SEES = frozenset(
    {"student", "guardian", "guardianship", "contact_point", "case", "contact", "conflict"}
)


def projections(name: str, data: Json | None, lens: str, me: str) -> list[Json | None]:
    """Return every form in which a phone may rightly hold a row; None: not at all."""
    ent = name.partition(":")[0]
    if data is None:
        return [None]
    if lens == "call":
        return [_for_caller(ent, data, me)]
    if lens == "pool":
        return [data if ent == "task" else None]
    if lens == "self" and ent == "conflict":
        return [data, _veiled(data, me)]  # whether it was veiled depends on when it was sent
    return [data]


def may_be_told(row: Json, lens: str, me: str) -> bool:
    """Tell whether this person may be told this, whatever the row says now."""
    if lens == "pool":
        return bool(row["ent"] == "task")
    if lens != "call":
        return True
    ent, data = row["ent"], row["data"]
    if ent not in _CALLER_SEES:
        return False
    return bool(_for_caller(ent, data, me) == data)


def _for_caller(ent: str, data: Json, me: str) -> Json | None:
    if ent not in _CALLER_SEES or (ent == "contact" and data["by"] != me):
        return None
    if (ent == "conflict" and data["ent"] != "contact_point") or data.get("kind") == "email":
        return None
    seen: dict[str, Any] = dict(data)
    if ent == "student":
        seen["number"] = ""
    if ent == "case":
        seen |= {"step": "", "no_longer_met_on": None, "crossed_on": data["opened_on"]}
    return seen


def tells_own_words_only(conflict: Json, me: str) -> bool:
    """Tell whether a conflict names no value but what this person wrote himself."""
    return conflict == _veiled(conflict, me)


def _veiled(conflict: Json, me: str) -> Json:
    return {**conflict, "fields": [_own_part(field, me) for field in conflict["fields"]]}


def _own_part(field: Json, me: str) -> Json:
    told = dict(field)
    if field["theirs_by"] != me:
        told |= {"theirs": None, "theirs_by": None, "theirs_at": None}
    if field["mine_by"] != me:
        told |= {"was": None, "mine": None, "mine_by": None, "mine_at": None, "trail": []}
    if field["choice"] not in {"mine", "theirs"} or field[f"{field['choice']}_by"] != me:
        told["chosen"] = None
    return told
