"""Speaks SQL for schools, students, guardians and contact points. Decides nothing."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import bindparam, select

from schemas.base import Value
from server.db.database import Transaction
from server.db.tables.people import (
    ContactPointRow,
    GuardianRow,
    SchoolRow,
    StudentRow,
)
from server.people import rules
from server.people.store.places import Enrolled, enrollment_of, enrollments_of, presence
from server.people.store.publishing import (
    active_roots_of_guardian,
    active_students,
    publish_contact_point,
    publish_guardian,
    publish_guardians,
    publish_school,
    publish_student,
    publish_students,
)

__all__ = [
    "Enrolled",
    "active_roots_of_guardian",
    "active_students",
    "add_contact_point",
    "enrollment_of",
    "enrollments_of",
    "find_contact_point",
    "find_guardian",
    "find_school",
    "find_student",
    "find_student_by_number",
    "presence",
    "publish_contact_point",
    "publish_guardian",
    "publish_guardians",
    "publish_school",
    "publish_student",
    "publish_students",
    "root_of",
    "save_contact_point",
    "schools",
]
_EDITABLE = frozenset({"kind", "value", "status", "position"})

_STUDENT = select(StudentRow).where(StudentRow.id == bindparam("student"))
_ROOT = select(StudentRow.root).where(StudentRow.id == bindparam("student"))


def find_student(tx: Transaction, student_id: UUID) -> StudentRow | None:
    """Return a student, or None."""
    return tx.session.scalar(_STUDENT, {"student": student_id})


def find_student_by_number(tx: Transaction, number: str) -> StudentRow | None:
    """Return the student whom the district knows by this number, or None."""
    return tx.session.scalar(select(StudentRow).where(StudentRow.number == number))


def find_school(tx: Transaction, school_id: UUID) -> SchoolRow | None:
    """Return a school, or None."""
    return tx.session.get(SchoolRow, school_id)


def schools(tx: Transaction) -> list[SchoolRow]:
    """Return every school, by name."""
    return list(tx.session.scalars(select(SchoolRow).order_by(SchoolRow.name, SchoolRow.code)))


def find_contact_point(tx: Transaction, point_id: UUID) -> ContactPointRow | None:
    """Return a contact point, or None."""
    return tx.session.get(ContactPointRow, point_id)


def find_guardian(tx: Transaction, guardian_id: UUID) -> GuardianRow | None:
    """Return a guardian, or None."""
    return tx.session.get(GuardianRow, guardian_id)


def save_contact_point(tx: Transaction, point_id: UUID, changes: Mapping[str, Value]) -> None:
    """Write what a person changed. What the file last said (``source_value``) stays."""
    row = tx.session.get_one(ContactPointRow, point_id)
    for field in _EDITABLE & set(changes):
        setattr(row, field, changes[field])
    row.value_e164 = rules.e164(row.value, row.kind)
    row.ended_at = None
    tx.session.flush()


def add_contact_point(
    tx: Transaction, point_id: UUID, guardian_id: UUID, fields: Mapping[str, Value]
) -> None:
    """Add a number or e-mail that a person learned of. No file will take it away."""
    known = {field: fields[field] for field in _EDITABLE & set(fields)}
    row = ContactPointRow(id=point_id, guardian_id=guardian_id, source_value=None, **known)
    row.value_e164 = rules.e164(row.value, row.kind)
    tx.session.add(row)
    tx.session.flush()


def root_of(tx: Transaction, student_id: UUID) -> str:
    """Return the student's root."""
    return tx.session.scalars(_ROOT, {"student": student_id}).one()
