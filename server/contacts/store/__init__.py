"""Speaks SQL for contacts and publishes them. Decides nothing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, insert, select

from schemas.base import CaseId, ContactId, StudentId, UserId
from schemas.contacts import Contact
from schemas.people import Role
from schemas.vocabulary import Direction, Method, Outcome, Party
from server.contacts.rules import Stay
from server.db.among import among
from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.cases import CaseRow, ContactRow
from server.db.tables.people import ENROLLED, EnrollmentRow, StayRow, StudentRow
from server.feed import bulk
from server.feed import store as feed
from server.feed.bulk import Row
from server.feed.store import Author

_NOBODY = Author()

# Made once: phones hand contacts in by the hundred.
_FIND = select(ContactRow).where(ContactRow.id == bindparam("contact"))
_ADD = insert(ContactRow)
_ROOT = select(StudentRow.root).where(StudentRow.id == bindparam("student"))
_STAYS = (
    select(
        EnrollmentRow.student_id,
        EnrollmentRow.school_id,
        EnrollmentRow.school_year,
        EnrollmentRow.entry_on,
        EnrollmentRow.exit_on,
        EnrollmentRow.source,
        StayRow.entry_on.label("stay_entry_on"),
        StayRow.exit_on.label("stay_exit_on"),
    )
    .outerjoin(StayRow, StayRow.place_id == EnrollmentRow.id)
    .where(among(EnrollmentRow.student_id, "students"), ENROLLED)
)


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """What only the server keeps of a contact's time."""

    skew_ms: int | None = None
    flags: tuple[str, ...] = ()


class Belonging(msgspec.Struct, frozen=True, kw_only=True):
    """What only the server keeps of where a contact belongs, for reports."""

    by_role: Role | None = None
    """The author's role when it was written."""
    school_id: UUID | None = None
    """The student's school when it happened."""


_UNKNOWN = Belonging()


def find(tx: Transaction, contact_id: UUID) -> ContactRow | None:
    """Return a contact, or None."""
    return tx.session.scalar(_FIND, {"contact": contact_id})


def of_student(tx: Transaction, student_id: UUID) -> list[Contact]:
    """Return a student's contacts, the newest first."""
    query = (
        select(ContactRow)
        .where(ContactRow.student_id == student_id)
        .order_by(ContactRow.occurred_at.desc(), ContactRow.id.desc())
    )
    return [contact_of(row) for row in tx.session.scalars(query)]


def add(
    tx: Transaction,
    contact: Contact,
    timing: Timing,
    *,
    by: Author,
    belonging: Belonging = _UNKNOWN,
) -> int:
    """Write a new contact and publish it in the student's root; return its version."""
    fields = msgspec.structs.asdict(contact)
    values: dict[str, Any] = {
        **{name: value for name, value in fields.items() if name != "by"},
        "by_user_id": contact.by,
        "skew_ms": timing.skew_ms,
        "time_flags": " ".join(timing.flags),
        "by_role": belonging.by_role.value if belonging.by_role else "",
        "school_id": belonging.school_id,
    }
    tx.run(_ADD, values)
    root = tx.run(_ROOT, {"student": contact.student_id}).scalar_one()
    return feed.publish(tx, "contact", contact, key=contact.id, roots=[root], by=by)


def stays_of(tx: Transaction, student_id: UUID) -> list[Stay]:
    """Return every stay of a student in any school and year."""
    return stays_of_all(tx, [student_id]).get(student_id, [])


def stays_of_all(tx: Transaction, student_ids: Sequence[UUID]) -> dict[UUID, list[Stay]]:
    """Return every stay of these students, by student."""
    found: dict[UUID, list[Stay]] = {}
    for row in tx.run(_STAYS, {"students": student_ids}):
        found.setdefault(row.student_id, []).append(_stay(row))
    return found


def _stay(row: Any) -> Stay:
    # An enrolment without stays of its own says itself from when to when it holds.
    has_own = row.stay_entry_on is not None
    return Stay(
        school_id=row.school_id,
        entry_on=row.stay_entry_on if has_own else row.entry_on,
        exit_on=row.stay_exit_on if has_own else row.exit_on,
        is_from_file=row.source == "enrollment_file",
        school_year=row.school_year,
    )


def school_of_case(tx: Transaction, case_id: UUID) -> UUID | None:
    """Return the school that a case is of."""
    return tx.session.scalar(select(CaseRow.school_id).where(CaseRow.id == case_id))


def save(tx: Transaction, contact_id: UUID, changes: Mapping[str, Any], *, by: Author) -> int:
    """Change fields of a contact and publish it; return its version."""
    row = tx.session.get_one(ContactRow, contact_id)
    for field, value in changes.items():
        setattr(row, field, value)
    tx.session.flush()
    return publish(tx, contact_id, by=by)


def publish(tx: Transaction, contact_id: UUID, *, by: Author = _NOBODY) -> int:
    """Publish a contact in its student's root; return its version."""
    row = tx.session.get_one(ContactRow, contact_id)
    root = tx.session.scalars(select(StudentRow.root).where(StudentRow.id == row.student_id)).one()
    return feed.publish(tx, "contact", contact_of(row), key=row.id, roots=[root], by=by)


def publish_of_students(tx: Transaction, student_ids: Iterable[UUID]) -> None:
    """Publish what counts of the contacts of those students whom phones may hold."""
    for part in parts(sorted(set(student_ids))):
        query = select(StudentRow.id, StudentRow.root).where(StudentRow.id.in_(part))
        roots = {row.id: row.root for row in tx.run(query)}
        active = bulk.active(tx, roots.values())
        ids = [student_id for student_id, root in roots.items() if root in active]
        found = tx.session.scalars(
            select(ContactRow).where(ContactRow.student_id.in_(ids), ContactRow.voided_at.is_(None))
        )
        rows = [Row(row.id, contact_of(row), [roots[row.student_id]]) for row in found]
        bulk.publish(tx, "contact", rows)


def void(tx: Transaction, row: ContactRow) -> None:
    """Say that a contact never was, and take it from the phones. The row and its history stay."""
    row.voided_at = tx.at
    tx.session.flush()
    feed.withdraw(tx, "contact", row.id)


def contact_of(row: ContactRow) -> Contact:
    """Return a row as the wire spells it."""
    return Contact(
        id=ContactId(row.id),
        student_id=StudentId(row.student_id),
        case_id=CaseId(row.case_id) if row.case_id else None,
        method=Method(row.method),
        direction=Direction(row.direction),
        outcome=Outcome(row.outcome),
        party=Party(row.party),
        met=row.met,
        contact_point_id=row.contact_point_id,
        causes=cast("list[str]", row.causes),
        note=row.note,
        referrals=cast("list[str]", row.referrals),
        follow_up_kind=row.follow_up_kind,
        follow_up_on=row.follow_up_on,
        occurred_at=row.occurred_at,
        by=UserId(row.by_user_id),
        recorded_at=row.recorded_at,
        est_at=row.est_at,
        late_scope=row.late_scope,
    )
