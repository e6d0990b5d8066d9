"""Who may change what, and decide what: proposals, late edits, and conflicts of others."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from schemas.people import Role
from server.cases import store as cases
from server.db.tables.alerts import AlertRow
from server.db.tables.people import GuardianshipRow
from server.ids import new_id
from server.people import store as people
from tests.conftest import MONDAY
from tests.server.syncing.conftest import District
from tests.server.syncing.moves import OLD, assign, edit, resolve
from tests.support.district import Phone, a_family, a_visit
from tests.support.people import a_person, a_school


def test_an_edit_that_comes_after_the_student_was_reassigned_is_a_proposal(
    any_district: District,
) -> None:
    ana, ben = any_district.phone(any_district.advisor), any_district.phone(any_district.other)
    ana.sync()
    assign(any_district, any_district.family.case_id, any_district.other)

    answer = ana.sync([edit(ana, any_district, OLD, "505-555-0111")])
    ben.sync()

    assert answer.receipts[0].out == "conflict"
    assert ben.row("contact_point", any_district.family.point_id)["value"] == OLD
    proposal = ben.all("conflict")[0]
    assert (proposal["why"], proposal["fields"][0]["mine"]) == ("proposal", "505-555-0111")
    own_copy = ana.all("conflict")[0]["fields"][0]
    assert (own_copy["mine"], own_copy["theirs"]) == ("505-555-0111", None)

    refused = ana.sync([resolve(ana, ana.all("conflict")[0], "mine")])
    ben.sync([resolve(ben, proposal, "mine")])
    ben.sync()

    assert refused.receipts[0].code == "forbidden"
    assert ben.row("contact_point", any_district.family.point_id)["value"] == "505-555-0111"


def test_a_number_learned_after_the_student_was_reassigned_can_be_taken_over(
    district: District,
) -> None:
    ana, ben = district.phone(district.advisor), district.phone(district.other)
    ana.sync()
    assign(district, district.family.case_id, district.other)
    new = new_id()

    ana.sync(
        [
            ana.mut(
                "contact_point.create",
                new,
                {
                    "guardian_id": str(district.family.guardian_id),
                    "kind": "home",
                    "value": "505-555-0444",
                },
            )
        ]
    )
    ben.sync()
    proposal = ben.all("conflict")[0]
    choices = {field["field"]: {"choice": "mine"} for field in proposal["fields"]}
    taken = ben.sync([ben.mut("conflict.resolve", UUID(proposal["id"]), {"choices": choices})])
    ben.sync()

    assert taken.receipts[0].out == "applied"
    assert ben.row("contact_point", new)["value"] == "505-555-0444"


def test_an_edit_of_a_number_that_is_gone_is_held_and_brings_nothing_back(
    district: District,
) -> None:
    ana = district.phone(district.advisor)
    ana.sync()
    with district.db.write(MONDAY) as tx:
        point = people.find_contact_point(tx, district.family.point_id)
        assert point is not None
        point.ended_at = MONDAY
        people.publish_contact_point(tx, district.family.point_id)

    answer = ana.sync([edit(ana, district, OLD, "505-555-0111")])
    ana.sync()

    assert answer.receipts[0].out == "conflict"
    assert ana.all("contact_point") == []
    conflict = ana.all("conflict")[0]
    assert (conflict["why"], conflict["fields"][0]["mine"]) == ("deleted", "505-555-0111")
    over = ana.sync([resolve(ana, conflict, "theirs")])
    assert over.receipts[0].out == "applied"
    assert ana.all("contact_point") == []


def test_a_number_nobody_ever_had_cannot_be_edited(district: District) -> None:
    ana = district.phone(district.advisor)

    answer = ana.sync([ana.mut("contact_point.edit", new_id(), {"value": "1"})])

    assert answer.receipts[0].code == "unknown_row"


def test_a_coordinator_edits_from_the_desk_without_holding_the_student(
    district: District,
) -> None:
    desk = district.phone(district.coordinator)

    answer = desk.sync([edit(desk, district, OLD, "505-555-0111")])

    assert answer.receipts[0].out == "applied"
    assert desk.all("contact_point") == []


def test_a_coordinator_of_another_school_can_only_propose(district: District) -> None:
    elsewhere = a_school(district.db, "West Mesa High")
    stranger = a_person(district.db, Role.COORDINATOR, schools=[elsewhere])
    desk = district.phone(stranger)

    answer = desk.sync([edit(desk, district, OLD, "505-555-0111")])

    assert answer.receipts[0].out == "conflict"
    assert answer.receipts[0].conflict is not None
    assert desk.all("conflict")[0]["fields"][0]["theirs"] is None


def test_a_colleague_may_only_propose_other_words_for_ones_contact(district: District) -> None:
    ana, ben = district.phone(district.advisor), district.phone(district.other)
    contact = new_id()
    ana.sync([ana.mut("contact.create", contact, a_visit(district.family))])
    assign(district, district.family.case_id, district.other)
    ben.sync()

    proposed = ben.sync(
        [
            ben.mut(
                "contact.amend",
                contact,
                {"note": "Nobody was there."},
                was={"note": "Left a note at the door."},
            )
        ]
    )
    amended = ana.sync(
        [
            ana.mut(
                "contact.amend",
                contact,
                {"causes": {"+": ["boredom"], "-": []}},
            )
        ]
    )
    ben.sync()

    assert proposed.receipts[0].out == "conflict"
    assert amended.receipts[0].out == "applied"
    assert ben.row("contact", contact)["note"] == "Left a note at the door."
    assert ben.row("contact", contact)["causes"] == ["boredom"]


def holders_apart(district: District) -> tuple[Phone, dict[str, Any]]:
    """Two coordinators gave one case to two people, each without knowing of the other."""
    eve = a_person(district.db, Role.COORDINATOR, schools=[district.school_id], name="Eve")
    first, second = district.phone(district.coordinator), district.phone(eve)
    case, seen = district.family.case_id, {"assignee_id": str(district.advisor.id)}
    for phone, who in ((first, district.other), (second, district.caller)):
        phone.sync([phone.mut("case.assign", case, {"assignee_id": str(who.id)}, was=seen)])
    return second, second.all("conflict")[0]


def test_who_was_given_a_case_is_told_also_where_the_partner_is_in_dispute(
    any_district: District,
) -> None:
    desk, other_desk = (any_district.phone(any_district.coordinator) for _ in "12")
    case, ben = any_district.family.case_id, any_district.other
    taken_back = desk.mut(
        "case.assign",
        case,
        {"assignee_id": None},
        was={"assignee_id": str(any_district.advisor.id)},
    )
    desk.sync([taken_back])
    mine = {"assignee_id": str(ben.id), "partner_id": str(any_district.advisor.id)}
    was = {"assignee_id": None, "partner_id": None}
    theirs = {"partner_id": str(any_district.caller.id)}
    other_desk.sync([other_desk.mut("case.assign", case, theirs, was={"partner_id": None})])

    late = desk.sync([desk.mut("case.assign", case, mine, was=was)]).receipts[-1]

    phone = any_district.phone(ben)
    phone.sync()
    row = phone.row("case", case)
    with any_district.db.read(MONDAY) as tx:
        told = tx.session.scalars(select(AlertRow).where(AlertRow.user_id == ben.id)).all()
    assert (late.out, late.ver) == (
        "conflict",
        phone.vers[any_district.family.root, "case", str(case)],
    )
    assert (row["status"], row["assignee_id"], row["partner_id"]) == (
        "assigned",
        str(ben.id),
        str(any_district.caller.id),
    )
    assert len(told) == 1


def test_who_may_not_assign_a_case_decides_no_conflict_about_it(any_district: District) -> None:
    desk, conflict = holders_apart(any_district)
    ben = any_district.phone(any_district.other)
    ben.sync()
    grab = resolve(ben, ben.all("conflict")[0], "custom", str(any_district.other.id))

    assert ben.sync([grab]).receipts[0].code == "forbidden"
    stranger = resolve(desk, conflict, "custom", str(new_id()))
    assert desk.sync([stranger]).receipts[0].code == "bad_assignee"
    assert desk.sync([resolve(desk, conflict, "mine")]).receipts[0].out == "applied"
    with any_district.db.read(MONDAY) as tx:
        case = cases.find(tx, any_district.family.case_id)
        told = tx.session.scalars(
            select(AlertRow).where(AlertRow.user_id == any_district.caller.id)
        ).all()
    assert case is not None
    assert case.assignee_id == any_district.caller.id
    assert len(told) == 1


def test_nobody_takes_his_own_proposal_for_anothers_contact(any_district: District) -> None:
    ana, ben = any_district.phone(any_district.advisor), any_district.phone(any_district.other)
    contact = new_id()
    ana.sync([ana.mut("contact.create", contact, a_visit(any_district.family))])
    assign(any_district, any_district.family.case_id, any_district.other)
    ben.sync()
    words = {"note": "Left a note at the door."}
    ben.sync([ben.mut("contact.amend", contact, {"note": "Nobody was there."}, was=words)])
    ben.sync()

    taken = ben.sync([resolve(ben, ben.all("conflict")[0], "mine")])
    ana.sync()
    ben.sync()

    assert taken.receipts[0].code == "forbidden"
    assert ben.row("contact", contact)["note"] == "Left a note at the door."
    agreed = ana.sync([resolve(ana, ana.all("conflict")[0], "mine")])
    ben.sync()
    assert agreed.receipts[0].out == "applied"
    assert ben.row("contact", contact)["note"] == "Nobody was there."


def test_a_conflict_does_not_tell_what_became_of_a_family_that_is_somebody_elses(
    any_district: District,
) -> None:
    ana, eve = any_district.phone(any_district.advisor), any_district.phone(any_district.advisor)
    ben = any_district.phone(any_district.other)
    ana.sync([edit(ana, any_district, OLD, "505-555-0111")])
    eve.sync([edit(eve, any_district, OLD, "505-555-0222")])
    assert eve.all("conflict")[0]["fields"][0]["theirs"] == "505-555-0111"
    assign(any_district, any_district.family.case_id, any_district.other)
    eve.sync()
    ben.sync()

    ben.sync([edit(ben, any_district, "505-555-0111", "505-555-0999")])
    eve.sync()

    assert ben.all("conflict")[0]["fields"][0]["theirs"] == "505-555-0999"
    assert "505-555-0999" not in str(eve.rows)
    assert eve.all("conflict")[0]["fields"][0]["mine"] == "505-555-0222"


def test_a_number_unlinked_from_ones_student_can_only_be_proposed(any_district: District) -> None:
    """A guardian of siblings, each with another advisor, no longer answers for one of them."""
    mine = any_district.family
    theirs = a_family(
        any_district.db, any_district.school_id, assignee=any_district.other, name="Luz"
    )
    with any_district.db.write(MONDAY) as tx:
        tie = new_id()
        tx.session.add(
            GuardianshipRow(id=tie, student_id=theirs.student_id, guardian_id=mine.guardian_id)
        )
        tx.session.flush()
        people.publish_student(tx, theirs.student_id)
    ana, ben = any_district.phone(any_district.advisor), any_district.phone(any_district.other)
    ana.sync()
    ben.sync()
    assert ben.row("contact_point", mine.point_id)["value"] == OLD
    with any_district.db.write(MONDAY) as tx:
        tx.session.get_one(GuardianshipRow, tie).ended_at = MONDAY
        tx.session.flush()
        people.publish_student(tx, theirs.student_id)

    late = ben.sync([edit(ben, any_district, OLD, "505-555-0111", root=theirs.root)])
    ana.sync()

    assert late.receipts[0].out == "conflict"
    assert (theirs.root, "contact_point", str(mine.point_id)) not in ben.rows
    assert ana.row("contact_point", mine.point_id)["value"] == OLD
    assert [row["why"] for row in ana.all("conflict")] == ["proposal"]
    assert [row["fields"][0]["theirs"] for row in ben.all("conflict")] == [None]


def test_who_decides_second_is_told_by_whom_it_was_decided(any_district: District) -> None:
    ana = any_district.phone(any_district.advisor)
    dora = any_district.phone(any_district.coordinator)
    ana.sync()
    dora.sync([edit(dora, any_district, OLD, "505-555-0222")])
    ana.sync([edit(ana, any_district, OLD, "505-555-0111")])
    conflict = ana.all("conflict")[0]
    field = conflict["fields"][0]
    late = resolve(ana, conflict, "mine")
    dora.sync()
    dora.sync([resolve(dora, dora.all("conflict")[0], "theirs")])

    answer = ana.sync([late])

    assert (field["was"], field["theirs"], field["mine"]) == (OLD, "505-555-0222", "505-555-0111")
    assert field["theirs_by"] == str(any_district.coordinator.id)
    assert all(field[name] for name in ("theirs_at", "mine_at", "mine_by"))
    assert answer.receipts[-1].code == "already_resolved"
    assert answer.receipts[-1].text.startswith("Dora")
    decided = ana.row("conflict", UUID(conflict["id"]))
    assert decided["resolved_by"] == str(any_district.coordinator.id)
    assert (decided["fields"][0]["mine"], decided["fields"][0]["chosen"]) == (
        "505-555-0111",
        "505-555-0222",
    )


def test_codes_added_by_somebody_else_are_proposed_as_the_whole_they_make(
    any_district: District,
) -> None:
    ana, ben = any_district.phone(any_district.advisor), any_district.phone(any_district.other)
    contact = new_id()
    told = a_visit(any_district.family, causes={"+": ["housing", "health"], "-": ["work"]})
    ana.sync([ana.mut("contact.create", contact, told)])
    assert ana.row("contact", contact)["causes"] == ["health", "housing"]

    change = {"causes": {"+": ["transport"], "-": ["health"]}}
    was = {"causes": ["health", "housing"]}
    late = ben.sync([ben.mut("contact.amend", contact, change, was=was)])
    ana.sync()

    assert [(one.out, one.code) for one in late.receipts] == [("conflict", "")]
    assert ana.all("conflict")[0]["fields"][0]["mine"] == ["housing", "transport"]
    ana.sync([resolve(ana, ana.all("conflict")[0], "mine")])
    assert ana.row("contact", contact)["causes"] == ["housing", "transport"]


def test_codes_that_are_none_are_not_even_proposed(district: District) -> None:
    ana, ben = district.phone(district.advisor), district.phone(district.other)
    contact = new_id()
    ana.sync([ana.mut("contact.create", contact, a_visit(district.family))])

    late = ben.sync([ben.mut("contact.amend", contact, {"causes": {"+": ["No Code!"]}})])

    assert [(one.out, one.code) for one in late.receipts] == [("refused", "bad_value")]


def test_a_number_of_blanks_is_no_number(district: District) -> None:
    ana = district.phone(district.advisor)
    said = {"guardian_id": str(district.family.guardian_id), "kind": "mobile", "value": " \u3000 "}

    answer = ana.sync([ana.mut("contact_point.create", new_id(), said)])

    assert [(one.out, one.code) for one in answer.receipts] == [("refused", "bad_value")]
