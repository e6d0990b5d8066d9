"""Contacts as the programme lives them: what fits, when it was, and what it does to the case."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from schemas.people import Role
from schemas.sync import Receipt
from schemas.vocabulary import OUTCOMES_BY_METHOD, Method, Outcome
from server.contacts import rules, service
from server.contacts import store as contacts
from server.db.tables.alerts import AlertRow
from server.db.tables.cases import ContactRow
from server.db.tables.identity import UserRow
from server.db.tables.people import EnrollmentRow
from server.feed.store import Author
from server.ids import new_id
from server.problems import Problem
from tests.conftest import MONDAY
from tests.server.syncing.conftest import District, make_district
from tests.support.district import Phone, a_family, a_visit
from tests.support.people import a_person, a_school


@pytest.fixture
def district(settings: Any, db: Any, clock: Any) -> District:
    return make_district(settings, db, clock)


def log(phone: Phone, district: District, **visit: Any) -> Receipt:
    mut = phone.mut("contact.create", new_id(), a_visit(district.family, **visit))
    return phone.sync([mut]).receipts[0]


def status(phone: Phone) -> str:
    phone.sync()
    return str(phone.all("case")[0]["status"])


@pytest.mark.parametrize("method", Method)
def test_every_outcome_offered_for_a_method_is_taken(method: Method) -> None:
    for outcome in OUTCOMES_BY_METHOD[method]:
        rules.check_outcome(method, outcome)


def test_an_outcome_that_cannot_come_of_a_method_is_refused_in_plain_words() -> None:
    with pytest.raises(rules.OutcomeMisfit) as caught:
        rules.check_outcome(Method.HOME_VISIT, Outcome.VOICEMAIL_LEFT)

    assert '"voicemail left" does not fit a contact by "home visit"' in caught.value.detail
    assert isinstance(caught.value, Problem)


def test_reaching_the_family_moves_the_case_on_and_an_attempt_does_not(
    district: District,
) -> None:
    ana = district.phone(district.advisor)

    log(ana, district, outcome="no_one_home_note_left")
    after_attempt = status(ana)
    log(ana, district, outcome="spoke_guardian", party="guardian")

    assert after_attempt == "assigned"
    assert status(ana) == "in_contact"


def test_a_contact_belongs_to_whoever_sent_it_whatever_it_claims(district: District) -> None:
    ana = district.phone(district.advisor)

    log(ana, district, by=str(district.other.id), late_scope=True, est_at="yesterday")
    ana.sync()

    contact = ana.all("contact")[0]
    assert contact["by"] == str(district.advisor.id)
    assert contact["late_scope"] is False
    assert contact["case_id"] == str(district.family.case_id)


def test_a_visit_written_down_with_a_wrong_clock_is_dated_right(district: District) -> None:
    ana = district.phone(district.advisor)
    wrong = MONDAY + timedelta(days=3)
    visit = ana.mut(
        "contact.create",
        new_id(),
        a_visit(district.family, occurred_at=(wrong - timedelta(hours=2)).isoformat()),
        at=wrong.isoformat(),
        mono=["session", 0],
    )

    ana.sync([visit], sent=[wrong.isoformat(), "session", 3_600_000])

    with district.db.read(MONDAY) as tx:
        row = tx.session.scalars(select(ContactRow)).one()
    assert row.occurred_at == wrong - timedelta(hours=2)
    assert row.est_at == MONDAY - timedelta(hours=3)
    assert row.skew_ms == -3 * 86_400_000
    assert row.time_flags == "jump"


def test_a_contact_without_a_time_has_the_time_it_was_written(district: District) -> None:
    ana = district.phone(district.advisor)

    receipt = log(ana, district, occurred_at="")
    ana.sync()

    assert receipt.out == "applied"
    assert ana.all("contact")[0]["occurred_at"] == "2026-03-02T15:00:00Z"


def test_words_are_kept_in_one_spelling(district: District) -> None:
    ana = district.phone(district.advisor)

    log(ana, district, note="Jose\u0301 was home", causes=["b", "a", "b"])
    ana.sync()

    assert ana.all("contact")[0]["note"] == "José was home"
    assert ana.all("contact")[0]["causes"] == ["a", "b"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"method": None}, "bad_value"),
        ({"student_id": None}, "bad_value"),
        ({"case_id": str(new_id())}, "bad_value"),
        ({"follow_up_on": "soon"}, "bad_value"),
        ({"causes": ["NOT A CODE"]}, "bad_value"),
    ],
)
def test_a_contact_that_misses_its_facts_is_refused_by_name(
    district: District, change: dict[str, Any], code: str
) -> None:
    receipt = log(district.phone(district.advisor), district, **change)

    assert (receipt.out, receipt.code) == ("refused", code)


def test_one_contact_is_not_recorded_under_two_mutations(district: District) -> None:
    ana = district.phone(district.advisor)
    key = new_id()
    ana.sync([ana.mut("contact.create", key, a_visit(district.family))])

    answer = ana.sync([ana.mut("contact.create", key, a_visit(district.family, note="Other"))])

    assert answer.receipts[0].code == "row_exists"
    assert ana.all("refusal")[0]["set"]["note"] == "Other"


def test_an_author_amends_his_contact_but_not_into_nonsense(district: District) -> None:
    ana = district.phone(district.advisor)
    key = new_id()
    ana.sync([ana.mut("contact.create", key, a_visit(district.family))])

    def amend(**change: Any) -> Receipt:
        seen = {name: ana.row("contact", key)[name] for name in change}
        return ana.sync([ana.mut("contact.amend", key, change, was=seen)]).receipts[0]

    assert amend(note="Rosa called back.", follow_up_on="2026-03-09").out == "applied"
    ana.sync()
    assert amend(outcome="voicemail_left").code == "outcome_misfit"
    assert amend(student_id=str(new_id())).code == "not_editable"
    assert amend(outcome="spoke_guardian").out == "applied"
    assert status(ana) == "in_contact"
    assert ana.row("contact", key)["follow_up_on"] == "2026-03-09"


def test_the_contacts_of_a_student_are_read_newest_first(district: District) -> None:
    ana = district.phone(district.advisor)
    for hour in (1, 3, 2):
        at = MONDAY - timedelta(hours=hour)
        log(ana, district, occurred_at=at.isoformat(), note=str(hour))

    with district.db.read(MONDAY) as tx:
        notes = [one.note for one in contacts.of_student(tx, district.family.student_id)]

    assert notes == ["1", "2", "3"]


def assign(district: District, by: Any, to: Any, *, was: Any = None, case: Any = None) -> Receipt:
    phone = district.phone(by)
    mut = phone.mut(
        "case.assign",
        case or district.family.case_id,
        {"assignee_id": str(to.id) if to else None},
        was={"assignee_id": str(was.id) if was else None},
    )
    return phone.sync([mut]).receipts[0]


def test_a_coordinator_assigns_a_new_case_and_the_advisor_is_told(district: District) -> None:
    family = a_family(district.db, district.school_id, name="Luz")
    ben = district.phone(district.other)
    ben.sync()

    receipt = assign(district, district.coordinator, district.other, case=family.case_id)
    ben.sync()

    assert receipt.out == "applied"
    assert ben.all("case")[0]["status"] == "assigned"
    with district.db.read(MONDAY) as tx:
        alert = tx.session.scalars(select(AlertRow)).one()
    assert (alert.user_id, alert.kind, alert.case_id) == (
        district.other.id,
        "case.assigned",
        family.case_id,
    )


def test_a_case_taken_back_is_new_again(district: District) -> None:
    receipt = assign(district, district.coordinator, None, was=district.advisor)

    assert receipt.out == "applied"
    again = assign(district, district.coordinator, district.advisor)
    assert again.out == "applied"
    assert status(district.phone(district.advisor)) == "assigned"


def test_a_family_already_in_contact_stays_so_when_reassigned(district: District) -> None:
    log(district.phone(district.advisor), district, outcome="spoke_guardian")

    assign(district, district.coordinator, district.other, was=district.advisor)

    assert status(district.phone(district.other)) == "in_contact"


@pytest.mark.parametrize("role", [Role.ADVISOR, Role.SOCIAL_WORKER, Role.CALLER, Role.CLERK])
def test_only_who_directs_the_school_assigns_its_cases(district: District, role: Role) -> None:
    by = a_person(district.db, role, schools=[district.school_id])

    receipt = assign(district, by, district.other, was=district.advisor)

    assert (receipt.out, receipt.code) == ("refused", "forbidden")


def test_a_coordinator_of_another_school_does_not_assign_here(district: District) -> None:
    elsewhere = a_school(district.db, "West Mesa High")
    by = a_person(district.db, Role.COORDINATOR, schools=[elsewhere])

    assert assign(district, by, district.other, was=district.advisor).code == "forbidden"


def test_an_administrator_assigns_everywhere(district: District) -> None:
    by = a_person(district.db, Role.ADMINISTRATOR)

    assert assign(district, by, district.other, was=district.advisor).out == "applied"


def test_a_case_goes_to_active_people_of_its_school_only(district: District) -> None:
    elsewhere = a_school(district.db, "West Mesa High")
    for nobody in (
        a_person(district.db, Role.CLERK, schools=[district.school_id]),
        a_person(district.db, Role.ADVISOR, schools=[district.school_id], state="closed"),
        a_person(district.db, Role.ADVISOR, schools=[elsewhere]),
    ):
        receipt = assign(district, district.coordinator, nobody, was=district.advisor)
        assert (receipt.out, receipt.code) == ("refused", "bad_assignee")


def test_two_coordinators_who_assign_apart_are_both_heard(district: District) -> None:
    second = a_person(district.db, Role.COORDINATOR, schools=[district.school_id])
    assign(district, district.coordinator, district.other, was=district.advisor)

    receipt = assign(district, second, district.caller, was=district.advisor)

    assert receipt.out == "conflict"
    ben = district.phone(district.other)
    ben.sync()
    assert ben.all("case")[0]["assignee_id"] == str(district.other.id)


def kept(district: District, key: Any) -> ContactRow:
    with district.db.read(MONDAY) as tx:
        return tx.session.get_one(ContactRow, key)


def test_a_contact_keeps_the_role_its_author_had(district: District) -> None:
    caller = a_person(district.db, Role.CALLER, schools=[district.school_id])
    assign(district, district.coordinator, caller, was=district.advisor)
    phone, key = district.phone(caller), new_id()
    phone.sync(
        [
            phone.mut(
                "contact.create",
                key,
                a_visit(district.family, method="phone_call", outcome="no_answer"),
            )
        ]
    )

    with district.db.write(MONDAY) as tx:
        tx.session.get_one(UserRow, caller.id).role = Role.SOCIAL_WORKER.value

    assert kept(district, key).by_role == "caller"


def test_a_contact_keeps_the_school_the_student_was_in_when_it_happened(
    district: District,
) -> None:
    later = a_school(district.db, "West Mesa High")
    with district.db.write(MONDAY) as tx:
        place = tx.session.scalars(
            select(EnrollmentRow).where(EnrollmentRow.student_id == district.family.student_id)
        ).one()
        place.entry_on, place.exit_on = date(2025, 8, 11), date(2026, 2, 20)
        tx.session.add(
            EnrollmentRow(
                student_id=district.family.student_id,
                school_id=later,
                school_year="2025-26",
                entry_on=date(2026, 2, 24),
                exit_on=None,
                source="enrollment_file",
            )
        )
    ana = district.phone(district.advisor)
    schools: dict[str, Any] = {}
    # 03:00 UTC on the 21st is still the 20th in the district.
    for day in ("2026-02-21T03:00:00+00:00", "2026-02-22T18:00:00+00:00", MONDAY.isoformat()):
        key = new_id()
        ana.sync([ana.mut("contact.create", key, a_visit(district.family, occurred_at=day))])
        schools[day[:10]] = kept(district, key).school_id

    assert list(schools.values()) == [district.school_id, district.school_id, later]


def test_a_contact_moved_to_another_time_moves_to_the_school_of_then(district: District) -> None:
    ana, key = district.phone(district.advisor), new_id()
    ana.sync([ana.mut("contact.create", key, a_visit(district.family))])
    later = a_school(district.db, "West Mesa High")
    with district.db.write(MONDAY) as tx:
        tx.session.add(
            EnrollmentRow(
                student_id=district.family.student_id,
                school_id=later,
                school_year="2025-26",
                entry_on=date(2026, 2, 1),
                exit_on=None,
                source="enrollment_file",
            )
        )

    with district.db.write(MONDAY) as tx:
        moved = MONDAY - timedelta(days=1)
        service.amend_contact(tx, key, {"occurred_at": moved}, by=Author(district.advisor.id))

    assert kept(district, key).school_id == later
