"""What comes in is decoded strictly, and whatever is wrong with it is named."""

from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from schemas.base import Instant
from schemas.identity import PasskeyAnswer, SignIn
from server.problems import Invalid, Problem
from server.web.body import MAX_BYTES, decode
from tests.support.people import visitor

JSON = "application/json"


class Visit(msgspec.Struct, forbid_unknown_fields=True):
    count: int
    at: Instant | None = None
    notes: list[str] = []


def refusal(body: bytes, content_type: str = JSON, shape: Any = Visit) -> Problem:
    with pytest.raises(Problem) as caught:
        decode(body, content_type, shape)
    return caught.value


def faults_of(problem: Problem) -> tuple[tuple[str, str], ...]:
    assert isinstance(problem, Invalid)
    return problem.faults


def test_a_fitting_message_is_taken() -> None:
    assert decode(b'{"count": 2}', "application/json; charset=UTF-8", Visit) == Visit(2)


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"],
)
def test_what_is_not_declared_as_json_is_refused(content_type: str) -> None:
    problem = refusal(b'{"count": 2}', content_type)

    assert (problem.status, problem.code) == (415, "not_json")


def test_no_text_becomes_a_number() -> None:
    problem = refusal(b'{"count": "12"}')

    assert faults_of(problem) == (("count", "Expected `int`, got `str`"),)


def test_a_moment_without_a_zone_is_refused() -> None:
    assert faults_of(refusal(b'{"count": 1, "at": "2026-03-02T15:00:00"}'))[0][0] == "at"


def test_a_number_is_no_moment() -> None:
    assert faults_of(refusal(b'{"count": 1, "at": 0}'))[0][0] == "at"


def test_a_missing_and_an_unknown_field_are_named() -> None:
    assert faults_of(refusal(b"{}"))[0][0] == "count"
    assert faults_of(refusal(b'{"count": 1, "colour": 2}'))[0][0] == "colour"


def test_a_fault_deep_inside_is_named_with_its_place() -> None:
    assert faults_of(refusal(b'{"count": 1, "notes": ["a", 2]}'))[0][0] == "notes[1]"


def test_text_that_is_not_utf_8_is_refused() -> None:
    assert refusal(b'{"count": 1, "notes": ["\xff\xfe"]}').code in {"not_utf8", "bad_json"}


def test_half_a_surrogate_pair_is_refused() -> None:
    assert refusal(rb'{"count": 1, "notes": ["\ud800"]}').status == 400


@pytest.mark.parametrize("body", [b"", b"{", b"nul", b'{"count": 1}}', b"\x00"])
def test_what_is_not_json_is_refused(body: bytes) -> None:
    assert (refusal(body).status, refusal(body).code) == (400, "bad_json")


def test_a_nul_is_refused_by_its_place() -> None:
    assert faults_of(refusal(rb'{"count": 1, "notes": ["a", "b\u0000c"]}'))[0][0] == "notes[1]"


def test_a_nul_in_a_key_is_refused() -> None:
    body = rb'{"ceremony": "01a20031-4f39-76a5-840a-567c5d3be189", "credential": {"a\u0000": 1}}'

    assert refusal(body, JSON, PasskeyAnswer).code == "invalid"


def test_a_written_out_escape_is_no_nul() -> None:
    assert decode(rb'{"count": 1, "notes": ["\\u0000"]}', JSON, Visit).notes == [r"\u0000"]


@pytest.mark.parametrize("shape", [Visit, PasskeyAnswer])
def test_endless_nesting_is_refused(shape: Any) -> None:
    deep = b"[" * 200_000 + b"]" * 200_000
    body = b'{"ceremony": "01a20031-4f39-76a5-840a-567c5d3be189", "credential": {"a": %b}}' % deep

    assert refusal(body, JSON, shape).status == 400


def test_nesting_that_can_be_read_but_not_walked_is_refused() -> None:
    deep = b"[" * 900 + rb'"\u0000"' + b"]" * 900
    body = b'{"ceremony": "01a20031-4f39-76a5-840a-567c5d3be189", "credential": {"a": %b}}' % deep

    assert refusal(body, JSON, PasskeyAnswer).status == 400


def test_of_a_key_said_twice_the_last_counts() -> None:
    assert decode(b'{"count": 1, "count": 2}', JSON, Visit) == Visit(2)


def post(app: Litestar, body: bytes, content_type: str = JSON) -> Any:
    client: TestClient[Litestar] = visitor(app)
    headers = {"content-type": content_type}
    return client.post("/api/session", content=body, headers=headers)


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b'{"login": "a", "password": "b"}', "text/plain", 415, "not_json"),
        (b"{}", "", 415, "not_json"),
        (b'{"login": "\xff", "password": "b"}', JSON, 400, "bad_json"),
        (b'{"login": "a\\u0000", "password": "b"}', JSON, 400, "invalid"),
        (b"[" * 100_000, JSON, 400, "invalid"),
        (b'{"login": 1, "password": "b"}', JSON, 400, "invalid"),
        (b" " * (MAX_BYTES + 1), JSON, 413, "too_long"),
    ],
)
def test_over_http_every_odd_body_gets_a_clean_refusal(
    app: Litestar, body: bytes, content_type: str, status: int, code: str
) -> None:
    answer = post(app, body, content_type)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] in {code, "not_utf8"}


def test_the_answer_names_the_field(app: Litestar) -> None:
    answer = post(app, b'{"login": "a"}')

    assert [fault["field"] for fault in answer.json()["faults"]] == ["password"]


def test_a_password_is_never_said_back(app: Litestar) -> None:
    answer = post(app, b'{"login": "a", "password": "%b"}' % (b"secret" * 50))

    assert answer.status_code == 400
    assert "secret" not in answer.text
    assert SignIn.__name__ not in answer.text
