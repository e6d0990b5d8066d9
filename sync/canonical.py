"""One spelling for each JSON value (RFC 8785), and the digest of a root that is made from it.

A phone decodes what it is sent and spells it again, so both sides must write the same bytes:
keys in order of their UTF-16 units, no spaces, numbers as JavaScript writes them.
"""

import hashlib
import json
from collections.abc import Iterable
from math import isfinite
from typing import Any, NamedTuple, cast

_EXACT = 2**53
_PLAIN_DIGITS = 21
_LEADING_ZEROS = -6


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
    """Return a decoded JSON value as the one text it has."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, dict):
        told = cast("dict[str, Any]", value)
        names = sorted(told, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        parts = (f"{canonical(name)}:{canonical(told[name])}" for name in names)
        return "{" + ",".join(parts) + "}"
    return "[" + ",".join(canonical(part) for part in value) + "]"


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
