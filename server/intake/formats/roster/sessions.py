"""Academic sessions: which school year a term is of, and where the terms of a year lie."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct, structs

from server.attendance.rules.calendar import school_year_of
from server.intake.records import Origin, TermRecord

TermKind = Literal["semester", "term", "grading_period"]
KINDS: Mapping[str, TermKind] = {
    "semester": "semester",
    "term": "term",
    "gradingperiod": "grading_period",
    "quarter": "term",
    "trimester": "term",
}
YEAR = "schoolyear"


class Session(Struct, frozen=True, kw_only=True):
    """A school year or a part of one. ``end_on`` is the first day after it."""

    id: str
    kind: str
    title: str
    begin_on: date
    end_on: date
    parent_id: str = ""

    @property
    def school_year(self) -> str:
        """The year that the middle of it lies in: some years begin in June."""
        return school_year_of(self.begin_on + (self.end_on - self.begin_on) / 2)


class Sessions:
    """The sessions of one set of files."""

    def __init__(self) -> None:
        self._by_id: dict[str, Session] = {}
        self._years: dict[str, Session] | None = None

    def add(self, session: Session) -> None:
        """Take a session."""
        self._by_id[session.id] = session
        self._years = None

    @property
    def years(self) -> Mapping[str, Session]:
        """The school years, by name ("2021-22"); one that is not told is as long as its parts."""
        if self._years is None:
            self._years = {}
            for one in sorted(self._by_id.values(), key=lambda one: one.kind == YEAR):
                known = self._years.get(one.school_year)
                if known is None or one.kind == YEAR:
                    self._years[one.school_year] = one
                else:
                    self._years[one.school_year] = structs.replace(
                        known,
                        begin_on=min(known.begin_on, one.begin_on),
                        end_on=max(known.end_on, one.end_on),
                    )
        return self._years

    @property
    def only_year(self) -> str:
        """The school year when all sessions are of one; else empty."""
        years = {one.school_year for one in self._by_id.values()}
        return years.pop() if len(years) == 1 else ""

    def named(self, ids: Iterable[str]) -> list[Session]:
        """Return the sessions that are known of these."""
        return [self._by_id[id_] for id_ in ids if id_ in self._by_id]

    def parts_of(self, school_year: str) -> list[Session]:
        """Return the parts of a school year, without the year itself."""
        return [
            one
            for one in self._by_id.values()
            if one.kind != YEAR and one.school_year == school_year
        ]


def term_of(session: Session, at: Origin) -> TermRecord | None:
    """Return the record of a part of a year; None: it is a year, or nothing with a meaning here."""
    kind = KINDS.get(session.kind)
    if kind is None:
        return None
    return TermRecord(
        at=at,
        school_year=session.school_year,
        kind=kind,
        title=session.title,
        begin_on=session.begin_on,
        end_on=session.end_on - timedelta(days=1),
    )
