"""What the coordinator, the clerk and the administrator read at the desk."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from schemas.desk import (
    DeskCaseDetail,
    DeskCases,
    DeskConflicts,
    DeskContacts,
    DeskPhones,
    DeskReference,
    FoundStudents,
)
from schemas.people import Role
from server.attendance import store as attendance
from server.db.tables.attendance import AttendanceEventRow, SettingRow
from server.db.tables.cases import CaseRow
from server.db.tables.identity import UserSchoolRow
from server.db.tables.people import EnrollmentRow
from server.db.tables.syncing import DeviceRow
from server.ids import new_id
from tests.conftest import MONDAY
from tests.server.desk.conftest import ROUTES, District, ask, ids_of, read
from tests.support.people import a_person
from tests.support.programme import (
    TODAY,
    a_conflict,
    a_contact,
    a_student,
)


def test_a_case_is_on_one_of_three_lists(district: District) -> None:
    client, school = district.a.coordinator, district.a

    assert ids_of(client, "cases") == ids_of(client, "cases?list=new") == [school.new_case]
    assert ids_of(client, "cases?list=open") == [school.open_case]
    assert ids_of(client, "cases?list=left") == [school.left_case]


def test_a_line_says_what_was_done_and_what_is_open(district: District) -> None:
    (line,) = read(district.a.coordinator, "cases", DeskCases).cases

    assert line.student_name == "Ana Núñez"
    assert line.grade == "9"
    assert line.school_name == "Rio Grande High"
    assert line.unexcused_units == 5 * 840
    assert (line.contact_count, line.reached_count) == (2, 1)
    assert line.last_contact_at == MONDAY
    assert line.open_conflict_count == 1
    assert line.case_ver == 1


def test_a_case_opens_down_to_the_rows_behind_its_numbers(district: District) -> None:
    school = district.a

    detail = read(school.coordinator, f"cases/{school.new_case}", DeskCaseDetail)

    assert detail.line == read(school.coordinator, "cases", DeskCases).cases[0]
    assert detail.student.first_name == "Ana"
    assert detail.standing.unexcused_units == detail.line.unexcused_units
    assert len(detail.contacts) == detail.line.contact_count
    assert detail.contacts[0].id == school.contact
    assert detail.contacts[0].occurred_at > detail.contacts[1].occurred_at
    assert [one.id for one in detail.conflicts] == [school.conflict]
    first, second = detail.families
    assert first.guardian.first_name == "Rosa Ana"
    assert first.guardianship.restriction == "No calls at work"
    assert [point.value for point in first.points] == ["(505) 555-0100"]
    assert second.guardian.first_name == "Abuela"


def test_a_contact_of_another_year_is_not_counted_for_this_case(district: District) -> None:
    with district.db.write(MONDAY) as tx:
        case = tx.session.get_one(CaseRow, district.a.new_case)
        old = CaseRow(**{c.name: getattr(case, c.name) for c in CaseRow.__table__.columns})
        old.id, old.school_year, old.status = new_id(), "2024-25", "closed"
        tx.session.add(old)
        tx.session.flush()
        a_contact(tx, old.id, district.a.advisor)

    detail = read(district.a.coordinator, f"cases/{district.a.new_case}", DeskCaseDetail)

    assert detail.line.contact_count == len(detail.contacts) == 2


def test_contacts_are_shown_as_they_arrived(district: District) -> None:
    with district.db.write(MONDAY) as tx:
        late = a_contact(
            tx, district.a.open_case, district.a.advisor, at=MONDAY + timedelta(minutes=1)
        )

    contacts = read(district.a.coordinator, "contacts", DeskContacts).contacts

    assert [one.contact.id for one in contacts][:2] == [late, district.a.contact]
    assert len(contacts) == 3
    assert contacts[1].student_name == "Ana Núñez"
    assert contacts[1].by_name == "Advisor Ana"
    assert contacts[1].school_name == "Rio Grande High"
    assert {one.case_id for one in contacts} == {district.a.new_case, district.a.open_case}


def test_only_the_latest_hundred_contacts_are_shown(district: District) -> None:
    with district.db.write(MONDAY) as tx:
        for minute in range(105):
            a_contact(
                tx, district.a.open_case, district.a.advisor, at=MONDAY + timedelta(minutes=minute)
            )

    contacts = read(district.a.coordinator, "contacts", DeskContacts).contacts

    assert len(contacts) == 100
    assert contacts[0].contact.occurred_at == MONDAY + timedelta(minutes=104)


def test_a_conflict_says_whose_row_it_is_about(district: District) -> None:
    with district.db.write(MONDAY + timedelta(hours=1)) as tx:
        student_id = tx.session.get_one(CaseRow, district.a.new_case).student_id
        a_conflict(tx, "contact", district.a.contact, student_id)

    number, contact = read(district.a.coordinator, "conflicts", DeskConflicts).conflicts

    assert number.conflict.id == district.a.conflict
    assert number.subject == "Rosa Ana Luna"
    assert number.student_name == "Ana Núñez"
    assert number.school_name == "Rio Grande High"
    assert number.conflict_ver == 1
    assert contact.subject == "2026-03-02"


def test_a_phone_with_unsent_work_or_unseen_for_days_is_stale(district: District) -> None:
    phones = read(district.a.coordinator, "phones", DeskPhones).phones

    assert {(phone.label, phone.waiting, phone.is_stale) for phone in phones} == {
        ("Phone Ana", 2, True),
        ("Fresh Ana", 0, False),
        ("Lost Ana", 0, True),
    }
    assert {phone.user_name for phone in phones} == {"Advisor Ana"}

    with district.db.write(MONDAY) as tx:
        tx.session.add(SettingRow(key="phone_stale_days", value=7))
    phones = read(district.a.coordinator, "phones", DeskPhones).phones
    assert {phone.label for phone in phones if phone.is_stale} == {"Phone Ana"}


def test_reference_names_everybody_and_offers_whom_a_case_can_go_to(district: District) -> None:
    everywhere = a_person(district.db, Role.SOCIAL_WORKER).id
    a_person(district.db, Role.ADVISOR, schools=[district.a.id], state="invited")

    reference = read(district.a.coordinator, "reference", DeskReference)

    assert [school.name for school in reference.schools] == ["Rio Grande High"]
    assert {"Advisor Ana", "Advisor Benito"} <= {one.name for one in reference.staff}
    assert reference.assignable == {
        district.a.advisor: [district.a.id],
        everywhere: [],
    }

    whole = read(district.administrator, "reference", DeskReference)
    assert set(whole.assignable) == {district.a.advisor, district.b.advisor, everywhere}


def test_a_clerk_finds_students_and_gets_no_cases_to_give(district: District) -> None:
    clerk = district.client(Role.CLERK, district.a.id)

    found = read(clerk, "students?q=ana%20nun", FoundStudents).students

    assert [(one.student.first_name, one.school_name) for one in found] == [
        ("Ana", "Rio Grande High")
    ]
    assert found[0].case_id == district.a.new_case
    assert found[0].student.grade == "9"
    assert read(clerk, "reference", DeskReference).assignable == {}
    assert read(clerk, "students?q=a", FoundStudents).students == []
    assert read(clerk, "students?q=%25%25", FoundStudents).students == []
    assert read(clerk, "students?q=benito", FoundStudents).students == []


def test_a_search_counts_the_days_of_students_without_a_case_too(district: District) -> None:
    with district.db.write(MONDAY) as tx:
        student_id = a_student(tx, district.a.id, first="Quiet", last="Child")
        place = tx.session.query(EnrollmentRow).filter_by(student_id=student_id).one()
        for day in (TODAY, TODAY - timedelta(days=3)):
            tx.session.add(
                AttendanceEventRow(
                    place_id=place.id,
                    on_date=day,
                    kind="absent_unexcused",
                    units=840,
                    minutes=None,
                    source_code="U",
                    opened_by=attendance.record(tx),
                    closed_by=None,
                )
            )

    (found,) = read(district.a.coordinator, "students?q=quiet", FoundStudents).students

    assert found.unexcused_units == 2 * 840
    assert found.case_id is None


@pytest.mark.parametrize("role", [Role.ADVISOR, Role.SOCIAL_WORKER, Role.CALLER])
def test_the_desk_is_closed_to_those_who_work_in_the_field(district: District, role: Role) -> None:
    client = district.client(role, district.a.id)

    for path in (*ROUTES, f"cases/{district.a.new_case}"):
        answer = ask(client, path)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), path


def test_a_clerk_sees_no_case_contact_conflict_or_phone(district: District) -> None:
    client = district.client(Role.CLERK, district.a.id)

    for path in ("cases", "contacts", "conflicts", "phones", f"cases/{district.a.new_case}"):
        assert ask(client, path).status_code == 403, path


@pytest.mark.parametrize(
    "path", ["cases?list=closed", "cases?school=x", "cases/x", f"students?q={'x' * 401}"]
)
def test_a_question_that_makes_no_sense_is_refused(district: District, path: str) -> None:
    answer = ask(district.a.coordinator, path)

    assert answer.status_code in {400, 404}
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_nothing_is_sent_again_while_nothing_has_changed(district: District) -> None:
    client = district.a.coordinator
    for path in ("cases", "contacts", "conflicts", f"cases/{district.a.new_case}"):
        first = ask(client, path)
        tag = first.headers["etag"]

        again = client.get(f"/api/desk/{path}", headers={"If-None-Match": f'"x", {tag}'})

        assert (again.status_code, again.content) == (304, b""), path
        with district.db.write(MONDAY) as tx:
            a_contact(tx, district.a.open_case, district.a.advisor)
        after = client.get(f"/api/desk/{path}", headers={"If-None-Match": tag})
        assert after.status_code == 200, path


def test_a_phone_gone_stale_or_a_change_of_schools_is_news(district: District) -> None:
    client = district.a.coordinator
    tag = client.get("/api/desk/cases").headers["etag"]

    with district.db.write(MONDAY) as tx:
        tx.session.execute(
            delete(UserSchoolRow).where(UserSchoolRow.user_id == district.a.coordinator_id)
        )
    assert client.get("/api/desk/cases", headers={"If-None-Match": tag}).status_code == 200

    with district.db.write(MONDAY) as tx:
        tx.session.add(UserSchoolRow(user_id=district.a.coordinator_id, school_id=district.a.id))
    assert client.get("/api/desk/cases", headers={"If-None-Match": tag}).status_code == 304
    with district.db.write(MONDAY) as tx:
        fresh = update(DeviceRow).where(DeviceRow.label == "Fresh Ana")
        tx.session.execute(fresh.values(last_seen_at=MONDAY - timedelta(days=3, minutes=1)))
    assert client.get("/api/desk/cases", headers={"If-None-Match": tag}).status_code == 200
