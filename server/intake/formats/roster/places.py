"""Draws together, student by student, what a set says of where they are: schools and classes.

Dates given with the school itself (OneRoster 1.2's roles) come before those of the classes.
A set that tells only changes shows some of a student's classes: whether he left is then taken from
what it says of his schools, and a change of classes alone says nothing of his stay.
Where his own line names a school of which only ended classes are told, either may be meant: the
record then says how many classes ended.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from server.attendance.rules.calendar import school_year_of
from server.intake.formats.roster.lines import Line
from server.intake.formats.roster.state import State
from server.intake.formats.roster.stays import Course, Span, Stay, periods_of, stays
from server.intake.records import Origin, PlaceRecord

_EARLY = timedelta(days=60)
"""A stay that began this long before the school year began in an earlier one."""
_DAY = timedelta(days=1)
_LATE_MONTH = 5
"""From May on an end is taken for the school year's own, where no session tells that."""

Key = tuple[str, str, str]
"""Student, school, school year."""


class _Presence(Struct, kw_only=True):
    """What the lines say of one student in one school and year."""

    at: Origin
    own: tuple[Span, ...] = ()
    """Of the school itself."""
    spans: tuple[Span, ...] = ()
    """Of classes."""
    left: tuple[Span, ...] = ()
    """Of classes that were taken back."""
    courses: tuple[Course, ...] = ()
    seat_count: int = 0
    """How many of ``spans`` there were, equal ones too."""
    is_here: bool = False
    """The student belongs to the school, in a class or not."""
    changed_at: datetime | None = None

    def change(self, at: datetime | None) -> None:
        if at is not None and (self.changed_at is None or at > self.changed_at):
            self.changed_at = at


class _Belonging(Struct, frozen=True, kw_only=True):
    at: Origin
    span: Span
    school_year: str
    is_gone: bool
    changed_at: datetime | None


class Places:
    """Gathers and hands out."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._found: dict[Key, _Presence] = {}
        self._belongings: dict[tuple[str, str], list[_Belonging]] = {}
        self._spans: dict[Span, Span] = {}
        """Few different ones, kept once each."""
        self._users: set[str] = set()
        """Of whom the set says where they belong."""
        self._keys: dict[str, list[Key]] = {}

    def sit(  # noqa: PLR0913  (one line of a file)
        self,
        key: tuple[str, str],
        span: Span,
        line: Line,
        *,
        course: Course | None = None,
        changed_at: datetime | None = None,
        is_gone: bool = False,
    ) -> None:
        """Take that a student is, or was, in a class of a school. ``key``: student and school."""
        year = (course.school_year if course else "") or self._year_of(span)
        found = self._found.get((*key, year))
        if found is None:
            found = self._found[*key, year] = _Presence(at=line.origin)
        found.change(changed_at)
        span = self._spans.setdefault(span, span)
        if is_gone:
            found.left += (span,)
            return
        found.seat_count += 1
        if span not in found.spans:
            found.spans += (span,)
        if course is not None:
            found.courses += (course,)

    def belong(  # noqa: PLR0913  (one line of a file)
        self,
        key: tuple[str, str],
        span: Span,
        at: Origin,
        *,
        school_year: str = "",
        changed_at: datetime | None = None,
        is_gone: bool = False,
    ) -> None:
        """Take that a student belongs to a school, in a class or not."""
        self._users.add(key[0])
        self._belongings.setdefault(key, []).append(
            _Belonging(
                at=at,
                span=span,
                school_year=school_year,
                is_gone=is_gone,
                changed_at=changed_at,
            )
        )

    def records(self) -> Iterator[PlaceRecord]:
        """Yield all stays."""
        self._join()
        for key, presence in self._found.items():
            told = (
                self._changes(key, presence) if self._state.is_delta else self._all(key, presence)
            )
            for stay in told:
                yield self._record(key, presence, stay)

    def _join(self) -> None:
        """Put what is said of schools beside what is said of classes."""
        years: dict[tuple[str, str], list[str]] = {}
        for user, school, year in self._found:
            years.setdefault((user, school), []).append(year)
        for key in list(self._belongings):
            for one in self._belongings.pop(key):
                for year in self._years_of(one, years.get(key, [])):
                    self._add(one, (*key, year))
        if self._state.is_delta:
            for found in self._found:
                self._keys.setdefault(found[0], []).append(found)

    def _add(self, one: _Belonging, key: Key) -> None:
        if one.is_gone and not self._state.is_delta:
            return
        presence = self._found.setdefault(key, _Presence(at=one.at))
        presence.change(one.changed_at)
        presence.is_here |= not one.is_gone
        span = self._clipped(one.span, key[2])
        if span is not None and span != (None, None):
            if one.is_gone:
                presence.left += (span,)
            else:
                presence.own += (span,)

    def _years_of(self, one: _Belonging, known: Sequence[str]) -> Sequence[str]:
        if one.school_year:
            return [one.school_year]
        return known or [self._state.sessions.only_year or self._year_of(one.span)]

    def _all(self, key: Key, presence: _Presence) -> list[Stay]:
        sessions = self._state.sessions
        if not (presence.is_here or presence.spans):
            return []
        return stays(
            presence.own or presence.spans or [(None, None)],
            year=sessions.years.get(key[2]),
            terms=sessions.parts_of(key[2]),
        )

    def _changes(self, key: Key, presence: _Presence) -> list[Stay]:
        known = presence.own or presence.spans
        open_ = [span for span in known if _is_open(span, presence)]
        if open_ or (presence.is_here and not known):
            said = open_ or presence.own
            ahead = self._exit_ahead(key[2], presence.own)
            return [Stay(entry_on=_first(said), exit_on=ahead)]
        if presence.is_here:
            return [Stay(entry_on=_first(known), exit_on=_last(known))]
        if key[0] in self._users or self._is_elsewhere(key):
            ended = [*known, *presence.left]
            exit_on = _last(ended) or _eve(presence)
            return [Stay(entry_on=_first(ended), exit_on=exit_on, is_gone=exit_on is None)]
        self._state.out.ignored(presence.at.file, "Enrollment (change of classes)")
        return []

    def _exit_ahead(self, year: str, own: Sequence[Span]) -> date | None:
        """Return the last day that is told of a school in advance, unless it is the year's own."""
        end = max((end for _, end in own if end is not None), default=None)
        if end is None or not year or any(end is None for _, end in own):
            return None
        session = self._state.sessions.years.get(year)
        last = session.end_on - _DAY if session else date(int(year[:4]) + 1, _LATE_MONTH, 1)
        return None if end >= last else end - _DAY

    def _is_elsewhere(self, key: Key) -> bool:
        """Tell whether the set shows the student in another school instead."""
        others = [self._found[other] for other in self._keys[key[0]] if other[1] != key[1]]
        return any(_is_open(span, other) for other in others for span in other.own or other.spans)

    def _year_of(self, span: Span) -> str:
        begin, end = span
        only = self._state.sessions.only_year
        if begin is None and end is None:
            return only
        if begin is not None and end is not None:
            return school_year_of(begin + (end - begin) / 2)
        session = self._state.sessions.years.get(only)
        day = begin or end
        if session is not None and day and session.begin_on - _EARLY <= day <= session.end_on:
            return only
        return school_year_of(day) if day else ""

    def _clipped(self, span: Span, year: str) -> Span | None:
        """Return the part of a span that lies in a school year."""
        begin, end = span
        session = self._state.sessions.years.get(year)
        if session is None:
            return span
        if (begin and begin >= session.end_on) or (end and end <= session.begin_on):
            return None
        if begin is not None and begin < session.begin_on - _EARLY:
            begin = session.begin_on
        return begin, end

    def _record(self, key: Key, presence: _Presence, stay: Stay) -> PlaceRecord:
        user, school, year = key
        is_seen_in_classes = presence.is_here and not presence.own
        ends = self._state.is_delta and is_seen_in_classes and stay.exit_on is not None
        return PlaceRecord(
            at=presence.at,
            number=self._state.student_number(user),
            school_code=self._state.school_code(school),
            school_year=year,
            grade=self._state.grades.get(user, ""),
            entry_on=stay.entry_on,
            exit_on=stay.exit_on,
            is_deleted=stay.is_gone,
            periods=None if self._state.is_delta else periods_of(presence.courses),
            ended_count=presence.seat_count if ends else 0,
            source_at=presence.changed_at,
        )


def _is_open(span: Span, presence: _Presence) -> bool:
    end = span[1]
    if end is None:
        return True
    return presence.changed_at is not None and end > presence.changed_at.date()


def _first(spans: Sequence[Span]) -> date | None:
    return min((begin for begin, _ in spans if begin is not None), default=None)


def _last(spans: Sequence[Span]) -> date | None:
    end = max((end for _, end in spans if end is not None), default=None)
    return None if end is None else end - _DAY


def _eve(presence: _Presence) -> date | None:
    return None if presence.changed_at is None else presence.changed_at.date() - _DAY
