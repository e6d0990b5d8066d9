"""A small district for tests: a school, a family with a case, people and their phones."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from schemas.cases import CaseStatus
from schemas.sync import SyncRes
from server.cases import store as cases
from server.db.database import Database, Transaction
from server.db.tables.cases import CaseRow
from server.db.tables.identity import UserRow
from server.db.tables.people import (
    ContactPointRow,
    EnrollmentRow,
    GuardianRow,
    GuardianshipRow,
    StudentRow,
)
from server.db.tables.syncing import DeviceRow
from server.identity.rules import hash_of
from server.ids import new_id, new_root
from server.people import store as people
from tests.conftest import MONDAY
from tests.support.people import Client


class Family(NamedTuple):
    """A student, the case, a guardian and the guardian's number."""

    student_id: UUID
    root: str
    case_id: UUID
    guardian_id: UUID
    point_id: UUID
    school_id: UUID


def a_family(
    db: Database, school_id: UUID, *, assignee: UserRow | None = None, name: str = "Mateo"
) -> Family:
    """Keep a student with an open case, a mother and her mobile number; publish them."""
    family = Family(new_id(), new_root("s"), new_id(), new_id(), new_id(), school_id)
    with db.write(MONDAY) as tx:
        _add_people(tx, family, name)
        tx.session.add(
            CaseRow(
                id=family.case_id,
                student_id=family.student_id,
                school_id=school_id,
                school_year="2025-26",
                step="early_intervention_5",
                crossed_on=date(2026, 2, 25),
                opened_on=date(2026, 2, 27),
                opened_at=MONDAY,
                due_on=date(2026, 3, 6),
                status=CaseStatus.ASSIGNED if assignee else CaseStatus.NEW,
                assignee_id=assignee.id if assignee else None,
            )
        )
        tx.session.flush()
        people.publish_student(tx, family.student_id)
        cases.publish_case(tx, family.case_id)
    return family


def _add_people(tx: Transaction, family: Family, name: str) -> None:
    tx.session.add_all(
        [
            StudentRow(
                id=family.student_id,
                root=family.root,
                number=str(family.student_id)[-8:],
                first_name=name,
                last_name="Trujillo",
            ),
            GuardianRow(
                id=family.guardian_id,
                source_id=str(family.guardian_id),
                first_name="Rosa",
                last_name="Trujillo",
                language="es",
            ),
        ]
    )
    tx.session.flush()
    tx.session.add_all(
        [
            EnrollmentRow(
                student_id=family.student_id,
                school_id=family.school_id,
                school_year="2025-26",
                grade="9",
                source="enrollment_file",
            ),
            GuardianshipRow(
                id=new_id(),
                student_id=family.student_id,
                guardian_id=family.guardian_id,
                relation="mother",
                restriction="Do not call at work.",
            ),
            ContactPointRow(
                id=family.point_id,
                guardian_id=family.guardian_id,
                kind="mobile",
                value="505-555-0101",
                source_kind="mobile",
                source_value="505-555-0101",
            ),
        ]
    )
    tx.session.flush()


def a_device(db: Database, user: UserRow, *, token: str = "") -> UUID:
    """Register a phone for a person."""
    device_id = new_id()
    with db.write(MONDAY) as tx:
        tx.session.add(
            DeviceRow(
                id=device_id,
                user_id=user.id,
                label="phone",
                delivery_token_hash=hash_of(token or str(device_id)),
                registered_at=MONDAY,
            )
        )
    return device_id


class Phone:
    """A phone as the protocol sees it: counts, keeps rows, applies answers whole."""

    def __init__(self, client: Client, device: UUID) -> None:
        self.client = client
        self.device = device
        self.last_n = 0
        self.acked_n = 0
        self.epoch = ""
        self.cursor = ""
        self.held: dict[str, str] = {}
        self.rows: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.vers: dict[tuple[str, str, str], int] = {}

    def mut(self, op: str, key: UUID, set_: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """Number one more thing the person did."""
        self.last_n += 1
        return {
            "n": self.last_n,
            "id": str(new_id()),
            "op": op,
            "ent": op.partition(".")[0],
            "key": str(key),
            "root": "s",
            "set": dict(set_),
            "at": MONDAY.isoformat(),
            "mono": ["session", 1000],
        } | more

    def request(self, muts: Iterable[Any] = (), **more: Any) -> dict[str, Any]:
        """Return what the phone would send."""
        return {
            "proto": 1,
            "build": "test",
            "schema": 1,
            "device": str(self.device),
            "epoch": self.epoch,
            "sent": [MONDAY.isoformat(), "session", 2000],
            "muts": list(muts),
            "cursor": self.cursor,
            "held": self.held,
            "acked_n": self.acked_n,
        } | more

    def post(self, muts: Iterable[Any] = (), **more: Any) -> SyncRes:
        """Exchange once, and look only at the answer."""
        return self.post_raw(msgspec.json.encode(self.request(muts, **more)))

    def post_raw(self, body: bytes) -> SyncRes:
        """Send exactly these bytes."""
        answer = self.client.post(
            "/sync/v1", content=body, headers={"content-type": "application/json"}
        )
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=SyncRes)

    def sync(self, muts: Iterable[Any] = (), **more: Any) -> SyncRes:
        """Exchange until nothing more comes; keep what was told. Returns the first answer."""
        first = self.post(muts, **more)
        self.apply(first)
        answer = first
        while answer.pull is not None and answer.pull.more:
            answer = self.post(**more)
            self.apply(answer)
        return first

    def apply(self, answer: SyncRes) -> None:
        """Take an answer in, as sync.md 6.6 tells phones to."""
        self.epoch = answer.epoch
        self.acked_n = max([self.acked_n, *(receipt.n for receipt in answer.receipts)])
        pull = answer.pull
        if pull is None:
            return
        if pull.reset:
            self.rows, self.vers, self.held = {}, {}, {}
        for drop in pull.drop:
            self.held.pop(drop.root)
            self.rows = {at: row for at, row in self.rows.items() if at[0] != drop.root}
        for snap in pull.roots:
            self.held[snap.root] = snap.lens
            for row in snap.rows:
                self._keep(row.root, row.ent, str(row.key), row.ver, row.data)
        for row in pull.rows:
            self._keep(row.root, row.ent, str(row.key), row.ver, row.data)
        self.cursor = pull.cursor

    def _keep(self, root: str, ent: str, key: str, ver: int, data: Any) -> None:
        assert root in self.held
        if data is None:
            self.rows.pop((root, ent, key), None)
        else:
            self.rows[root, ent, key] = data
        self.vers[root, ent, key] = ver

    def all(self, ent: str) -> list[dict[str, Any]]:
        """Return the rows of a kind, in whatever roots, each key once."""
        return list({at[2]: row for at, row in self.rows.items() if at[1] == ent}.values())

    def row(self, ent: str, key: UUID) -> dict[str, Any]:
        """Return one row."""
        return next(row for at, row in self.rows.items() if at[1:] == (ent, str(key)))


def a_visit(family: Family, **more: Any) -> dict[str, Any]:
    """Return the fields of a contact."""
    return {
        "student_id": str(family.student_id),
        "method": "home_visit",
        "outcome": "no_one_home_note_left",
        "note": "Left a note at the door.",
        "occurred_at": (MONDAY - timedelta(hours=2)).isoformat(),
    } | more
