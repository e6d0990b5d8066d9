"""Tells what a set lacks: files that its manifest promises, and those that others refer to."""

from collections.abc import Iterable, Mapping

from server.intake.formats.oneroster import tables
from server.intake.formats.oneroster.manifest import Manifest
from server.intake.formats.roster.state import State
from server.intake.records import Origin

_WITHOUT: Mapping[str, str] = {
    tables.ORGS: "Schools are known by their sourcedId only.",
    tables.SESSIONS: "The dates of the school year are not known.",
    tables.USERS: "There are no students in it.",
    tables.ENROLLMENTS: "When students entered and left is not known.",
    tables.CLASSES: "How many classes a day a student has is not known.",
}


def tell(state: State, manifest: Manifest, *, place: str) -> None:
    """Report missing files: promised ones as faults, others of a whole set as notes."""
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


def _promised(manifest: Manifest) -> Iterable[str]:
    return [
        name
        for name in _WITHOUT
        if manifest.files.get(name.casefold(), "absent") in {"bulk", "delta"}
    ]
