"""Rows of a small district, put straight into the database, for tests of what reads them."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, datetime
from uuid import UUID

from schemas.alerts import PushKeys, PushSubscription
from schemas.attendance import Standing
from schemas.base import CaseId, ConflictId, ContactId, DeviceId, StudentId, UserId
from schemas.cases import CaseStatus
from schemas.contacts import Contact
from schemas.sync import Conflict, ConflictField
from schemas.vocabulary import Method, Outcome
from server.cases.store import publish_case
from server.contacts import store as contacts
from server.db.database import Database, Transaction
from server.db.tables import Base
from server.db.tables.alerts import PushSubscriptionRow
from server.db.tables.cases import CaseRow
from server.db.tables.people import (
    ContactPointRow,
    EnrollmentRow,
    GuardianRow,
    GuardianshipRow,
    StudentRow,
)
from server.db.tables.syncing import ConflictRow, DeviceRow, SyncHeadRow
from server.feed import store as feed
from server.ids import new_id, new_root
from server.people.rules import name_key
from server.people.store import publish_student
from tests.conftest import MONDAY
from tests.support.push_service import Browser

YEAR = "2025-26"
TODAY = MONDAY.date()


def a_student(
    tx: Transaction,
    school_id: UUID,
    *,
    first: str = "Ana",
    last: str = "Luna",
    number: str = "",
    grade: str = "9",
) -> UUID:
    """Keep a student enrolled in this school; return the id."""
    student_id = new_id()
    tx.session.add(
        StudentRow(
            id=student_id,
            root=new_root("s"),
            number=number or str(student_id)[-8:],
            first_name=first,
            last_name=last,
            birth_on=None,
            name_key=name_key(first, last),
        )
    )
    tx.session.flush()
    tx.session.add(
        EnrollmentRow(
            student_id=student_id,
            school_id=school_id,
            school_year=YEAR,
            grade=grade,
            entry_on=date(2025, 8, 10),
            exit_on=None,
            source="enrollment_file",
        )
    )
    tx.session.flush()
    return student_id


def a_case(
    tx: Transaction,
    school_id: UUID,
    student_id: UUID | None = None,
    *,
    status: CaseStatus = CaseStatus.NEW,
    opened_on: date = TODAY,
    assignee_id: UUID | None = None,
    left_on: date | None = None,
) -> UUID:
    """Keep a case of a student (a new one, if none is named); return its id."""
    case_id = new_id()
    tx.session.add(
        CaseRow(
            id=case_id,
            student_id=student_id or a_student(tx, school_id),
            school_id=school_id,
            school_year=YEAR,
            step="early_intervention_5",
            crossed_on=opened_on,
            opened_on=opened_on,
            opened_at=datetime.combine(opened_on, MONDAY.timetz()),
            due_on=opened_on,
            status=status,
            assignee_id=assignee_id,
            left_on=left_on,
            no_longer_met_on=None,
        )
    )
    tx.session.flush()
    return case_id


def a_device(
    tx: Transaction,
    user_id: UUID,
    *,
    label: str = "Pixel",
    state: str = "active",
    waiting: int = 0,
    last_seen_at: datetime | None = MONDAY,
) -> UUID:
    """Keep a phone of this person; return its id."""
    device_id = new_id()
    tx.session.add(
        DeviceRow(
            id=device_id,
            user_id=user_id,
            label=label,
            delivery_token_hash=device_id.bytes,
            state=state,
            waiting=waiting,
            registered_at=MONDAY,
            last_seen_at=last_seen_at,
        )
    )
    tx.session.flush()
    return device_id


def a_subscription(
    tx: Transaction, user_id: UUID, endpoint: str, browser: Browser, device_id: UUID | None = None
) -> UUID:
    """Keep a push subscription of this person's phone; return its id."""
    subscription_id = new_id()
    tx.session.add(
        PushSubscriptionRow(
            id=subscription_id,
            user_id=user_id,
            device_id=device_id or a_device(tx, user_id),
            endpoint=endpoint,
            p256dh=browser.p256dh,
            auth=browser.auth,
            created_at=tx.at,
        )
    )
    tx.session.flush()
    return subscription_id


def asked_by(browser: Browser, device_id: UUID, endpoint: str) -> PushSubscription:
    """Return what the app sends when a person allows notifications."""
    return PushSubscription(
        device=DeviceId(device_id),
        endpoint=endpoint,
        keys=PushKeys(p256dh=browser.p256dh, auth=browser.auth),
    )


def a_guardian(
    tx: Transaction,
    student_id: UUID,
    *,
    first: str = "Rosa",
    last: str = "Luna",
    restriction: str = "",
    position: int = 0,
) -> tuple[UUID, UUID]:
    """Keep a guardian of this student with one number; return the ids of both."""
    guardian_id, point_id = new_id(), new_id()
    tx.session.add(
        GuardianRow(id=guardian_id, source_id=guardian_id.hex, first_name=first, last_name=last)
    )
    tx.session.flush()
    tx.session.add(
        GuardianshipRow(
            id=new_id(),
            student_id=student_id,
            guardian_id=guardian_id,
            relation="Mother",
            restriction=restriction,
            position=position,
            ended_at=None,
        )
    )
    tx.session.add(
        ContactPointRow(
            id=point_id,
            guardian_id=guardian_id,
            kind="mobile",
            value="(505) 555-0100",
            source_value="(505) 555-0100",
            ended_at=None,
        )
    )
    tx.session.flush()
    return guardian_id, point_id


def a_published_case(
    tx: Transaction, school_id: UUID, student_id: UUID | None = None, *, units: int = 5 * 840
) -> UUID:
    """Keep a new case, its student and standing as phones and desks have them; return its id."""
    student_id = student_id or a_student(tx, school_id)
    case_id = a_case(tx, school_id, student_id)
    publish_student(tx, student_id)
    publish_case(tx, case_id)
    standing = Standing(
        student_id=StudentId(student_id), school_year=YEAR, ladder="x", unexcused_units=units
    )
    root = tx.session.get_one(StudentRow, student_id).root
    feed.publish(tx, "standing", standing, key=student_id, roots=[root])
    return case_id


def a_contact(
    tx: Transaction,
    case_id: UUID,
    by: UUID,
    *,
    outcome: Outcome = Outcome.NO_ANSWER,
    at: datetime = MONDAY,
    has_case: bool = True,
) -> UUID:
    """Keep and publish a contact with the family of a case; return its id."""
    contact_id = new_id()
    student_id = tx.session.get_one(CaseRow, case_id).student_id
    contact = Contact(
        id=ContactId(contact_id),
        student_id=StudentId(student_id),
        case_id=CaseId(case_id) if has_case else None,
        method=Method.PHONE_CALL,
        outcome=outcome,
        occurred_at=at,
        by=UserId(by),
        recorded_at=at,
        est_at=at,
    )
    contacts.add(tx, contact, contacts.Timing(), by=feed.Author(by))
    return contact_id


def a_conflict(
    tx: Transaction, ent: str, key: UUID, *student_ids: UUID, status: str = "open"
) -> UUID:
    """Keep and publish a conflict about a row of these students; return its id."""
    conflict_id = new_id()
    tx.session.add(
        ConflictRow(
            id=conflict_id,
            ent=ent,
            key=key,
            why="fields",
            fields=[],
            status=status,
            mutation_id=None,
            opened_at=tx.at,
            resolved_by=None,
            resolved_at=None,
        )
    )
    tx.session.flush()
    conflict = Conflict(
        id=ConflictId(conflict_id),
        ent=ent,
        key=key,
        why="fields",
        fields=[ConflictField(field="value", theirs="1", mine="2")],
        status="open" if status == "open" else "resolved",
        opened_at=tx.at,
    )
    roots = [tx.session.get_one(StudentRow, one).root for one in student_ids]
    feed.publish(tx, "conflict", conflict, key=conflict_id, roots=roots)
    return conflict_id


@contextmanager
def an_empty_database(url: str) -> Generator[Database]:
    """Open a database of either kind with all tables, and close it afterwards."""
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    database = Database(url)
    with database.write(MONDAY) as tx:
        Base.metadata.create_all(tx.session.connection())
        tx.session.add(SyncHeadRow(one=1, epoch="test", v=0))
    try:
        yield database
    finally:
        database.close()
