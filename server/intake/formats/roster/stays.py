"""Pure: from the classes a student sat in to the stays in a school, and the classes a day.

Rosters say when somebody was in a class; a stay is the union of all classes of one school. Days
between two terms, on which no class runs, do not part a stay.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from msgspec import Struct

from server.intake.formats.roster.sessions import Session

_SLACK = timedelta(days=3)
"""How many days of a term a gap may cover and still be one between terms."""

Span = tuple[date | None, date | None]
"""First day, and the first day after (OneRoster's ends are exclusive)."""


class Stay(Struct, frozen=True, kw_only=True):
    """A time in a school; ``exit_on`` is its last day, None while it goes on."""

    entry_on: date | None
    exit_on: date | None
    is_gone: bool = False
    """It ended, and the files do not say when."""


class Course(Struct, frozen=True, kw_only=True):
    """A class that students sit in."""

    school_id: str
    session_ids: Sequence[str] = ()
    periods: Sequence[str] = ()
    is_scheduled: bool = True
    """False: a homeroom, which takes no period of the day."""
    is_year_long: bool = True
    school_year: str = ""


def stays(spans: Iterable[Span], *, year: Session | None, terms: Sequence[Session]) -> list[Stay]:
    """Return the stays that these classes make up; none when no class had a day.

    A class without dates runs as long as its school year. Who is enrolled to the year's end has
    not left: such a stay has no exit.
    """
    first = year.begin_on if year else None
    last = year.end_on if year else None
    known = [(begin or first, end or last) for begin, end in spans]
    known = [(begin, end) for begin, end in known if not (begin and end and begin >= end)]
    merged: list[Span] = []
    for begin, end in sorted(known, key=lambda span: span[0] or date.min):
        if merged and _is_one(merged[-1][1], begin, terms):
            merged[-1] = (merged[-1][0], _later(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return [Stay(entry_on=begin, exit_on=_exit(end, last)) for begin, end in merged]


def periods_of(courses: Iterable[Course]) -> int | None:
    """Return how many classes a day a student has; None: the files do not say.

    Classes that name their periods count by those; the others by term, in the fullest term.
    """
    named: set[str] = set()
    all_year = 0
    by_term: dict[str, int] = {}
    for course in courses:
        if not course.is_scheduled:
            continue
        if course.periods:
            named.update(course.periods)
        elif course.is_year_long:
            all_year += 1
        else:
            for term in course.session_ids:
                by_term[term] = by_term.get(term, 0) + 1
    return (len(named) + all_year + max(by_term.values(), default=0)) or None


def _is_one(end: date | None, begin: date | None, terms: Sequence[Session]) -> bool:
    if end is None or begin is None or begin <= end:
        return True
    return bool(terms) and not any(
        min(begin, term.end_on) - max(end, term.begin_on) > _SLACK for term in terms
    )


def _later(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)


def _exit(end: date | None, last: date | None) -> date | None:
    if end is None or (last is not None and end >= last):
        return None
    return end - timedelta(days=1)
