"""Speaks SQL for enrolments and calendars as they were known at an earlier moment.

For the present there are quicker ways (``ladder.store.facts``, ``snapshot.store``).
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import select

from server.attendance.store.then import Former, Key, Then, Was
from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.attendance import CalendarDayRow, TermRow
from server.db.tables.people import TAKEN_BACK, EnrollmentRow, SchoolRow, StayRow


class School(NamedTuple):
    """How a school keeps its attendance."""

    id: UUID
    level: str
    mode: str
    periods_per_day: int | None
    minutes_per_day: int | None


class GoneSchool(NamedTuple):
    """A school that went with the import that had told it."""

    id: UUID
    code: str
    name: str
    level: str
    mode: str
    periods_per_day: int | None
    minutes_per_day: int | None


class Enrollment(NamedTuple):
    """A student at a school in a school year."""

    id: int
    student_id: UUID
    school_id: UUID
    school_year: str
    grade: str
    entry_on: date | None
    exit_on: date | None
    exit_reason: str
    source: str
    periods: int | None


class Stay(NamedTuple):
    """One stay within an enrolment."""

    place_id: int
    entry_on: date
    exit_on: date | None
    exit_reason: str


class CalendarDay(NamedTuple):
    """A day of a school's calendar."""

    school_id: UUID
    on_date: date
    school_year: str
    is_instructional: bool
    periods: int | None
    minutes: int | None


class Term(NamedTuple):
    """A part of a school year; without a school: of every school."""

    id: UUID
    school_id: UUID | None
    school_year: str
    kind: str
    begin_on: date
    end_on: date


_RowT = TypeVar("_RowT", School, GoneSchool, Enrollment, Stay, CalendarDay, Term)
_School = Callable[[Any], UUID | None]
_NAMES = frozenset({"first_name", "last_name", "name_key"})
_MAY_LACK = frozenset(
    {"entry_on", "exit_on", "periods", "minutes", "school_id", "periods_per_day", "minutes_per_day"}
)


def schools(tx: Transaction, then: Then) -> list[School]:
    """Return how every school kept its attendance; one that was not known yet as now."""
    known = [School(*row) for row in tx.run(select(*_columns(School, SchoolRow)))]
    found: list[School] = []
    for one in known:
        was = then.of(one.id).was("school", (str(one.id),))
        found.append(one if was is None or was.fields is None else _changed(one, was))
    return found


def schools_gone(tx: Transaction, then: Then | None) -> list[GoneSchool]:
    """Return the schools that were there and are not any more; by code."""
    if then is None:
        return []
    known = {(str(one),) for one in tx.run(select(SchoolRow.id)).scalars()}
    gone = _gone("school", GoneSchool, then.of(None), known)
    return sorted(gone, key=lambda one: one.code)


def called(then: Then | None, student_id: UUID) -> dict[str, str]:
    """Return what of a student's names was otherwise; empty: nothing, or nobody knew him yet."""
    was = None if then is None else then.of(None).was("student", (str(student_id),))
    if was is None or was.fields is None:
        return {}
    return {name: str(was.fields[name]) for name in _NAMES & was.fields.keys()}


def students_gone(then: Then | None, students: Collection[UUID]) -> dict[UUID, dict[str, str]]:
    """Return number and names of those of these students who are not stored any more."""
    if then is None or not students:
        return {}
    wanted = {str(student_id): student_id for student_id in students}
    return {
        wanted[key[0]]: {name: str(fields.get(name) or "") for name in ("number", *_NAMES)}
        for key, fields in then.of(None).gone("student", ())
        if key[0] in wanted
    }


def enrollments(
    tx: Transaction, school_year: str | None, then: Then, students: Collection[UUID] | None = None
) -> list[Enrollment]:
    """Return who was enrolled in a school year (None: in any), of some students, in no order."""
    query = select(*_columns(Enrollment, EnrollmentRow))
    if school_year is not None:
        query = query.where(EnrollmentRow.school_year == school_year)
    known = [
        Enrollment(*row)
        for part in ([None] if students is None else parts(students))
        for row in tx.run(
            query if part is None else query.where(EnrollmentRow.student_id.in_(part))
        )
    ]
    found = _then("enrollment", Enrollment, known, then, lambda row: row.school_id)
    return [
        one
        for one in found
        if school_year in {None, one.school_year}
        and one.source != TAKEN_BACK
        and (students is None or one.student_id in students)
    ]


def stays(tx: Transaction, places: Iterable[Enrollment], then: Then) -> dict[int, list[Stay]]:
    """Return, by enrolment, its stays, sorted."""
    school_of = {one.id: one.school_id for one in places}
    query = select(*_columns(Stay, StayRow))
    known = [
        Stay(*row)
        for part in parts(sorted(school_of))
        for row in tx.run(query.where(StayRow.place_id.in_(part)))
    ]
    found: dict[int, list[Stay]] = {}
    for one in _then("stay", Stay, known, then, lambda row: school_of.get(row.place_id)):
        if one.place_id in school_of:
            found.setdefault(one.place_id, []).append(one)
    for theirs in found.values():
        theirs.sort(key=lambda one: one.entry_on)
    return found


def calendar_days(tx: Transaction, school_year: str, then: Then) -> dict[UUID, list[CalendarDay]]:
    """Return the instructional days of a school year by school, sorted."""
    query = select(*_columns(CalendarDay, CalendarDayRow)).where(
        CalendarDayRow.school_year == school_year
    )
    known = [CalendarDay(*row) for row in tx.run(query)]
    found: dict[UUID, list[CalendarDay]] = {}
    for one in _then("calendar_day", CalendarDay, known, then, lambda row: row.school_id):
        if one.is_instructional and one.school_year == school_year:
            found.setdefault(one.school_id, []).append(one)
    for days in found.values():
        days.sort(key=lambda one: one.on_date)
    return found


def terms(tx: Transaction, school_year: str, then: Then) -> list[Term]:
    """Return the parts of a school year, by their first day."""
    query = select(*_columns(Term, TermRow)).where(TermRow.school_year == school_year)
    known = [Term(*row) for row in tx.run(query)]
    found = _then("term", Term, known, then, lambda row: row.school_id)
    return sorted(
        (one for one in found if one.school_year == school_year), key=lambda one: one.begin_on
    )


def _columns(kind: type[NamedTuple], table: Any) -> list[Any]:
    return [getattr(table, name) for name in kind._fields]


def _then(
    table: str, kind: type[_RowT], known: Iterable[_RowT], then: Then, school_of: _School
) -> list[_RowT]:
    """Return the rows as they were: those known now, and those that are gone."""
    found: list[_RowT] = []
    keys: set[Key] = set()
    for row in known:
        key = _key(row)
        keys.add(key)
        was = then.of(school_of(row)).was(table, key)
        if was is None:
            found.append(row)
        elif was.fields is not None:
            found.append(_changed(row, was))
    for former in then.each():
        gone = _gone(table, kind, former, keys)
        found += [row for row in gone if then.of(school_of(row)) is former]
    return found


def _gone(table: str, kind: type[_RowT], former: Former, keys: Collection[Key]) -> Iterable[_RowT]:
    own = _KEYS[kind]
    for key, fields in former.gone(table, keys):
        told = {**fields, **dict(zip(own, key, strict=True))}
        values = {name: _read(kind, name, told.get(name)) for name in kind._fields}
        if any(value is None and name not in _MAY_LACK for name, value in values.items()):
            continue  # a change to a row that is there, only not among those asked for
        yield kind(**values)


def _changed(row: _RowT, was: Was) -> _RowT:
    fields = was.fields or {}
    own = _KEYS[type(row)]
    names = [
        name
        for name in row._fields
        if name not in own and (name in fields or (was.is_whole and name in _MAY_LACK))
    ]
    return row._replace(**{name: _read(type(row), name, fields.get(name)) for name in names})


_KEYS: Mapping[type[Any], tuple[str, ...]] = {
    School: ("id",),
    GoneSchool: ("id",),
    Enrollment: ("id",),
    Stay: ("place_id", "entry_on"),
    CalendarDay: ("school_id", "on_date"),
    Term: ("id",),
}


def _key(row: Any) -> Key:
    parts_of = (getattr(row, name) for name in _KEYS[type(row)])
    return tuple(one if isinstance(one, int) else str(one) for one in parts_of)


def _read(kind: type[Any], name: str, value: Any) -> Any:
    """Return a value as Python has it."""
    if not isinstance(value, str):
        return value
    if name in {"student_id", "school_id"} or (name == "id" and kind is not Enrollment):
        return UUID(value)
    return date.fromisoformat(value) if name.endswith(("_on", "_date")) else value
