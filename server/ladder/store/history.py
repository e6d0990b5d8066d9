"""Speaks SQL for one student's facts with all that was ever known of them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from server.db.database import Transaction
from server.db.tables.attendance import (
    AttendanceEventRow,
    ImportRunRow,
    RecordingRow,
    SubmissionRow,
)
from server.db.tables.people import EnrollmentRow, SchoolRow


class KnownRecord(NamedTuple):
    """A fact, and while it was known."""

    id: int
    place_id: int
    school_name: str
    on_date: date
    period: str
    kind: str
    units: int
    minutes: int | None
    source_code: str
    reason: str
    opened_by: int
    known_from: datetime
    run_id: UUID | None
    mutation_id: UUID | None
    file: str
    """The file it came in; empty: nobody kept which."""
    closed_by: int | None
    known_to: datetime | None


class Run(NamedTuple):
    """What an import read."""

    format: str
    files: list[str]


class SchoolTold(NamedTuple):
    """How far a school has told its year."""

    name: str
    data_as_of: date | None
    submitted_at: datetime | None


def records_of(tx: Transaction, student_id: UUID, school_year: str) -> list[KnownRecord]:
    """Return every fact of a student's year that was ever known, by date."""
    opened, closed = aliased(RecordingRow), aliased(RecordingRow)
    query = (
        select(
            AttendanceEventRow.id,
            AttendanceEventRow.place_id,
            SchoolRow.name,
            AttendanceEventRow.on_date,
            AttendanceEventRow.period,
            AttendanceEventRow.kind,
            AttendanceEventRow.units,
            AttendanceEventRow.minutes,
            AttendanceEventRow.source_code,
            AttendanceEventRow.reason,
            AttendanceEventRow.opened_by,
            opened.at,
            opened.run_id,
            opened.mutation_id,
            opened.file,
            AttendanceEventRow.closed_by,
            closed.at,
        )
        .join(EnrollmentRow, EnrollmentRow.id == AttendanceEventRow.place_id)
        .join(SchoolRow, SchoolRow.id == EnrollmentRow.school_id)
        .join(opened, opened.id == AttendanceEventRow.opened_by)
        .outerjoin(closed, closed.id == AttendanceEventRow.closed_by)
        .where(EnrollmentRow.student_id == student_id, EnrollmentRow.school_year == school_year)
        .order_by(
            AttendanceEventRow.on_date,
            AttendanceEventRow.period,
            AttendanceEventRow.opened_by,
            AttendanceEventRow.id,
        )
    )
    return [KnownRecord._make(row) for row in tx.run(query)]


def runs(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, Run]:
    """Return what these imports read."""
    wanted = list(set(ids))
    if not wanted:
        return {}
    query = select(ImportRunRow.id, ImportRunRow.format, ImportRunRow.files).where(
        ImportRunRow.id.in_(wanted)
    )
    return {
        row.id: Run(row.format, [_name(one) for one in row.files or ()]) for row in tx.run(query)
    }


def told(tx: Transaction, schools: Iterable[UUID], school_year: str) -> dict[UUID, SchoolTold]:
    """Return how far these schools have told a year."""
    query = (
        select(SchoolRow.id, SchoolRow.name, SubmissionRow.data_as_of, SubmissionRow.submitted_at)
        .outerjoin(
            SubmissionRow,
            (SubmissionRow.school_id == SchoolRow.id) & (SubmissionRow.school_year == school_year),
        )
        .where(SchoolRow.id.in_(list(schools)))
    )
    return {row.id: SchoolTold(*row[1:]) for row in tx.run(query)}


def _name(file: Any) -> str:
    return (
        str(cast("dict[str, Any]", file).get("name", "")) if isinstance(file, dict) else str(file)
    )
