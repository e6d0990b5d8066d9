"""A phone that holds something else than it should is told in which roots, and heals itself."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from schemas.base import MutationId
from schemas.sync import Refusal
from server.db.tables.syncing import PublishedRow
from server.feed import store as feed
from server.ids import new_id
from sync.canonical import Held, canonical, digest_of
from tests.conftest import MONDAY
from tests.server.syncing.conftest import District
from tests.server.syncing.moves import OLD, edit
from tests.support.district import Phone

FOLDER = Path(__file__).parents[2] / "vectors"
VECTORS = json.loads((FOLDER / "verify.json").read_text(encoding="utf-8"))
NUMBERS = json.loads((FOLDER / "numbers.json").read_text(encoding="utf-8"))


def digests(phone: Phone) -> dict[str, str]:
    return {
        root: digest_of(
            Held(at[1], at[2], phone.vers[at], row)
            for at, row in phone.rows.items()
            if at[0] == root
        )
        for root in phone.held
    }


def differ(phone: Phone, **more: Any) -> list[str]:
    asked = {
        "proto": 1,
        "device": str(phone.device),
        "schema": 1,
        "epoch": phone.epoch,
        "cursor": phone.cursor,
        "held": phone.held,
        "digests": digests(phone),
    } | more
    answer = phone.client.post("/sync/v1/verify", json=asked)
    assert answer.status_code == 200, answer.text
    found: list[str] = answer.json()["differ"]
    return found


@pytest.fixture
def phone(any_district: District) -> Phone:
    phone = any_district.phone(any_district.advisor)
    phone.sync()
    return phone


def heal(phone: Phone) -> None:
    """What the document says a phone does."""
    for root in differ(phone):
        del phone.held[root]
        phone.rows = {at: row for at, row in phone.rows.items() if at[0] != root}
    phone.sync()


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_both_sides_spell_rows_alike(case: dict[str, Any]) -> None:
    rows = [Held(row["ent"], row["key"], row["ver"], row["data"]) for row in case["rows"]]

    assert digest_of(rows) == digest_of(reversed(rows)) == case["digest"]


@pytest.mark.parametrize("case", NUMBERS["cases"], ids=lambda case: case["said"])
def test_both_sides_spell_numbers_alike(case: dict[str, str]) -> None:
    assert canonical(json.loads(case["said"])) == case["spelled"]


@pytest.mark.parametrize("who", ["advisor", "caller", "coordinator"])
def test_i20_after_a_complete_pull_nothing_differs(any_district: District, who: str) -> None:
    phone = any_district.phone(getattr(any_district, who))
    phone.sync()

    assert len(digests(phone)) >= 2
    assert differ(phone) == []


def test_i20_one_changed_byte_is_found_and_healed_and_the_outbox_stays(
    any_district: District, phone: Phone
) -> None:
    root, key = any_district.family.root, any_district.family.point_id
    waiting = edit(phone, any_district, OLD, "505-555-0111")
    phone.rows[root, "contact_point", str(key)]["value"] = "505-555-0102"

    assert differ(phone) == [root]
    heal(phone)

    assert phone.row("contact_point", key)["value"] == OLD
    assert differ(phone) == []
    assert phone.sync([waiting]).receipts[-1].out == "applied"


@pytest.mark.parametrize("fault", ["lost", "invented", "old version"])
def test_a_row_too_few_or_too_many_is_found(
    any_district: District, phone: Phone, fault: str
) -> None:
    at = (any_district.family.root, "contact_point", str(any_district.family.point_id))
    if fault == "lost":
        del phone.rows[at]
    elif fault == "invented":
        other = (at[0], "contact_point", str(UUID(int=7)))
        phone.rows[other], phone.vers[other] = {"value": "1"}, 1
    else:
        phone.vers[at] += 1

    heal(phone)

    assert differ(phone) == []
    assert phone.rows[at]["value"] == OLD


def test_what_moved_since_is_left_to_the_next_pull(any_district: District, phone: Phone) -> None:
    dora = any_district.phone(any_district.coordinator)
    dora.sync([edit(dora, any_district, OLD, "505-555-0111")])

    assert differ(phone) == []


def test_nothing_is_judged_for_another_life_lens_or_schema(
    any_district: District, phone: Phone
) -> None:
    wrong = {"digests": dict.fromkeys(phone.held, "0" * 32)}

    assert sorted(differ(phone, **wrong)) == sorted(phone.held)
    assert differ(phone, **wrong, epoch="another") == []
    assert differ(phone, **wrong, cursor="") == []
    assert differ(phone, **wrong, cursor=phone.cursor + "0000") == []
    assert differ(phone, **wrong, schema=0) == []
    assert differ(phone, **wrong, held=dict.fromkeys(phone.held, "coord")) == []
    assert differ(phone, digests={"s00000000x": "0" * 32}) == []


def test_nobody_verifies_somebody_elses_phone_or_with_a_letter_nobody_can_read(
    any_district: District, phone: Phone
) -> None:
    other = any_district.phone(any_district.other)

    def status(**more: Any) -> int:
        asked = {"proto": 1, "schema": 1, "epoch": "", "cursor": "", "device": str(phone.device)}
        return phone.client.post("/sync/v1/verify", json=asked | more).status_code

    assert status() == 200
    assert status(device=str(other.device)) == 403
    assert status(proto=7) == 400
    assert status(device="a phone") == 400


def a_deep_refusal(district: District, depth: int) -> str:
    """Keep a refusal as a release without a limit kept it; return the root it is in."""
    key = new_id()
    refusal = Refusal(
        id=MutationId(key), op="x", ent="contact", key=key, code="bad_value", text="", at=MONDAY
    )
    with district.db.write(MONDAY) as tx:
        feed.publish(tx, "refusal", refusal, key=key, roots=[district.advisor.root])
    nested = "[" * depth + "]" * depth
    with district.db.write(MONDAY) as tx:
        kept = tx.session.execute(select(PublishedRow).where(PublishedRow.key == key)).scalar_one()
        kept.data = kept.data[:-1].removesuffix(',"set":{}') + f',"set":{{"note":{nested}}}}}'
    return district.advisor.root


def test_what_an_earlier_release_kept_deeper_than_today_is_compared_all_the_same(
    any_district: District,
) -> None:
    root = a_deep_refusal(any_district, 600)
    phone = any_district.phone(any_district.advisor)
    phone.sync()

    assert differ(phone) == []
    phone.rows[next(at for at in phone.rows if at[1] == "refusal")]["code"] = "taken"
    assert differ(phone) == [root]


def test_what_is_too_deep_to_be_read_at_all_hides_no_other_root(any_district: District) -> None:
    family = any_district.family
    phone = any_district.phone(any_district.advisor)
    phone.sync()
    phone.rows[family.root, "contact_point", str(family.point_id)]["value"] = "505-555-0102"
    told = digests(phone)
    root = a_deep_refusal(any_district, 5000)
    with any_district.db.read(MONDAY) as tx:
        epoch, head = feed.head(tx)

    assert differ(phone, cursor=f"{epoch}.{head}", digests=told | {root: "0"}) == [family.root]
