"""Phones get what is theirs to see, whole, and forget what is no longer."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from schemas.people import Role
from server.cases import store as cases
from server.db.tables.syncing import DeviceRow, SyncHeadRow
from server.ids import new_id
from server.people import store as people
from sync.cursor import digest
from tests.conftest import MONDAY
from tests.server.syncing.conftest import District
from tests.support.district import a_family, a_visit
from tests.support.people import a_person

OTHERS_NOTE = "The father drinks."


def assign(district: District, user: Any, *, case_id: UUID | None = None) -> Any:
    phone = district.phone(district.coordinator)
    with district.db.read(MONDAY) as tx:
        case = cases.find(tx, case_id or district.family.case_id)
        seen = str(case.assignee_id) if case and case.assignee_id else None
    return phone.sync(
        [
            phone.mut(
                "case.assign",
                case_id or district.family.case_id,
                {"assignee_id": str(user.id) if user else None},
                was={"assignee_id": seen},
            )
        ]
    ).receipts[0]


def test_a_first_sync_brings_the_whole_family_and_tells_how_far_it_is(
    any_district: District,
) -> None:
    phone = any_district.phone(any_district.advisor)

    answer = phone.sync()

    assert answer.pull is not None
    assert (answer.pull.total_roots, answer.pull.more) == (3, False)
    assert phone.held == {
        "ref": "all",
        any_district.advisor.root: "self",
        any_district.family.root: "adv",
    }
    assert {row["first_name"] for row in phone.all("guardian")} == {"Rosa"}
    assert phone.all("guardianship")[0]["restriction"] == "Do not call at work."
    assert phone.all("case")[0]["status"] == "assigned"


def test_a_reassigned_student_leaves_one_phone_whole_and_comes_to_the_other_whole(
    any_district: District,
) -> None:
    ana = any_district.phone(any_district.advisor)
    ben = any_district.phone(any_district.other)
    ana.sync([ana.mut("contact.create", new_id(), a_visit(any_district.family))])
    ben.sync()
    assert ben.all("student") == []

    receipt = assign(any_district, any_district.other)
    lost = ana.sync()
    ben.sync()

    assert receipt.out == "applied"
    assert lost.pull is not None
    assert [(drop.root, drop.why) for drop in lost.pull.drop] == [
        (any_district.family.root, "reassigned")
    ]
    assert ana.all("student") == ana.all("contact_point") == ana.all("contact") == []
    assert [row["first_name"] for row in ben.all("student")] == ["Mateo"]
    assert len(ben.all("contact")) == len(ben.all("contact_point")) == 1


def test_a_case_that_was_closed_leaves_the_phone_and_says_so(district: District) -> None:
    ana = district.phone(district.advisor)
    ana.sync()
    with district.db.write(MONDAY) as tx:
        cases.save(tx, district.family.case_id, {"status": "closed"})
        cases.publish_case(tx, district.family.case_id)

    answer = ana.sync()

    assert answer.pull is not None
    assert [drop.why for drop in answer.pull.drop] == ["closed"]
    assert ana.all("student") == []


def test_a_visit_that_arrives_after_the_reassignment_is_kept_and_marked(
    any_district: District,
) -> None:
    ana = any_district.phone(any_district.advisor)
    ben = any_district.phone(any_district.other)
    ana.sync()
    assign(any_district, any_district.other)

    answer = ana.sync([ana.mut("contact.create", new_id(), a_visit(any_district.family))])
    ben.sync()

    assert answer.receipts[0].out == "applied"
    contact = ben.all("contact")[0]
    assert (contact["late_scope"], contact["by"]) == (True, str(any_district.advisor.id))


def test_a_caller_is_told_names_numbers_and_restrictions_and_nothing_else(
    any_district: District,
) -> None:
    ana = any_district.phone(any_district.advisor)
    ana.sync(
        [
            ana.mut(
                "contact.create",
                new_id(),
                a_visit(any_district.family, note=OTHERS_NOTE, causes=["substance_use"]),
            ),
            ana.mut(
                "contact_point.create",
                new_id(),
                {
                    "guardian_id": str(any_district.family.guardian_id),
                    "kind": "email",
                    "value": "rosa@example.com",
                },
            ),
        ]
    )
    assign(any_district, any_district.caller)
    cai = any_district.phone(any_district.caller)

    on_the_wire = cai.client.post("/sync/v1", json=cai.request()).text
    cai.sync([cai.mut("contact.create", new_id(), a_visit(any_district.family, note="Mine"))])
    cai.sync()

    for secret in (OTHERS_NOTE, "substance_use", "rosa@example.com", "early_intervention_5"):
        assert secret not in on_the_wire
    number = cai.all("student")[0].pop("number")
    assert number == ""
    assert "Do not call at work." in on_the_wire
    assert "505-555-0101" in on_the_wire
    assert [row["note"] for row in cai.all("contact")] == ["Mine"]
    assert {row["kind"] for row in cai.all("contact_point")} == {"mobile"}


def test_a_caller_corrects_a_number_he_sees(district: District) -> None:
    assign(district, district.caller)
    cai = district.phone(district.caller)
    cai.sync()
    seen = cai.row("contact_point", district.family.point_id)

    answer = cai.sync(
        [
            cai.mut(
                "contact_point.edit",
                district.family.point_id,
                {"status": "wrong"},
                was={"status": seen["status"]},
            )
        ]
    )

    assert answer.receipts[0].out == "applied"


def test_a_number_that_becomes_an_email_leaves_the_callers_phone(district: District) -> None:
    assign(district, district.caller)
    cai = district.phone(district.caller)
    cai.sync()
    with district.db.write(MONDAY) as tx:
        people.save_contact_point(
            tx, district.family.point_id, {"kind": "email", "value": "rosa@example.com"}
        )
        people.publish_contact_point(tx, district.family.point_id)

    cai.sync()

    assert cai.all("contact_point") == []


def test_a_new_role_drops_what_the_old_one_saw_and_sends_the_student_anew(
    district: District,
) -> None:
    ana = district.phone(district.advisor)
    ana.sync([ana.mut("contact.create", new_id(), a_visit(district.family))])
    assert ana.all("case")[0]["step"] == "early_intervention_5"
    with district.db.write(MONDAY) as tx:
        user = tx.session.merge(district.advisor)
        user.role = Role.CALLER.value

    answer = ana.sync()

    assert answer.pull is not None
    assert [(drop.root, drop.why) for drop in answer.pull.drop] == [(district.family.root, "role")]
    assert ana.held[district.family.root] == "call"
    assert ana.all("case")[0]["step"] == ""


@pytest.mark.parametrize("limit", [1, 700, 3000])
def test_small_pages_bring_what_one_large_page_brings(any_district: District, limit: int) -> None:
    for name in ("Luz", "Noé", "Ada"):
        a_family(any_district.db, any_district.school_id, assignee=any_district.advisor, name=name)
    slow = any_district.phone(any_district.advisor)
    slow.sync(limit=limit)
    quick = any_district.phone(any_district.advisor)
    quick.sync(
        [
            quick.mut("contact.create", new_id(), a_visit(any_district.family, note=f"{count}"))
            for count in range(12)
        ]
    )

    pages = slow.post(limit=limit)
    slow.sync(limit=limit)
    quick.sync()

    assert pages.pull is not None
    assert pages.pull.more
    assert slow.rows == quick.rows
    assert slow.held == quick.held


def test_an_answer_says_what_it_was_computed_from(district: District) -> None:
    phone = district.phone(district.advisor)
    phone.sync()

    answer = phone.post()

    assert answer.pull is not None
    assert answer.pull.base == digest(phone.cursor, phone.held, 1)
    assert (answer.pull.rows, answer.pull.roots, answer.pull.drop) == ([], [], [])


def test_a_database_with_another_life_makes_phones_begin_anew(any_district: District) -> None:
    phone = any_district.phone(any_district.advisor)
    phone.sync()
    with any_district.db.write(MONDAY) as tx:
        tx.session.get_one(SyncHeadRow, 1).epoch = "restored"

    answer = phone.sync()

    assert answer.epoch == "restored"
    assert answer.pull is not None
    assert answer.pull.reset
    assert len(phone.all("student")) == 1


@pytest.mark.parametrize("cursor", ["nonsense", "{epoch}.999999", "{epoch}.0"])
def test_a_cursor_that_cannot_be_built_upon_makes_the_phone_begin_anew(
    district: District, cursor: str
) -> None:
    phone = district.phone(district.advisor)
    phone.sync()
    with district.db.write(MONDAY) as tx:
        tx.session.get_one(SyncHeadRow, 1).floor = 2
    phone.cursor = cursor.format(epoch=phone.epoch)

    answer = phone.sync()

    assert answer.pull is not None
    assert answer.pull.reset
    assert len(phone.all("student")) == 1


def test_a_revoked_phone_gets_nothing_and_keeps_what_it_has(any_district: District) -> None:
    phone = any_district.phone(any_district.advisor)
    phone.sync()
    with any_district.db.write(MONDAY) as tx:
        tx.session.get_one(DeviceRow, phone.device).state = "revoked"

    answer = phone.post(
        [phone.mut("contact.create", new_id(), a_visit(any_district.family, note=OTHERS_NOTE))]
    )

    assert (answer.stop, answer.pull, answer.receipts) == ("revoked", None, [])


def test_a_revoked_phone_is_told_no_receipt_of_before_either(any_district: District) -> None:
    phone = any_district.phone(any_district.advisor)
    visits = [phone.mut("contact.create", new_id(), a_visit(any_district.family)) for _ in "12"]
    phone.post(visits[:1])
    with any_district.db.write(MONDAY) as tx:
        tx.session.get_one(DeviceRow, phone.device).state = "revoked"

    for muts in (visits[:0], visits[:1], visits[1:]):
        answer = phone.post(muts)

        assert (answer.stop, answer.pull, answer.receipts) == ("revoked", None, [])


def test_a_phone_may_deliver_without_fetching(district: District) -> None:
    phone = district.phone(district.advisor)

    answer = phone.post(
        [phone.mut("contact.create", new_id(), a_visit(district.family))], pull=False
    )

    assert answer.receipts[0].out == "applied"
    assert answer.pull is None


def test_nothing_of_another_family_is_ever_on_the_wire(district: District) -> None:
    elsewhere = a_family(district.db, district.school_id, assignee=district.other, name="Secret")
    stranger = a_person(district.db, Role.CLERK, schools=[district.school_id])

    for user in (district.advisor, district.caller, district.coordinator, stranger):
        phone = district.phone(user)
        wire = msgspec.json.encode(phone.sync())
        assert b"Secret" not in wire
        assert elsewhere.root.encode() not in wire


def test_an_answer_is_packed_for_who_asks_for_it_and_says_the_same(district: District) -> None:
    phone = district.phone(district.advisor)
    body = msgspec.json.encode(phone.request())
    headers = {"content-type": "application/json"}

    packed = phone.client.post(
        "/sync/v1", content=body, headers=headers | {"accept-encoding": "gzip"}
    )
    plain = phone.client.post(
        "/sync/v1", content=body, headers=headers | {"accept-encoding": "identity"}
    )

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json()["pull"] == plain.json()["pull"]
