"""Speaks SQL for finding a student by name or number."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, func, or_, select

from schemas.base import CaseId, SchoolId, StudentId
from schemas.cases import CaseStatus
from schemas.people import Student
from server.db.database import Transaction
from server.db.tables.cases import CaseRow
from server.db.tables.people import ENROLLED, EnrollmentRow, SchoolRow, StudentRow
from server.desk.store.scope import Scope, within
from server.people.store import presence

MOST = 50


class Found(NamedTuple):
    """A student, and where he is or was last."""

    student: Student
    school_name: str
    school_year: str
    case_id: CaseId | None


class _Place(NamedTuple):
    enrollment: EnrollmentRow
    school_name: str


def find(tx: Transaction, scope: Scope, words: Iterable[str]) -> list[Found]:
    """Return up to ``MOST`` students of the schools in scope whose name or number has each word.

    A student is of a school while enrolled there, or while it has an open case about him.
    """
    enrolled = exists().where(
        EnrollmentRow.student_id == StudentRow.id,
        EnrollmentRow.exit_on.is_(None),
        ENROLLED,
        within(EnrollmentRow.school_id, scope),
    )
    has_case = exists().where(
        CaseRow.student_id == StudentRow.id,
        CaseRow.status != CaseStatus.CLOSED,
        within(CaseRow.school_id, scope),
    )
    query = select(StudentRow).order_by(StudentRow.name_key, StudentRow.number).limit(MOST)
    for word in words:
        query = query.where(
            or_(
                StudentRow.name_key.contains(word, autoescape=True),
                func.lower(StudentRow.number).startswith(word, autoescape=True),
            )
        )
    students = tx.session.scalars(query.where(or_(enrolled, has_case))).all()
    ids = [student.id for student in students]
    places, cases = _places(tx, ids), _cases(tx, scope, ids)
    return [_found(one, places.get(one.id), cases.get(one.id)) for one in students]


def _places(tx: Transaction, ids: list[UUID]) -> dict[UUID, _Place]:
    """Return where each student is now, or was last."""
    query = (
        select(EnrollmentRow, SchoolRow.name)
        .join(SchoolRow, SchoolRow.id == EnrollmentRow.school_id)
        .where(EnrollmentRow.student_id.in_(ids), ENROLLED)
    )
    found: dict[UUID, _Place] = {}
    for row, school_name in tx.session.execute(query):
        known = found.get(row.student_id)
        if known is None or presence(row) > presence(known.enrollment):
            found[row.student_id] = _Place(row, school_name)
    return found


def _cases(tx: Transaction, scope: Scope, ids: list[UUID]) -> dict[UUID, UUID]:
    query = (
        select(CaseRow.student_id, CaseRow.id)
        .where(
            CaseRow.student_id.in_(ids),
            CaseRow.status != CaseStatus.CLOSED,
            within(CaseRow.school_id, scope),
        )
        .order_by(CaseRow.school_year)
    )
    return {row.student_id: row.id for row in tx.session.execute(query)}


def _found(row: StudentRow, place: _Place | None, case_id: UUID | None) -> Found:
    enrollment = place.enrollment if place else None
    student = Student(
        id=StudentId(row.id),
        root=row.root,
        number=row.number,
        first_name=row.first_name,
        last_name=" ".join(filter(None, (row.last_name, row.suffix))),
        preferred_name=row.preferred_name,
        grade=enrollment.grade if enrollment else "",
        school_id=SchoolId(enrollment.school_id) if enrollment else None,
        left_on=enrollment.exit_on if enrollment else None,
    )
    return Found(
        student=student,
        school_name=place.school_name if place else "",
        school_year=enrollment.school_year if enrollment else "",
        case_id=CaseId(case_id) if case_id else None,
    )
