"""Speaks SQL for case lists as they were known at an earlier moment. Names are as known now."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import and_, case, func, or_, select

from schemas.base import Root
from schemas.cases import Case, CaseStatus
from schemas.people import Student
from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.cases import ContactRow
from server.db.tables.people import SchoolRow, StudentRow
from server.db.tables.syncing import ConflictRow, LinkRow, PublishedRow, RowVersionRow
from server.desk.store.cases import REACHED, CaseList, Contacts, Numbers
from server.desk.store.scope import Scope


class CaseThen(NamedTuple):
    """A case as it was."""

    case: Case
    ver: int


def cases(tx: Transaction, scope: Scope, at: datetime) -> list[CaseThen]:
    """Return the cases that were open in scope, each in its version of then."""
    row = RowVersionRow
    newest = (
        select(row.key, func.max(row.ver).label("ver"))
        .where(row.ent == "case", row.at <= at)
        .group_by(row.key)
        .subquery()
    )
    query = select(row.data, row.ver).join(
        newest, and_(row.ent == "case", row.key == newest.c.key, row.ver == newest.c.ver)
    )
    found = [
        CaseThen(msgspec.json.decode(data, type=Case), ver)
        for data, ver in tx.session.execute(query)
        if data is not None
    ]
    return [
        one
        for one in found
        if (scope is None or one.case.school_id in scope)
        and one.case.status is not CaseStatus.CLOSED
    ]


def list_of(one: CaseThen) -> CaseList:
    """Return on which list a case was."""
    if one.case.left_on is not None:
        return CaseList.LEFT
    return CaseList.NEW if one.case.status is CaseStatus.NEW else CaseList.OPEN


def numbers(found: Iterable[CaseThen]) -> Numbers:
    """Return how long each list was."""
    lists = [list_of(one) for one in found]
    return Numbers(*(lists.count(one) for one in (CaseList.NEW, CaseList.OPEN, CaseList.LEFT)))


def students(
    tx: Transaction, ids: Collection[UUID], words: Sequence[str] = ()
) -> dict[UUID, tuple[str, Student]]:
    """Return these students and how they are sorted: only those whose name has each word."""
    published = PublishedRow
    query = select(StudentRow.id, StudentRow.name_key, published.data).join(
        published, and_(published.ent == "student", published.key == StudentRow.id)
    )
    for word in words:
        query = query.where(
            or_(
                StudentRow.name_key.contains(word, autoescape=True),
                func.lower(StudentRow.number).startswith(word, autoescape=True),
            )
        )
    return {
        student_id: (key, msgspec.json.decode(data, type=Student))
        for part in parts(ids)
        for student_id, key, data in tx.session.execute(query.where(StudentRow.id.in_(part)))
    }


def school_names(tx: Transaction) -> dict[UUID, str]:
    """Return what every school is called."""
    return {row.id: row.name for row in tx.session.execute(select(SchoolRow.id, SchoolRow.name))}


def contacts(
    tx: Transaction, ids: Collection[UUID], at: datetime
) -> dict[tuple[UUID, UUID | None], Contacts]:
    """Return the contacts that had been written down, by student and case."""
    row = ContactRow
    query = (
        select(
            row.student_id,
            row.case_id,
            func.count(),
            func.sum(case((row.outcome.in_(REACHED), 1), else_=0)),
            func.max(row.est_at),
        )
        .where(row.recorded_at <= at, or_(row.voided_at.is_(None), row.voided_at > at))
        .group_by(row.student_id, row.case_id)
    )
    return {
        (student_id, case_id): Contacts(made, int(reached), last_at)
        for part in parts(ids)
        for student_id, case_id, made, reached, last_at in tx.session.execute(
            query.where(row.student_id.in_(part))
        )
    }


def conflicts(tx: Transaction, at: datetime) -> dict[Root, int]:
    """Return how many conflicts were open, by root."""
    query = (
        select(LinkRow.root, func.count())
        .join(ConflictRow, ConflictRow.id == LinkRow.key)
        .where(
            LinkRow.ent == "conflict",
            ConflictRow.opened_at <= at,
            or_(ConflictRow.resolved_at.is_(None), ConflictRow.resolved_at > at),
        )
        .group_by(LinkRow.root)
    )
    return {row.root: row[1] for row in tx.session.execute(query)}
