"""What each attendance code of the files means; one that nobody mapped refuses the whole import.

The district's own entries (the files' and what is kept in ``code_map``) come first, the more
specific before the general; then the format's own words; then Presente's kinds by name.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date

from msgspec import Struct

from schemas.attendance import UNITS_PER_DAY, AttendanceKind
from server.attendance.rules.calendar import school_year_of
from server.db.database import Transaction
from server.intake import rules
from server.intake.columns import values
from server.intake.records import DELETED, CodeRecord
from server.intake.staged.events import Events
from server.intake.staged.staging import Staging
from server.intake.staged.twice import Sense, line_of
from server.intake.store import known as store
from server.intake.words.refusals import sentence
from server.problems import Problem

_CODES_TOLD = 10


class Meaning(Struct, frozen=True, kw_only=True):
    """What a code stands for."""

    kind: str
    units: int
    """Share of a day that a whole-day record takes when it does not say."""


class Unmapped(Struct, frozen=True, kw_only=True):
    """A code whose meaning nobody knows."""

    code: str
    count: int
    schools: list[str]
    file: str
    line: int
    """Where it stands for the first time."""
    guess: str
    """An ``AttendanceKind`` to start from; empty: none suggests itself."""


class CodesUnmapped(Problem):
    """The files use codes that nobody has explained; ``codes`` lists them."""

    code = "codes_unmapped"

    def __init__(self, codes: list[Unmapped]) -> None:
        said = ", ".join(f"{one.code} ({one.count})" for one in codes[:_CODES_TOLD])
        said += f" (+{len(codes) - _CODES_TOLD})" if len(codes) > _CODES_TOLD else ""
        first = codes[0]
        text = sentence("codes_unmapped", codes=said, file=first.file, line=first.line)
        super().__init__(text.en, detail_es=text.es)
        self.codes = codes
        self.draft = draft_of(codes)
        self.data = {"codes": codes, "draft": self.draft}


Entries = Mapping[tuple[str, str, str], Meaning]
"""By folded code, school and school year; either may be empty: everywhere."""


class Meanings:
    """Looks codes up, and remembers."""

    def __init__(self, own: Entries, defaults: Entries) -> None:
        self._own = own
        self._defaults = defaults
        self._known: dict[tuple[str, str, str], Meaning | None] = {}

    def of(self, code: str, school_code: str, school_year: str) -> Meaning | None:
        """Return what a code means in a school and year; None: nobody knows."""
        key = (code, school_code, school_year)
        if key not in self._known:
            self._known[key] = self._find(rules.fold_code(code), school_code, school_year)
        return self._known[key]

    def is_general(self, code: str) -> bool:
        """Tell whether a code means something wherever it stands."""
        return code == DELETED or self.of(code, "", "") is not None

    def _find(self, code: str, school_code: str, school_year: str) -> Meaning | None:
        levels = (school_code, school_year), (school_code, ""), ("", school_year), ("", "")
        for entries in (self._own, self._defaults):
            for level in levels:
                if (code, *level) in entries:
                    return entries[code, *level]
        if code in set(AttendanceKind):
            return meaning_of(code, None)
        return None


def sense_of(space: Staging, meanings: Meanings) -> Sense:
    """Return what tells codes, named by their places, what they mean in a school on a day."""
    events = space.events_told
    codes, schools = events.codes.texts, events.schools.texts

    def sense(code: int, school: int, day: int) -> tuple[str, int]:
        text = codes[code]
        year = school_year_of(date.fromordinal(day))
        meant = None if text == DELETED else meanings.of(text, schools[school], year)
        return (text, 0) if meant is None else (meant.kind, meant.units)

    return sense


def look_up(tx: Transaction, space: Staging) -> Meanings:
    """Return what the codes of the files mean. Raises ``CodesUnmapped`` with every one unknown."""
    kept = {
        (row.code, row.school_code, row.school_year): meaning_of(row.kind, row.units)
        for row in store.code_map(tx)
    }
    filed = list(space.find(CodeRecord))
    own = kept | _entries(one for one in filed if not one.is_default)
    meanings = Meanings(own, _entries(one for one in filed if one.is_default))
    unmapped = list(_unmapped(space.events_told, meanings))
    if unmapped:
        raise CodesUnmapped(sorted(unmapped, key=lambda one: (-one.count, one.code)))
    return meanings


def meaning_of(kind: str, units: int | None) -> Meaning:
    """Return a meaning; without a share, a whole day where the kind is one."""
    whole = UNITS_PER_DAY if rules.takes_day(kind) else 0
    return Meaning(kind=kind, units=whole if units is None else units)


def draft_of(codes: Iterable[Unmapped]) -> str:
    """Return a ``codes.csv`` to fill in: the guesses stand in it already."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["code", "kind", "portion"])
    for one in codes:
        writer.writerow([values.safe_cell(one.code), one.guess, ""])
    return text.getvalue()


def _entries(records: Iterable[CodeRecord]) -> dict[tuple[str, str, str], Meaning]:
    return {
        (rules.fold_code(one.code), one.school_code, one.school_year): meaning_of(
            one.kind, one.units
        )
        for one in records
    }


def _unmapped(events: Events, meanings: Meanings) -> Iterable[Unmapped]:
    texts = events.codes.texts
    doubtful = [place for place in range(1, len(texts)) if not meanings.is_general(texts[place])]
    found: dict[str, list[tuple[int, int, str]]] = {}
    for place, school, day, count, at in events.uses(doubtful):
        school_code = events.schools.texts[school]
        year = school_year_of(date.fromordinal(day))
        if meanings.of(texts[place], school_code, year) is None:
            found.setdefault(texts[place], []).append((at, count, school_code))
    for code, uses in found.items():
        at = min(use[0] for use in uses)
        yield Unmapped(
            code=code,
            count=sum(use[1] for use in uses),
            schools=sorted({use[2] for use in uses}),
            file=events.file_of(at),
            line=line_of(at),
            guess=rules.guess_kind(code),
        )
