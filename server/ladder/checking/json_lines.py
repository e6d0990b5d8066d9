"""Pure: on which line of a JSON text each value stands. Reads only text that ``json`` accepts."""

import json
import re
from bisect import bisect_right
from typing import Any, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""The way to a value: names and positions, from the outermost."""

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


def lines_of(text: str) -> dict[Path, int]:
    """Return the line (from 1) of every value; of a member, the line of its name."""
    lines: dict[Path, int] = {}
    _Walk(text, lines).value(_skip(text, 0), ())
    lines[()] = 1
    return lines


def line_of(lines: dict[Path, int], path: Path) -> int:
    """Return the line of a value, or of the nearest thing around it that is there."""
    while path not in lines and path:
        path = path[:-1]
    return lines.get(path, 1)


def written(path: Path) -> str:
    """Return a path as people write it: ``steps[2].actions[0].kind``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


class _Walk:
    def __init__(self, text: str, lines: dict[Path, int]) -> None:
        self._text = text
        self._lines = lines
        self._breaks = [found.start() for found in re.finditer("\n", text)]

    def value(self, at: int, path: Path) -> int:
        """Note a value's line and those within it; return where it ends."""
        self._lines.setdefault(path, self._line(at))
        opening = self._text[at]
        if opening not in "{[":
            return _DECODER.raw_decode(self._text, at)[1]
        at = _skip(self._text, at + 1)
        number = 0
        while self._text[at] not in "}]":
            part: Any = number
            if opening == "{":
                self_at = at
                part, at = _DECODER.raw_decode(self._text, at)
                self._lines.setdefault((*path, part), self._line(self_at))
                at = _skip(self._text, _skip(self._text, at) + 1)
            at = _skip(self._text, self.value(at, (*path, part)))
            if self._text[at] == ",":
                at = _skip(self._text, at + 1)
            number += 1
        return at + 1

    def _line(self, at: int) -> int:
        return bisect_right(self._breaks, at - 1) + 1


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
