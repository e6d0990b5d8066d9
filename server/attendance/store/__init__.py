"""Speaks SQL for calendars, attendance facts, settings and submissions. Decides nothing.

A fact is never rewritten: it is closed (``closed_by``) and another one opened, so that every
count can be taken again as it was known at any moment.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import exists, func, insert, or_, select, update

from schemas.attendance import Submission
from schemas.base import SchoolId
from server.attendance.rules.calendar import Fact, KnownFact
from server.attendance.store.calendar import (
    CalendarDay,
    calendar_of,
    calendars,
    save_calendar_days,
    school_days,
    years_begun,
)
from server.attendance.store.settings import find_setting, remove_setting, save_setting, zone_of
from server.db.among import among
from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.attendance import (
    AttendanceEventRow,
    CalendarDayRow,
    RecordingRow,
    SubmissionRow,
    SubmissionToldRow,
)
from server.db.tables.people import ENROLLED, EnrollmentRow
from server.feed import bulk as feed_bulk
from server.feed import store as feed

__all__ = [
    "CalendarDay",
    "calendar_of",
    "calendars",
    "close_facts",
    "data_as_of",
    "facts_of_school",
    "facts_of_year",
    "find_setting",
    "find_submission",
    "last_recording",
    "last_submitted_at",
    "newest_recording",
    "newest_year",
    "open_facts",
    "places_of_school",
    "publish_submissions",
    "record",
    "record_counts",
    "remember_told",
    "remove_setting",
    "save_calendar_days",
    "save_setting",
    "save_submission",
    "school_days",
    "submissions",
    "tell_submission",
    "years_begun",
    "years_of",
    "zone_of",
]

_RECORDING = "attendance.recording"
_TOLD = "attendance.told"


def tell_submission(tx: Transaction, school_id: UUID) -> None:
    """Tell everybody anew how far a school has told the newest year; nothing, if it has not."""
    row = tx.session.get(SubmissionRow, (school_id, newest_year(tx)))
    if row is None:
        feed.withdraw(tx, "submission", school_id)
    else:
        publish_submissions(tx, [row])


def remember_told(
    tx: Transaction, years: Iterable[tuple[UUID, str]], *, run_id: UUID | None = None
) -> None:
    """Keep how far these schools' years are told from this transaction's recording on: its own."""
    tx.session.flush()
    remembered: dict[tuple[UUID, str, int], SubmissionToldRow] = tx.memo.setdefault(_TOLD, {})
    for school_id, school_year in years:
        row = tx.session.get(SubmissionRow, (school_id, school_year))
        told = None if row is None else row.data_as_of
        key = (school_id, school_year, record(tx, run_id=run_id))
        if key in remembered:
            remembered[key].data_as_of = told
        else:
            remembered[key] = SubmissionToldRow(
                school_id=school_id, school_year=school_year, recording_id=key[2], data_as_of=told
            )
            tx.session.add(remembered[key])


def facts_of_year(
    tx: Transaction,
    school_year: str,
    *,
    students: Iterable[UUID] | None = None,
    known_at: datetime | None = None,
) -> list[KnownFact]:
    """Return a school year's facts: of some students or of all, as known now or at a moment."""
    query = _FACTS.where(EnrollmentRow.school_year == school_year)
    if known_at is None:
        query = query.where(AttendanceEventRow.closed_by.is_(None))
    else:
        newest = newest_recording(tx, known_at)
        query = query.where(
            AttendanceEventRow.opened_by <= newest,
            or_(AttendanceEventRow.closed_by.is_(None), AttendanceEventRow.closed_by > newest),
        )
    if students is None:
        return [_known(row) for row in tx.session.execute(query)]
    return [
        _known(row)
        for part in parts(students)
        for row in tx.session.execute(query.where(EnrollmentRow.student_id.in_(part)))
    ]


def facts_of_school(
    tx: Transaction, school_id: UUID, *, first: date, last: date
) -> list[KnownFact]:
    """Return what is known now of a school between two dates."""
    query = _FACTS.where(
        EnrollmentRow.school_id == school_id,
        AttendanceEventRow.on_date.between(first, last),
        AttendanceEventRow.closed_by.is_(None),
    )
    return [_known(row) for row in tx.session.execute(query)]


def years_of(tx: Transaction, student_id: UUID | None = None) -> list[str]:
    """Return the school years of which facts are known now (of one student), the newest first."""
    has_facts = exists().where(
        AttendanceEventRow.place_id == EnrollmentRow.id, AttendanceEventRow.closed_by.is_(None)
    )
    query = select(EnrollmentRow.school_year).where(has_facts).distinct()
    if student_id is not None:
        query = query.where(EnrollmentRow.student_id == student_id)
    return sorted(tx.session.scalars(query), reverse=True)


def newest_year(tx: Transaction) -> str:
    """Return the newest school year of any calendar or fact; empty: there is none."""
    calendar = tx.run(select(CalendarDayRow.school_year).distinct()).scalars()
    return max([*calendar, *years_of(tx)], default="")


def newest_recording(tx: Transaction, at: datetime) -> int:
    """Return the number of the last recording up to a moment; 0: nothing was known yet."""
    query = select(func.max(RecordingRow.id)).where(RecordingRow.at <= at)
    return tx.session.scalar(query) or 0


def last_recording(tx: Transaction) -> int:
    """Return the number of the last recording there is: it rises with every change of a fact."""
    return tx.session.scalar(select(func.max(RecordingRow.id))) or 0


def record(
    tx: Transaction, *, run_id: UUID | None = None, mutation_id: UUID | None = None, file: str = ""
) -> int:
    """Return the number of the recording that this transaction's facts (of a file) belong to."""
    known: dict[str, int] = tx.memo.setdefault(_RECORDING, {})
    if file not in known:
        row = RecordingRow(at=tx.at, run_id=run_id, mutation_id=mutation_id, file=file)
        tx.session.add(row)
        tx.session.flush()
        known[file] = row.id
    return known[file]


def places_of_school(
    tx: Transaction, school_id: UUID, students: Iterable[UUID]
) -> dict[tuple[UUID, str], int]:
    """Return, by student and school year, the enrolments in a school that facts can hang on."""
    return {
        (row.student_id, row.school_year): row.id
        for part in parts(sorted(set(students)))
        for row in tx.run(
            select(EnrollmentRow.student_id, EnrollmentRow.school_year, EnrollmentRow.id).where(
                EnrollmentRow.school_id == school_id,
                EnrollmentRow.student_id.in_(part),
                ENROLLED,
            )
        )
    }


def open_facts(tx: Transaction, recording: int, facts: Iterable[tuple[int, Fact]]) -> None:
    """Write new facts, each with its enrolment, known from this recording on."""
    rows: list[Mapping[str, Any]] = [
        {
            "place_id": place_id,
            **msgspec.structs.asdict(fact),
            "opened_by": recording,
            "closed_by": None,
        }
        for place_id, fact in facts
    ]
    if rows:
        tx.session.execute(insert(AttendanceEventRow), rows)


def close_facts(tx: Transaction, recording: int, ids: Iterable[int]) -> None:
    """Say that these facts are known to be wrong from this recording on."""
    for part in parts(ids):
        tx.session.execute(
            update(AttendanceEventRow)
            .where(AttendanceEventRow.id.in_(part), AttendanceEventRow.closed_by.is_(None))
            .values(closed_by=recording)
        )


def data_as_of(tx: Transaction, school_id: UUID, school_year: str) -> date | None:
    """Return up to which day a school has told its attendance."""
    row = tx.session.get(SubmissionRow, (school_id, school_year))
    return None if row is None else row.data_as_of


def save_submission(tx: Transaction, school_id: UUID, school_year: str, *, until: date) -> bool:
    """Write up to which day a school has told its attendance; tell whether that is news."""
    row = tx.session.get(SubmissionRow, (school_id, school_year))
    if row is not None and row.data_as_of >= until:
        return False
    if row is None:
        row = SubmissionRow(school_id=school_id, school_year=school_year)
        tx.session.add(row)
    row.data_as_of = until
    row.submitted_at = tx.at
    remember_told(tx, [(school_id, school_year)])
    publish_submissions(tx, [row])
    return True


def find_submission(tx: Transaction, school_id: UUID) -> Submission | None:
    """Return how far a school has told its newest year; None: it has told nothing."""
    found = feed.find(tx, "submission", school_id)
    return msgspec.convert(found.data, Submission) if found else None


def publish_submissions(tx: Transaction, rows: Iterable[SubmissionRow]) -> None:
    """Publish how far schools have told their years, unless they have told of a newer one."""
    given = list(rows)
    newest: dict[UUID, str] = {}
    counts: dict[tuple[UUID, str], int] = {}
    told_of = sorted({row.school_year for row in given})
    for part in parts(sorted({row.school_id for row in given})):
        newest |= {row[0]: row[1] for row in tx.run(_NEWEST_TOLD, {"schools": part})}
        days = tx.run(_DAYS_TOLD, {"schools": part, "years": told_of})
        counts |= {(school_id, year): count for school_id, year, count in days}
    told = {row.school_id: row for row in given if newest.get(row.school_id) == row.school_year}
    feed_bulk.publish(
        tx,
        "submission",
        [
            feed_bulk.Row(
                key=row.school_id,
                data=Submission(
                    school_id=SchoolId(row.school_id),
                    school_year=row.school_year,
                    data_as_of=row.data_as_of,
                    days_in_session=counts.get((row.school_id, row.school_year), 0),
                    submitted_at=row.submitted_at,
                ),
                roots=["ref"],
            )
            for row in told.values()
        ],
    )


def submissions(tx: Transaction, school_year: str) -> dict[UUID, SubmissionRow]:
    """Return, by school, how far attendance is told of a school year."""
    query = select(SubmissionRow).where(SubmissionRow.school_year == school_year)
    return {row.school_id: row for row in tx.session.scalars(query)}


def record_counts(
    tx: Transaction, school_year: str, schools: Iterable[UUID] | None = None
) -> dict[UUID, dict[date, int]]:
    """Return, by school and date, how many facts are known now of a school year."""
    query = (
        select(EnrollmentRow.school_id, AttendanceEventRow.on_date, func.count())
        .join(EnrollmentRow, EnrollmentRow.id == AttendanceEventRow.place_id)
        .where(EnrollmentRow.school_year == school_year, AttendanceEventRow.closed_by.is_(None))
        .group_by(EnrollmentRow.school_id, AttendanceEventRow.on_date)
    )
    if schools is not None:
        query = query.where(EnrollmentRow.school_id.in_(list(schools)))
    found: dict[UUID, dict[date, int]] = {}
    for school_id, on_date, count in tx.session.execute(query):
        found.setdefault(school_id, {})[on_date] = count
    return found


def last_submitted_at(tx: Transaction) -> datetime | None:
    """Return when a school last told something new."""
    return tx.session.scalar(select(func.max(SubmissionRow.submitted_at)))


_NEWEST_TOLD = (
    select(SubmissionRow.school_id, func.max(SubmissionRow.school_year))
    .where(among(SubmissionRow.school_id, "schools"))
    .group_by(SubmissionRow.school_id)
)
# School by school: joined, SQLite looks at every school's calendar.
_DAYS_TOLD = select(
    SubmissionRow.school_id,
    SubmissionRow.school_year,
    select(func.count())
    .where(
        CalendarDayRow.school_id == SubmissionRow.school_id,
        CalendarDayRow.school_year == SubmissionRow.school_year,
        CalendarDayRow.is_instructional,
        CalendarDayRow.on_date <= SubmissionRow.data_as_of,
    )
    .correlate(SubmissionRow)
    .scalar_subquery(),
).where(among(SubmissionRow.school_id, "schools"), among(SubmissionRow.school_year, "years"))
_FACTS = select(
    AttendanceEventRow.id,
    EnrollmentRow.student_id,
    EnrollmentRow.school_id,
    AttendanceEventRow.on_date,
    AttendanceEventRow.period,
    AttendanceEventRow.kind,
    AttendanceEventRow.units,
    AttendanceEventRow.minutes,
    AttendanceEventRow.source_code,
    AttendanceEventRow.reason,
).join(EnrollmentRow, EnrollmentRow.id == AttendanceEventRow.place_id)


def _known(row: Any) -> KnownFact:
    return KnownFact(
        id=row.id,
        student_id=row.student_id,
        school_id=row.school_id,
        fact=Fact(
            on_date=row.on_date,
            period=row.period,
            kind=row.kind,
            units=row.units,
            minutes=row.minutes,
            source_code=row.source_code,
            reason=row.reason,
        ),
    )
