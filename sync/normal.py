"""Makes values comparable before anything is decided about them.

What a person wrote is compared, not how a keyboard composed it: without this, an accent typed on
another phone, or an empty box instead of none, would look like somebody's change.
"""

import unicodedata
from typing import Any

from schemas.base import Value

NUL = "\0"


def normal(value: Any) -> Any:
    """Return ``value`` as it is stored: text in NFC with plain line ends, lists as sorted sets."""
    if isinstance(value, str):
        if value.isascii() and "\r" not in value:
            return value  # most of what is ever compared: codes, ids, dates
        return _composed(value.replace("\r\n", "\n").replace("\r", "\n"))
    if isinstance(value, list | tuple | set | frozenset):
        if not value:
            return []
        parts: list[Any] = [normal(part) for part in value]  # pyright: ignore[reportUnknownVariableType]  # JSON has no types
        return sorted(set(parts)) if all(isinstance(part, str) for part in parts) else parts
    if isinstance(value, dict):
        return {normal(name): normal(part) for name, part in value.items()}  # pyright: ignore[reportUnknownVariableType]  # JSON has no types
    return value


def _composed(text: str) -> str:
    """Return a text in NFC, unless it piles up more marks than any writing has.

    Marks of one letter are put in order in the square of their number, and texts of little else
    would hold up everybody.
    """
    return text if piles_up_marks(text) else unicodedata.normalize("NFC", text)


def piles_up_marks(text: str) -> bool:
    """Tell whether a text would take the square of its length to be composed or taken apart."""
    sample = text[_MOST_MARKS::_MOST_MARKS]  # no longer pile lies between two of these
    if not any(map(unicodedata.combining, sample)) and _HIDDEN_MARKS.isdisjoint(sample):
        return False
    count = 0
    for letter in text:
        count = count + 1 if is_mark(letter) else 0
        if count > _MOST_MARKS:
            return True
    return False


def is_mark(letter: str) -> bool:
    """Tell whether a letter is nothing but marks on the one before it, once it is taken apart."""
    return letter in _HIDDEN_MARKS or unicodedata.combining(letter) > 0


_MOST_MARKS = 30
"""Of one letter: Unicode's own limit for streams (UAX 15)."""
_HIDDEN_MARKS = frozenset("\u0f73\u0f75\u0f81\uff9e\uff9f")
"""Letters by their own class, and marks when they are taken apart."""


def is_same(one: Any, other: Any) -> bool:
    """Tell whether two values say the same. Nothing, an empty text and an empty list do."""
    if type(one) is str and one == other:
        return True  # word for word: most of what is compared
    left, right = _blank(normal(one)), _blank(normal(other))
    return type(left) is type(right) and left == right


def fault_of(value: Any) -> str:
    """Return the code of what makes a value unfit to be stored anywhere, or nothing.

    ``nul``: PostgreSQL cannot keep it, so no database may. ``surrogate``: half a character.
    """
    if isinstance(value, str):
        if NUL in value:
            return "nul"
        return "" if value.isascii() or _is_whole(value) else "surrogate"
    if isinstance(value, dict):
        parts: list[Any] = [*value.keys(), *value.values()]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  # JSON has no types
    elif isinstance(value, list | tuple):
        parts = list(value)  # pyright: ignore[reportUnknownArgumentType]  # JSON has no types
    else:
        return ""
    return next((fault for part in parts if (fault := fault_of(part))), "")


def as_set(value: Value) -> frozenset[str]:
    """Return a set field's codes; nothing and the empty text are the empty set."""
    return frozenset(normal(value)) if isinstance(value, list) else frozenset()


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _blank(value: Any) -> Any:
    return None if value in ("", []) else value
