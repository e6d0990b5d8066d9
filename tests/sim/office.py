"""The programme's office: its server, its people, and what happens there between exchanges."""

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, update

from schemas.people import Role
from server.app import create_app
from server.backup import restoring
from server.backup import store as marks
from server.backup.rules import Manifest
from server.cases import store as cases
from server.db.database import Transaction
from server.db.tables.identity import UserRow
from server.db.tables.people import ContactPointRow, EnrollmentRow, GuardianshipRow
from server.db.tables.syncing import DeviceRow
from server.feed import store as feed
from server.identity import sign_in
from server.ids import new_id
from server.people import store as people
from server.settings import Settings
from server.web.sessions import COOKIE
from server.web.static import Assets
from tests.conftest import MONDAY, FakeClock
from tests.sim.memory import Ids, Line, MemoryDatabase, migrated, told_ids
from tests.support.district import Family, a_family
from tests.support.people import a_person, a_school

ROLES = {
    "ana": Role.ADVISOR,
    "ben": Role.ADVISOR,
    "cai": Role.CALLER,
    "dora": Role.COORDINATOR,
    "eva": Role.COORDINATOR,
}
_FIRST = {0: "ana", 1: "ana", 2: "ben", 3: "cai"}
"""Who has which family when the story begins; the last one is nobody's."""


class Worker(NamedTuple):
    """A person of the programme."""

    id: UUID
    root: str


class Office:
    """The real application over a district in memory; ``reset`` begins the story anew."""

    def __init__(self) -> None:
        self.ids = Ids()
        self.first_free = 10_000
        """Ids below it are the district's own."""
        self.clock = FakeClock()
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        self.settings = Settings(
            data_dir=folder, database_url="sqlite://", public_url="https://testserver.local"
        )
        self.db = MemoryDatabase(migrated())
        with told_ids(self.ids):
            self._settle_in()
        self.db.set_template()
        app = create_app(
            self.settings, database=self.db, clock=self.clock, app_files=Assets(folder / "none")
        )
        self.line = Line(app)

    def _settle_in(self) -> None:
        self.school = a_school(self.db)
        schools = [self.school]
        users = {
            name: a_person(self.db, role, schools=schools, name=name.title(), login=name)
            for name, role in ROLES.items()
        }
        self.people = {name: Worker(user.id, user.root) for name, user in users.items()}
        self.families: list[Family] = [
            a_family(self.db, self.school, assignee=users.get(_FIRST.get(at, "")), name=f"Kid {at}")
            for at in range(5)
        ]
        with self.db.write(MONDAY) as tx:
            people.publish_school(tx, self.school)
            marks.set_up(tx)

    def reset(self) -> None:
        """Begin the story anew."""
        self.db.reset()
        self.ids.begin(self.first_free)
        self.clock.at = MONDAY
        self._imported = 0

    def close(self) -> None:
        """Let go of what the office holds."""
        self.line.close()
        self.db.close()
        self._folder.cleanup()

    def signed_in(self, name: str) -> tuple[bytes, bytes]:
        """Sign a person in; return the header that proves it."""
        with self.db.write(self.clock()) as tx:
            user = tx.session.get_one(UserRow, self.people[name].id)
            session = sign_in.begin_session(tx, user, how="sim")
        return b"cookie", f"{COOKIE}={session.token}".encode()

    def act(self, deed: Callable[[Transaction], Any]) -> None:
        """Do something at a desk, in one transaction."""
        with self.db.write(self.clock()) as tx:
            deed(tx)

    # ------------------------------------------------------------ what the office does

    def import_number(self, family: Family, value: str) -> None:
        """A file brings another number."""

        def deed(tx: Transaction) -> None:
            row = tx.session.get_one(ContactPointRow, family.point_id)
            row.value, row.ended_at = value, None
            tx.session.flush()
            people.publish_contact_point(tx, family.point_id)

        self.act(deed)

    def end_number(self, family: Family) -> None:
        """A file no longer has the number: it leaves every phone."""

        def deed(tx: Transaction) -> None:
            row = tx.session.get_one(ContactPointRow, family.point_id)
            row.ended_at = tx.at
            tx.session.flush()
            people.publish_guardian(tx, row.guardian_id)

        self.act(deed)

    def import_grades(self, grade: str) -> None:
        """A file moves every student's row, and with it most of the feed."""

        def deed(tx: Transaction) -> None:
            tx.session.execute(update(EnrollmentRow).values(grade=grade))
            people.publish_students(tx, [family.student_id for family in self.families])

        self.act(deed)

    def import_slowly(self, grade: str) -> None:
        """A long import goes on: a part of it commits, and phones come and go before the next."""
        family = self.families[self._imported % len(self.families)]
        self._imported += 1

        def deed(tx: Transaction) -> None:
            mine = EnrollmentRow.student_id == family.student_id
            tx.session.execute(update(EnrollmentRow).where(mine).values(grade=grade))
            people.publish_students(tx, [family.student_id])

        self.act(deed)

    def reassign(self, family: Family, name: str) -> None:
        """An administrator moves a case past the phones; nobody's name takes it back."""
        worker = self.people.get(name)

        def deed(tx: Transaction) -> None:
            cases.save(tx, family.case_id, {"assignee_id": worker.id if worker else None})
            cases.publish_case(tx, family.case_id)

        self.act(deed)

    def close_case(self, family: Family, *, is_closed: bool) -> None:
        """Close a case, or open it again."""
        status = "closed" if is_closed else "assigned"

        def deed(tx: Transaction) -> None:
            cases.save(tx, family.case_id, {"status": status})
            cases.publish_case(tx, family.case_id)

        self.act(deed)

    def link_sibling(self, one: Family, other: Family) -> None:
        """A file says that the mother of one is the mother of the other, too; or no longer."""

        def deed(tx: Transaction) -> None:
            tie = tx.session.scalar(
                select(GuardianshipRow).where(
                    GuardianshipRow.student_id == other.student_id,
                    GuardianshipRow.guardian_id == one.guardian_id,
                )
            )
            if tie is None:
                tie = GuardianshipRow(
                    id=new_id(),
                    student_id=other.student_id,
                    guardian_id=one.guardian_id,
                    relation="mother",
                )
                tx.session.add(tie)
            elif one is not other:
                tie.ended_at = None if tie.ended_at else tx.at
            tx.session.flush()
            people.publish_student(tx, other.student_id)

        self.act(deed)

    def change_role(self, name: str, role: Role) -> None:
        """A person does other work from now on."""

        def deed(tx: Transaction) -> None:
            tx.session.get_one(UserRow, self.people[name].id).role = role.value

        self.act(deed)

    def revoke(self, device: str) -> None:
        """Take a phone off the list."""

        def deed(tx: Transaction) -> None:
            tx.session.execute(
                update(DeviceRow).where(DeviceRow.id == UUID(device)).values(state="revoked")
            )

        self.act(deed)

    def mark_backup(self, copy: bytes) -> None:
        """Note a copy as verified: phones may let go of what it holds."""
        numbers = {
            UUID(hex=device): n for device, n in self.db.ask("select id, last_n from device")
        }
        self.act(lambda tx: marks.mark(tx, self._manifest(copy), numbers, sha="sim"))

    def restore(self, copy: bytes) -> None:
        """Put a backup back as ``presente restore`` does, by its own code: another life begins."""
        revoked = self.db.ask("select id from device where state <> 'active'")
        present = restoring._Present(  # pyright: ignore[reportPrivateUsage]
            None, frozenset(UUID(hex=device) for (device,) in revoked)
        )
        self.db.put_back(copy)
        self.act(
            lambda tx: restoring._renewed(  # pyright: ignore[reportPrivateUsage]
                tx, self._manifest(copy), present
            )
        )

    def purge(self) -> None:
        """Forget rows that left long ago; whoever was away longer begins anew."""
        self.act(lambda tx: feed.purge(tx, tx.at + timedelta(seconds=1)))

    def _manifest(self, copy: bytes) -> Manifest:
        ((epoch, head),) = self.db.ask("select epoch, v from sync_head")
        return Manifest(
            format=1,
            made_at=self.clock(),
            origin="sqlite",
            revision="",
            epoch=epoch,
            head=head,
            counts={},
            byte_count=len(copy),
            sha="sim",
        )

    def withdraw_contact(self, key: UUID) -> None:
        """A contact is taken from every phone."""
        self.act(lambda tx: feed.withdraw(tx, "contact", key))

    def advance(self, hours: float) -> None:
        """Time passes at the server."""
        self.clock.at += timedelta(hours=hours)
