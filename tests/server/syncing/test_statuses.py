"""Every status of ``docs/sync-protocol.md`` section 1: after any of them nothing was changed."""

import gzip
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import select

from server.db.tables.syncing import DeviceRow, MutationRow
from server.ids import new_id
from tests.conftest import MONDAY
from tests.server.syncing.conftest import District
from tests.support.district import Phone, a_visit
from tests.support.people import visitor

JSON = {"content-type": "application/json"}
PACKED = JSON | {"content-encoding": "gzip"}
MIB = 1024 * 1024


@pytest.fixture
def ana(district: District) -> Phone:
    phone = district.phone(district.advisor)
    phone.sync()
    return phone


def visits(phone: Phone, district: District, count: int) -> list[dict[str, Any]]:
    return [phone.mut("contact.create", new_id(), a_visit(district.family)) for _ in range(count)]


def send(phone: Phone, content: bytes, headers: dict[str, str] = JSON) -> httpx.Response:
    answer: httpx.Response = phone.client.post("/sync/v1", content=content, headers=headers)
    return answer


def kept(district: District) -> int:
    with district.db.read(MONDAY) as tx:
        return len(tx.session.scalars(select(MutationRow.id)).all())


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@contextmanager
def full_disk(district: District) -> Generator[None]:
    """The database cannot grow by one more page."""

    def limit(pages: int) -> None:
        with district.db.write(MONDAY) as tx:
            tx.session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    with district.db.write(MONDAY) as tx:
        size = tx.session.connection().exec_driver_sql("PRAGMA page_count").scalar_one()
    limit(size)
    yield
    limit(2**30)


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b"{", JSON, 400, "bad_envelope"),
        (b'{"proto": 1}', JSON, 400, "bad_envelope"),
        (b"not packed at all", PACKED, 400, "bad_gzip"),
        (gzip.compress(b"{}", mtime=0)[:-4], PACKED, 400, "bad_gzip"),
        (b"{}", JSON | {"content-encoding": "br"}, 400, "bad_encoding"),
        (b"{}", {"content-type": "text/plain"}, 415, "not_json"),
        (b" " * (MIB + 1), JSON, 413, "too_long"),
        (gzip.compress(b" " * (8 * MIB + 1), mtime=0), PACKED, 413, "too_long"),
    ],
)
def test_what_is_no_message_of_the_protocol_is_said_to_be_so(
    *,
    district: District,
    ana: Phone,
    content: bytes,
    headers: dict[str, str],
    status: int,
    code: str,
) -> None:
    assert said(send(ana, content, headers)) == (status, code)
    assert kept(district) == 0


def test_another_version_of_the_exchange_is_told_so(district: District, ana: Phone) -> None:
    body = msgspec.json.encode(ana.request(visits(ana, district, 1), proto=2))

    assert said(send(ana, body)) == (400, "bad_proto")
    assert kept(district) == 0


def test_a_message_just_within_the_caps_is_taken(district: District, ana: Phone) -> None:
    body = msgspec.json.encode(ana.request(visits(ana, district, 2)))
    padded = gzip.compress(body + b" " * (8 * MIB - len(body)))

    assert send(ana, padded, PACKED).status_code == 200
    assert kept(district) == 2


@pytest.mark.parametrize("coding", ["GZIP", "gzip ", "x-gzip"])
def test_the_name_of_the_packing_is_taken_in_any_letters(
    district: District, ana: Phone, coding: str
) -> None:
    body = gzip.compress(msgspec.json.encode(ana.request(visits(ana, district, 1))))

    assert send(ana, body, JSON | {"content-encoding": coding}).status_code == 200
    assert kept(district) == 1


def test_what_is_too_long_goes_in_by_halves(district: District, ana: Phone) -> None:
    waiting = visits(ana, district, 128)

    def deliver(batch: list[dict[str, Any]]) -> None:
        answer = send(ana, msgspec.json.encode(ana.request(batch)))
        if answer.status_code == 413:
            middle = len(batch) // 2
            deliver(batch[:middle])
            deliver(batch[middle:])

    deliver(waiting)

    assert kept(district) == 128


def test_what_is_too_long_alone_leaves_its_number_to_what_comes_behind(
    district: District, ana: Phone
) -> None:
    long, behind = visits(ana, district, 2)
    long["set"]["note"] = "w" * MIB

    refused = send(ana, msgspec.json.encode(ana.request([long])))
    assert said(refused) == (413, "too_long")
    assert kept(district) == 0
    taken = ana.post([behind | {"n": long["n"]}])

    assert [(one.n, one.out) for one in taken.receipts] == [(1, "applied")]
    assert (taken.stop, taken.next_n) == ("", 2)


def test_somebody_who_is_not_signed_in_or_has_another_phone_changes_nothing(
    district: District, ana: Phone
) -> None:
    other = district.phone(district.other)
    body = msgspec.json.encode(ana.request(visits(ana, district, 1)))

    nobody = visitor(district.app).post("/sync/v1", content=body, headers=JSON)

    assert said(nobody) == (401, "not_signed_in")
    assert said(send(other, body)) == (403, "not_your_device")
    assert kept(district) == 0


def test_a_full_disk_is_503_changes_nothing_and_reads_go_on(district: District, ana: Phone) -> None:
    waiting = [
        ana.mut("contact.create", new_id(), a_visit(district.family, note="x" * 4000))
        for _ in range(60)
    ]

    with full_disk(district):
        answers = [send(ana, msgspec.json.encode(ana.request(waiting))) for _ in range(3)]
        reading = ana.post()

    full = answers[-1]
    assert said(full) == (503, "busy")
    assert int(full.headers["retry-after"]) > 0
    assert reading.pull is not None
    assert kept(district) == 0
    with district.db.read(MONDAY) as tx:
        assert tx.session.get_one(DeviceRow, ana.device).last_n == 0

    assert {one.out for one in ana.sync(waiting).receipts} == {"applied"}
    assert kept(district) == 60


def test_a_disk_that_fails_is_503_and_nothing_waits_for_a_mend_of_ours(
    district: District, ana: Phone
) -> None:
    waiting = visits(ana, district, 2)
    lock_file = Path(f"{district.db.writer.url.database}.writer")
    lock_file.unlink()
    lock_file.mkdir()  # it cannot be opened, as on a disk that gives errors

    answer = send(ana, msgspec.json.encode(ana.request(waiting)))
    lock_file.rmdir()

    assert said(answer) == (503, "busy")
    assert kept(district) == 0
    assert [one.out for one in ana.sync(waiting).receipts] == ["applied", "applied"]
