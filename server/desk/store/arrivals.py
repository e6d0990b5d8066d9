"""Speaks SQL for what comes in from the field: contacts and conflicts."""

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import and_, distinct, exists, func, literal, or_, select, union
from sqlalchemy.orm import aliased

from schemas.base import CaseId
from schemas.contacts import Contact
from schemas.desk import DeskConflict, DeskContact
from schemas.people import Guardian, Student
from schemas.sync import Conflict
from server.db.database import Transaction
from server.db.tables.calls import TaskRow
from server.db.tables.cases import CaseRow, ContactRow
from server.db.tables.identity import UserRow
from server.db.tables.people import SchoolRow, StudentRow
from server.db.tables.syncing import ConflictRow, LinkRow, PublishedRow
from server.desk.store.cases import name_of
from server.desk.store.scope import Scope, within

LATEST = 100


class _Place(NamedTuple):
    case_id: UUID
    school_name: str


class _Subject(msgspec.Struct):
    """As much of any published row as it takes to say whom or what it is about."""

    first_name: str = ""
    last_name: str = ""
    guardian_id: UUID | None = None
    occurred_at: str = ""
    opened_on: date | None = None


def contacts(tx: Transaction, scope: Scope) -> list[DeskContact]:
    """Return the latest contacts in scope, the last to arrive first.

    A contact of a case belongs to the case's school; one of no case to the schools of the
    student's cases.
    """
    of_contact, of_student = aliased(PublishedRow), aliased(PublishedRow)
    in_scope = exists().where(
        CaseRow.student_id == ContactRow.student_id,
        or_(ContactRow.case_id.is_(None), CaseRow.id == ContactRow.case_id),
        within(CaseRow.school_id, scope),
    )
    query = (
        select(of_contact.data.label("contact"), of_student.data.label("student"), UserRow.name)
        .select_from(ContactRow)
        .join(of_contact, and_(of_contact.ent == "contact", of_contact.key == ContactRow.id))
        .join(
            of_student, and_(of_student.ent == "student", of_student.key == ContactRow.student_id)
        )
        .join(UserRow, UserRow.id == ContactRow.by_user_id)
        .where(in_scope)
        .order_by(ContactRow.recorded_at.desc(), ContactRow.id.desc())
        .limit(LATEST)
    )
    rows = [
        (
            msgspec.json.decode(row.contact, type=Contact),
            msgspec.json.decode(row.student, type=Student),
            row.name,
        )
        for row in tx.session.execute(query)
    ]
    places = _places(tx, scope, {student.id for _, student, _ in rows})
    return [
        _desk_contact(contact, student, by_name, places[student.id])
        for contact, student, by_name in rows
    ]


_PLACES = union(
    select(CaseRow.student_id, CaseRow.school_id, CaseRow.school_year),
    select(TaskRow.student_id, TaskRow.school_id, literal("").label("school_year")),
).subquery("place")
"""Where the families are that phones may hold: they have a case, or are to be called."""


def conflicts(tx: Transaction, scope: Scope) -> list[DeskConflict]:
    """Return the open conflicts in scope, the oldest first, each once."""
    of_conflict, of_student, subject = (aliased(PublishedRow) for _ in range(3))
    query = (
        select(
            ConflictRow.id,
            of_conflict.data.label("conflict"),
            of_conflict.ver,
            of_student.data.label("student"),
            SchoolRow.name.label("school_name"),
            subject.data.label("subject"),
        )
        .select_from(ConflictRow)
        .join(LinkRow, and_(LinkRow.ent == "conflict", LinkRow.key == ConflictRow.id))
        .join(StudentRow, StudentRow.root == LinkRow.root)
        .join(_PLACES, _PLACES.c.student_id == StudentRow.id)
        .join(SchoolRow, SchoolRow.id == _PLACES.c.school_id)
        .join(of_conflict, and_(of_conflict.ent == "conflict", of_conflict.key == ConflictRow.id))
        .join(of_student, and_(of_student.ent == "student", of_student.key == StudentRow.id))
        .outerjoin(subject, and_(subject.ent == ConflictRow.ent, subject.key == ConflictRow.key))
        .where(ConflictRow.status == "open", within(_PLACES.c.school_id, scope))
        .order_by(
            ConflictRow.opened_at,
            ConflictRow.id,
            _PLACES.c.school_year.desc(),
            StudentRow.name_key,
            SchoolRow.id,
        )
    )
    rows: dict[UUID, Any] = {}
    for row in tx.session.execute(query):
        rows.setdefault(row.id, row)
    subjects = {
        row.id: msgspec.json.decode(row.subject, type=_Subject) if row.subject else _Subject()
        for row in rows.values()
    }
    names = _guardian_names(tx, {one.guardian_id for one in subjects.values() if one.guardian_id})
    return [_desk_conflict(row, subjects[row.id], names) for row in rows.values()]


def conflict_count(tx: Transaction, scope: Scope) -> int:
    """Return how many conflicts ``conflicts`` returns."""
    query = (
        select(func.count(distinct(ConflictRow.id)))
        .join(LinkRow, and_(LinkRow.ent == "conflict", LinkRow.key == ConflictRow.id))
        .join(StudentRow, StudentRow.root == LinkRow.root)
        .join(_PLACES, _PLACES.c.student_id == StudentRow.id)
        .where(ConflictRow.status == "open", within(_PLACES.c.school_id, scope))
    )
    return tx.session.scalar(query) or 0


def _places(
    tx: Transaction, scope: Scope, student_ids: set[Any]
) -> dict[UUID, dict[UUID | None, _Place]]:
    """Return each student's cases in scope; under None the newest."""
    query = (
        select(CaseRow.student_id, CaseRow.id, SchoolRow.name)
        .join(SchoolRow, SchoolRow.id == CaseRow.school_id)
        .where(CaseRow.student_id.in_(student_ids), within(CaseRow.school_id, scope))
        .order_by(CaseRow.school_year)
    )
    places: dict[UUID, dict[UUID | None, _Place]] = {}
    for student_id, case_id, school_name in tx.session.execute(query):
        of_student = places.setdefault(student_id, {})
        of_student[case_id] = of_student[None] = _Place(case_id, school_name)
    return places


def _guardian_names(tx: Transaction, guardian_ids: set[UUID]) -> dict[UUID, str]:
    query = select(PublishedRow.key, PublishedRow.data).where(
        PublishedRow.ent == "guardian", PublishedRow.key.in_(guardian_ids)
    )
    found = tx.session.execute(query)
    guardians = {key: msgspec.json.decode(data, type=Guardian) for key, data in found}
    return {key: f"{one.first_name} {one.last_name}".strip() for key, one in guardians.items()}


def _desk_contact(
    contact: Contact, student: Student, by_name: str, places: dict[UUID | None, _Place]
) -> DeskContact:
    place = places[contact.case_id]
    return DeskContact(
        contact=contact,
        student_name=name_of(student),
        school_name=place.school_name,
        by_name=by_name,
        case_id=CaseId(place.case_id),
    )


def _desk_conflict(row: Any, subject: _Subject, guardian_names: dict[UUID, str]) -> DeskConflict:
    student = msgspec.json.decode(row.student, type=Student)
    own = f"{subject.first_name} {subject.last_name}".strip()
    of_guardian = guardian_names.get(subject.guardian_id, "") if subject.guardian_id else ""
    day = subject.occurred_at[:10] or (subject.opened_on.isoformat() if subject.opened_on else "")
    return DeskConflict(
        conflict=msgspec.json.decode(row.conflict, type=Conflict),
        conflict_ver=row.ver,
        root=student.root,
        student_name=name_of(student),
        school_name=row.school_name,
        subject=own or of_guardian or day,
    )
