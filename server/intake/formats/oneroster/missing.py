"""Tells what a set lacks: files that its manifest promises, and those that others refer to."""

from collections.abc import Iterable, Mapping

from server.intake.formats.oneroster import tables
from server.intake.formats.oneroster.manifest import Manifest
from server.intake.formats.roster.state import State
from server.intake.records import Origin
from server.problems import Problem

_WITHOUT: Mapping[str, str] = {
    tables.ORGS: "Schools are known by their sourcedId only.",
    tables.SESSIONS: "The dates of the school year are not known.",
    tables.USERS: "There are no students in it.",
    tables.ENROLLMENTS: "When students entered and left is not known.",
    tables.CLASSES: "How many classes a day a student has is not known.",
}
_NEEDED = (tables.ORGS, tables.USERS, tables.ENROLLMENTS)
"""Without one of these a set that promises it whole is a torn one."""
_WHOLE = "bulk"


def tell(state: State, manifest: Manifest, *, place: str) -> None:
    """Report missing files: promised ones as faults, others of a whole set as notes.

    Raises ``Problem`` (``oneroster_torn``) when the set lacks a whole file without which it means
    nothing, although its manifest promises it.
    """
    torn = [
        f"{name}.csv"
        for name in _NEEDED
        if manifest.files.get(name.casefold()) == _WHOLE and not state.has(name)
    ]
    if torn:
        one_of = "it" if len(torn) == 1 else "them"
        raise Problem(
            f"{f'{place}/manifest.csv'.lstrip('/')} promises {' and '.join(torn)}, but the set "
            f"does not hold {one_of}: export the set again, whole.",
            code="oneroster_torn",
        )
    origin = Origin(file=f"{place}/manifest.csv".lstrip("/"), line=0, element="manifest")
    for name in _promised(manifest):
        if not state.has(name):
            state.out.fault(
                origin.fault(
                    f"file.{name}",
                    manifest.files[name.casefold()],
                    reason=f"{name}.csv is promised and not there. {_WITHOUT[name]}",
                    mend="Export the set again, whole.",
                )
            )
    _tell_roles(state, origin)
    if state.is_delta:
        return
    for name, consequence in _WITHOUT.items():
        if not state.has(name) and name not in _promised(manifest):
            state.out.note(
                origin.fault(
                    f"{name}.csv",
                    "",
                    reason=f"The set has no {name}.csv. {consequence}",
                    mend="Export it too.",
                )
            )


def _tell_roles(state: State, origin: Origin) -> None:
    if state.has(tables.ROLES) or state.is_delta:
        return
    if state.has(tables.USERS) and not state.has_column(tables.USERS, "role"):
        state.out.fault(
            origin.fault(
                "roles.csv",
                "",
                reason="Without roles.csv it is not told who is a student and who a guardian.",
                mend="Export the set again, whole.",
            )
        )


def _promised(manifest: Manifest) -> Iterable[str]:
    return [
        name
        for name in _WITHOUT
        if manifest.files.get(name.casefold(), "absent") in {"bulk", "delta"}
    ]
