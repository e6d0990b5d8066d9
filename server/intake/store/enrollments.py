"""Who is stored as enrolled where, of whom the files name: never all."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, func, select

from schemas.cases import CaseStatus
from server.db.among import among
from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.cases import CaseRow
from server.db.tables.people import (
    ENROLLED,
    TAKEN_BACK,
    EnrollmentRow,
    SchoolRow,
    StayRow,
    StudentRow,
)

_STAYS = select(StayRow.place_id, StayRow.entry_on, StayRow.exit_on, StayRow.exit_reason).where(
    among(StayRow.place_id, "places")
)
_PLACES_OF_SCHOOL = select(EnrollmentRow).where(
    EnrollmentRow.school_id == bindparam("school"), among(EnrollmentRow.student_id, "students")
)


def numbers_of_enrollments(tx: Transaction, ids: Iterable[int]) -> dict[int, str]:
    """Return whose enrolments these are, by the district's number."""
    return {
        row.id: row.number
        for part in parts(sorted(ids))
        for row in tx.session.execute(
            select(EnrollmentRow.id, StudentRow.number)
            .join(StudentRow, StudentRow.id == EnrollmentRow.student_id)
            .where(EnrollmentRow.id.in_(part))
        )
    }


def places_of_school(
    tx: Transaction, school_id: UUID, students: Mapping[str, UUID]
) -> dict[tuple[str, str], EnrollmentRow]:
    """Return enrolments in a school by student number (``students``: whose id it is) and year."""
    numbers = {student_id: number for number, student_id in students.items()}
    return {
        (numbers[row.student_id], row.school_year): row
        for part in parts(numbers)
        for row in tx.session.scalars(
            _PLACES_OF_SCHOOL, {"school": school_id, "students": part}
        ).all()
    }


def places_taken_back(
    tx: Transaction, school_id: UUID, school_year: str, students: Iterable[UUID]
) -> dict[UUID, EnrollmentRow]:
    """Return, by student, enrolments that were taken back with the import that told them."""
    return {
        row.student_id: row
        for part in parts(students)
        for row in tx.session.scalars(
            select(EnrollmentRow).where(
                EnrollmentRow.school_id == school_id,
                EnrollmentRow.school_year == school_year,
                EnrollmentRow.source == TAKEN_BACK,
                EnrollmentRow.student_id.in_(part),
            )
        )
    }


def stay_rows(tx: Transaction, places: Iterable[int]) -> dict[int, dict[date, StayRow]]:
    """Return the stays of enrolments by first day."""
    found: dict[int, dict[date, StayRow]] = {}
    for part in parts(places):
        for row in tx.session.scalars(select(StayRow).where(StayRow.place_id.in_(part))):
            found.setdefault(row.place_id, {})[row.entry_on] = row
    return found


def stays_of_places(
    tx: Transaction, places: Iterable[int]
) -> dict[int, dict[date, tuple[date | None, str]]]:
    """Return stays by enrolment: last day and reason of leaving by first day."""
    found: dict[int, dict[date, tuple[date | None, str]]] = {}
    for part in parts(places):
        for place, entry_on, exit_on, reason in tx.run(_STAYS, {"places": part}):
            found.setdefault(place, {})[entry_on] = (exit_on, reason)
    return found


def enrolled(tx: Transaction, school_id: UUID, school_year: str, *, on: date) -> set[str]:
    """Return the numbers of students whom enrolment files place in a school on a day."""
    query = (
        select(StudentRow.number)
        .join(EnrollmentRow, EnrollmentRow.student_id == StudentRow.id)
        .where(
            EnrollmentRow.school_id == school_id,
            EnrollmentRow.school_year == school_year,
            EnrollmentRow.source == "enrollment_file",
            EnrollmentRow.exit_on.is_(None) | (EnrollmentRow.exit_on >= on),
        )
    )
    return set(tx.run(query).scalars())


def newest_year_of_school(tx: Transaction, code: str) -> str:
    """Return the newest school year in which anybody is enrolled in a school; empty: none."""
    query = (
        select(func.max(EnrollmentRow.school_year))
        .join(SchoolRow, SchoolRow.id == EnrollmentRow.school_id)
        .where(SchoolRow.code == code, ENROLLED)
    )
    return tx.run(query).scalar() or ""


def enrolled_ever(tx: Transaction, code: str, school_year: str, numbers: Iterable[str]) -> set[str]:
    """Return which of these students are or were enrolled in a school in a year."""
    query = (
        select(StudentRow.number)
        .join(EnrollmentRow, EnrollmentRow.student_id == StudentRow.id)
        .join(SchoolRow, SchoolRow.id == EnrollmentRow.school_id)
        .where(
            SchoolRow.code == code,
            EnrollmentRow.school_year == school_year,
            ENROLLED,
        )
    )
    return {
        number
        for part in parts(numbers)
        for number in tx.session.scalars(query.where(StudentRow.number.in_(part)))
    }


def left_with_case(tx: Transaction, school_year: str, *, on: date) -> set[UUID]:
    """Return students with an open case, not marked as left, of whom an enrolment has ended."""
    query = (
        select(CaseRow.student_id)
        .join(EnrollmentRow, EnrollmentRow.student_id == CaseRow.student_id)
        .where(
            CaseRow.status != CaseStatus.CLOSED,
            CaseRow.left_on.is_(None),
            EnrollmentRow.school_year == school_year,
            EnrollmentRow.exit_on <= on,
        )
        .distinct()
    )
    return set(tx.run(query).scalars())


def schools_once(tx: Transaction, students: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return a school in which each of these was believed to be enrolled: now nobody says so."""
    return {
        student_id: school_id
        for part in parts(sorted(students))
        for student_id, school_id in tx.run(
            select(EnrollmentRow.student_id, EnrollmentRow.school_id)
            .where(EnrollmentRow.student_id.in_(part))
            .order_by(EnrollmentRow.id)
        ).all()
    }


def schoolmates(tx: Transaction, students: Iterable[UUID], school_year: str) -> set[UUID]:
    """Return whoever is enrolled in a year in any school that one of these is enrolled in."""
    schools_ = {
        school_id
        for part in parts(students)
        for school_id in tx.session.scalars(
            select(EnrollmentRow.school_id)
            .where(EnrollmentRow.student_id.in_(part), EnrollmentRow.school_year == school_year)
            .distinct()
        )
    }
    return {
        student_id
        for part in parts(sorted(schools_))
        for student_id in tx.session.scalars(
            select(EnrollmentRow.student_id).where(
                EnrollmentRow.school_id.in_(part), EnrollmentRow.school_year == school_year
            )
        )
    }
