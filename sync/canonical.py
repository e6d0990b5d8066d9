"""One spelling for each JSON value (RFC 8785), and the digest of a root that is made from it.

A phone decodes what it is sent and spells it again, so both sides must write the same bytes:
keys in order of their UTF-16 units, no spaces, numbers as JavaScript writes them.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from math import isfinite
from typing import Any, NamedTuple, cast

_EXACT = 2**53
_PLAIN_DIGITS = 21
_LEADING_ZEROS = -6
_spell = json.JSONEncoder(ensure_ascii=False).encode


class Held(NamedTuple):
    """A row as a phone holds it in one root."""

    ent: str
    key: str
    ver: int
    data: Any


def digest_of(rows: Iterable[Held]) -> str:
    """Return the digest of a root's rows: 32 hexadecimal digits, whatever order they come in."""
    told = [[row.ent, row.key, row.ver, row.data] for row in sorted(rows, key=lambda row: row[:2])]
    text = canonical(told)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def canonical(value: Any) -> str:
    """Return a decoded JSON value as the one text it has, however deep it goes."""
    spelled: list[str] = []
    waiting: list[Any] = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, _Mark):
            spelled.append(part)
        elif isinstance(part, dict):
            waiting += reversed(_fields(cast("dict[str, Any]", part)))
        elif isinstance(part, list | tuple):
            waiting += reversed(_items(cast("list[Any]", part)))
        else:
            spelled.append(_plain(part))
    return "".join(spelled)


class _Mark(str):
    """A bracket, comma or colon between values: spelled already."""

    __slots__ = ()


_COMMA, _COLON = _Mark(","), _Mark(":")


def _fields(told: dict[str, Any]) -> list[Any]:
    names = sorted(told, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    parts: list[Any] = [_Mark("{")]
    for name in names:
        parts += (name, _COLON, told[name], _COMMA)
    del parts[1 + max(0, 4 * len(names) - 1) :]
    return [*parts, _Mark("}")]


def _items(told: Sequence[Any]) -> list[Any]:
    parts: list[Any] = [_Mark("[")]
    for item in told:
        parts += (item, _COMMA)
    del parts[1 + max(0, 2 * len(told) - 1) :]
    return [*parts, _Mark("]")]


def _plain(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value)
    return _spell(value)


def _number(value: float) -> str:
    """Return a number as ECMAScript's ``Number::toString`` does; a phone knows no other kind."""
    if isinstance(value, int) and abs(value) <= _EXACT:
        return str(value)
    try:
        told = float(value)
    except OverflowError:
        return "null"
    if not isfinite(told):
        return "null"
    if told == 0:
        return "0"
    sign = "-" if told < 0 else ""
    mantissa, _, exponent = f"{abs(told)!r}".partition("e")
    whole, _, part = mantissa.partition(".")
    digits = (whole + part).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + part) - len(digits))
    digits = digits.rstrip("0")
    return sign + _spelled(digits, point)


def _spelled(digits: str, point: int) -> str:
    """Return ``0.digits`` times ten to the ``point``."""
    count = len(digits)
    if count <= point <= _PLAIN_DIGITS:
        return digits + "0" * (point - count)
    if 0 < point <= _PLAIN_DIGITS:
        return f"{digits[:point]}.{digits[point:]}"
    if _LEADING_ZEROS < point <= 0:
        return "0." + "0" * -point + digits
    power = point - 1
    tail = f"e{'+' if power > 0 else '-'}{abs(power)}"
    return digits[0] + (f".{digits[1:]}" if count > 1 else "") + tail
