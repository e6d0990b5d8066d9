"""Pure: whether a ladder's file says what may be said: names, types, and nothing unknown."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, cast

import msgspec
from msgspec import Struct

from server.attendance.rules.days import DayRule
from server.ladder.checking.json_lines import Path
from server.ladder.law import Action, Ladder, Step, Words


class Finding(Struct, frozen=True, kw_only=True):
    """One fault and the way to it."""

    path: Path
    reason: str
    mend: str


class Shape(Struct, frozen=True, kw_only=True):
    """What could be read of a ladder. ``ladder`` leaves out what could not (``faulty``)."""

    ladder: Ladder | None
    findings: list[Finding]
    faulty: frozenset[Path]


_NESTED: dict[tuple[type[Struct], str], type[Struct]] = {
    (Ladder, "day_rule"): DayRule,
    (Ladder, "steps"): Step,
    (Step, "actions"): Action,
    (Step, "words"): Words,
}
"""Parts that are judged one by one, so that one fault does not hide another."""
_STAND_INS: dict[str, Any] = {
    "key": "?",
    "title": "?",
    "jurisdiction": "?",
    "effective": ["0001-01-01", None],
    "steps": [],
    "kind": "?",
    "en": "?",
    "es": "?",
}
"""Stands for what is needed and could not be read, so that the rest can be judged."""
_WANTED = {
    "str": "text in quotes",
    "int": "a whole number without quotes",
    "bool": "true or false",
    "array": "a list in [ ]",
    "object": "an object in { }",
    "decimal": "a number without quotes",
}


def shape_of(content: Any, at: Path) -> Shape:
    """Return what can be read of a ladder, and every fault of its form."""
    findings: list[Finding] = []
    clean = _struct(content, Ladder, at, findings)
    faulty = frozenset(finding.path for finding in findings)
    if clean is None:
        return Shape(ladder=None, findings=findings, faulty=faulty)
    return Shape(ladder=msgspec.convert(clean, Ladder), findings=findings, faulty=faulty)


def _struct(
    content: Any, kind: type[Struct], at: Path, findings: list[Finding]
) -> dict[str, Any] | None:
    """Return the members that can be read, with stand-ins for needed ones that cannot."""
    if not isinstance(content, Mapping):
        findings.append(
            Finding(path=at, reason="this should be an object", mend="Write { ... } here")
        )
        return None
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    clean: dict[str, Any] = {}
    for name, value in cast("Mapping[str, Any]", content).items():
        if name.startswith("_"):
            continue
        here = (*at, name)
        if name not in fields:
            findings.append(_unknown(name, list(fields), here))
            continue
        read = _member(value, kind, fields[name], here, findings)
        if read is not None:
            clean[name] = read
    for name in (name for name, field in fields.items() if field.required):
        if name not in content:
            findings.append(
                Finding(path=(*at, name), reason=f"{name} is missing", mend=f'Add "{name}": ...')
            )
        clean.setdefault(name, _STAND_INS[name])
    return clean


def _member(
    value: Any,
    kind: type[Struct],
    field: msgspec.structs.FieldInfo,
    at: Path,
    findings: list[Finding],
) -> Any:
    nested = _NESTED.get((kind, field.name))
    if nested is not None and value is not None:
        return _nested(value, nested, at, findings)
    return _plain(value, field.type, at, findings)


def _nested(value: Any, kind: type[Struct], at: Path, findings: list[Finding]) -> Any:
    if kind in {DayRule, Words}:
        part = _struct(value, kind, at, findings)
        return part if part is not None and _fits(part, kind) else None
    listed = cast("list[Any]", value)
    if not isinstance(value, list):
        findings.append(Finding(path=at, reason="this should be a list", mend="Write [ ... ] here"))
        return []
    parts = [_struct(one, kind, (*at, number), findings) for number, one in enumerate(listed)]
    bare = {field.name: "?" for field in msgspec.structs.fields(kind) if field.required}
    return [bare if part is None else part for part in parts]


def _fits(part: dict[str, Any], kind: type[Struct]) -> bool:
    try:
        msgspec.convert(part, kind)
    except msgspec.ValidationError:
        return False
    return True


def _plain(value: Any, kind: Any, at: Path, findings: list[Finding]) -> Any:
    try:
        msgspec.convert(value, kind)
    except (msgspec.ValidationError, ValueError) as fault:
        findings.append(_wrong(value, kind, at, str(fault)))
        return None
    return value


def _wrong(value: Any, kind: Any, at: Path, said: str) -> Finding:
    shown = msgspec.json.encode(value).decode()
    known = [one for one in getattr(kind, "__args__", ()) if isinstance(one, str) and one]
    if known:
        near = get_close_matches(str(value), known, n=1)
        mend = f"Did you mean {near[0]!r}? " if near else ""
        return Finding(
            path=at,
            reason=f"{shown} is not known here",
            mend=f"{mend}Write one of {', '.join(known)}",
        )
    if "date" in said or at[-1] == "effective":
        return Finding(
            path=at,
            reason=f"{shown} is not a first and a last day",
            mend='Write ["2014-07-01", "2019-06-30"], or null for a last day that is open',
        )
    wanted = said.partition("Expected `")[2].partition("`")[0].split(" | ")[0]
    return Finding(
        path=at,
        reason=f"{shown} does not fit",
        mend=f"Write {_WANTED.get(wanted, wanted or 'another value')}",
    )


def _unknown(name: str, known: list[str], at: Path) -> Finding:
    near = get_close_matches(name, known, n=1)
    mend = f"Did you mean {near[0]!r}?" if near else f"Known are {', '.join(known)}"
    return Finding(path=at, reason=f"{name!r} is not known here", mend=mend.removesuffix("."))
