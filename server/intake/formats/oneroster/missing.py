"""Tells what a set lacks: files that its manifest promises, and those that others refer to."""

from collections.abc import Iterable

from server.intake.formats.oneroster import tables
from server.intake.formats.oneroster.manifest import Manifest
from server.intake.formats.roster.state import State
from server.intake.records import Origin
from server.intake.words.refusals import refusal
from server.intake.words.saying import why

_MISSED = (tables.ORGS, tables.SESSIONS, tables.USERS, tables.ENROLLMENTS, tables.CLASSES)
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
        manifest_file = f"{place}/manifest.csv".lstrip("/")
        raise refusal("oneroster_torn", file=manifest_file, files=", ".join(torn))
    origin = Origin(file=f"{place}/manifest.csv".lstrip("/"), line=0, element="manifest")
    for name in _promised(manifest):
        if not state.has(name):
            state.out.fault(
                origin.fault(
                    f"file.{name}",
                    manifest.files[name.casefold()],
                    why(f"promised_{name}"),
                )
            )
    _tell_roles(state, origin)
    if state.is_delta:
        return
    for name in _MISSED:
        if not state.has(name) and name not in _promised(manifest):
            state.out.note(origin.fault(f"{name}.csv", "", why(f"lacks_{name}")))


def _tell_roles(state: State, origin: Origin) -> None:
    if state.has(tables.ROLES) or state.is_delta:
        return
    if state.has(tables.USERS) and not state.has_column(tables.USERS, "role"):
        state.out.fault(origin.fault("roles.csv", "", why("roles_missing")))


def _promised(manifest: Manifest) -> Iterable[str]:
    return [
        name
        for name in _MISSED
        if manifest.files.get(name.casefold(), "absent") in {"bulk", "delta"}
    ]
