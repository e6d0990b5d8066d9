"""What the events of an import are made of: each distinct text, date and saying once, by place."""

from datetime import date
from typing import NamedTuple

from server.intake.staged.twice import EMPTY


class Texts(dict[str, int]):
    """Distinct texts by place; a new one gets the next place."""

    def __init__(self) -> None:
        super().__init__({"": EMPTY})
        self.texts = [""]

    def __missing__(self, text: str) -> int:
        place = self[text] = len(self.texts)
        self.texts.append(text)
        return place


class Days(dict[str, int]):
    """Dates by their ISO text, as the number of the day (``date.toordinal``)."""

    def __missing__(self, text: str) -> int:
        day = self[text] = date.fromisoformat(text).toordinal()
        return day


class Said(NamedTuple):
    """What an event says of a day or a class; texts by place."""

    code: int
    units: int | None
    minutes: int | None
    reason: int


class Says(dict[tuple[str, str, int | None, int | None, str], tuple[int, int]]):
    """Places of class and of what is said, by class, code, units, minutes and reason."""

    def __init__(self, periods: Texts, codes: Texts, reasons: Texts) -> None:
        super().__init__()
        self._texts = periods, codes, reasons
        self._places: dict[Said, int] = {}
        self.said: list[Said] = []

    def __missing__(self, key: tuple[str, str, int | None, int | None, str]) -> tuple[int, int]:
        (periods, codes, reasons), (period, code, units, minutes, reason) = self._texts, key
        said = Said(codes[code], units, minutes, reasons[reason])
        place = self._places.setdefault(said, len(self.said))
        if place == len(self.said):
            self.said.append(said)
        found = self[key] = periods[period], place
        return found


class Staged(NamedTuple):
    """An event as it lies in the staging file; texts by place."""

    student: int
    day: int
    period: int
    at: int
    """File and line: see ``file_of`` and ``line_of``."""
    what: int
    """See ``Events.said``."""
    source_at: int | None


class Named(NamedTuple):
    """What the files tell of one student in one school and span of days."""

    student: int
    first: int
    last: int
