"""Staff and contacts from spreadsheets: once is enough, and a person's own work stays."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select

from schemas.people import Role
from server.contacts import store as contacts
from server.db.database import Database
from server.db.tables.cases import ContactRow
from server.db.tables.identity import InvitationRow, UserRow, UserSchoolRow
from server.db.tables.people import EnrollmentRow, StudentRow
from server.db.tables.syncing import PublishedRow
from server.feed.store import Author
from server.ids import new_id, new_root
from server.intake.changes import history
from server.intake.changes.history import Coming
from server.intake.records import ContactRecord, Origin, StaffRecord
from server.intake.store import running
from server.intake.store.running import NewRun, Progress
from tests.conftest import MONDAY
from tests.support.district import Family, a_family
from tests.support.people import a_person, a_school

RUN = new_id()
HERE = Origin(file="contacts.csv", line=2, element="row 1")


@pytest.fixture
def school(db: Database) -> UUID:
    with db.write(MONDAY) as tx:
        running.add_run(
            tx,
            NewRun(id=RUN, digest="digest", format="presente", files=[], by=None),
            Progress(phase="contacts", done=0, total=0, recount=[]),
        )
    return a_school(db, code="590")


@pytest.fixture
def family(db: Database, school: UUID) -> Family:
    return a_family(db, school)


def a_record(number: str, **said: Any) -> ContactRecord:
    told: dict[str, Any] = {
        "source_id": "c1",
        "occurred_at": datetime(2026, 2, 26, 17, 40),  # noqa: DTZ001  (what a file writes has no zone)
        "by_login": "ana",
        "method": "phone_call",
        "outcome": "voicemail_left",
    }
    return ContactRecord(at=HERE, number=number, **(told | said))


def number_of(db: Database, family: Family) -> str:
    with db.read(MONDAY) as tx:
        return tx.session.get_one(StudentRow, family.student_id).number


def commit(db: Database, *records: ContactRecord, at: datetime = MONDAY) -> Any:
    with db.write(at) as tx:
        return history.commit_contacts(tx, records, run_id=RUN)


def rows(db: Database) -> list[ContactRow]:
    with db.read(MONDAY) as tx:
        found = list(tx.session.scalars(select(ContactRow).order_by(ContactRow.source)))
        tx.session.expunge_all()
        return found


def test_a_contact_is_written_once_with_role_and_school(db: Database, family: Family) -> None:
    ana = a_person(db, Role.SOCIAL_WORKER, login="ana", schools=[family.school_id])
    record = a_record(number_of(db, family))

    first = commit(db, record)
    again = commit(db, record, at=MONDAY + timedelta(days=1))

    (row,) = rows(db)
    assert row.occurred_at == datetime(2026, 2, 27, 0, 40, tzinfo=UTC)  # Denver is UTC-7
    assert (row.by_user_id, row.by_role, row.school_id) == (
        ana.id,
        "social_worker",
        family.school_id,
    )
    assert (row.source, row.recorded_at, row.case_id) == ("c1", MONDAY, family.case_id)
    assert first.changes.outcomes == [("contacts.csv", "row 1", "added")]
    assert again.changes.outcomes == [("contacts.csv", "row 1", "unchanged")]
    assert again.changes.is_empty


def test_a_family_with_a_case_gets_its_contacts_on_the_phones(db: Database, family: Family) -> None:
    commit(db, a_record(number_of(db, family)))
    with db.read(MONDAY) as tx:
        found = tx.session.scalars(select(PublishedRow).where(PublishedRow.ent == "contact"))
        assert [row.key for row in found] == [rows(db)[0].id]


def test_what_the_file_changes_is_changed_and_its_history_stays(
    db: Database, family: Family
) -> None:
    record = a_record(number_of(db, family))
    commit(db, record)
    later = commit(db, msgspec.structs.replace(record, outcome="no_answer", note="twice"))

    (row,) = rows(db)
    assert (row.outcome, row.note) == ("no_answer", "twice")
    assert later.changes.outcomes == [("contacts.csv", "row 1", "changed")]
    with db.read(MONDAY) as tx:
        published = tx.session.scalars(select(PublishedRow).where(PublishedRow.key == row.id)).one()
        assert published.ver == 2


def test_what_somebody_amended_stays(db: Database, family: Family) -> None:
    ana = a_person(db, Role.SOCIAL_WORKER, login="ana", schools=[family.school_id])
    record = a_record(number_of(db, family))
    commit(db, record)
    with db.write(MONDAY) as tx:
        contacts.save(tx, rows(db)[0].id, {"note": "Rosa called back"}, by=Author(ana.id))

    again = commit(db, msgspec.structs.replace(record, note="from the sheet"))

    assert rows(db)[0].note == "Rosa called back"
    assert [note.field for note in again.notes] == ["contact_id"]


def test_an_unknown_author_becomes_a_person_who_cannot_sign_in(
    db: Database, family: Family
) -> None:
    said = commit(
        db,
        a_record(number_of(db, family), by_role="caller"),
        a_record(number_of(db, family), source_id="c2"),
    )
    with db.read(MONDAY) as tx:
        user = tx.session.scalars(select(UserRow).where(UserRow.login == "ana")).one()
        assert (user.state, user.password_hash, user.role) == ("invited", None, "caller")
        assert tx.session.scalars(select(InvitationRow)).all() == []
    assert [note.value for note in said.notes] == ["ana"]
    assert {row.by_role for row in rows(db)} == {"caller"}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"number": "nobody"}, "student_id"),
        ({"school_code": "999"}, "school_id"),
        ({"occurred_at": MONDAY + timedelta(days=2)}, "occurred_at"),
    ],
)
def test_a_line_that_fits_nowhere_is_put_aside(
    db: Database, family: Family, said: dict[str, Any], field: str
) -> None:
    record = a_record(**({"number": number_of(db, family)} | said))
    done = commit(db, record, a_record(number_of(db, family), source_id="c2"))
    assert [fault.field for fault in done.faults] == [field]
    assert [row.source for row in rows(db)] == ["c2"]


def test_a_dry_run_knows_what_comes_with_the_same_import(db: Database, school: UUID) -> None:
    record = a_record("0012", school_code="591")
    with db.read(MONDAY) as tx:
        coming = Coming(schools={"591"}, students={"0012"}, logins={"ana"})
        found = history.change_contacts(tx, [record], coming=coming)
    assert found.changes.outcomes == [("contacts.csv", "row 1", "added")]
    assert (found.faults, found.changes.is_empty) == ([], False)


def test_the_school_is_the_students_on_that_day(db: Database, school: UUID, family: Family) -> None:
    other = a_school(db, "Washington Middle", code="591")
    with db.write(MONDAY) as tx:
        place = tx.session.scalars(select(EnrollmentRow)).one()
        place.entry_on = date(2026, 2, 1)
        tx.session.add(
            EnrollmentRow(
                student_id=family.student_id,
                school_id=other,
                school_year="2025-26",
                entry_on=date(2025, 8, 1),
                exit_on=date(2026, 1, 31),
                source="enrollment_file",
            )
        )
    number = number_of(db, family)
    commit(
        db,
        a_record(number),
        a_record(number, source_id="c2", occurred_at=datetime(2026, 1, 8, 9, tzinfo=UTC)),
        a_record(number, source_id="c3", school_code="591"),
    )
    assert [row.school_id for row in rows(db)] == [school, other, other]


def test_ten_thousand_contacts_do_not_ask_one_by_one(db: Database, school: UUID) -> None:
    with db.write(MONDAY) as tx:
        tx.session.add_all(
            StudentRow(
                id=new_id(), root=new_root("s"), number=str(n), first_name="A", last_name="B"
            )
            for n in range(200)
        )
    records = [a_record(str(n % 200), source_id=str(n)) for n in range(2000)]
    commit(db, *records)
    assert len(rows(db)) == 2000


def staff(login: str, **said: Any) -> StaffRecord:
    said = {"name": "Ana Ruiz", "role": "advisor", "school_codes": ["590"]} | said
    return StaffRecord(at=msgspec.structs.replace(HERE, line=len(login)), login=login, **said)


def commit_staff(db: Database, *records: StaffRecord) -> Any:
    with db.write(MONDAY) as tx:
        return history.commit_staff(tx, records, run_id=RUN)


def test_staff_are_made_without_any_way_in(db: Database, school: UUID) -> None:
    said = commit_staff(db, staff("Ana"), staff("bo", role="coordinator", school_codes=["999"]))
    with db.read(MONDAY) as tx:
        users = {row.login: row for row in tx.session.scalars(select(UserRow))}
        assert {row.state for row in users.values()} == {"invited"}
        assert {row.password_hash for row in users.values()} == {None}
        assert tx.session.scalars(select(InvitationRow)).all() == []
        assert tx.session.scalars(select(UserSchoolRow.user_id)).all() == [users["ana"].id]
    assert [note.value for note in said.notes] == ["999"]


def test_a_file_changes_only_people_whom_nobody_invited(db: Database, school: UUID) -> None:
    a_person(db, Role.ADVISOR, login="ana", schools=[school])
    commit_staff(db, staff("bo"))

    said = commit_staff(db, staff("ana", role="administrator"), staff("bo", role="coordinator"))

    with db.read(MONDAY) as tx:
        roles = {row.login: row.role for row in tx.session.scalars(select(UserRow))}
    assert roles == {"ana": "advisor", "bo": "coordinator"}
    assert [outcome for _, _, outcome in said.changes.outcomes] == ["unchanged", "changed"]
    assert [note.value for note in said.notes] == ["ana"]
