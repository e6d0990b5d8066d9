"""Speaks SQL for case lists as they were known at an earlier moment."""

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
from server.db.tables.people import SchoolRow
from server.db.tables.syncing import ConflictRow, LinkRow, PublishedRow, RowVersionRow
from server.desk.store.cases import REACHED, CaseList, Contacts, Numbers
from server.desk.store.scope import Scope
from server.people.rules import name_key


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
    tx: Transaction, ids: Collection[UUID], at: datetime, words: Sequence[str] = ()
) -> dict[UUID, tuple[str, Student]]:
    """Return these students as they were called then, and how they are sorted.

    Only those whose name of then, or number, has each word.
    """
    told = _published(tx, ids) | _versions(tx, ids, at)
    found: dict[UUID, tuple[str, Student]] = {}
    for student_id, student in told.items():
        key, number = name_key(student.first_name, student.last_name), student.number.lower()
        if all(word in key or number.startswith(word) for word in words):
            found[student_id] = (key, student)
    return found


def _published(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Student]:
    row = PublishedRow
    query = select(row.key, row.data).where(row.ent == "student")
    return {
        key: msgspec.json.decode(data, type=Student)
        for part in parts(ids)
        for key, data in tx.session.execute(query.where(row.key.in_(part)))
    }


def _versions(tx: Transaction, ids: Collection[UUID], at: datetime) -> dict[UUID, Student]:
    """Return students in their versions of then; who has none any more is left out."""
    row = RowVersionRow
    found: dict[UUID, Student] = {}
    for part in parts(ids):
        newest = (
            select(row.key, func.max(row.ver).label("ver"))
            .where(row.ent == "student", row.at <= at, row.key.in_(part))
            .group_by(row.key)
            .subquery()
        )
        query = select(row.key, row.data).join(
            newest, and_(row.ent == "student", row.key == newest.c.key, row.ver == newest.c.ver)
        )
        for key, data in tx.session.execute(query):
            if data is not None:
                found[key] = msgspec.json.decode(data, type=Student)
    return found


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
