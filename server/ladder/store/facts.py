"""Speaks SQL for all that the ladder counts from: calendars, enrolments and facts, read raw.

A district's year is a million facts. They come as plain tuples of the database driver, without
the ORM and without a conversion per row: dates are made once each.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select

from server.attendance.rules.places import Stay
from server.attendance.store.calendar import school_days_query
from server.db.among import among
from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.attendance import (
    AttendanceEventRow,
    CalendarDayRow,
    RecordingRow,
    SubmissionRow,
    SubmissionToldRow,
    TermRow,
)
from server.db.tables.people import ENROLLED, EnrollmentRow, SchoolRow, StayRow
from server.ladder.store.raw import AnySelect, Dates, Ids, rows

_AT_ONCE = 1000

RawMark: TypeAlias = tuple[int, int, date | str, str, str, int, int | None]
"""Enrolment, and once more with date (SQLite: as text), class, kind, units and minutes: a row of
``rules.folding``, whose key is the enrolment."""


RawTold: TypeAlias = tuple[int, date | str, str, str, int, int | None, str]
"""Enrolment, date (SQLite: as text), class, kind, units, minutes, and what the file says why."""


class SchoolFacts(NamedTuple):
    """How a school keeps its attendance."""

    id: UUID
    level: str
    mode: str
    periods: int | None
    minutes: int | None


class CalendarFacts(NamedTuple):
    """A school's instructional days of a year, sorted, and where a day differs from the usual."""

    days: list[date]
    periods: dict[date, int]
    minutes: dict[date, int]


class PlaceFacts(NamedTuple):
    """An enrolment."""

    id: int
    student_id: UUID
    school_id: UUID
    grade: str
    entry_on: date | None
    exit_on: date | None
    source: str
    periods: int | None


def schools(tx: Transaction, schools: Collection[UUID] | None = None) -> list[SchoolFacts]:
    """Return how schools (None: all) keep their attendance."""
    query = select(
        SchoolRow.id,
        SchoolRow.level,
        SchoolRow.mode,
        SchoolRow.periods_per_day,
        SchoolRow.minutes_per_day,
    )
    if schools is not None:
        query = query.where(SchoolRow.id.in_(list(schools)))
    return [SchoolFacts(*row) for row in tx.run(query)]


def school_ids(tx: Transaction) -> list[UUID]:
    """Return every school."""
    return list(tx.run(select(SchoolRow.id)).scalars())


def calendars(
    tx: Transaction, school_year: str, schools: Collection[UUID] | None = None
) -> dict[UUID, CalendarFacts]:
    """Return the calendars of a school year, by school."""
    query = school_days_query(school_year)
    if schools is not None:
        query = query.where(CalendarDayRow.school_id.in_(list(schools)))
    dates, ids = Dates(), Ids()
    found: dict[UUID, CalendarFacts] = {}
    for school, day, periods, minutes in rows(tx, query):
        school_id, on_date = ids[school], dates[day]
        calendar = found.get(school_id)
        if calendar is None:
            calendar = found[school_id] = CalendarFacts([], {}, {})
        calendar.days.append(on_date)
        if periods:
            calendar.periods[on_date] = periods
        if minutes:
            calendar.minutes[on_date] = minutes
    return found


def unusual_days(
    tx: Transaction, school_year: str, schools: Collection[UUID]
) -> dict[UUID, CalendarFacts]:
    """Return where days differ from the usual, by school, and none of its days."""
    found: dict[UUID, CalendarFacts] = {}
    for school_id, on_date, periods, minutes in tx.run(
        _UNUSUAL, {"year": school_year, "schools": list(schools)}
    ):
        calendar = found.setdefault(school_id, CalendarFacts([], {}, {}))
        calendar.periods.update({on_date: periods} if periods else {})
        calendar.minutes.update({on_date: minutes} if minutes else {})
    return found


def semesters(tx: Transaction, school_year: str) -> dict[UUID | None, list[tuple[date, date]]]:
    """Return a year's semesters by school; None: those of every school. Sorted."""
    query = (
        select(TermRow.school_id, TermRow.begin_on, TermRow.end_on)
        .where(TermRow.school_year == school_year, TermRow.kind == "semester")
        .order_by(TermRow.begin_on)
    )
    found: dict[UUID | None, list[tuple[date, date]]] = {}
    for school_id, begin_on, end_on in tx.run(query):
        found.setdefault(school_id, []).append((begin_on, end_on))
    return found


def told_until(tx: Transaction, school_year: str, schools: Collection[UUID]) -> dict[UUID, date]:
    """Return, by school, up to which day attendance is told."""
    ids, dates = Ids(), Dates()
    values = {"year": school_year, "schools": list(schools)}
    return {ids[row[0]]: dates[row[1]] for row in rows(tx, _TOLD, values)}


def told_until_then(tx: Transaction, school_year: str, newest: int) -> dict[UUID, date]:
    """Return, by school, up to which day its year was told by a recording.

    Of a school that never said how far, the last date of any fact known by then.
    """
    told = select(SubmissionToldRow.school_id, SubmissionToldRow.data_as_of).where(
        SubmissionToldRow.school_year == school_year, SubmissionToldRow.recording_id <= newest
    )
    then: dict[UUID, date | None] = {
        row.school_id: row.data_as_of
        for row in tx.run(told.order_by(SubmissionToldRow.recording_id))
    }
    untold = [one for one in school_ids(tx) if one not in then]
    if untold:
        # Only of these: to find the last of all facts is to look at every one of them.
        query = (
            select(EnrollmentRow.school_id, func.max(AttendanceEventRow.on_date))
            .join(EnrollmentRow, EnrollmentRow.id == AttendanceEventRow.place_id)
            .where(
                EnrollmentRow.school_year == school_year,
                EnrollmentRow.school_id.in_(untold),
                AttendanceEventRow.opened_by <= newest,
            )
            .group_by(EnrollmentRow.school_id)
        )
        then |= {row[0]: row[1] for row in tx.run(query)}
    return {school_id: day for school_id, day in then.items() if day is not None}


def places(
    tx: Transaction, school_year: str, students: Collection[UUID] | None = None
) -> list[PlaceFacts]:
    """Return a year's enrolments (of some students), in no order."""
    dates, ids = Dates(), Ids()
    return [
        PlaceFacts(
            row[0], ids[row[1]], ids[row[2]], row[3], dates[row[4]], dates[row[5]], row[6], row[7]
        )
        for part in _parts(students)
        for row in (
            rows(tx, _PLACES, {"year": school_year})
            if part is None
            else rows(tx, _PLACES_OF, {"year": school_year, "students": part})
        )
    ]


def places_alone(
    tx: Transaction, school_year: str
) -> Iterator[tuple[int, Any, Any, int | None, Any, Any]]:
    """Yield a year's enrolments as the driver spells them.

    With student, school, periods, first and last day.
    """
    query = select(
        EnrollmentRow.id,
        EnrollmentRow.student_id,
        EnrollmentRow.school_id,
        EnrollmentRow.periods,
        EnrollmentRow.entry_on,
        EnrollmentRow.exit_on,
    )
    return rows(
        tx,
        query.where(EnrollmentRow.school_year == school_year, ENROLLED),
    )


def stays(
    tx: Transaction, school_year: str, places: Collection[int] | None = None
) -> dict[int, list[Stay]]:
    """Return, by enrolment (None: of the year), each stay of those with several; sorted."""
    dates = Dates()
    found: dict[int, list[Stay]] = {}
    wanted = [] if places is None else sorted(places)
    asked: list[tuple[AnySelect, dict[str, Any]]] = [
        (_STAYS_OF, {"places": wanted[at : at + _AT_ONCE]})
        for at in range(0, len(wanted), _AT_ONCE)
    ]
    for query, values in [(_STAYS, {"year": school_year})] if places is None else asked:
        for place_id, entry_on, exit_on in rows(tx, query, values):
            found.setdefault(place_id, []).append((dates[entry_on], dates[exit_on]))
    return {place_id: theirs for place_id, theirs in found.items() if len(theirs) > 1}


def recordings(tx: Transaction) -> list[tuple[datetime, int]]:
    """Return the moment and number of every recording, in order."""
    query = select(RecordingRow.at, RecordingRow.id).order_by(RecordingRow.id)
    return [(row.at, row.id) for row in tx.session.execute(query)]


def marks_of_year(
    tx: Transaction,
    school_year: str,
    *,
    newest: int | None = None,
    kinds: Collection[str] | None = None,
) -> Iterator[RawMark]:
    """Yield a school year's facts (of some kinds), each enrolment's together."""
    query = _of_year(tx, _MARKS, school_year)
    return rows(tx, _known(_of_kinds(query, kinds), newest))


def marks_of_places(
    tx: Transaction,
    places: Collection[int],
    *,
    newest: int | None = None,
    kinds: Collection[str] | None = None,
) -> Iterator[RawMark]:
    """Yield the facts of some enrolments (of some kinds), each enrolment's together."""
    is_usual = newest is None and kinds is not None
    query = _MARKS_NOW if is_usual else _known(_of_kinds(_MARKS_OF, kinds), newest)
    values: dict[str, Any] = {"kinds": sorted(kinds or ())} if is_usual else {}
    for part in parts(sorted(places), _AT_ONCE):
        yield from rows(tx, query, {"places": part, **values})


def marks_with_history(
    tx: Transaction, school_year: str, *, kinds: Collection[str] | None = None
) -> Iterator[tuple[Any, ...]]:
    """Yield every fact of a school year that was ever known, each enrolment's together.

    A ``RawMark``, then the recordings that opened and closed it.
    """
    columns = AttendanceEventRow.opened_by, AttendanceEventRow.closed_by
    query = _of_year(tx, _MARKS.add_columns(*columns), school_year)
    return rows(tx, _of_kinds(query, kinds))


def told_of_places(tx: Transaction, places: Collection[int]) -> Iterator[list[RawTold]]:
    """Yield all facts of some enrolments, each enrolment's in a list by date, as known now."""
    for part in parts(sorted(places), _AT_ONCE):
        found = rows(tx, _TOLD_OF, {"places": part})
        for _, told in groupby(found, key=itemgetter(0)):
            yield list(told)


_PLACE = (
    EnrollmentRow.id,
    EnrollmentRow.student_id,
    EnrollmentRow.school_id,
    EnrollmentRow.grade,
    EnrollmentRow.entry_on,
    EnrollmentRow.exit_on,
    EnrollmentRow.source,
    EnrollmentRow.periods,
)
_MARK = (
    AttendanceEventRow.place_id,
    AttendanceEventRow.on_date,
    AttendanceEventRow.period,
    AttendanceEventRow.kind,
    AttendanceEventRow.units,
    AttendanceEventRow.minutes,
)
_MARKS = select(AttendanceEventRow.place_id, *_MARK)

# Made once: a day's delta asks for these school by school.
_TOLD = select(SubmissionRow.school_id, SubmissionRow.data_as_of).where(
    SubmissionRow.school_year == bindparam("year"),
    among(SubmissionRow.school_id, "schools"),
)
_UNUSUAL = select(
    CalendarDayRow.school_id,
    CalendarDayRow.on_date,
    CalendarDayRow.periods,
    CalendarDayRow.minutes,
).where(
    CalendarDayRow.school_year == bindparam("year"),
    CalendarDayRow.is_instructional,
    or_(CalendarDayRow.periods.is_not(None), CalendarDayRow.minutes.is_not(None)),
    among(CalendarDayRow.school_id, "schools"),
)
_PLACES = select(*_PLACE).where(EnrollmentRow.school_year == bindparam("year"), ENROLLED)
_PLACES_OF = _PLACES.where(among(EnrollmentRow.student_id, "students"))
_STAY = select(StayRow.place_id, StayRow.entry_on, StayRow.exit_on).order_by(
    StayRow.place_id, StayRow.entry_on
)
_STAYS_OF = _STAY.where(among(StayRow.place_id, "places"))
_STAYS = _STAY.where(
    StayRow.place_id.in_(
        select(StayRow.place_id)
        .join(EnrollmentRow, EnrollmentRow.id == StayRow.place_id)
        .where(EnrollmentRow.school_year == bindparam("year"))
        .group_by(StayRow.place_id)
        .having(func.count() > 1)
    )
)
_MARKS_OF = _MARKS.where(among(AttendanceEventRow.place_id, "places")).order_by(
    AttendanceEventRow.place_id
)
_TOLD_OF = (
    select(*_MARK, AttendanceEventRow.reason)
    .where(
        among(AttendanceEventRow.place_id, "places"),
        AttendanceEventRow.closed_by.is_(None),
    )
    .order_by(AttendanceEventRow.place_id, AttendanceEventRow.on_date)
)
_MARKS_NOW = _MARKS_OF.where(
    AttendanceEventRow.closed_by.is_(None),
    among(AttendanceEventRow.kind, "kinds"),
)


def _of_year(tx: Transaction, query: AnySelect, school_year: str) -> AnySelect:
    """Narrow to a year's enrolments, in their order.

    Their numbers lie close together: named as a range, other years' facts are not even looked at.
    """
    first, last = tx.run(
        select(func.min(EnrollmentRow.id), func.max(EnrollmentRow.id)).where(
            EnrollmentRow.school_year == school_year
        )
    ).one()
    return (
        query.join(EnrollmentRow, EnrollmentRow.id == AttendanceEventRow.place_id)
        .where(
            EnrollmentRow.school_year == school_year,
            AttendanceEventRow.place_id.between(first or 0, last or 0),
        )
        .order_by(AttendanceEventRow.place_id)
    )


def _of_kinds(query: AnySelect, kinds: Collection[str] | None) -> AnySelect:
    return query if kinds is None else query.where(AttendanceEventRow.kind.in_(sorted(kinds)))


def _known(query: AnySelect, newest: int | None) -> AnySelect:
    if newest is None:
        return query.where(AttendanceEventRow.closed_by.is_(None))
    return query.where(
        AttendanceEventRow.opened_by <= newest,
        or_(AttendanceEventRow.closed_by.is_(None), AttendanceEventRow.closed_by > newest),
    )


def _parts(students: Collection[UUID] | None) -> Iterable[list[UUID] | None]:
    return [None] if students is None else parts(students, _AT_ONCE)
