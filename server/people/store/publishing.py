"""Publishes schools, students and families to the phones that may hold them.

A student becomes *active* when his root is first published (a case opened). Only then do phones
hold him: guardians, contact points and addresses belong to the root of every active student whom
the guardian answers for. Publishing again what has not changed publishes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from schemas.base import GuardianId, SchoolId, StudentId
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
from server.db.among import among
from server.db.base import Base
from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.people import (
    AddressRow,
    ContactPointRow,
    GuardianRow,
    GuardianshipRow,
    SchoolRow,
    StudentRow,
)
from server.feed import bulk
from server.feed import store as feed
from server.feed.bulk import Row
from server.feed.store import Author
from server.people.store.places import Enrolled, enrollments_of

_NOBODY = Author()
_T = TypeVar("_T", bound=Base)
_ROOTS = select(StudentRow.id, StudentRow.root).where(among(StudentRow.id, "students"))


def publish_school(tx: Transaction, school_id: UUID) -> None:
    """Publish a school to everybody (root ``ref``)."""
    row = tx.session.get_one(SchoolRow, school_id)
    school = School(id=SchoolId(row.id), name=row.name, level=row.level)
    feed.publish(tx, "school", school, key=row.id, roots=["ref"])


def publish_student(tx: Transaction, student_id: UUID, *, by: Author = _NOBODY) -> None:
    """Publish a student and the family; the student is active from now on."""
    publish_students(tx, [student_id], by=by)


def publish_students(tx: Transaction, student_ids: Iterable[UUID], *, by: Author = _NOBODY) -> None:
    """Publish students and their families; they are active from now on."""
    ids = sorted(set(student_ids))
    students = {row.id: row for row in _rows(tx, StudentRow, StudentRow.id, ids)}
    places = enrollments_of(tx, ids)
    rows = [
        Row(row.id, _student(tx, row, places.get(row.id)), [row.root]) for row in students.values()
    ]
    bulk.publish(tx, "student", rows, by=by)
    ties = _rows(tx, GuardianshipRow, GuardianshipRow.student_id, ids)
    in_force = [tie for tie in ties if tie.ended_at is None]
    for tie in ties:
        if tie.ended_at is not None:
            feed.withdraw(tx, "guardianship", tie.id, by=by)
    rows = [Row(tie.id, _guardianship(tie), [students[tie.student_id].root]) for tie in in_force]
    bulk.publish(tx, "guardianship", rows, by=by)
    publish_guardians(tx, {tie.guardian_id for tie in ties}, by=by)


def active_students(tx: Transaction, student_ids: Iterable[UUID]) -> list[UUID]:
    """Return those of these students whom phones may hold."""
    roots = {
        student_id: root
        for part in parts(sorted(set(student_ids)))
        for student_id, root in tx.run(_ROOTS, {"students": part})
    }
    active = bulk.active(tx, roots.values())
    return [student_id for student_id, root in roots.items() if root in active]


def publish_guardian(tx: Transaction, guardian_id: UUID, *, by: Author = _NOBODY) -> None:
    """Publish a guardian with numbers and addresses to the active students' roots, if any."""
    publish_guardians(tx, [guardian_id], by=by)


def publish_guardians(
    tx: Transaction, guardian_ids: Iterable[UUID], *, by: Author = _NOBODY
) -> None:
    """Publish guardians with numbers and addresses to the active students' roots, if any."""
    ids = sorted(set(guardian_ids))
    roots = _active_roots(tx, ids)
    guardians = _rows(tx, GuardianRow, GuardianRow.id, ids)
    _tell(tx, "guardian", [(row, row.id) for row in guardians], roots, by=by)
    points = _rows(tx, ContactPointRow, ContactPointRow.guardian_id, ids)
    _tell(tx, "contact_point", [(row, row.guardian_id) for row in points], roots, by=by)
    addresses = _rows(tx, AddressRow, AddressRow.guardian_id, ids)
    _tell(tx, "address", [(row, row.guardian_id) for row in addresses], roots, by=by)


def publish_contact_point(tx: Transaction, point_id: UUID, *, by: Author = _NOBODY) -> None:
    """Publish one number to the roots of the guardian's active students."""
    row = tx.session.get_one(ContactPointRow, point_id)
    roots = _active_roots(tx, [row.guardian_id])
    _tell(tx, "contact_point", [(row, row.guardian_id)], roots, by=by)


def active_roots_of_guardian(tx: Transaction, guardian_id: UUID) -> set[str]:
    """Return the roots of the active students whom the guardian answers for."""
    return _active_roots(tx, [guardian_id]).get(guardian_id, set())


def _tell(
    tx: Transaction,
    ent: str,
    rows: Sequence[tuple[GuardianRow | ContactPointRow | AddressRow, UUID]],
    roots: Mapping[UUID, set[str]],
    *,
    by: Author,
) -> None:
    """Publish rows with their guardian, or withdraw those that ended or that nobody may hold."""
    told: list[Row] = []
    for row, guardian_id in rows:
        own = roots.get(guardian_id)
        if not own or (not isinstance(row, GuardianRow) and row.ended_at is not None):
            feed.withdraw(tx, ent, row.id, by=by)
        else:
            told.append(Row(row.id, _wire(row), own))
    bulk.publish(tx, ent, told, by=by)


def _active_roots(tx: Transaction, guardian_ids: Sequence[UUID]) -> dict[UUID, set[str]]:
    ties = [
        (guardian_id, root)
        for part in parts(guardian_ids)
        for guardian_id, root in tx.run(
            select(GuardianshipRow.guardian_id, StudentRow.root)
            .join(StudentRow, StudentRow.id == GuardianshipRow.student_id)
            .where(GuardianshipRow.guardian_id.in_(part), GuardianshipRow.ended_at.is_(None))
        )
    ]
    active = bulk.active(tx, {root for _, root in ties})
    found: dict[UUID, set[str]] = {}
    for guardian_id, root in ties:
        if root in active:
            found.setdefault(guardian_id, set()).add(root)
    return found


def _rows(
    tx: Transaction, table: type[_T], column: InstrumentedAttribute[Any], ids: Sequence[UUID]
) -> list[_T]:
    query = _asking(table, column)
    return [row for part in parts(ids) for row in tx.session.scalars(query, {"ids": part}).all()]


@cache
def _asking(table: type[_T], column: InstrumentedAttribute[Any]) -> Select[_T]:
    return select(table).where(among(column, "ids"))


def _student(tx: Transaction, row: StudentRow, place: Enrolled | None) -> Student:
    has_left = place and place.exit_on and place.exit_on <= tx.at.date()
    return Student(
        id=StudentId(row.id),
        root=row.root,
        number=row.number,
        first_name=row.first_name,
        last_name=" ".join(filter(None, (row.last_name, row.suffix))),
        preferred_name=row.preferred_name,
        grade=place.grade if place else "",
        school_id=SchoolId(place.school_id) if place else None,
        left_on=place.exit_on if place and has_left else None,
    )


def _guardianship(row: GuardianshipRow) -> Guardianship:
    return Guardianship(
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


def _wire(row: GuardianRow | ContactPointRow | AddressRow) -> Guardian | ContactPoint | Address:
    if isinstance(row, GuardianRow):
        return Guardian(
            id=GuardianId(row.id),
            first_name=row.first_name,
            last_name=row.last_name,
            language=row.language,
            needs_interpreter=row.needs_interpreter,
        )
    if isinstance(row, ContactPointRow):
        return ContactPoint(
            id=row.id,
            guardian_id=GuardianId(row.guardian_id),
            kind=ContactPointKind(row.kind),
            value=row.value,
            value_e164=row.value_e164,
            status=ContactPointStatus(row.status),
            position=row.position,
        )
    return Address(
        id=row.id,
        guardian_id=GuardianId(row.guardian_id),
        street=row.street,
        unit=row.unit,
        city=row.city,
        state=row.state,
        postal_code=row.postal_code,
    )
