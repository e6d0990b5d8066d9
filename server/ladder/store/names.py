"""Speaks SQL for the names behind a count."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from server.attendance.store.former import called, schools_gone, students_gone
from server.attendance.store.then import Then
from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.people import SchoolRow, StudentRow

_AT_ONCE = 1000


class Named(NamedTuple):
    """A student's number and name."""

    id: UUID
    number: str
    name: str
    key: str
    """What the name is sorted by."""


def schools(tx: Transaction, then: Then | None = None) -> dict[UUID, tuple[str, str]]:
    """Return every school's code and name, also of those that were there then and went since."""
    query = select(SchoolRow.id, SchoolRow.code, SchoolRow.name)
    known = {row.id: (row.code, row.name) for row in tx.session.execute(query)}
    return known | {one.id: (one.code, one.name) for one in schools_gone(tx, then)}


def students(tx: Transaction, ids: Collection[UUID], then: Then | None = None) -> Iterable[Named]:
    """Yield the numbers and names (of then) of these students, in no order.

    Also of those who went since, with the import that had told them.
    """
    found: set[UUID] = set()
    for part in parts(ids, _AT_ONCE):
        query = select(
            StudentRow.id,
            StudentRow.number,
            StudentRow.first_name,
            StudentRow.last_name,
            StudentRow.name_key,
        ).where(StudentRow.id.in_(part))
        for row in tx.session.execute(query):
            was = {
                "first_name": row.first_name,
                "last_name": row.last_name,
                "name_key": row.name_key,
            } | called(then, row.id)
            found.add(row.id)
            yield _named(row.id, row.number, was)
    missing = [one for one in ids if one not in found]
    for student_id, was in students_gone(then, missing).items():
        yield _named(student_id, was["number"], was)


def _named(student_id: UUID, number: str, was: Mapping[str, str]) -> Named:
    name = f"{was['first_name']} {was['last_name']}".strip()
    return Named(student_id, number, name, was["name_key"])
