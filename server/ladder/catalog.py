"""The ladders as data files, validated when they are read. A law changes a file, not code."""

from decimal import Decimal
from functools import cache
from pathlib import Path

import msgspec

from server.ladder.law import SCALE, Ladder, LadderNotSupported, Step
from server.problems import Invalid, NotFound

__all__ = ["LADDERS", "Ladder", "LadderNotSupported", "get", "ladders", "read"]

LADDERS = Path(__file__).parent / "ladders"


def read(content: bytes, name: str) -> Ladder:
    """Return the ladder in a file's content, or refuse it with the file's name and the fault."""
    try:
        ladder = msgspec.json.decode(content, type=Ladder)
    except (msgspec.DecodeError, ValueError) as fault:
        raise Invalid(f"{name}: {fault}.") from fault
    faults = _faults(ladder)
    if faults:
        raise Invalid(f"{name}: {faults[0]}", faults=tuple((name, fault) for fault in faults))
    return ladder


@cache
def ladders() -> dict[str, Ladder]:
    """Return every ladder by its key."""
    known = [read(file.read_bytes(), file.name) for file in sorted(LADDERS.glob("*.json"))]
    return {ladder.key: ladder for ladder in known}


def get(key: str) -> Ladder:
    """Return a ladder, or refuse with the names of those that there are."""
    known = ladders()
    if key not in known:
        raise NotFound(
            f"There is no ladder {key!r}. There are: {', '.join(known)}.", code="ladder_unknown"
        )
    return known[key]


def _faults(ladder: Ladder) -> list[str]:
    keys = [step.key for step in ladder.steps]
    begin, end = ladder.effective
    faults = [f"step {key} is there twice." for key in sorted(set(keys)) if keys.count(key) > 1]
    if not keys:
        faults.append("a ladder needs at least one step.")
    if end is not None and end < begin:
        faults.append("it would end before it begins; write effective as [first day, last day].")
    if sum(step.opens_case for step in ladder.steps) > 1:
        faults.append("only one step may open the case (opens_case).")
    return faults + [fault for step in ladder.steps for fault in _step_faults(step, keys)]


def _step_faults(step: Step, keys: list[str]) -> list[str]:
    faults = [
        f"step {step.key} requires {need}, which is no step of this ladder."
        for need in step.requires
        if "." in need and need.split(".")[0] not in keys
    ]
    if not step.human_decision and step.is_plain:
        if step.least <= 0 or (step.gte or Decimal()) * SCALE[step.unit] != step.least:
            faults.append(f"step {step.key}: gte must be days above 0, in whole units of 1/840.")
        if step.words is None:
            faults.append(f"step {step.key} needs words (en, es): a family asks why.")
    if not step.human_decision and step.gte is None:
        faults.append(f"step {step.key} needs a threshold (gte).")
    return faults
