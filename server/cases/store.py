"""Speaks SQL for cases and publishes them. Decides nothing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from schemas.base import CaseId, SchoolId, StudentId, UserId
from schemas.cases import Case, CaseStatus
from server.db.among import among
from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.cases import CaseRow
from server.db.tables.people import StudentRow
from server.feed import bulk
from server.feed.bulk import Row
from server.feed.store import Author

_NOBODY = Author()

# Made once: every contact that a phone hands in asks for these, and every part of an import.
_OPEN_OF = (
    select(CaseRow)
    .where(CaseRow.student_id == bindparam("student"), CaseRow.status != CaseStatus.CLOSED)
    .order_by(CaseRow.school_year.desc())
    .limit(1)
)
_WITH_OPEN_CASE = select(CaseRow.student_id).where(
    among(CaseRow.student_id, "students"), CaseRow.status != CaseStatus.CLOSED
)
_OPEN_SCHOOLS = (
    select(CaseRow.student_id, CaseRow.school_id)
    .where(among(CaseRow.student_id, "students"), CaseRow.status != CaseStatus.CLOSED)
    .order_by(CaseRow.school_year)
)
_ROOTS = select(StudentRow.id, StudentRow.root).where(among(StudentRow.id, "students"))
_ASSIGNED = (
    select(StudentRow.root)
    .join(CaseRow, CaseRow.student_id == StudentRow.id)
    .where(
        or_(CaseRow.assignee_id == bindparam("user"), CaseRow.partner_id == bindparam("user")),
        CaseRow.status != CaseStatus.CLOSED,
    )
    .distinct()
    .order_by(StudentRow.root)
)


def find(tx: Transaction, case_id: UUID) -> CaseRow | None:
    """Return a case, or None."""
    return tx.session.get(CaseRow, case_id)


def add(tx: Transaction, rows: Iterable[CaseRow]) -> None:
    """Write new cases."""
    tx.session.add_all(rows)
    tx.session.flush()


def save(tx: Transaction, case_id: UUID, changes: Mapping[str, Any]) -> None:
    """Change fields of a case. Publish it afterwards."""
    row = tx.session.get_one(CaseRow, case_id)
    for field, value in changes.items():
        setattr(row, field, value)
    tx.session.flush()


def cases_of_year(
    tx: Transaction, students: Sequence[UUID], school_year: str
) -> dict[UUID, CaseRow]:
    """Return, by student, the cases of this school year, whatever their status."""
    return {
        row.student_id: row
        for part in parts(students)
        for row in tx.session.scalars(
            select(CaseRow).where(CaseRow.student_id.in_(part), CaseRow.school_year == school_year)
        )
    }


def open_case_of(tx: Transaction, student_id: UUID) -> CaseRow | None:
    """Return the student's newest case that is not closed, or None."""
    return tx.session.scalar(_OPEN_OF, {"student": student_id})


def open_cases_of(tx: Transaction, student_ids: Iterable[UUID]) -> list[CaseRow]:
    """Return the cases of these students that are not closed."""
    return [
        row
        for part in parts(student_ids)
        for row in tx.session.scalars(
            select(CaseRow).where(CaseRow.student_id.in_(part), CaseRow.status != CaseStatus.CLOSED)
        )
    ]


def schools_of_open_cases(tx: Transaction, student_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return the schools of these students' open cases; of several, the newest one's."""
    return {
        student_id: school_id
        for part in parts(student_ids)
        for student_id, school_id in tx.run(_OPEN_SCHOOLS, {"students": part})
    }


def students_with_open_case(tx: Transaction, student_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of these students who have a case that is not closed."""
    return {
        student_id
        for part in parts(student_ids)
        for student_id in tx.run(_WITH_OPEN_CASE, {"students": part}).scalars().all()
    }


def open_students_of_school(tx: Transaction, school_id: UUID) -> list[UUID]:
    """Return whom the school has an open case for."""
    query = select(CaseRow.student_id).where(
        CaseRow.school_id == school_id, CaseRow.status != CaseStatus.CLOSED
    )
    return list(tx.session.scalars(query))


def roots_assigned_to(tx: Transaction, user_id: UUID) -> list[str]:
    """Return the roots of the students whose open case is this person's or the partner's."""
    return list(tx.run(_ASSIGNED, {"user": user_id}).scalars())


def publish_case(tx: Transaction, case_id: UUID, *, by: Author = _NOBODY) -> None:
    """Publish a case in its student's root."""
    publish_cases(tx, [tx.session.get_one(CaseRow, case_id)], by=by)


def publish_cases(tx: Transaction, rows: Sequence[CaseRow], *, by: Author = _NOBODY) -> None:
    """Publish cases, each in its student's root."""
    students = [row.student_id for row in rows]
    roots = {
        student_id: root
        for part in parts(students)
        for student_id, root in tx.run(_ROOTS, {"students": part})
    }
    told = [Row(row.id, _case(row), [roots[row.student_id]]) for row in rows]
    bulk.publish(tx, "case", told, by=by)


def _case(row: CaseRow) -> Case:
    return Case(
        id=CaseId(row.id),
        student_id=StudentId(row.student_id),
        school_id=SchoolId(row.school_id),
        school_year=row.school_year,
        step=row.step,
        crossed_on=row.crossed_on,
        opened_on=row.opened_on,
        due_on=row.due_on,
        status=CaseStatus(row.status),
        assignee_id=UserId(row.assignee_id) if row.assignee_id else None,
        partner_id=UserId(row.partner_id) if row.partner_id else None,
        left_on=row.left_on,
        no_longer_met_on=row.no_longer_met_on,
    )
