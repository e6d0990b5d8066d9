"""Pure: what is wrong with a ladder's file, by line, all of it at once.

A file holds one ladder, or ``{"ladders": [...]}``: several, or several versions of one key whose
effective dates do not overlap. Names that begin with ``_`` are notes.
"""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from msgspec import Struct

from server.ladder.checking import whole
from server.ladder.checking.json_lines import Path, line_of, lines_of, written
from server.ladder.checking.shape import Finding, Shape, shape_of
from server.ladder.law import Ladder
from server.problems import Problem


class Fault(Struct, frozen=True, kw_only=True):
    """One fault: where, what, and how to mend it."""

    line: int
    path: str
    reason: str
    mend: str

    def __str__(self) -> str:
        place = f"line {self.line}" + (f", {self.path}" if self.path else "")
        return f"{place}: {self.reason}. {self.mend}."


class LadderFaulty(Problem):
    """A ladder's file has faults; ``faults`` has each."""

    code = "ladder_faulty"

    def __init__(self, name: str, faults: Sequence[Fault]) -> None:
        told = "\n".join(f"  {fault}" for fault in faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(f"{name} has {count}:\n{told}")
        self.faults = tuple(faults)


def read(content: bytes, name: str) -> tuple[Ladder, ...]:
    """Return the ladders of a file's content; refuse it with all its faults."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        raise LadderFaulty(
            name, [Fault(line=line, path="", reason="this is not UTF-8", mend="Save it as UTF-8")]
        ) from fault
    ladders, faults = judge(text)
    if faults:
        raise LadderFaulty(name, faults)
    return ladders


def judge(text: str) -> tuple[tuple[Ladder, ...], list[Fault]]:
    """Return the ladders of a text that are sound, and every fault, by line."""
    twice: list[str] = []
    try:
        content = json.loads(
            text,
            parse_float=Decimal,
            parse_constant=_no_number,
            object_pairs_hook=_members(twice),
        )
        lines = lines_of(text)
    except (ValueError, RecursionError) as fault:
        return (), [_not_json(fault)]
    findings = [
        Finding(path=(), reason=f"the name {name!r} is there twice", mend="Keep one of the two")
        for name in twice
    ]
    ladders, found = _ladders(content)
    findings += found
    faults = [
        Fault(
            line=line_of(lines, one.path),
            path=written(one.path),
            reason=one.reason,
            mend=one.mend,
        )
        for one in findings
    ]
    return tuple(ladders), sorted(faults, key=lambda fault: (fault.line, fault.path, fault.reason))


def overlaps(ladders: Sequence[Ladder]) -> list[tuple[Ladder, Ladder]]:
    """Return versions of one key that are in force on one day."""
    ordered = sorted(ladders, key=lambda ladder: (ladder.key, ladder.effective[0]))
    return [
        (one, two)
        for place, one in enumerate(ordered)
        for two in ordered[place + 1 :]
        if one.key == two.key and two.effective[0] <= (one.effective[1] or date.max)
    ]


def _ladders(content: Any) -> tuple[list[Ladder], list[Finding]]:
    if not isinstance(content, dict):
        return [], [
            Finding(path=(), reason="this is no ladder", mend="Write one JSON object: { ... }")
        ]
    if "ladders" not in content:
        return _ladder(content, ())
    told = cast("dict[str, Any]", content)["ladders"]
    several = cast("list[Any]", told)
    if not isinstance(told, list) or not several:
        return [], [
            Finding(path=("ladders",), reason="no ladder in it", mend="Write [ {...}, ... ]")
        ]
    sound: list[Ladder] = []
    places: list[Path] = []
    findings: list[Finding] = []
    for number, one in enumerate(several):
        ladders, found = _ladder(one, ("ladders", number))
        sound += ladders
        places += [("ladders", number)] * len(ladders)
        findings += found
    for one, two in overlaps(sound):
        findings.append(
            Finding(
                path=(*places[sound.index(two)], "effective"),
                reason=f"two versions of {two.key} are in force from {two.effective[0]} on",
                mend=f"End the one of {one.effective[0]} on the day before",
            )
        )
    return sound, findings


def _ladder(content: Any, at: Path) -> tuple[list[Ladder], list[Finding]]:
    shape: Shape = shape_of(content, at)
    findings = list(shape.findings)
    if shape.ladder is None:
        return [], findings
    findings += whole.findings(shape.ladder, at, skip=shape.faulty)
    return ([] if findings else [shape.ladder]), findings


def _not_json(fault: ValueError | RecursionError) -> Fault:
    if isinstance(fault, json.JSONDecodeError):
        return Fault(
            line=fault.lineno,
            path="",
            reason=f"this is no JSON at column {fault.colno} ({fault.msg})",
            mend="Look for a missing comma, quote or bracket here or on the line before",
        )
    if isinstance(fault, RecursionError):
        return Fault(line=1, path="", reason="it is nested too deeply", mend="Write it flatter")
    return Fault(line=1, path="", reason=f"this is no JSON ({fault})", mend="Write a plain number")


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _members(twice: list[str]) -> Any:
    def gather(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        twice.extend(sorted({name for name in names if names.count(name) > 1}))
        return dict(pairs)

    return gather
