"""Three-way merge by value: what a person saw, what he wants, and what is there now.

Not versions but values decide, so a chain of offline edits needs no bookkeeping: the second
edit's ``was`` is the first one's value.
"""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from schemas.base import Value
from sync.normal import as_set, is_same, normal
from sync.policy import Rule


class BadChange(ValueError):
    """A field was given something its rule has no use for. ``field`` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Applied(Struct, frozen=True):
    """Nobody was before: the value goes in."""

    value: Value


class Merged(Struct, frozen=True):
    """Somebody was before, and both are content with ``value``."""

    value: Value


class Held(Struct, frozen=True):
    """Somebody was before with another value. It stays in force; this one waits in a conflict."""

    was: Value
    theirs: Value
    mine: Value


Met = Applied | Merged | Held


class Merge(Struct, frozen=True):
    """What becomes of one mutation, field by field."""

    met: dict[str, Met]

    @property
    def changes(self) -> dict[str, Value]:
        """Values to write. Never a field whose present value the person had not seen."""
        return {name: one.value for name, one in self.met.items() if not isinstance(one, Held)}

    @property
    def held(self) -> dict[str, Held]:
        """Fields that a person must decide."""
        return {name: one for name, one in self.met.items() if isinstance(one, Held)}

    @property
    def out(self) -> Literal["applied", "merged", "conflict"]:
        """The receipt's word for it."""
        if self.held:
            return "conflict"
        met = self.met.values()
        return "merged" if any(isinstance(one, Merged) for one in met) else "applied"


def merge(
    rules: Mapping[str, Rule],
    current: Mapping[str, Value],
    *,
    was: Mapping[str, Value],
    changes: Mapping[str, Any],
) -> Merge:
    """Return what becomes of ``changes``. Fields the mutation does not name are never touched.

    Derived fields are left out. A field that is missing from ``was`` was seen empty.
    """
    return Merge(
        {
            name: merge_field(rules[name], was.get(name), new, current.get(name), field=name)
            for name, new in changes.items()
            if rules[name] is not Rule.DERIVED
        }
    )


def merge_field(rule: Rule, was: Value, new: Any, current: Value, *, field: str = "") -> Met:
    """Return what becomes of one field."""
    if rule is Rule.SET:
        return _merge_set(was, new, current, field)
    if isinstance(new, dict | list | float):
        raise BadChange(field)
    if is_same(current, was):
        return Applied(normal(new))
    if is_same(new, current):
        return Merged(current)
    return Held(was=was, theirs=current, mine=normal(new))


def _merge_set(was: Value, new: Any, current: Value, field: str) -> Met:
    present, seen = as_set(current), as_set(was)
    if isinstance(new, dict):
        plus, minus = _delta(new, field)  # pyright: ignore[reportUnknownArgumentType]  # JSON has no types
    elif new is None or _is_codes(new):
        wanted = as_set(new)
        plus, minus = wanted - seen, seen - wanted
    else:
        raise BadChange(field)
    value: Value = sorted((present | plus) - minus)
    return Applied(value) if present == seen else Merged(value)


def _delta(new: dict[str, Any], field: str) -> tuple[frozenset[str], frozenset[str]]:
    if not new.keys() <= {"+", "-"} or not all(_is_codes(part) for part in new.values()):
        raise BadChange(field)
    return as_set(new.get("+")), as_set(new.get("-"))


def _is_codes(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(code, str) for code in value)  # pyright: ignore[reportUnknownVariableType]  # JSON has no types
