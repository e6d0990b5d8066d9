"""A locked phone delivers what it cannot read, and learns nothing but receipts."""

import stat
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select

from schemas.sync import SyncRes
from server.db.tables.syncing import DeviceRow, MutationRow
from server.ids import new_id
from server.settings import Settings
from server.syncing import sealing
from tests.conftest import MONDAY
from tests.server.syncing.conftest import District
from tests.support.district import Phone, a_device, a_visit
from tests.support.people import visitor

TOKEN = "a-delivery-token-of-this-phone"


def sealed(district: District, phone: Phone, mut: dict[str, Any], **change: Any) -> dict[str, Any]:
    enc, ct = sealing.seal(
        sealing.public_key(district.settings.secrets_dir),
        device=phone.device,
        mutation=UUID(mut["id"]),
        plain=msgspec.json.encode(mut),
    )
    return {"n": mut["n"], "id": mut["id"], "enc": enc, "ct": ct} | change


@pytest.fixture
def phone(district: District) -> Phone:
    device = a_device(district.db, district.advisor, token=TOKEN)
    return Phone(visitor(district.app), device)


def deliver(phone: Phone, items: list[Any], **more: Any) -> Any:
    return phone.client.post(
        "/sync/v1",
        json=phone.request(sealed=items, **more),
        headers={"authorization": f"Device {TOKEN}"},
    )


def receipts(answer: Any) -> SyncRes:
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=SyncRes)


def test_a_locked_phone_delivers_its_visit_and_gets_a_receipt_and_no_row(
    district: District, phone: Phone
) -> None:
    visit = phone.mut("contact.create", new_id(), a_visit(district.family))

    answer = receipts(deliver(phone, [sealed(district, phone, visit)]))

    assert [receipt.out for receipt in answer.receipts] == ["applied"]
    assert answer.pull is None
    reader = district.phone(district.advisor)
    reader.sync()
    assert reader.all("contact")[0]["note"] == "Left a note at the door."


def test_the_same_visit_sealed_and_then_in_clear_is_recorded_once(
    district: District, phone: Phone
) -> None:
    visit = phone.mut("contact.create", new_id(), a_visit(district.family))
    deliver(phone, [sealed(district, phone, visit)])
    unlocked = district.phone(district.advisor, device=phone.device)

    answer = unlocked.sync([visit])

    assert [receipt.out for receipt in answer.receipts] == ["applied"]
    assert len(unlocked.all("contact")) == 1


def test_a_delivery_token_neither_reads_nor_sends_in_clear(
    district: District, phone: Phone
) -> None:
    visit = phone.mut("contact.create", new_id(), a_visit(district.family))
    header = {"authorization": f"Device {TOKEN}"}

    clear = phone.client.post("/sync/v1", json=phone.request([visit]), headers=header)
    empty = phone.client.post("/sync/v1", json=phone.request(), headers=header)

    assert (clear.status_code, clear.json()["code"]) == (403, "sealed_only")
    assert receipts(empty).pull is None


@pytest.mark.parametrize(
    "change",
    [
        {"ct": "AAAA"},
        {"enc": ""},
        {"ct": "not base64url!"},
        {"enc": 5},
        {"ct": None},
    ],
)
def test_what_cannot_be_opened_is_parked_sealed_and_stops_nobody(
    district: District, phone: Phone, change: dict[str, Any]
) -> None:
    broken = sealed(
        district, phone, phone.mut("contact.create", new_id(), a_visit(district.family)), **change
    )
    good = phone.mut("contact.create", new_id(), a_visit(district.family))

    answer = receipts(deliver(phone, [broken, sealed(district, phone, good)]))

    assert [(receipt.out, receipt.code) for receipt in answer.receipts] == [
        ("parked", "cannot_open"),
        ("applied", ""),
    ]
    with district.db.read(MONDAY) as tx:
        body = tx.session.scalars(select(MutationRow.body).where(MutationRow.n == 1)).one()
    assert msgspec.json.decode(body) == broken


def test_a_letter_for_another_phone_is_not_opened(district: District, phone: Phone) -> None:
    visit = phone.mut("contact.create", new_id(), a_visit(district.family))
    letter = sealed(district, phone, visit)
    other = Phone(visitor(district.app), a_device(district.db, district.advisor, token="other"))
    header = {"authorization": "Device other"}

    answer = other.client.post("/sync/v1", json=other.request(sealed=[letter]), headers=header)

    assert receipts(answer).receipts[0].code == "cannot_open"


def test_a_letter_that_says_another_number_inside_is_parked(
    district: District, phone: Phone
) -> None:
    visit = phone.mut("contact.create", new_id(), a_visit(district.family))

    answer = receipts(deliver(phone, [sealed(district, phone, visit | {"n": 7}, n=1)]))

    assert answer.receipts[0].code == "number_differs"


def test_a_revoked_phone_that_delivers_is_told_so(district: District, phone: Phone) -> None:
    with district.db.write(MONDAY) as tx:
        tx.session.get_one(DeviceRow, phone.device).state = "revoked"
    visit = phone.mut("contact.create", new_id(), a_visit(district.family))

    answer = receipts(deliver(phone, [sealed(district, phone, visit)]))

    assert (answer.stop, answer.receipts) == ("revoked", [])


def test_the_servers_key_is_made_once_and_readable_by_nobody_else(settings: Settings) -> None:
    first = sealing.public_key(settings.secrets_dir)
    second = sealing.public_key(settings.secrets_dir)

    files = list(settings.secrets_dir.iterdir())
    assert first == second
    assert len(first) == 87
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600]


def test_while_the_servers_key_cannot_be_read_letters_wait_and_none_is_parked(
    district: District, phone: Phone
) -> None:
    visit = phone.mut("contact.create", new_id(), a_visit(district.family))
    letter = sealed(district, phone, visit)
    file = district.settings.secrets_dir / "sync-key.pem"
    copy = file.read_bytes()
    file.write_bytes(b"-----BEGIN PRIVATE KEY-----")

    answer = deliver(phone, [letter])

    assert (answer.status_code, answer.headers["retry-after"] != "") == (503, True)
    file.write_bytes(copy)
    assert [one.out for one in receipts(deliver(phone, [letter])).receipts] == ["applied"]
