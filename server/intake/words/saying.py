"""Pure: sentences with gaps, in both languages, and what fills the gaps."""

from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct

Parts = Mapping[str, str]
"""What stands in a sentence's gaps, by name."""


class Both(NamedTuple):
    """A sentence in both languages; ``{name}`` is a gap."""

    en: str
    es: str

    def filled(self, parts: Parts) -> "Both":
        """Return the sentence with its gaps filled."""
        return Both(self.en.format_map(parts), self.es.format_map(parts))

    def then(self, other: "Both") -> "Both":
        """Return two sentences as one text."""
        return Both(f"{self.en} {other.en}", f"{self.es} {other.es}")


class Remark(NamedTuple):
    """What is said of a line: why it was not taken (or is worth a look), and how to mend it."""

    reason: Both
    mend: Both


class Why(Struct, frozen=True):
    """Why a line was not taken: a code of ``lines.LINES`` and what stands in its sentences."""

    code: str
    parts: dict[str, str] = {}


def why(code: str, **parts: object) -> Why:
    """Return a reason; the parts are written as they read."""
    return Why(code, {name: str(part) for name, part in parts.items()})
