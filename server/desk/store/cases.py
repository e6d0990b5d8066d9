"""Speaks SQL for case lists."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from schemas.attendance import Submission
from schemas.base import Root
from schemas.cases import Case, CaseStatus
from schemas.desk import DeskCase
from schemas.people import Student
from schemas.vocabulary import OUTCOME_FACTS
from server.db.database import Transaction
from server.db.tables.cases import CaseRow, ContactRow
from server.db.tables.people import SchoolRow, StudentRow
from server.db.tables.syncing import ConflictRow, LinkRow, PublishedRow
from server.desk.store.scope import Scope, within

REACHED = [outcome.value for outcome, facts in OUTCOME_FACTS.items() if facts.success]


class CaseList(StrEnum):
    """The three lists of open cases. A case is on exactly one of them until it is closed."""

    NEW = "new"
    OPEN = "open"
    LEFT = "left"


class Numbers(NamedTuple):
    """How long each list is."""

    new: int
    open: int
    left: int


class _Units(msgspec.Struct):
    """The one number of a standing that lists show."""

    unexcused_units: int = 0


class Contacts(NamedTuple):
    """How often somebody was contacted, and reached."""

    made: int = 0
    reached: int = 0
    last_at: datetime | None = None


def numbers(tx: Transaction, scope: Scope) -> Numbers:
    """Return the lengths of the lists in scope."""
    query = select(
        _sum_of(CaseList.NEW).label("new"),
        _sum_of(CaseList.OPEN).label("open"),
        _sum_of(CaseList.LEFT).label("left"),
    ).where(within(CaseRow.school_id, scope))
    row = tx.session.execute(query).one()
    return Numbers(int(row.new), int(row.open), int(row.left))


def lines(
    tx: Transaction, scope: Scope, *, which: CaseList, words: Iterable[str] = ()
) -> list[DeskCase]:
    """Return a list, the most overdue first; only students whose name or number has each word."""
    found = [
        or_(
            StudentRow.name_key.contains(word, autoescape=True),
            func.lower(StudentRow.number).startswith(word, autoescape=True),
        )
        for word in words
    ]
    return _lines(tx, and_(within(CaseRow.school_id, scope), _on(which), *found))


def line(tx: Transaction, scope: Scope, case_id: UUID) -> DeskCase | None:
    """Return one case, closed or not; None when it is not there or not in scope."""
    found = _lines(tx, and_(within(CaseRow.school_id, scope), CaseRow.id == case_id))
    return found[0] if found else None


def _on(which: CaseList) -> ColumnElement[bool]:
    match which:
        case CaseList.NEW:
            return and_(CaseRow.status == CaseStatus.NEW, CaseRow.left_on.is_(None))
        case CaseList.OPEN:
            return and_(
                CaseRow.status.not_in([CaseStatus.NEW, CaseStatus.CLOSED]),
                CaseRow.left_on.is_(None),
            )
        case CaseList.LEFT:
            return and_(CaseRow.status != CaseStatus.CLOSED, CaseRow.left_on.is_not(None))


def _sum_of(which: CaseList) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((_on(which), 1), else_=0)), 0)


def _lines(tx: Transaction, wanted: ColumnElement[bool]) -> list[DeskCase]:
    of_case, of_student, of_standing, of_told = (aliased(PublishedRow) for _ in range(4))
    query = (
        select(
            of_case.data.label("case"),
            of_case.ver,
            of_student.data.label("student"),
            of_standing.data.label("standing"),
            of_told.data.label("submission"),
            SchoolRow.name.label("school_name"),
        )
        .select_from(CaseRow)
        .join(StudentRow, StudentRow.id == CaseRow.student_id)
        .join(SchoolRow, SchoolRow.id == CaseRow.school_id)
        .join(of_case, and_(of_case.ent == "case", of_case.key == CaseRow.id))
        .join(of_student, and_(of_student.ent == "student", of_student.key == CaseRow.student_id))
        .outerjoin(
            of_standing,
            and_(of_standing.ent == "standing", of_standing.key == CaseRow.student_id),
        )
        .outerjoin(of_told, and_(of_told.ent == "submission", of_told.key == CaseRow.school_id))
        .where(wanted)
        .order_by(CaseRow.due_on, StudentRow.name_key, CaseRow.id)
    )
    rows = tx.session.execute(query).all()
    students = (
        select(CaseRow.student_id)
        .join(StudentRow, StudentRow.id == CaseRow.student_id)
        .where(wanted)
    )
    contacts = _contacts(tx, students)
    conflicts = _conflicts(tx, students)
    return [_line(row, contacts, conflicts) for row in rows]


def _contacts(tx: Transaction, students: Select[UUID]) -> dict[tuple[UUID, UUID | None], Contacts]:
    query = (
        select(
            ContactRow.student_id,
            ContactRow.case_id,
            func.count(),
            func.sum(case((ContactRow.outcome.in_(REACHED), 1), else_=0)),
            func.max(ContactRow.est_at),
        )
        .where(ContactRow.student_id.in_(students), ContactRow.voided_at.is_(None))
        .group_by(ContactRow.student_id, ContactRow.case_id)
    )
    return {
        (student_id, case_id): Contacts(made, int(reached), last_at)
        for student_id, case_id, made, reached, last_at in tx.session.execute(query)
    }


def _conflicts(tx: Transaction, students: Select[UUID]) -> dict[Root, int]:
    query = (
        select(LinkRow.root, func.count())
        .join(ConflictRow, ConflictRow.id == LinkRow.key)
        .join(StudentRow, StudentRow.root == LinkRow.root)
        .where(
            LinkRow.ent == "conflict",
            ConflictRow.status == "open",
            StudentRow.id.in_(students),
        )
        .group_by(LinkRow.root)
    )
    return {row.root: row[1] for row in tx.session.execute(query)}


def _line(
    row: Any,
    contacts: dict[tuple[UUID, UUID | None], Contacts],
    conflicts: dict[Root, int],
) -> DeskCase:
    this = msgspec.json.decode(row.case, type=Case)
    student = msgspec.json.decode(row.student, type=Student)
    parts = [contacts.get((this.student_id, case_id), Contacts()) for case_id in (this.id, None)]
    return DeskCase(
        case=this,
        case_ver=row.ver,
        root=student.root,
        student_name=name_of(student),
        grade=student.grade,
        school_name=row.school_name,
        unexcused_units=units_of(row.standing),
        data_as_of=as_of(row.submission),
        contact_count=sum(part.made for part in parts),
        reached_count=sum(part.reached for part in parts),
        last_contact_at=max((part.last_at for part in parts if part.last_at), default=None),
        open_conflict_count=conflicts.get(student.root, 0),
    )


def name_of(student: Student) -> str:
    """Return how the programme calls a student."""
    return f"{student.preferred_name or student.first_name} {student.last_name}".strip()


def units_of(standing: str | None) -> int:
    """Return the unexcused units of a published standing; 0 when there is none."""
    return msgspec.json.decode(standing, type=_Units).unexcused_units if standing else 0


def as_of(submission: str | None) -> date | None:
    """Return the day up to which a school has told its year, from its published submission."""
    return msgspec.json.decode(submission, type=Submission).data_as_of if submission else None
