"""The district that the bench syncs with: people, phones that are signed in, families, contacts."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from schemas.cases import CaseStatus
from schemas.people import Role
from server.cases import store as cases
from server.clock import system_clock
from server.db.database import Database, Transaction
from server.db.migrate import upgrade
from server.db.tables.cases import CaseRow
from server.db.tables.identity import UserRow
from server.db.tables.people import (
    ContactPointRow,
    EnrollmentRow,
    GuardianRow,
    GuardianshipRow,
    SchoolRow,
    StudentRow,
)
from server.db.tables.syncing import DeviceRow
from server.identity import sign_in, store
from server.identity.rules import hash_of
from server.identity.store import sessions
from server.ids import new_id, new_root
from server.people import store as people

SEEN = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
"""When the made-up visits were."""


class Phone(NamedTuple):
    """A signed-in phone and the students its person works with."""

    user_id: UUID
    device: UUID
    token: str
    students: list[UUID]


class World(NamedTuple):
    """Everybody who syncs."""

    folder: Path
    pushers: list[Phone]
    desk: Phone
    """Directs the school: writes first what others then write apart."""
    reader: Phone
    """Has a caseload of his own to fetch."""
    crowd: list[Phone]
    """They all come back at once."""


def make(
    url: str, folder: Path, *, pushers: int, students: int, caseload: int, crowd: int
) -> World:
    """Make the district in a fresh database."""
    database = Database(url)
    upgrade(database)
    school = new_id()
    with database.write(system_clock()) as tx:
        tx.session.add(SchoolRow(id=school, code="1", name="Rio Grande High"))
        tx.session.flush()
        desk = _phone(tx, school, Role.COORDINATOR, [])
        sharing = [
            _phone(tx, school, Role.ADVISOR, [new_id() for _ in range(students)])
            for _ in range(pushers)
        ]
        reader = _phone(tx, school, Role.ADVISOR, [new_id() for _ in range(caseload)])
        others = [_phone(tx, school, Role.ADVISOR, [new_id()]) for _ in range(crowd)]
        for phone in [*sharing, reader, *others]:
            _families(tx, school, phone)
    database.close()
    return World(folder, sharing, desk, reader, others)


def _phone(tx: Transaction, school: UUID, role: Role, students: list[UUID]) -> Phone:
    user = UserRow(
        id=new_id(),
        root=new_root("u"),
        login=str(new_id()),
        name="Somebody",
        role=role.value,
        language="en",
        state="active",
        created_at=tx.at,
        last_seen_at=None,
    )
    store.add_user(tx, user, [school])
    device = new_id()
    tx.session.add(
        DeviceRow(
            id=device,
            user_id=user.id,
            label="phone",
            delivery_token_hash=hash_of(str(device)),
            registered_at=tx.at,
        )
    )
    tx.session.flush()
    session = sign_in.begin_session(tx, user, how="bench")
    sessions.bind_session(tx, hash_of(session.token), device)
    return Phone(user.id, device, session.token, students)


def _families(tx: Transaction, school: UUID, phone: Phone) -> None:
    parents = [new_id() for _ in phone.students]
    tx.session.add_all(
        [
            StudentRow(
                id=student,
                root=new_root("s"),
                number=str(student)[-12:],
                first_name="Mateo",
                last_name="Trujillo",
            )
            for student in phone.students
        ]
    )
    tx.session.add_all(
        [
            GuardianRow(id=one, source_id=str(one), first_name="Rosa", last_name="Trujillo")
            for one in parents
        ]
    )
    tx.session.flush()
    for student, parent in zip(phone.students, parents, strict=True):
        tx.session.add_all(_belongings(tx, school, phone, student, parent))
    tx.session.flush()
    people.publish_students(tx, phone.students)
    cases.publish_cases(tx, cases.open_cases_of(tx, phone.students))


def _belongings(
    tx: Transaction, school: UUID, phone: Phone, student: UUID, parent: UUID
) -> list[Any]:
    day = SEEN.date()
    return [
        EnrollmentRow(
            student_id=student,
            school_id=school,
            school_year="2026-27",
            grade="9",
            source="enrollment_file",
        ),
        GuardianshipRow(id=new_id(), student_id=student, guardian_id=parent, relation="mother"),
        ContactPointRow(id=new_id(), guardian_id=parent, kind="mobile", value="505-555-0101"),
        CaseRow(
            id=new_id(),
            student_id=student,
            school_id=school,
            school_year="2026-27",
            step="early_intervention_5",
            crossed_on=day,
            opened_on=day,
            opened_at=tx.at,
            due_on=day,
            status=CaseStatus.ASSIGNED,
            assignee_id=phone.user_id,
        ),
    ]


NOTE = (
    "Nobody opened. A neighbour said the family leaves for work at six and comes home after "
    "seven; left the card with the office's number and the bus plan at the door."
)


def a_contact(student: UUID, place: int) -> dict[str, Any]:
    """Return the fields of one visit, about 560 bytes of JSON."""
    return {
        "student_id": str(student),
        "method": "home_visit",
        "direction": "outbound",
        "outcome": "no_one_home_note_left",
        "party": "none",
        "met": f"neighbour {place}",
        "contact_point_id": None,
        "causes": ["transport", "work_schedule"],
        "note": f"{NOTE} ({place})",
        "referrals": [],
        "follow_up_kind": "home_visit",
        "follow_up_on": "2026-12-01",
        "occurred_at": (SEEN - timedelta(minutes=place % 600)).isoformat(),
    }


def grow(file: Path, count: int, student: UUID) -> None:
    """Fill the database with contacts of a student whom no phone of the bench holds.

    By SQL from one contact that is there: what matters is what later pulls must pass by.
    """
    base = sqlite3.connect(file, isolation_level=None)
    base.execute("PRAGMA synchronous=OFF")
    base.execute("PRAGMA cache_size=-200000")
    key = base.execute(
        "SELECT id FROM contact WHERE student_id = ? LIMIT 1", (student.hex,)
    ).fetchone()[0]
    (root,) = base.execute("SELECT root FROM student WHERE id = ?", (student.hex,)).fetchone()
    (seq,) = base.execute("SELECT v FROM sync_head").fetchone()
    base.execute("BEGIN")
    base.execute(
        "CREATE TEMP TABLE fresh AS WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT"
        " n + 1 FROM up WHERE n < ?) SELECT n, printf('%012x', 1000000000 + n) || '7'"
        " || substr(lower(hex(randomblob(10))), 1, 19) AS key FROM up",
        (count,),
    )
    for table, own in _COPIED.items():
        columns = [row[1] for row in base.execute(f"PRAGMA table_info({table})")]
        values = ["fresh.key" if name == own else name for name in columns]
        base.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} "
            f"FROM fresh, (SELECT * FROM {table} WHERE {own} = ? LIMIT 1)",
            (key,),
        )
    base.execute(
        "INSERT INTO feed (root, ent, key, seq, gone)"
        " SELECT ?, 'contact', key, ? + n, 0 FROM fresh",
        (root, seq),
    )
    base.execute("UPDATE sync_head SET v = v + ?", (count,))
    base.execute("COMMIT")
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    base.close()


_COPIED = {"contact": "id", "published": "key", "row_version": "key", "link": "key"}
