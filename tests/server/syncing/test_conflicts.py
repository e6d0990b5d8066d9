"""Two people change one thing apart: nothing is overwritten unseen, and one decision ends it."""

from server.people import store as people
from tests.conftest import MONDAY
from tests.server.syncing.conftest import District
from tests.server.syncing.moves import OLD, edit, resolve


def test_two_phones_change_one_number_apart_and_both_see_it_and_one_decides(
    any_district: District,
) -> None:
    ana, ben = any_district.phone(any_district.advisor), any_district.phone(any_district.advisor)
    ana.sync()
    ben.sync()

    ana.sync([edit(ana, any_district, OLD, "505-555-0111")])
    held = ben.sync([edit(ben, any_district, OLD, "505-555-0222")])
    ana.sync()

    receipt = held.receipts[0]
    assert (receipt.out, receipt.conflict is not None) == ("conflict", True)
    for phone in (ana, ben):
        assert phone.row("contact_point", any_district.family.point_id)["value"] == "505-555-0111"
        field = phone.all("conflict")[0]["fields"][0]
        assert (field["was"], field["theirs"], field["mine"]) == (
            OLD,
            "505-555-0111",
            "505-555-0222",
        )
        assert field["theirs_by"] == str(any_district.advisor.id)
        assert field["mine_at"] is not None

    decided = ana.sync([resolve(ana, ana.all("conflict")[0], "mine")])
    late = ben.sync([resolve(ben, ben.all("conflict")[0], "theirs")])
    ana.sync()
    ben.sync()

    assert decided.receipts[0].out == "applied"
    assert (late.receipts[0].out, late.receipts[0].code) == ("refused", "already_resolved")
    assert "Ana" in late.receipts[0].text
    for phone in (ana, ben):
        assert phone.row("contact_point", any_district.family.point_id)["value"] == "505-555-0222"
        assert phone.all("conflict")[0]["status"] == "resolved"
        assert phone.all("conflict")[0]["resolved_by"] == str(any_district.advisor.id)
    with any_district.db.read(MONDAY) as tx:
        point = people.find_contact_point(tx, any_district.family.point_id)
        assert point is not None
        assert point.value == "505-555-0222"


def test_a_third_value_can_be_chosen(district: District) -> None:
    ana, ben = district.phone(district.advisor), district.phone(district.advisor)
    ana.sync([edit(ana, district, OLD, "505-555-0111")])
    ben.sync([edit(ben, district, OLD, "505-555-0222")])

    ben.sync([resolve(ben, ben.all("conflict")[0], "custom", "505-555-0333")])
    ben.sync()

    assert ben.row("contact_point", district.family.point_id)["value"] == "505-555-0333"
    assert ben.all("conflict")[0]["fields"][0]["choice"] == "custom"
    assert ben.all("conflict")[0]["fields"][0]["mine"] == "505-555-0222"


def test_the_same_correction_made_twice_needs_nobody(district: District) -> None:
    ana, ben = district.phone(district.advisor), district.phone(district.advisor)

    ana.sync([edit(ana, district, OLD, "505-555-0111")])
    answer = ben.sync([edit(ben, district, OLD, "505-555-0111")])

    assert answer.receipts[0].out == "merged"
    assert ben.all("conflict") == []


def test_different_fields_of_one_number_merge(any_district: District) -> None:
    ana = any_district.phone(any_district.advisor)
    ben = any_district.phone(any_district.advisor)
    point = any_district.family.point_id

    ana.sync([edit(ana, any_district, OLD, "505-555-0111")])
    ben.sync(
        [
            ben.mut(
                "contact_point.edit",
                point,
                {"status": "works"},
                was={"status": "unverified"},
                base=1,
            )
        ]
    )
    ben.sync()

    row = ben.row("contact_point", point)
    assert (row["value"], row["status"]) == ("505-555-0111", "works")
    assert ben.all("conflict") == []


def test_a_second_offline_edit_continues_the_conflict_of_the_first(district: District) -> None:
    ana, ben = district.phone(district.advisor), district.phone(district.advisor)
    ana.sync([edit(ana, district, OLD, "505-555-0111")])

    answer = ben.sync(
        [
            edit(ben, district, OLD, "505-555-0222"),
            edit(ben, district, "505-555-0222", "505-555-0223"),
        ]
    )

    assert [receipt.out for receipt in answer.receipts] == ["conflict", "conflict"]
    assert answer.receipts[0].conflict == answer.receipts[1].conflict
    conflict = ben.all("conflict")
    assert len(conflict) == 1
    assert conflict[0]["fields"][0]["mine"] == "505-555-0223"
    assert conflict[0]["fields"][0]["trail"] == ["505-555-0222"]


def test_going_back_to_the_value_in_force_ends_ones_own_conflict(district: District) -> None:
    ana, ben = district.phone(district.advisor), district.phone(district.advisor)
    ana.sync([edit(ana, district, OLD, "505-555-0111")])

    ben.sync(
        [
            edit(ben, district, OLD, "505-555-0222"),
            edit(ben, district, "505-555-0222", "505-555-0111"),
        ]
    )

    assert ben.all("conflict")[0]["status"] == "resolved"


def test_a_chain_of_offline_edits_meets_no_conflict_with_itself(district: District) -> None:
    ana = district.phone(district.advisor)

    answer = ana.sync(
        [
            edit(ana, district, OLD, "505-555-0111"),
            edit(ana, district, "505-555-0111", "505-555-0112"),
        ]
    )

    assert [receipt.out for receipt in answer.receipts] == ["applied", "applied"]
    assert ana.row("contact_point", district.family.point_id)["value"] == "505-555-0112"


def test_a_choice_made_before_the_number_changed_again_is_asked_for_once_more(
    any_district: District,
) -> None:
    ana = any_district.phone(any_district.advisor)
    ben = any_district.phone(any_district.advisor)
    ana.sync([edit(ana, any_district, OLD, "505-555-0111")])
    ben.sync([edit(ben, any_district, OLD, "505-555-0222")])
    early = resolve(ben, ben.all("conflict")[0], "mine")
    ana.sync([edit(ana, any_district, "505-555-0111", "505-555-0999")])

    answer = ben.sync([early])

    assert answer.receipts[0].code == "conflict_moved"
    assert ben.all("conflict")[0]["fields"][0]["theirs"] == "505-555-0999"
    ben.sync([resolve(ben, ben.all("conflict")[0], "mine")])
    ben.sync()
    assert ben.row("contact_point", any_district.family.point_id)["value"] == "505-555-0222"


def test_a_file_that_changes_a_disputed_number_does_not_end_the_dispute(
    district: District,
) -> None:
    ana, ben = district.phone(district.advisor), district.phone(district.advisor)
    ana.sync([edit(ana, district, OLD, "505-555-0111")])
    ben.sync([edit(ben, district, OLD, "505-555-0222")])
    with district.db.write(MONDAY) as tx:
        people.save_contact_point(tx, district.family.point_id, {"value": "505-555-0777"})
        people.publish_contact_point(tx, district.family.point_id)

    stale = ben.sync([resolve(ben, ben.all("conflict")[0], "theirs")])
    ben.sync()

    assert stale.receipts[0].code == "conflict_moved"
    assert ben.all("conflict")[0]["fields"][0]["theirs"] == "505-555-0777"
    assert ben.sync([resolve(ben, ben.all("conflict")[0], "mine")]).receipts[0].out == "applied"


def test_a_decision_that_says_more_than_this_version_knows_waits_for_one_that_does(
    district: District,
) -> None:
    ana, dora = district.phone(district.advisor), district.phone(district.coordinator)
    ana.sync()
    dora.sync([edit(dora, district, OLD, "505-555-0222")])
    ana.sync([edit(ana, district, OLD, "505-555-0111")])
    decision = resolve(ana, ana.all("conflict")[0], "mine")
    decision["set"]["because"] = "She told me herself."

    answer = ana.sync([decision])
    ana.sync()

    assert [(one.out, one.code) for one in answer.receipts] == [("parked", "unknown_field")]
    assert ana.all("conflict")[0]["status"] == "open"
