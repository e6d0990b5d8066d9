"""Decides what the files change about a school's attendance in one school year.

A school of which nothing is known in the file's window is the common case of a year's import: its
events go in as they lie in the staging file. Otherwise each is compared with what is known.
"""

from collections.abc import Iterator
from datetime import date
from typing import Literal
from uuid import UUID

from msgspec import Struct

from schemas.attendance import AttendanceKind
from server.attendance import store as attendance
from server.db.database import Transaction
from server.intake import rules
from server.intake.changes import compare
from server.intake.changes.compare import Content, FactChanges, Filed, Key, KnownFact, Scope, Word
from server.intake.records import DELETED, CalendarRecord
from server.intake.staged.codes import Meanings
from server.intake.staged.events import year_bounds
from server.intake.staged.said import Named, Staged
from server.intake.staged.staging import Staging
from server.intake.store import facts as store
from server.intake.store.facts import Placed

Window = Literal["auto", "replace", "merge"]


class SchoolYear(Struct, kw_only=True):
    """A school in a school year, with whom the files name there."""

    space: Staging
    meanings: Meanings
    school: int
    """Its place among the staged schools."""
    code: str
    school_id: UUID | None
    """None in a dry run of a new school."""
    school_year: str
    through_on: date | None
    """Up to which day its silence says that everybody was there."""
    places: dict[int, Placed] = {}
    """By the staged student's place."""
    school_days: set[date] | None = None
    """Looked up when a window is long enough to matter."""
    told_of: list[Named] | None = None

    @property
    def bounds(self) -> tuple[int, int]:
        """Return the first and last day of the year, as numbers."""
        return year_bounds(self.school_year)

    @property
    def named(self) -> list[Named]:
        """Return the students of whom there are events here."""
        if self.told_of is None:
            self.told_of = self.space.events_told.named(self.school, *self.bounds)
        return self.told_of


class Part(Struct, kw_only=True):
    """What changes among a school's whole-day records of a year, or among those by class."""

    year: SchoolYear
    by_class: bool
    first_on: date
    last_on: date
    """The window: from the first event to the last, or to the last submission."""
    scope: Scope
    event_count: int
    known_count: int
    unseen_count: int
    """Known in a window that was taken for corrections unasked, and not in the file."""
    changes: FactChanges | None
    """None: nothing is known there, every event is new."""

    @property
    def dropped_count(self) -> int:
        """Return how many facts vanish without anything in their place."""
        return 0 if self.changes is None else self.changes.dropped_count


def is_change(part: Part) -> bool:
    """Tell whether a part changes anything."""
    if part.changes is None:
        return any(meant is not None for meant in meanings_of(part.year)[1:])
    return bool(part.changes.opens or part.changes.closes or part.changes.dates)


def size_of(part: Part) -> int:
    """Return how many facts a part has to keep in mind."""
    changes = part.changes
    if changes is None:
        return 0
    return len(changes.opens) + len(changes.closes) + len(changes.dates) + len(changes.gone)


def load_places(tx: Transaction, year: SchoolYear) -> None:
    """Look up the enrolments of the students whom the files name, as far as not known yet."""
    if year.school_id is None:
        return
    texts, places = year.space.events_told.students, year.places
    missing = [
        one.student
        for one in year.named
        if one.student not in places or places[one.student].place_id is None
    ]
    numbers = [texts.texts[student] for student in missing]
    for row in store.placed(tx, numbers, school_id=year.school_id, school_year=year.school_year):
        places[texts[row.number]] = row


def plan(tx: Transaction, year: SchoolYear, *, window: Window) -> list[Part]:
    """Return what changes in a school and year."""
    parts: list[Part] = []
    for by_class in (False, True):
        span = year.space.events_told.span(year.school, *year.bounds, by_class=by_class)
        if span is not None:
            parts.append(_plan(tx, year, span, by_class=by_class, window=window))
    return parts


def _plan(
    tx: Transaction,
    year: SchoolYear,
    span: tuple[int, int, int, int | None],
    *,
    by_class: bool,
    window: Window,
) -> Part:
    count, first, last, newest = span
    first_on, last_on = date.fromordinal(first), date.fromordinal(last)
    through = year.through_on
    if through is not None and last_on < through <= date.fromordinal(year.bounds[1]):
        last_on = through
    day_count = _school_day_count(tx, year, first_on, last_on, by_class=by_class)
    scope, known = _known(
        tx,
        year,
        (first_on, last_on),
        by_class=by_class,
        window=window,
        size=(count, day_count),
    )
    changes, gone = None, _gone(tx, year, (first_on, last_on), newest)
    if known or gone:
        changes = compare.compare(
            filed(year, by_class=by_class),
            known,
            scope=scope,
            held=_held(year, by_class=by_class),
            word=Word(newest=newest, gone=gone),
        )
    return Part(
        year=year,
        by_class=by_class,
        first_on=first_on,
        last_on=last_on,
        scope=scope,
        event_count=count,
        known_count=len(known),
        unseen_count=(
            _unseen_count(tx, year, (first_on, last_on), changes, by_class=by_class)
            if scope == "partial" and window == "auto"
            else 0
        ),
        changes=changes,
    )


def _gone(
    tx: Transaction, year: SchoolYear, span: tuple[date, date], newest: int | None
) -> dict[Key, int]:
    """Return what the source took back; nothing where the file does not say when it changed."""
    if newest is None or year.school_id is None:
        return {}
    first, last = span
    return store.gone_of_school(tx, year.school_id, year.school_year, first=first, last=last)


def _unseen_count(
    tx: Transaction,
    year: SchoolYear,
    span: tuple[date, date],
    changes: FactChanges | None,
    *,
    by_class: bool,
) -> int:
    """Return how many facts are known between two days on which the file is silent of them."""
    if year.school_id is None:
        return 0
    first, last = span
    counts = store.count_of_school(tx, year.school_id, year.school_year, first=first, last=last)
    return max(0, counts.get(by_class, 0) - (changes.seen_count if changes else 0))


def _school_day_count(
    tx: Transaction, year: SchoolYear, first_on: date, last_on: date, *, by_class: bool
) -> int:
    """Return how many school days a window covers; without a calendar, days with events."""
    span = (last_on - first_on).days + 1
    if not rules.is_long(span):
        return span  # too short to matter, whatever the calendar says
    if year.school_days is None:
        year.school_days = _school_days(tx, year)
    told = sum(first_on <= day <= last_on for day in year.school_days)
    if told:
        return told
    events = year.space.events_told
    return len(events.distinct_days(year.school, *year.bounds, by_class=by_class))


def _school_days(tx: Transaction, year: SchoolYear) -> set[date]:
    first, last = map(date.fromordinal, year.bounds)
    days = set[date]()
    if year.school_id is not None:
        days.update(attendance.school_days(tx, year.school_id, year.school_year))
    for record in year.space.find(CalendarRecord, "school_code = ?", [year.code]):
        if record.is_instructional and first <= record.on_date <= last:
            days.add(record.on_date)
        else:
            days.discard(record.on_date)
    return days


def _known(  # noqa: PLR0913  (how a file may be meant)
    tx: Transaction,
    year: SchoolYear,
    span: tuple[date, date],
    *,
    by_class: bool,
    window: Window,
    size: tuple[int, int],
) -> tuple[Scope, list[KnownFact]]:
    """Return how the file is meant, and what is known that it may change."""
    (first_on, last_on), (event_count, day_count) = span, size
    is_delta = "event" in year.space.deltas
    school_id = year.school_id
    if school_id is None:
        return _scope(
            window, is_whole=rules.is_whole(0, event_count, day_count), is_delta=is_delta
        ), []
    if not is_delta and (window == "replace" or (window == "auto" and rules.is_long(day_count))):
        counts = store.count_of_school(
            tx, school_id, year.school_year, first=first_on, last=last_on
        )
        is_whole = rules.is_whole(counts.get(by_class, 0), event_count, day_count)
        scope = _scope(window, is_whole=is_whole, is_delta=is_delta)
        if scope == "full":
            if not counts.get(by_class):
                return scope, []
            known = store.known_of_school(
                tx, school_id, year.school_year, first=first_on, last=last_on
            )
            return scope, [one for one in known if bool(one.period) is by_class]
    places = [one.place_id for one in year.places.values() if one.place_id is not None]
    known = store.known_of_places(tx, places, first=first_on, last=last_on)
    kept = [one for one in known if bool(one.period) is by_class]
    return ("delta" if is_delta else "partial"), kept


def _scope(window: Window, *, is_whole: bool, is_delta: bool) -> Scope:
    if is_delta:
        return "delta"
    if window == "auto":
        return "full" if is_whole else "partial"
    return "full" if window == "replace" else "partial"


class Contents(dict[int, "Content | None"]):
    """What is to be known of a day or class, by the place of what is said; None: nothing."""

    def __init__(self, year: SchoolYear, *, by_class: bool) -> None:
        super().__init__()
        events = year.space.events_told
        self._said, self._codes, self._reasons = events.said, events.codes, events.reasons
        self._meant = meanings_of(year)
        self._by_class = by_class

    def __missing__(self, what: int) -> Content | None:
        code, units, minutes, reason = self._said[what]
        meaning = self._meant[code]
        content = None
        if meaning is not None:
            share = 0 if self._by_class else meaning[1] if units is None else units
            texts = self._codes.texts[code], self._reasons.texts[reason]
            content = (meaning[0], share, minutes, *texts)
        self[what] = content
        return content


def filed(year: SchoolYear, *, by_class: bool) -> Iterator[Filed]:
    """Yield a school's events, each with where its fact hangs and what its code means."""
    events = year.space.events_told
    periods, contents = events.periods.texts, Contents(year, by_class=by_class)
    for row in events.of_school(year.school, *year.bounds, by_class=by_class):
        one = Staged._make(row)
        place = year.places.get(one.student)
        place_id = place.place_id if place else None
        yield Filed(
            place=-one.student if place_id is None else place_id,
            day=one.day,
            period=periods[one.period],
            content=contents[one.what],
            source_at=one.source_at,
            at=one.at,
        )


def _held(year: SchoolYear, *, by_class: bool) -> set[tuple[int, int]]:
    """Return enrolments and days of which something was not understood."""
    return {
        (place.place_id, day)
        for student, day, is_by_class in year.space.events_told.held()
        if is_by_class is by_class
        and (place := year.places.get(student)) is not None
        and place.place_id is not None
    }


def meanings_of(year: SchoolYear) -> list[tuple[str, int] | None]:
    """Return kind and units of each code here, by its place; None: nothing is to be known."""
    found: list[tuple[str, int] | None] = []
    for code in year.space.events_told.codes.texts:
        meaning = None
        if code and code != DELETED:
            meaning = year.meanings.of(code, year.code, year.school_year)
        if meaning is None or meaning.kind == AttendanceKind.PRESENT:
            found.append(None)
        else:
            found.append((meaning.kind, meaning.units))
    return found
