"""A conflict stays in its authors' own roots, and tells them of a family what is theirs to know."""

from tests.server.syncing.conftest import District
from tests.server.syncing.moves import OLD, assign, edit, resolve
from tests.support.district import Phone

NOW = "505-555-0999"


def left_behind(district: District) -> tuple[Phone, Phone]:
    """Eve's edit waits in a conflict; the family is Ben's by now, who has a newer number."""
    eve, ben = district.phone(district.advisor), district.phone(district.other)
    eve.sync()
    assign(district, district.family.case_id, district.other)
    ben.sync()
    ben.sync([edit(ben, district, OLD, NOW)])
    eve.sync([edit(eve, district, OLD, "505-555-0222")])
    eve.sync()
    ben.sync()
    return eve, ben


def test_a_decided_proposal_does_not_tell_its_author_the_value_in_force(
    any_district: District,
) -> None:
    eve, ben = left_behind(any_district)

    ben.sync([resolve(ben, ben.all("conflict")[0], "theirs")])
    eve.sync()

    decided = eve.all("conflict")[0]
    assert decided["status"] == "resolved"
    assert NOW not in str(eve.rows)
    assert ben.all("conflict")[0]["fields"][0]["chosen"] == NOW


def test_who_gives_way_is_not_told_what_to(any_district: District) -> None:
    eve, _ = left_behind(any_district)

    answer = eve.sync([resolve(eve, eve.all("conflict")[0], "theirs")])
    eve.sync()

    assert answer.receipts[0].out == "applied"
    assert NOW not in str(eve.rows)
    assert NOW not in str(answer)


def test_a_third_value_is_told_to_whoever_has_the_family_only(any_district: District) -> None:
    eve, ben = left_behind(any_district)

    ben.sync([resolve(ben, ben.all("conflict")[0], "custom", "505-555-0777")])
    eve.sync()

    assert "505-555-0777" not in str(eve.rows)


def test_what_others_propose_for_a_family_is_not_told_to_whoever_had_it_before(
    any_district: District,
) -> None:
    ana, ben = any_district.phone(any_district.advisor), any_district.phone(any_district.other)
    ana.sync()
    ana.sync([edit(ana, any_district, OLD, "505-555-0111")])
    assign(any_district, any_district.family.case_id, any_district.other)
    ana.sync()
    ben.sync()

    ben.sync([edit(ben, any_district, OLD, "505-555-0333")])
    ana.sync()

    assert ben.all("conflict")[0]["fields"][0]["theirs"] == "505-555-0111"
    assert "505-555-0333" not in str(ana.rows)
    assert ana.all("conflict")[0]["fields"][0]["theirs"] == "505-555-0111"


def test_a_caller_is_not_told_an_address_by_the_conflict_about_it(any_district: District) -> None:
    """A number that he corrects was made an e-mail address meanwhile, and those are not his."""
    family = any_district.family
    assign(any_district, family.case_id, any_district.caller)
    cai = any_district.phone(any_district.caller)
    dora = any_district.phone(any_district.coordinator)
    cai.sync()
    assert cai.row("contact_point", family.point_id)["value"] == OLD
    was = {"kind": "mobile", "value": OLD}
    dora.sync(
        [
            dora.mut(
                "contact_point.edit",
                family.point_id,
                {"kind": "email", "value": "rosa@example.org"},
                was=was,
            )
        ]
    )

    late = cai.sync([edit(cai, any_district, OLD, "505-555-0222")])
    cai.sync()

    assert late.receipts[0].out == "conflict"
    assert [row["fields"][0]["mine"] for row in cai.all("conflict")] == ["505-555-0222"]
    assert "rosa@example.org" not in str(cai.rows)


def test_nobody_finds_out_a_value_that_is_not_his_to_know_by_guessing(
    any_district: District,
) -> None:
    """What comes of a guess is the same, whether it is right or not."""
    eve, ben = left_behind(any_district)
    opened = eve.all("conflict")[0]

    wrong = eve.sync([edit(eve, any_district, "505-555-0222", "505-555-0998")]).receipts[0]
    right = eve.sync([edit(eve, any_district, "505-555-0998", NOW)]).receipts[0]
    after = eve.sync([edit(eve, any_district, NOW, "505-555-0997")]).receipts[0]
    eve.sync()
    ben.sync()

    assert {one.out for one in (wrong, right, after)} == {"conflict"}
    assert {str(one.conflict) for one in (wrong, right, after)} == {opened["id"]}
    (told,) = eve.all("conflict")
    assert told["status"] == "open"
    assert told["fields"][0]["choice"] == ""
    (shown,) = ben.all("conflict")
    assert shown["fields"][0]["mine"] == "505-555-0997"
    assert shown["fields"][0]["trail"] == ["505-555-0222", "505-555-0998", NOW]
