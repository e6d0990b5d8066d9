"""Speaks SQL for schools, students, guardians and contact points. Decides nothing.

A student becomes *active* when his root is first published (a case opened). Only then do phones
hold him: guardians, contact points and addresses belong to the root of every active student whom
the guardian answers for.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import bindparam, select

from schemas.base import GuardianId, SchoolId, StudentId, Value
from schemas.people import (
    Address,
    ContactPoint,
    ContactPointKind,
    ContactPointStatus,
    Guardian,
    Guardianship,
    School,
    Student,
)
from server.db.database import Transaction
from server.db.tables.people import (
    AddressRow,
    ContactPointRow,
    EnrollmentRow,
    GuardianRow,
    GuardianshipRow,
    SchoolRow,
    StudentRow,
)
from server.feed import store as feed
from server.feed.store import Author
from server.people import rules

_NOBODY = Author()
_AT_ONCE = 400
_EDITABLE = frozenset({"kind", "value", "status", "position"})

# Made once: publishing a family asks for these, and an import publishes hundreds.
_PLACES = select(EnrollmentRow).where(
    EnrollmentRow.student_id.in_(bindparam("students", expanding=True))
)
_TIES = select(GuardianshipRow).where(GuardianshipRow.student_id == bindparam("student"))
_POINTS = select(ContactPointRow).where(ContactPointRow.guardian_id == bindparam("guardian"))
_ADDRESSES = select(AddressRow).where(AddressRow.guardian_id == bindparam("guardian"))
_ROOT = select(StudentRow.root).where(StudentRow.id == bindparam("student"))
_ROOTS = (
    select(StudentRow.root)
    .join(GuardianshipRow, GuardianshipRow.student_id == StudentRow.id)
    .where(GuardianshipRow.guardian_id == bindparam("guardian"), GuardianshipRow.ended_at.is_(None))
)


def find_student(tx: Transaction, student_id: UUID) -> StudentRow | None:
    """Return a student, or None."""
    return tx.session.get(StudentRow, student_id)


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


def enrollment_of(tx: Transaction, student_id: UUID) -> EnrollmentRow | None:
    """Return where the student is now, or was last.

    What an enrolment file says comes before what events suggest; then a place without an exit
    before one with, then the newest year, then the latest entry.
    """
    return enrollments_of(tx, [student_id]).get(student_id)


def enrollments_of(tx: Transaction, student_ids: Iterable[UUID]) -> dict[UUID, EnrollmentRow]:
    """Return where students are now, or were last; one who was never enrolled is left out."""
    found: dict[UUID, EnrollmentRow] = {}
    wanted = list(student_ids)
    for at in range(0, len(wanted), _AT_ONCE):
        for row in tx.session.scalars(_PLACES, {"students": wanted[at : at + _AT_ONCE]}):
            known = found.get(row.student_id)
            if known is None or presence(row) > presence(known):
                found[row.student_id] = row
    return found


def presence(row: EnrollmentRow) -> tuple[bool, bool, str, str, int]:
    """Order a student's enrolments: the greatest is where he is now, or was last."""
    return (
        row.source == "enrollment_file",
        row.exit_on is None,
        row.school_year,
        row.entry_on.isoformat() if row.entry_on else "",
        row.id,
    )


def root_of(tx: Transaction, student_id: UUID) -> str:
    """Return the student's root."""
    return tx.session.scalars(_ROOT, {"student": student_id}).one()


def active_roots_of_guardian(tx: Transaction, guardian_id: UUID) -> set[str]:
    """Return the roots of the active students whom the guardian answers for."""
    roots = tx.session.scalars(_ROOTS, {"guardian": guardian_id}).all()
    return {root for root in roots if feed.is_active(tx, root)}


def publish_school(tx: Transaction, school_id: UUID) -> None:
    """Publish a school to everybody (root ``ref``)."""
    row = tx.session.get_one(SchoolRow, school_id)
    school = School(id=SchoolId(row.id), name=row.name, level=row.level)
    feed.publish(tx, "school", school, key=row.id, roots=["ref"])


def publish_student(tx: Transaction, student_id: UUID, *, by: Author = _NOBODY) -> None:
    """Publish a student and the family; the student is active from now on.

    Publishing again what has not changed publishes nothing.
    """
    row = tx.session.get_one(StudentRow, student_id)
    place = enrollment_of(tx, student_id)
    student = Student(
        id=StudentId(row.id),
        root=row.root,
        number=row.number,
        first_name=row.first_name,
        last_name=" ".join(filter(None, (row.last_name, row.suffix))),
        preferred_name=row.preferred_name,
        grade=place.grade if place else "",
        school_id=SchoolId(place.school_id) if place else None,
        left_on=place.exit_on
        if place and place.exit_on and place.exit_on <= tx.at.date()
        else None,
    )
    feed.publish(tx, "student", student, key=row.id, roots=[row.root], by=by)
    for tie in tx.session.scalars(_TIES, {"student": student_id}).all():
        _publish_guardianship(tx, tie, row.root, by=by)
        publish_guardian(tx, tie.guardian_id, by=by)


def publish_guardian(tx: Transaction, guardian_id: UUID, *, by: Author = _NOBODY) -> None:
    """Publish a guardian with numbers and addresses to the active students' roots, if any."""
    roots = active_roots_of_guardian(tx, guardian_id)
    row = tx.session.get_one(GuardianRow, guardian_id)
    if not roots:
        feed.withdraw(tx, "guardian", guardian_id, by=by)
    else:
        guardian = Guardian(
            id=GuardianId(row.id),
            first_name=row.first_name,
            last_name=row.last_name,
            language=row.language,
            needs_interpreter=row.needs_interpreter,
        )
        feed.publish(tx, "guardian", guardian, key=row.id, roots=roots, by=by)
    for point in tx.session.scalars(_POINTS, {"guardian": guardian_id}).all():
        _publish_point(tx, point, roots, by=by)
    for address in tx.session.scalars(_ADDRESSES, {"guardian": guardian_id}).all():
        _publish_address(tx, address, roots, by=by)


def publish_contact_point(tx: Transaction, point_id: UUID, *, by: Author = _NOBODY) -> None:
    """Publish one number to the roots of the guardian's active students."""
    row = tx.session.get_one(ContactPointRow, point_id)
    _publish_point(tx, row, active_roots_of_guardian(tx, row.guardian_id), by=by)


def _publish_guardianship(tx: Transaction, row: GuardianshipRow, root: str, *, by: Author) -> None:
    if row.ended_at is not None:
        feed.withdraw(tx, "guardianship", row.id, by=by)
        return
    tie = Guardianship(
        id=row.id,
        student_id=StudentId(row.student_id),
        guardian_id=GuardianId(row.guardian_id),
        relation=row.relation,
        is_primary=row.is_primary,
        is_emergency=row.is_emergency,
        lives_with=row.lives_with,
        restriction=row.restriction,
        position=row.position,
    )
    feed.publish(tx, "guardianship", tie, key=row.id, roots=[root], by=by)


def _publish_point(
    tx: Transaction, row: ContactPointRow, roots: Iterable[str], *, by: Author
) -> None:
    if row.ended_at is not None or not roots:
        feed.withdraw(tx, "contact_point", row.id, by=by)
        return
    point = ContactPoint(
        id=row.id,
        guardian_id=GuardianId(row.guardian_id),
        kind=ContactPointKind(row.kind),
        value=row.value,
        value_e164=row.value_e164,
        status=ContactPointStatus(row.status),
        position=row.position,
    )
    feed.publish(tx, "contact_point", point, key=row.id, roots=roots, by=by)


def _publish_address(tx: Transaction, row: AddressRow, roots: Iterable[str], *, by: Author) -> None:
    if row.ended_at is not None or not roots:
        feed.withdraw(tx, "address", row.id, by=by)
        return
    address = Address(
        id=row.id,
        guardian_id=GuardianId(row.guardian_id),
        street=row.street,
        unit=row.unit,
        city=row.city,
        state=row.state,
        postal_code=row.postal_code,
    )
    feed.publish(tx, "address", address, key=row.id, roots=roots, by=by)
