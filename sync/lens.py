"""What of a row each role sees. A lens hides rows and blanks fields; it never changes a word.

A blanked field keeps its type, so a phone needs no second set of shapes. No lens hides a field
that its role may edit: what one cannot see one could only overwrite blindly.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from schemas.people import Role
from schemas.sync import Lens

LENS_BY_ROLE: Mapping[Role, Lens] = {
    Role.ADVISOR: Lens.ADVISOR,
    Role.SOCIAL_WORKER: Lens.ADVISOR,
    Role.CALLER: Lens.CALLER,
    Role.COORDINATOR: Lens.COORDINATOR,
    Role.CLERK: Lens.COORDINATOR,
    Role.ADMINISTRATOR: Lens.COORDINATOR,
}
"""Through which lens a person sees the students assigned to him."""


class Unseen(Enum):
    """Why a row is not shown."""

    GONE = "gone"
    """It may have been shown before: the phone must be told to forget it."""
    NEVER = "never"
    """It was never shown through this lens: not even its existence is told."""


Data = dict[str, Any]

_CALLER_BLANKS: Mapping[str, Mapping[str, Any]] = {
    "student": {"number": ""},
    "guardian": {},
    "guardianship": {},
    "contact_point": {},
    "case": {"step": "", "no_longer_met_on": None},
    "contact": {},
    "conflict": {},
}
"""What a work-study caller sees at all, and what is blanked in it."""


def is_clear(lens: str) -> bool:
    """Tell whether rows of every kind pass the lens as they are."""
    return lens in _CLEAR


def hides_nothing(ent: str, lens: str) -> bool:
    """Tell whether every row of this kind passes the lens as it is: nobody need look inside."""
    return lens in _CLEAR or (lens == Lens.SELF and ent != "conflict")


_CLEAR = frozenset({Lens.ALL, Lens.ADVISOR, Lens.COORDINATOR})


def project(
    ent: str, data: Data, lens: str, *, viewer: str, reaches: bool = False
) -> Data | Unseen:
    """Return a row as ``viewer`` (a user id as on the wire) sees it through ``lens``.

    ``reaches``: what a conflict is about is in the viewer's care or schools.
    """
    match lens:
        case Lens.CALLER:
            return _for_caller(ent, data, viewer)
        case Lens.SELF:
            return _for_oneself(ent, data, viewer, reaches=reaches)
        case Lens.POOL:
            return {**data, "step": ""} if ent == "task" else Unseen.NEVER  # as in the case
        case Lens.ALL | Lens.ADVISOR | Lens.COORDINATOR:
            return data
        case _:
            return Unseen.NEVER


def _for_caller(ent: str, data: Data, viewer: str) -> Data | Unseen:
    blanks = _CALLER_BLANKS.get(ent)
    if blanks is None:
        return Unseen.NEVER
    if ent == "contact" and data["by"] != viewer:
        return Unseen.NEVER
    if ent == "conflict" and data["ent"] != "contact_point":
        return Unseen.NEVER
    if ent == "contact_point" and data["kind"] == "email":
        return Unseen.GONE
    if ent == "conflict" and names_an_email(data):
        return Unseen.GONE
    seen = {**data, **{name: blank for name, blank in blanks.items() if name in data}}
    if ent == "case":
        seen["crossed_on"] = data["opened_on"]  # when the step was reached would tell the step
    return seen


def names_an_email(conflict: Data) -> bool:
    """Tell whether one of the values in dispute is an address; the row does not say the kind.

    No caller is shown those: neither in the student's root nor in his own.
    """
    return any(
        isinstance(value, str) and "@" in value
        for field in conflict.get("fields") or ()
        for value in (*(field.get(name) for name in _VALUES), *(field.get("trail") or ()))
    )


_VALUES = ("was", "theirs", "mine", "chosen")


def _for_oneself(ent: str, data: Data, viewer: str, *, reaches: bool) -> Data:
    """Leave, to whoever does not, or no longer, hold the row, nothing but what he wrote himself.

    A conflict stays in its authors' own roots after the student was given to somebody else, and
    whatever others say of the family then is not theirs to know: no value, open or chosen.
    """
    if ent != "conflict" or reaches:
        return data
    return {**data, "fields": [_own_words(field, viewer) for field in data["fields"]]}


def _own_words(field: Data, viewer: str) -> Data:
    is_by = {side: field.get(f"{side}_by") == viewer for side in ("mine", "theirs")}
    hidden: Data = {} if is_by["mine"] else {"was": None, "trail": [], **_UNTOLD["mine"]}
    hidden |= {} if is_by["theirs"] else _UNTOLD["theirs"]
    if not is_by.get(field.get("choice", ""), False):
        hidden["chosen"] = None
    return {**field, **hidden}


_UNTOLD: Mapping[str, Data] = {
    side: {side: None, f"{side}_by": None, f"{side}_at": None} for side in ("mine", "theirs")
}
