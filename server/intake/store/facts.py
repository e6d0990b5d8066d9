"""What is known of the attendance that a file tells, and how a school's facts are written.

Facts come in hundreds of thousands: they are read as rows and written as tuples, with SQL text
that is made once. Foreign keys are checked as ever.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, and_, bindparam, func, select

from server.db.among import among
from server.db.database import Transaction
from server.db.many import by_many, insert_many
from server.db.parts import parts
from server.db.tables.attendance import AttendanceEventRow
from server.db.tables.people import ENROLLED, EnrollmentRow, SchoolRow, StayRow, StudentRow
from server.intake.changes.compare import KnownFact

_AT_ONCE = 900
_WRITTEN_AT_ONCE = 20_000
_EVENT = AttendanceEventRow


class Placed(NamedTuple):
    """A student and, where he has one, his enrolment in a school and year."""

    number: str
    student_id: UUID
    place_id: int | None
    entry_on: date | None
    exit_on: date | None


class NewFact(NamedTuple):
    """A fact to write; ``on_date`` is ISO text, which both databases take."""

    place_id: int
    on_date: str
    period: str
    kind: str
    units: int
    minutes: int | None
    source_code: str
    reason: str
    source_at: int | None
    opened_by: int


_OPTIONAL = {name: NewFact._fields.index(name) for name in ("minutes", "source_at")}
_PLACED = (
    select(
        StudentRow.number,
        StudentRow.id,
        EnrollmentRow.id,
        EnrollmentRow.entry_on,
        EnrollmentRow.exit_on,
    )
    .outerjoin(
        EnrollmentRow,
        and_(
            EnrollmentRow.student_id == StudentRow.id,
            EnrollmentRow.school_id == bindparam("school"),
            EnrollmentRow.school_year == bindparam("year"),
            ENROLLED,
        ),
    )
    .where(among(StudentRow.number, "numbers"))
)
_COLUMNS = [getattr(_EVENT, name) for name in KnownFact._fields]
_OF_PLACES = select(*_COLUMNS).where(
    among(_EVENT.place_id, "places"),
    _EVENT.on_date.between(bindparam("first"), bindparam("last")),
    _EVENT.closed_by.is_(None),
)
_OF_SCHOOL = (
    EnrollmentRow.school_id == bindparam("school"),
    EnrollmentRow.school_year == bindparam("year"),
    _EVENT.on_date.between(bindparam("first"), bindparam("last")),
    _EVENT.closed_by.is_(None),
)
_IN_WINDOW = (
    select(*_COLUMNS).join(EnrollmentRow, EnrollmentRow.id == _EVENT.place_id).where(*_OF_SCHOOL)
)
_BY_CLASS = (_EVENT.period != "").label("by_class")
_COUNT = (
    select(_BY_CLASS, func.count())
    .join(EnrollmentRow, EnrollmentRow.id == _EVENT.place_id)
    .where(*_OF_SCHOOL)
    .group_by(_BY_CLASS)
)
_STUDENTS = select(EnrollmentRow.student_id, EnrollmentRow.id).where(
    among(EnrollmentRow.id, "places")
)
_WITH_KIND = (
    select(EnrollmentRow.student_id)
    .join(_EVENT, _EVENT.place_id == EnrollmentRow.id)
    .where(
        among(EnrollmentRow.student_id, "students"),
        EnrollmentRow.school_year == bindparam("year"),
        _EVENT.on_date.between(bindparam("first"), bindparam("last")),
        _EVENT.kind == bindparam("kind"),
        _EVENT.closed_by.is_(None),
    )
    .distinct()
)


def placed(
    tx: Transaction, numbers: Sequence[str], *, school_id: UUID | None, school_year: str
) -> Iterator[Placed]:
    """Yield these students with their enrolments in a school and year, if any."""
    connection = tx.session.connection()
    for part in parts(numbers, _AT_ONCE):
        values = {"school": school_id, "year": school_year, "numbers": part}
        yield from map(Placed._make, connection.execute(_PLACED, values).all())


def known_of_places(
    tx: Transaction, places: Sequence[int], *, first: date, last: date
) -> Iterator[KnownFact]:
    """Yield the facts in force of these enrolments between two days."""
    connection = tx.session.connection()
    for part in parts(places, _AT_ONCE):
        values = {"places": part, "first": first, "last": last}
        yield from map(KnownFact._make, connection.execute(_OF_PLACES, values).all())


def known_of_school(
    tx: Transaction, school_id: UUID, school_year: str, *, first: date, last: date
) -> Iterator[KnownFact]:
    """Yield the facts in force of a school and year between two days."""
    values = {"school": school_id, "year": school_year, "first": first, "last": last}
    yield from map(KnownFact._make, tx.session.connection().execute(_IN_WINDOW, values).all())


def count_of_school(
    tx: Transaction, school_id: UUID, school_year: str, *, first: date, last: date
) -> dict[bool, int]:
    """Return how many facts of a school are in force between two days: by class (True) or not."""
    values = {"school": school_id, "year": school_year, "first": first, "last": last}
    rows = tx.session.connection().execute(_COUNT, values)
    return {bool(by_class): count for by_class, count in rows}


def gone_of_school(
    tx: Transaction, school_id: UUID, school_year: str, *, first: date, last: date
) -> dict[tuple[int, int, str], int]:
    """Return when the source took back what a school's facts said between two days.

    By enrolment, day (as a number) and class.
    """
    query = (
        select(_EVENT.place_id, _EVENT.on_date, _EVENT.period, func.max(_EVENT.gone_at))
        .join(EnrollmentRow, EnrollmentRow.id == _EVENT.place_id)
        .where(
            EnrollmentRow.school_id == school_id,
            EnrollmentRow.school_year == school_year,
            _EVENT.on_date.between(first, last),
            _EVENT.gone_at.is_not(None),
        )
        .group_by(_EVENT.place_id, _EVENT.on_date, _EVENT.period)
    )
    return {
        (place, day.toordinal(), period): gone_at
        for place, day, period, gone_at in tx.session.execute(query)
        if gone_at is not None
    }


def students_of_places(tx: Transaction, places: Iterable[int]) -> dict[int, UUID]:
    """Return whose enrolments these are."""
    connection = tx.session.connection()
    return {
        row.id: row.student_id
        for part in parts(sorted(set(places)), _AT_ONCE)
        for row in connection.execute(_STUDENTS, {"places": part}).all()
    }


def students_with(  # noqa: PLR0913  (what is looked for)
    tx: Transaction,
    kind: str,
    students: Sequence[UUID],
    *,
    school_year: str,
    first: date,
    last: date,
) -> set[UUID]:
    """Return of whom a fact of a kind is in force between two days of a year, in any school."""
    connection = tx.session.connection()
    values = {"kind": kind, "year": school_year, "first": first, "last": last}
    return {
        student_id
        for part in parts(students, _AT_ONCE)
        for student_id in connection.execute(_WITH_KIND, {**values, "students": part}).scalars()
    }


def students_with_facts(tx: Transaction, school_id: UUID, school_year: str) -> set[UUID]:
    """Return the students of a school and year of whom any fact is in force."""
    query = (
        select(EnrollmentRow.student_id)
        .join(_EVENT, EnrollmentRow.id == _EVENT.place_id)
        .where(
            EnrollmentRow.school_id == school_id,
            EnrollmentRow.school_year == school_year,
            _EVENT.closed_by.is_(None),
        )
        .distinct()
    )
    return set(tx.run(query).scalars())


def stays_of(
    tx: Transaction, numbers: Sequence[str]
) -> Iterator[tuple[str, str, str, date | None, date | None]]:
    """Yield number, school code, school year, first and last day of every stay of students."""
    query = (
        select(
            StudentRow.number,
            SchoolRow.code,
            EnrollmentRow.school_year,
            func.coalesce(StayRow.entry_on, EnrollmentRow.entry_on),
            StayRow.place_id.is_not(None).label("has_stay"),
            StayRow.exit_on,
            EnrollmentRow.exit_on,
        )
        .join(EnrollmentRow, EnrollmentRow.student_id == StudentRow.id)
        .join(SchoolRow, SchoolRow.id == EnrollmentRow.school_id)
        .outerjoin(StayRow, StayRow.place_id == EnrollmentRow.id)
        .where(among(StudentRow.number, "numbers"), ENROLLED)
    )
    connection = tx.session.connection()
    for part in parts(numbers, _AT_ONCE):
        for number, code, year, entry_on, has_stay, stay_exit, place_exit in connection.execute(
            query, {"numbers": part}
        ):
            yield number, code, year, entry_on, stay_exit if has_stay else place_exit


def open_facts(tx: Transaction, facts: Iterable[NewFact | tuple[Any, ...]]) -> int:
    """Write new facts (``NewFact`` or tuples like it); return how many."""
    count = 0
    for part in parts(facts, _WRITTEN_AT_ONCE):
        _write_new(tx.session.connection(), part)
        count += len(part)
    return count


def _write_new(connection: Connection, facts: Sequence[tuple[Any, ...]]) -> None:
    """Write facts, without the columns of which none of them says anything."""
    silent = {name for name, at in _OPTIONAL.items() if all(fact[at] is None for fact in facts)}
    told = [at for at, name in enumerate(NewFact._fields) if name not in silent]
    into = f"attendance_event ({', '.join(NewFact._fields[at] for at in told)})"
    marks = ", ".join("?" * len(told))
    rest: list[tuple[Any, ...]] = []
    groups = list(by_many(map(itemgetter(*told), facts), rest))
    if groups:
        connection.exec_driver_sql(_statement(connection, insert_many(into, marks)), groups)
    if rest:
        one = f"insert into {into} values ({marks})"  # noqa: S608  (our own column names)
        connection.exec_driver_sql(_statement(connection, one), rest)


def close_facts(tx: Transaction, recording: int, ids: Iterable[int]) -> None:
    """Say that these facts are known to be wrong from this recording on."""
    rows = [(recording, one) for one in ids]
    if rows:
        connection = tx.session.connection()
        statement = "update attendance_event set closed_by = ? where id = ? and closed_by is null"
        connection.exec_driver_sql(_statement(connection, statement), rows)


def mark_gone(tx: Transaction, gone: Mapping[int, int]) -> None:
    """Note when the source had taken facts back, by fact."""
    rows = [(gone_at, one) for one, gone_at in gone.items()]
    if rows:
        connection = tx.session.connection()
        statement = "update attendance_event set gone_at = ? where id = ?"
        connection.exec_driver_sql(_statement(connection, statement), rows)


def date_facts(tx: Transaction, changed: Mapping[int, int]) -> None:
    """Note when the source said the same again: ``source_at`` by fact."""
    rows = [(source_at, one) for one, source_at in changed.items()]
    if rows:
        connection = tx.session.connection()
        statement = "update attendance_event set source_at = ? where id = ?"
        connection.exec_driver_sql(_statement(connection, statement), rows)


def _statement(connection: Connection, text: str) -> str:
    """Return a statement with the driver's own marks."""
    return text if connection.dialect.name == "sqlite" else text.replace("?", "%s")
