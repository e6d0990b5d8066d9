"""Staff and contact histories: what a district brings from its spreadsheets.

``change_staff`` and ``change_contacts`` compare with what is known and change nothing, so that a
dry run can tell; ``commit_staff`` and ``commit_contacts`` write and publish. What a person wrote in
Presente is never touched by a file.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from msgspec import Struct, field

from schemas.people import Role
from server.attendance import store as attendance
from server.attendance.rules.calendar import school_year_of
from server.contacts import rules
from server.contacts import store as contacts
from server.db.database import Transaction
from server.db.tables.cases import ContactRow
from server.db.tables.identity import UserRow
from server.identity.rules import SCHOOL_BOUND, login_of
from server.ids import new_id, new_root
from server.intake import store
from server.intake.changes.reach import Changes
from server.intake.records import ContactRecord, Fault, Origin, StaffRecord
from server.intake.store import history, journal
from server.intake.words.saying import why

_CONTACTS = UUID("6f2f2d3a-5f0b-5b7e-9d0c-3a1d6c1f7e55")
"""The namespace of imported contacts: the same identifier in a file is the same contact."""


class Coming(Struct, frozen=True, kw_only=True):
    """What the same import brings and has not written yet: a dry run must not miss it."""

    schools: Collection[str] = frozenset()
    students: Collection[str] = frozenset()
    logins: Collection[str] = frozenset()


class HistoryChanges(Struct, kw_only=True):
    """What staff or contacts of a file change."""

    changes: Changes = field(default_factory=Changes)
    faults: list[Fault] = []
    """Lines that cannot be taken."""
    notes: list[Fault] = []
    users: set[UUID] = set()
    """People to publish."""
    ties: list[tuple[UUID, UUID]] = []
    """New ties of people to schools."""
    students: set[UUID] = set()
    """Students whose contacts to publish, where phones may hold them."""

    @property
    def is_empty(self) -> bool:
        """Tell whether everything is as the file says already."""
        return self.changes.is_empty and not self.ties


_NOTHING = Coming()


def commit_staff(
    tx: Transaction, records: Sequence[StaffRecord], *, run_id: UUID
) -> HistoryChanges:
    """Make people of the programme, who can do nothing until somebody invites them."""
    found = change_staff(tx, records)
    _write_people(tx, found, run_id)
    return found


def commit_contacts(
    tx: Transaction, records: Sequence[ContactRecord], *, run_id: UUID
) -> HistoryChanges:
    """Write contacts. Their authors must be known, or are made: see ``change_contacts``.

    ``recorded_at`` is the transaction's moment. Students, schools and cases come first.
    """
    found = change_contacts(tx, records)
    _write_people(tx, found, run_id)
    contacts.publish_of_students(tx, found.students)
    return found


def _write_people(tx: Transaction, found: HistoryChanges, run_id: UUID) -> None:
    journal.write(tx, run_id, found.changes.adds, found.changes.changes)
    history.tie_users(tx, found.ties)
    history.publish_staff(tx, sorted(found.users))


def change_staff(
    tx: Transaction, records: Sequence[StaffRecord], *, coming: Coming = _NOTHING
) -> HistoryChanges:
    """Return what these people change.

    Whoever was ever invited is left as he is: a file gives nobody a role.
    """
    found = HistoryChanges()
    logins = {record.at: login_of(record.login) for record in records}
    known = history.users_by_login(tx, logins.values())
    schools = {code: row.id for code, row in store.schools_by_code(tx).items()}
    tied, invited = history.schools_of_users(tx), history.invited(tx)
    for record in records:
        row = known.get(logins[record.at])
        wanted = _schools_of(record, schools, coming, found)
        if row is None:
            row = _user(tx, logins[record.at], record.name, record.role)
            known[row.login] = row
            found.changes.adds.append(row)
            found.users.add(row.id)
            found.ties += [(row.id, school) for school in sorted(wanted)]
            found.changes.told(record.at, "added")
        else:
            _change_user(found, record, row, wanted - tied.get(row.id, set()), invited)
    return found


def _change_user(
    found: HistoryChanges,
    record: StaffRecord,
    row: UserRow,
    new_schools: set[UUID],
    invited: Collection[UUID],
) -> None:
    if row.state != "invited" or row.id in invited:
        if (row.name, row.role) != (record.name, record.role) or new_schools:
            found.notes.append(
                record.at.fault(
                    "login",
                    record.login,
                    why("invited_already"),
                )
            )
        found.changes.told(record.at, "unchanged")
        return
    is_changed = found.changes.set(row, {"name": record.name, "role": record.role})
    found.ties += [(row.id, school) for school in sorted(new_schools)]
    if is_changed or new_schools:
        found.users.add(row.id)
    found.changes.told(record.at, "changed" if is_changed or new_schools else "unchanged")


def _schools_of(
    record: StaffRecord, schools: dict[str, UUID], coming: Coming, found: HistoryChanges
) -> set[UUID]:
    for code in record.school_codes:
        if code not in schools and code not in coming.schools:
            found.notes.append(
                record.at.fault(
                    "school_ids",
                    code,
                    why("staff_school_unknown"),
                )
            )
    if not record.school_codes and Role(record.role) in SCHOOL_BOUND:
        found.notes.append(
            record.at.fault(
                "school_ids",
                "",
                why("role_needs_school", role=record.role),
            )
        )
    return {schools[code] for code in record.school_codes if code in schools}


def _user(tx: Transaction, login: str, name: str, role: str) -> UserRow:
    """Make a person without a password and without a link: nobody can sign in as him."""
    return UserRow(
        id=new_id(),
        root=new_root("u"),
        login=login,
        name=name,
        role=role,
        language="en",
        password_hash=None,
        state="invited",
        created_at=tx.at,
        last_seen_at=None,
    )


def change_contacts(
    tx: Transaction, records: Sequence[ContactRecord], *, coming: Coming = _NOTHING
) -> HistoryChanges:
    """Return what these contacts change.

    An author whom nobody knows becomes a person of the programme who cannot sign in. A student
    whom nobody knows, a school that is none and a time to come are faults.
    """
    return _Contacts(tx, records, coming).compared(records)


class _Contacts:
    """Everything that is known about a batch of contacts."""

    def __init__(self, tx: Transaction, records: Sequence[ContactRecord], coming: Coming) -> None:
        self._tx = tx
        self._coming = coming
        self._zone = attendance.zone_of(tx)
        self._students = history.students_by_number(tx, [one.number for one in records])
        ids = [_id_of(record) for record in records]
        self._known = history.contacts_by_id(tx, ids)
        self._edited = history.edited_by_people(tx, ids)
        self._users = history.users_by_login(tx, [login_of(one.by_login) for one in records])
        self._schools = {code: row.id for code, row in store.schools_by_code(tx).items()}
        self._stays = history.stays_by_student(tx, self._students.values())
        self._cases = history.cases_by_student(tx, self._students.values())
        self.found = HistoryChanges()

    def compared(self, records: Iterable[ContactRecord]) -> HistoryChanges:
        for record in records:
            fault = self._fault(record)
            if fault is not None:
                self.found.faults.append(fault)
            elif record.number not in self._students:  # comes with this import
                self.found.changes.told(record.at, "added")
                self.found.changes.is_more = True
            else:
                self._compare(record)
        return self.found

    def _fault(self, record: ContactRecord) -> Fault | None:
        if record.number not in self._students and record.number not in self._coming.students:
            return record.at.fault("student_id", record.number, why("student_unknown"))
        code = record.school_code
        if code and code not in self._schools and code not in self._coming.schools:
            return record.at.fault("school_id", code, why("school_unknown"))
        if self._moment(record) > self._tx.at:
            return not_come_yet(record)
        return None

    def _compare(self, record: ContactRecord) -> None:
        row, told = self._known.get(_id_of(record)), self.found.changes
        if row is None:
            row = self._new(record)
            self._known[row.id] = row
            told.adds.append(row)
            told.told(record.at, "added")
        elif not row.source or row.id in self._edited:
            told.told(record.at, "unchanged")
            self._note_ours(record, row)
            return
        elif told.set(row, self._fields(record, row)):
            told.told(record.at, "changed")
        else:
            told.told(record.at, "unchanged")
            return
        self.found.students.add(row.student_id)

    def _note_ours(self, record: ContactRecord, row: ContactRow) -> None:
        fields = self._fields(record, row)
        if all(getattr(row, name) == value for name, value in fields.items()):
            return
        self.found.notes.append(
            record.at.fault(
                "contact_id",
                record.source_id,
                why("contact_changed"),
            )
        )

    def _fields(self, record: ContactRecord, row: ContactRow) -> dict[str, Any]:
        """Return what the file says; role and school only where it says them itself."""
        occurred_at = self._moment(record)
        student_id = self._students[record.number]
        fields: dict[str, Any] = {
            "student_id": student_id,
            "by_user_id": self._author(record).id,
            "method": record.method,
            "direction": record.direction,
            "outcome": record.outcome,
            "party": record.party,
            "met": record.met,
            "note": record.note,
            "occurred_at": occurred_at,
            "est_at": occurred_at,
            "voided_at": None,  # an import of it was taken back, and here it is again
        }
        if record.by_role:
            fields["by_role"] = record.by_role
        has_moved = (row.occurred_at, row.student_id) != (occurred_at, student_id)
        if record.school_code or has_moved:
            fields["school_id"] = self._school(record)
        return fields

    def _new(self, record: ContactRecord) -> ContactRow:
        occurred_at, author = self._moment(record), self._author(record)
        student_id = self._students[record.number]
        year = school_year_of(occurred_at.astimezone(self._zone).date())
        return ContactRow(
            id=_id_of(record),
            student_id=student_id,
            case_id=self._cases.get((student_id, year)),
            by_user_id=author.id,
            method=record.method,
            direction=record.direction,
            outcome=record.outcome,
            party=record.party,
            met=record.met,
            contact_point_id=None,
            causes=[],
            note=record.note,
            referrals=[],
            follow_up_kind="",
            follow_up_on=None,
            occurred_at=occurred_at,
            recorded_at=self._tx.at,
            est_at=occurred_at,
            skew_ms=None,
            time_flags="",
            late_scope=False,
            by_role=record.by_role or author.role,
            school_id=self._school(record),
            voided_at=None,
            source=record.source_id,
        )

    def _author(self, record: ContactRecord) -> UserRow:
        login = login_of(record.by_login)
        row = self._users.get(login)
        if row is None:
            row = _user(self._tx, login, record.by_login, record.by_role or Role.CALLER)
            self._users[login] = row
            self.found.changes.adds.append(row)
            self.found.users.add(row.id)
            if login not in self._coming.logins:
                self.found.notes.append(_unknown_author(record.at, record.by_login))
        return row

    def _school(self, record: ContactRecord) -> UUID | None:
        if record.school_code:
            return self._schools.get(record.school_code)
        day = self._moment(record).astimezone(self._zone).date()
        stays = self._stays.get(self._students[record.number], [])
        return rules.school_on(stays, day, school_year=school_year_of(day))

    def _moment(self, record: ContactRecord) -> datetime:
        at = record.occurred_at
        return at if at.tzinfo is not None else at.replace(tzinfo=self._zone)


def not_come_yet(record: ContactRecord) -> Fault:
    """Return what is wrong with a contact in the future."""
    return record.at.fault("occurred_at", record.occurred_at.isoformat(" "), why("future_moment"))


def _unknown_author(at: Origin, login: str) -> Fault:
    return at.fault("by_login", login, why("author_unknown"))


def _id_of(record: ContactRecord) -> UUID:
    return uuid5(_CONTACTS, record.source_id)
