"""Pure: what a sentence to a family is made of, before it is put into a language."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from server.ladder.law import Step, Words

MINUTES_PER_HOUR = 60


class Told(Struct, frozen=True, kw_only=True):
    """What a sentence is made of."""

    step: Step
    school_year: str
    value: int
    """In the whole numbers that the step counts (``law.SCALE``)."""
    dates: Sequence[date] = ()
    """The dates that count, sorted."""
    missed: int = 0
    enrolled: int = 0
    """For a share: units of a day."""
    minutes: int = 0
    """From how many minutes on a late arrival counts."""
    since: date | None = None
    """For a window after an earlier step or its action: when that was."""
    says: Words | None = None
    """The step's own words, where it is reached."""

    @property
    def is_nothing(self) -> bool:
        """Tell whether there is nothing to count."""
        return not (self.missed if self.step.unit == "percent" else self.value)

    @property
    def share(self) -> int:
        """The share in hundredths of a percent, cut off: never more than it is."""
        return self.missed * 100 * 100 // self.enrolled if self.enrolled else 0


_TENTH = 10
"""Hundredths."""


def percent(hundredths: int) -> str:
    """Return hundredths of a percent as "12" or "9.5", cut off."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest // 10}" if rest >= _TENTH else str(whole)


def counted(number: int, one: str, more: str) -> str:
    """Return a number with its word: "1 time", "3 times"."""
    return f"{number} {one if number == 1 else more}"
