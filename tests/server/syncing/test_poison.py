"""Nothing a mutation holds can stop the queue behind it (invariant I19)."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from schemas.sync import SyncRes
from server.db.tables.syncing import MutationRow
from server.ids import new_id
from server.syncing import service, taking
from server.syncing.rules import Deed
from tests.conftest import MONDAY
from tests.server.syncing.conftest import District
from tests.support.district import Phone, a_visit


def nothing_is_common(*_told: Any) -> None:
    """Stands where the quick road plans: so that each mutation goes alone."""


def exchange(phone: Phone, middle: bytes, district: District) -> SyncRes:
    """Send a visit, then ``middle`` as the second mutation, then another visit."""
    good = [
        json.dumps(phone.mut("contact.create", new_id(), a_visit(district.family))).encode(),
        middle,
    ]
    phone.last_n = 2
    last = json.dumps(phone.mut("contact.create", new_id(), a_visit(district.family))).encode()
    envelope = json.dumps(phone.request()).encode()
    return phone.post_raw(
        envelope.replace(b'"muts": []', b'"muts": [' + b",".join([*good, last]) + b"]")
    )


def poison(phone: Phone, district: District, **change: Any) -> bytes:
    visit = phone.mut("contact.create", new_id(), a_visit(district.family))
    visit["n"] = 2
    return json.dumps(visit | change).encode()


def noted(district: District, note: Any) -> dict[str, Any]:
    return {"set": a_visit(district.family, note=note)}


NO = ("refused", "bad_value")
CONTENT = [
    ("a NUL in a note", {"note": "a\0b"}, "refused", "nul"),
    ("half a character in a note", {"note": "a\ud83d"}, "refused", "surrogate"),
    ("a number for a note", {"note": 5}, "refused", "bad_value"),
    ("a note as long as a book", {"note": "x" * 100_000}, "refused", "too_long"),
    ("a method nobody knows", {"method": "pigeon"}, "refused", "bad_value"),
    ("a voicemail left at a door", {"outcome": "voicemail_left"}, "refused", "outcome_misfit"),
    ("a student nobody knows", {"student_id": str(new_id())}, "refused", "unknown_student"),
    ("a time without a zone", {"occurred_at": "2026-03-01T10:00:00"}, "refused", "bad_value"),
    ("a field nobody knows", {"mood": "sunny"}, "parked", "unknown_field"),
    ("a delta where words belong", {"note": {"+": ["x"]}}, "refused", "bad_value"),
    *(
        (f"a moment that some zones have no date for: {moment}", {"occurred_at": moment}, *NO)
        for moment in ("0001-01-01T03:00:00Z", "9999-12-31T23:59:59.999999Z")
    ),
    (
        "a moment before time began",
        {"occurred_at": "0001-01-01T00:00:00+12:00"},
        "refused",
        "bad_value",
    ),
]


@pytest.mark.parametrize(
    ("change", "out", "code"), [case[1:] for case in CONTENT], ids=[case[0] for case in CONTENT]
)
def test_a_visit_with_bad_content_is_answered_and_the_next_one_goes_in(
    any_district: District, change: dict[str, Any], out: str, code: str
) -> None:
    phone = any_district.phone(any_district.advisor)
    bad = poison(phone, any_district, set=a_visit(any_district.family, **change))
    phone.last_n = 0

    answer = exchange(phone, bad, any_district)

    assert [receipt.out for receipt in answer.receipts] == ["applied", out, "applied"]
    assert answer.receipts[1].code == code
    assert answer.next_n == 4
    assert kept(any_district, 2) == bad


BYTES = [
    ("no JSON object", b'"just words"'),
    ("an empty object", b"{}"),
    ("a list", b"[1,2,3]"),
    ("bytes that are no UTF-8", b'{"n":2,"op":"contact.create","note":"\xff\xfe"}'),
    ("a raw control character", b'{"n":2,"note":"a\x00b"}'),
    ("brackets without end", b'{"n":2,"set":' + b"[" * 3000 + b"]" * 3000 + b"}"),
    ("a number beyond numbers", b'{"n":1e999}'),
    ("an id that is none", b'{"n":2,"id":"me","op":"contact.create"}'),
    ("a number below one", b'{"n":-7,"id":"me"}'),
]


@pytest.mark.parametrize("raw", [case[1] for case in BYTES], ids=[case[0] for case in BYTES])
def test_bytes_nobody_can_read_are_parked_as_they_came(district: District, raw: bytes) -> None:
    phone = district.phone(district.advisor)

    answer = exchange(phone, raw, district)
    again = exchange_again(phone, raw)

    assert [receipt.out for receipt in answer.receipts] == ["applied", "parked", "applied"]
    assert [receipt.n for receipt in answer.receipts] == [1, 2, 3]
    assert kept(district, 2) == raw
    assert again.receipts[0] == answer.receipts[1]
    assert again.stop == ""


def exchange_again(phone: Phone, raw: bytes) -> SyncRes:
    """The answer was lost, and the phone sends the unreadable one alone."""
    envelope = json.dumps(phone.request() | {"acked_n": 3}).encode()
    return phone.post_raw(envelope.replace(b'"muts": []', b'"muts": [' + raw + b"]"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"op": "plan.edit", "ent": "plan"}, "unknown_op"),
        ({"ent": "guardian"}, "unknown_ent"),
        ({"set": []}, "undecodable"),
        ({"key": "me"}, "undecodable"),
    ],
)
def test_what_this_version_does_not_know_is_parked_for_a_later_one(
    district: District, change: dict[str, Any], code: str
) -> None:
    phone = district.phone(district.advisor)
    bad = poison(phone, district, **change)
    phone.last_n = 0

    answer = exchange(phone, bad, district)

    assert [receipt.out for receipt in answer.receipts] == ["applied", "parked", "applied"]
    assert answer.receipts[1].code == code


def test_a_fault_of_ours_parks_the_visit_with_a_trace_and_undoes_its_half(
    any_district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = any_district.phone(any_district.advisor)
    real = service.DEEDS["contact.create"][1]

    def breaks_late(tx: Any, deed: Deed) -> Any:
        done = real(tx, deed)
        if deed.mut.set["note"] == "breaks":
            raise ZeroDivisionError
        return done

    deeds = {**service.DEEDS, "contact.create": ("contact", breaks_late)}
    monkeypatch.setattr(service, "DEEDS", deeds)
    monkeypatch.setattr(taking, "plan", nothing_is_common)
    bad = poison(phone, any_district, set=a_visit(any_district.family, note="breaks"))
    phone.last_n = 0

    answer = exchange(phone, bad, any_district)
    phone.sync()

    assert [receipt.out for receipt in answer.receipts] == ["applied", "parked", "applied"]
    assert len(phone.all("contact")) == 2
    with any_district.db.read(MONDAY) as tx:
        trace = tx.session.scalars(select(MutationRow.trace).where(MutationRow.n == 2)).one()
    assert len(trace) == 32


def test_what_breaks_when_many_are_taken_together_is_taken_one_by_one(
    any_district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = any_district.phone(any_district.advisor)

    def breaks(*_told: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(taking, "write", breaks)

    answer = phone.sync(
        [phone.mut("contact.create", new_id(), a_visit(any_district.family)) for _ in range(3)]
    )

    assert [receipt.out for receipt in answer.receipts] == ["applied"] * 3
    assert len(phone.all("contact")) == 3


def test_what_was_refused_is_shown_to_its_author_with_his_words(district: District) -> None:
    phone = district.phone(district.advisor)
    visit = phone.mut(
        "contact.create", new_id(), a_visit(district.family, outcome="voicemail_left")
    )

    answer = phone.sync([visit])
    phone.sync()

    assert "does not fit" in answer.receipts[0].text
    refusal = phone.all("refusal")[0]
    assert refusal["set"]["note"] == "Left a note at the door."
    assert refusal["code"] == "outcome_misfit"


@pytest.mark.parametrize("depth", [45, 150, 400, 700, 900, 1500])
@pytest.mark.parametrize(("opens", "closes"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_however_deep_a_mutation_goes_the_next_one_goes_in(
    district: District, depth: int, opens: bytes, closes: bytes
) -> None:
    phone = district.phone(district.advisor)
    inner = opens * depth + b"1" + closes * depth
    deep = poison(phone, district, set={"note": "@@"}).replace(b'"@@"', inner)
    phone.last_n = 0

    answer = exchange(phone, deep, district)

    assert [receipt.n for receipt in answer.receipts] == [1, 2, 3]
    assert answer.receipts[1].out in {"refused", "parked"}
    assert answer.receipts[2].out == "applied"
    assert kept(district, 2) == deep
    phone.sync()
    assert differing(phone) == set(phone.held)


def differing(phone: Phone) -> set[str]:
    """Return in which of its roots the server finds that a phone holds something else."""
    said = {"device": str(phone.device), "epoch": phone.epoch, "cursor": phone.cursor}
    digests = dict.fromkeys(phone.held, "")
    asked = {"proto": 1, "schema": 1, **said, "held": phone.held, "digests": digests}
    answer = phone.client.post("/sync/v1/verify", json=asked)
    assert answer.status_code == 200, answer.text
    return set(answer.json()["differ"])


def test_two_things_too_deep_to_be_looked_into_are_two_things(district: District) -> None:
    phone = district.phone(district.advisor)
    visit = phone.mut("contact.create", new_id(), {"note": "@@"})
    one, other = (
        json.dumps(phone.request([visit])).encode().replace(b'"@@"', b"[" * 700 + word + b"]" * 700)
        for word in (b'"one"', b'"other"')
    )

    first, again, twin = phone.post_raw(one), phone.post_raw(one), phone.post_raw(other)

    assert [receipt.code for receipt in first.receipts] == ["too_deep"]
    assert (again.receipts, again.stop) == (first.receipts, "")
    assert (twin.receipts, twin.stop) == ([], "fork")


def test_a_position_beyond_counting_is_refused_on_both_databases(any_district: District) -> None:
    phone = any_district.phone(any_district.advisor)
    point = any_district.family.point_id
    moved = phone.mut("contact_point.edit", point, {"position": 2**40}, was={"position": 0})

    answer = phone.sync([moved])

    assert [(one.out, one.code) for one in answer.receipts] == [("refused", "bad_value")]


@pytest.mark.parametrize("ms", [10**18, -(10**18), 10**30])
def test_a_session_clock_gone_mad_costs_no_visit(district: District, ms: int) -> None:
    phone = district.phone(district.advisor)

    answer = phone.sync(
        [phone.mut("contact.create", new_id(), a_visit(district.family), mono=["session", ms])]
    )

    assert [receipt.out for receipt in answer.receipts] == ["applied"]


@pytest.mark.parametrize(
    "said", [{"acked_n": 2**40}, {"acked_n": 10**30}, {"acked_n": -(10**30)}, {"build": "a\0b"}]
)
def test_whatever_a_phone_says_of_itself_it_is_answered(
    any_district: District, said: dict[str, Any]
) -> None:
    phone = any_district.phone(any_district.advisor)

    answer = phone.post(
        [phone.mut("contact.create", new_id(), a_visit(any_district.family))], **said
    )

    assert [receipt.out for receipt in answer.receipts] == ["applied"]


def kept(district: District, n: int) -> bytes:
    with district.db.read(MONDAY) as tx:
        return tx.session.scalars(select(MutationRow.body).where(MutationRow.n == n)).one()
