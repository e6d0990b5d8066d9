"""What people did goes in, once each, whatever the network does."""

import gzip

import msgspec
import pytest
from sqlalchemy import select

from schemas.sync import SyncRes
from server.db.tables.cases import ContactRow
from server.db.tables.syncing import DeviceRow, MutationRow
from server.feed import store as feed
from server.ids import new_id
from tests.conftest import MONDAY
from tests.server.syncing.conftest import District
from tests.support.district import a_device, a_visit
from tests.support.people import visitor


def test_a_visit_sent_twice_is_recorded_once(any_district: District) -> None:
    phone = any_district.phone(any_district.advisor)
    visit = phone.mut("contact.create", new_id(), a_visit(any_district.family))

    first = phone.sync([visit])
    again = phone.sync([visit])

    assert [receipt.out for receipt in first.receipts] == ["applied"]
    assert again.receipts[0] == first.receipts[0]
    assert len(phone.all("contact")) == 1
    assert phone.all("contact")[0]["note"] == "Left a note at the door."


def test_an_answer_that_was_lost_is_given_again_with_every_receipt(district: District) -> None:
    phone = district.phone(district.advisor)
    visits = [
        phone.mut("contact.create", new_id(), a_visit(district.family, note=f"Visit {count}"))
        for count in range(3)
    ]

    lost = phone.post(visits[:2])
    answer = phone.sync(visits)

    assert [receipt.n for receipt in lost.receipts] == [1, 2]
    assert [receipt.n for receipt in answer.receipts] == [1, 2, 3]
    assert answer.next_n == 4
    assert len(phone.all("contact")) == 3


def test_receipts_the_phone_never_got_come_with_the_next_answer(district: District) -> None:
    phone = district.phone(district.advisor)
    phone.post([phone.mut("contact.create", new_id(), a_visit(district.family))])

    later = phone.sync()

    assert [(receipt.n, receipt.out) for receipt in later.receipts] == [(1, "applied")]
    assert phone.sync().receipts == []


def test_a_gap_stops_and_tells_where_to_resume(district: District) -> None:
    phone = district.phone(district.advisor)
    first, second = (
        phone.mut("contact.create", new_id(), a_visit(district.family)) for _ in range(2)
    )

    early = phone.post([second])
    healed = phone.sync([first, second])

    assert (early.stop, early.next_n, early.receipts) == ("gap", 1, [])
    assert [receipt.out for receipt in healed.receipts] == ["applied", "applied"]


def test_two_phones_that_count_as_one_device_are_told_apart(district: District) -> None:
    device = a_device(district.db, district.advisor)
    phone = district.phone(district.advisor, device=device)
    copy = district.phone(district.advisor, device=device)
    phone.sync([phone.mut("contact.create", new_id(), a_visit(district.family, note="One"))])
    second = copy.mut("contact.create", new_id(), a_visit(district.family, note="Two"))

    stopped = copy.post([second])
    copy.device = a_device(district.db, district.advisor)
    moved = copy.sync([second])

    assert (stopped.stop, stopped.pull, stopped.receipts) == ("fork", None, [])
    assert [receipt.out for receipt in moved.receipts] == ["applied"]
    assert sorted(contact["note"] for contact in copy.all("contact")) == ["One", "Two"]


def test_work_sent_again_under_a_new_device_keeps_its_receipt_and_its_one_effect(
    any_district: District,
) -> None:
    phone = any_district.phone(any_district.advisor)
    visit = phone.mut("contact.create", new_id(), a_visit(any_district.family))
    before = phone.sync([visit]).receipts[0]
    other = any_district.phone(any_district.advisor)
    skipped = other.mut("contact.create", new_id(), a_visit(any_district.family))

    answer = other.sync([skipped, visit | {"n": 2}])

    copied = answer.receipts[1]
    assert (copied.n, copied.id, copied.out, copied.seq) == (
        2,
        before.id,
        before.out,
        before.seq,
    )
    assert len(other.all("contact")) == 2


def test_one_mark_on_two_different_visits_loses_neither(district: District) -> None:
    phone = district.phone(district.advisor)
    first = phone.mut("contact.create", new_id(), a_visit(district.family))
    second = phone.mut("contact.create", new_id(), a_visit(district.family, note="Other words"))
    second["id"] = first["id"]

    answer = phone.sync([first, second])

    assert [receipt.out for receipt in answer.receipts] == ["applied", "refused"]
    assert answer.receipts[1].code == "id_reused"
    assert phone.all("refusal")[0]["set"]["note"] == "Other words"
    assert len(phone.all("contact")) == 1


def test_every_word_that_arrived_is_kept_as_it_came(any_district: District) -> None:
    phone = any_district.phone(any_district.advisor)
    visit = phone.mut("contact.create", new_id(), a_visit(any_district.family, note="Ñandú"))

    phone.sync([visit])

    with any_district.db.read(MONDAY) as tx:
        row = tx.session.scalars(select(MutationRow)).one()
    assert msgspec.json.decode(row.body) == visit
    assert row.out == "applied"


def test_a_phone_tells_how_much_still_waits_on_it(district: District) -> None:
    phone = district.phone(district.advisor)
    visit = phone.mut("contact.create", new_id(), a_visit(district.family))

    phone.sync([visit], waiting=3, build="2026.3.1")
    phone.sync(waiting=2, build="2026.3.1")

    with district.db.read(MONDAY) as tx:
        device = tx.session.get_one(DeviceRow, phone.device)
    assert (device.last_n, device.acked_n, device.waiting, device.build) == (1, 1, 2, "2026.3.1")
    assert device.last_seen_at == MONDAY


def test_nobody_syncs_with_somebody_elses_phone(district: District) -> None:
    phone = district.phone(district.advisor)
    phone.device = a_device(district.db, district.other)

    answer = phone.client.post("/sync/v1", json=phone.request())

    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_device")


def test_nobody_syncs_without_signing_in(district: District) -> None:
    phone = district.phone(district.advisor)

    answer = visitor(district.app).post("/sync/v1", json=phone.request())

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"proto": 9}, "bad_proto"),
        ({"limit": "much"}, "bad_envelope"),
        ({"unheard_of": 1}, "bad_envelope"),
        ({"muts": 5}, "bad_envelope"),
    ],
)
def test_only_an_envelope_nobody_can_read_is_turned_away(
    district: District, change: dict[str, object], code: str
) -> None:
    phone = district.phone(district.advisor)

    answer = phone.client.post("/sync/v1", json=phone.request() | change)

    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_batch_that_is_too_large_is_to_be_halved(district: District) -> None:
    phone = district.phone(district.advisor)
    muts = [phone.mut("contact.create", new_id(), {}) for _ in range(101)]

    answer = phone.client.post("/sync/v1", json=phone.request(muts))

    assert answer.status_code == 413


def test_a_request_may_come_packed(district: District) -> None:

    phone = district.phone(district.advisor)
    visit = phone.mut("contact.create", new_id(), a_visit(district.family))
    body = gzip.compress(msgspec.json.encode(phone.request([visit])))

    answer = phone.client.post(
        "/sync/v1",
        content=body,
        headers={"content-type": "application/json", "content-encoding": "gzip"},
    )

    receipts = msgspec.json.decode(answer.content, type=SyncRes).receipts
    assert [receipt.out for receipt in receipts] == ["applied"]
    with district.db.read(MONDAY) as tx:
        assert len(tx.session.scalars(select(ContactRow)).all()) == 1


def test_an_amendment_that_changes_nothing_respells_no_moment(any_district: District) -> None:
    """Whichever road each of the two took: the coordinator's visits go alone."""
    dora = any_district.phone(any_district.coordinator)
    contact = new_id()
    visit = a_visit(any_district.family, occurred_at="2026-03-01T10:00:00-07:00")
    dora.sync([dora.mut("contact.create", contact, visit)])
    number = {"position": 0}

    said = {"outcome": visit["outcome"]}
    again = dora.sync(
        [
            dora.mut("contact_point.edit", any_district.family.point_id, number, was=number),
            dora.mut("contact.amend", contact, {**said, "causes": {}}, was=said),
        ]
    )

    assert (again.receipts[-1].out, again.receipts[-1].ver) == ("applied", 1)
    with any_district.db.read(MONDAY) as tx:
        present = feed.find(tx, "contact", contact)
    assert present is not None
    assert (present.ver, present.data["occurred_at"]) == (1, "2026-03-01T17:00:00Z")


@pytest.mark.parametrize(
    "at", ["", "yesterday", "0001-01-01T00:00:00+12:00", "2026-03-01T10:00:00"]
)
def test_a_visit_that_no_clock_dates_is_dated_by_when_it_came(
    at: str, any_district: District
) -> None:
    phone = any_district.phone(any_district.advisor)
    said = {
        name: one for name, one in a_visit(any_district.family).items() if name != "occurred_at"
    }

    receipts = phone.sync([phone.mut("contact.create", new_id(), said, at=at)]).receipts

    assert [(one.out, one.code) for one in receipts] == [("applied", "")]
    assert [told["occurred_at"] for told in phone.all("contact")] == ["2026-03-02T14:59:59Z"]


def test_a_visit_without_a_time_of_its_own_was_when_it_was_written(any_district: District) -> None:
    phone = any_district.phone(any_district.advisor)
    said = {
        name: one for name, one in a_visit(any_district.family).items() if name != "occurred_at"
    }

    phone.sync([phone.mut("contact.create", new_id(), said, at="2026-03-01T10:00:00-07:00")])

    assert phone.all("contact")[0]["occurred_at"] == "2026-03-01T17:00:00Z"


@pytest.mark.parametrize("op", ["contact.create", "contact_point.create"])
def test_a_new_row_that_calls_itself_something_else_is_told_so(
    op: str, any_district: District
) -> None:
    phone = any_district.phone(any_district.advisor)
    family, key = any_district.family, new_id()
    number = {"guardian_id": str(family.guardian_id), "kind": "mobile", "value": "505-555-0110"}
    said = a_visit(family) if op == "contact.create" else number

    wrong = phone.mut(op, key, said | {"id": str(new_id())})
    right = phone.mut(op, key, said | {"id": str(key)})
    receipts = phone.sync([wrong, right]).receipts

    assert [(one.out, one.code) for one in receipts] == [("refused", "bad_value"), ("applied", "")]
