"""Speaks SQL for one student's whole file: what a phone holds of the root, read at once."""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import and_, select

from schemas.attendance import Standing
from schemas.contacts import Contact
from schemas.desk import DeskFamily
from schemas.people import Address, ContactPoint, Guardian, Guardianship, Student
from schemas.sync import Conflict
from server.db.database import Transaction
from server.db.tables.syncing import LinkRow, PublishedRow

T = TypeVar("T")


class Root:
    """Everything published in a student's root, by kind."""

    def __init__(self, rows: Iterable[tuple[str, str]]) -> None:
        self._texts: dict[str, list[str]] = {}
        for ent, text in rows:
            self._texts.setdefault(ent, []).append(text)

    def all(self, ent: str, shape: type[T]) -> list[T]:
        """Return the rows of one kind."""
        return [msgspec.json.decode(text, type=shape) for text in self._texts.get(ent, [])]

    def student(self) -> Student:
        """Return the student."""
        return self.all("student", Student)[0]

    def standing(self, student: Student) -> Standing:
        """Return the standing; an empty one when none was ever reckoned."""
        found = self.all("standing", Standing)
        return found[0] if found else Standing(student_id=student.id, school_year="", ladder="")

    def families(self) -> list[DeskFamily]:
        """Return the guardians in the order the school's file gives them."""
        guardians = {one.id: one for one in self.all("guardian", Guardian)}
        points = self.all("contact_point", ContactPoint)
        addresses = self.all("address", Address)
        ties = sorted(
            self.all("guardianship", Guardianship),
            key=lambda tie: (not tie.is_primary, tie.position, tie.id),
        )
        return [
            DeskFamily(
                guardian=guardians[tie.guardian_id],
                guardianship=tie,
                points=sorted(
                    (one for one in points if one.guardian_id == tie.guardian_id),
                    key=lambda point: (point.position, point.id),
                ),
                addresses=[one for one in addresses if one.guardian_id == tie.guardian_id],
            )
            for tie in ties
            if tie.guardian_id in guardians
        ]

    def contacts(self, case_id: UUID) -> list[Contact]:
        """Return the contacts of a case, and those of no case, the newest first."""
        return sorted(
            (one for one in self.all("contact", Contact) if one.case_id in {case_id, None}),
            key=lambda contact: (contact.est_at or contact.occurred_at, contact.id),
            reverse=True,
        )

    def conflicts(self) -> list[Conflict]:
        """Return the open conflicts, the oldest first."""
        return sorted(
            (one for one in self.all("conflict", Conflict) if one.status == "open"),
            key=lambda conflict: (conflict.opened_at, conflict.id),
        )


def read(tx: Transaction, root: str) -> Root:
    """Return everything published in a root."""
    query = (
        select(PublishedRow.ent, PublishedRow.data)
        .join(LinkRow, and_(LinkRow.ent == PublishedRow.ent, LinkRow.key == PublishedRow.key))
        .where(LinkRow.root == root, PublishedRow.gone.is_(False))
        .order_by(PublishedRow.ent, PublishedRow.key)
    )
    return Root((row.ent, row.data) for row in tx.session.execute(query))
