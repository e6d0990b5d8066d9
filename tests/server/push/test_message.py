"""A message that only the subscribed browser can open, from a server that proves who it is."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from py_vapid import Vapid02

from server.push.keys import VapidKey, check_keys, load_or_create
from server.push.message import (
    MAX_PAYLOAD,
    BadPushContact,
    PayloadTooLong,
    VapidHeaders,
    seal,
    topic_of,
)
from tests.support.push_service import Browser, from64

DATA = Path(__file__).parents[2] / "data" / "web-push"
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
CASE = UUID("01890000-0000-7000-8000-000000000001")
GOOGLE = "https://fcm.googleapis.com"
MOZILLA = "https://updates.push.services.mozilla.com"


def test_the_browser_opens_what_was_sealed_for_it() -> None:
    browser = Browser()
    keys = check_keys(browser.p256dh, browser.auth)

    first, second = seal("¡Presente!".encode(), keys), seal("¡Presente!".encode(), keys)

    assert browser.open(first) == browser.open(second) == "¡Presente!".encode()
    assert first != second
    assert first[86:] != second[86:]


def test_another_browser_cannot_open_it() -> None:
    mine, other = Browser(), Browser()

    body = seal(b"for me", check_keys(mine.p256dh, mine.auth))

    with pytest.raises(http_ece.ECEException):
        other.open(body)


def test_the_longest_payload_fits_the_4096_bytes_every_push_service_takes() -> None:
    browser = Browser()
    keys = check_keys(browser.p256dh, browser.auth)

    body = seal(b"x" * MAX_PAYLOAD, keys)

    assert len(body) <= 4096
    assert browser.open(body) == b"x" * MAX_PAYLOAD
    for wrong in (b"", b"x" * (MAX_PAYLOAD + 1)):
        with pytest.raises(PayloadTooLong):
            seal(wrong, keys)


def test_our_browser_opens_the_messages_of_the_standards() -> None:
    vectors = json.loads((DATA / "aes128gcm.json").read_text())
    standard = vectors["rfc8291"]

    opened = http_ece.decrypt(
        from64(standard["body"]),
        private_key=_private(standard["ua_private"]),
        auth_secret=from64(standard["auth"]),
        version="aes128gcm",
    )

    assert opened.decode() == standard["plaintext"]
    assert check_keys(standard["ua_public"], standard["auth"]).p256dh == standard["ua_public"]
    for vector in vectors["ecec_decrypt_ok"]:
        opened = http_ece.decrypt(
            from64(vector["body"]),
            private_key=_private(vector["recv_private"]),
            auth_secret=from64(vector["auth"]),
            version="aes128gcm",
        )
        assert opened.decode() == vector["plaintext"], vector["desc"]


def test_the_vapid_header_names_its_audience_expiry_and_contact(tmp_path: Path) -> None:
    key = load_or_create(tmp_path)
    headers = VapidHeaders(key, contact="mailto:push@presente.example")

    header, claims = _checked(headers.authorization(GOOGLE, at=AT), key)

    assert header == {"typ": "JWT", "alg": "ES256"}
    assert claims["aud"] == GOOGLE
    assert claims["sub"] == "mailto:push@presente.example"
    assert timedelta(0) < datetime.fromtimestamp(claims["exp"], UTC) - AT <= timedelta(hours=24)


@pytest.mark.parametrize("contact", ["", "nobody", "mailto:nobody", "http://presente.example"])
def test_a_server_that_names_nobody_to_write_to_does_not_start(
    tmp_path: Path, contact: str
) -> None:
    with pytest.raises(BadPushContact):
        VapidHeaders(load_or_create(tmp_path), contact=contact)


def test_a_known_key_signs_a_header_that_others_accept() -> None:
    vector = json.loads((DATA / "vapid-test-key.json").read_text())
    key = VapidKey(_private(vector["private_raw_b64url"]))

    header = VapidHeaders(key, contact="mailto:a@b.example").authorization(MOZILLA, at=AT)

    assert key.public_text == vector["public_raw_b64url"]
    assert header.endswith(f"k={vector['public_raw_b64url']}")
    assert Vapid02.verify(header)


def test_each_push_service_gets_its_own_header_until_shortly_before_it_expires(
    tmp_path: Path,
) -> None:
    key = load_or_create(tmp_path)
    headers = VapidHeaders(key, contact="mailto:push@presente.example")
    first = headers.authorization(GOOGLE, at=AT)

    other = headers.authorization(MOZILLA, at=AT)
    soon = headers.authorization(GOOGLE, at=AT + timedelta(hours=10))
    late = headers.authorization(GOOGLE, at=AT + timedelta(hours=11, minutes=30))

    assert soon == first
    assert late != first
    assert _checked(other, key)[1]["aud"] == MOZILLA
    assert _checked(late, key)[1]["exp"] > _checked(first, key)[1]["exp"]


def test_a_topic_is_the_cases_own_short_and_tells_nothing() -> None:
    topic = topic_of(CASE)

    assert topic == topic_of(CASE)
    assert topic != topic_of(UUID(int=1))
    assert len(topic) <= 32
    assert topic.replace("-", "a").replace("_", "a").isalnum()
    assert CASE.hex not in topic


def _private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(from64(text), "big"), ec.SECP256R1())


def _checked(authorization: str, key: VapidKey) -> tuple[dict[str, Any], dict[str, Any]]:
    """Check the signature with nothing but cryptography; return the token's two parts."""
    scheme, _, rest = authorization.partition(" ")
    parts = dict(part.strip().split("=", maxsplit=1) for part in rest.split(","))
    head, body, signature = parts["t"].split(".")
    raw = from64(signature)
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from64(parts["k"]))
    point.verify(
        encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")),
        f"{head}.{body}".encode(),
        ec.ECDSA(SHA256()),
    )
    assert scheme == "vapid"
    assert parts["k"] == key.public_text
    return json.loads(from64(head)), json.loads(from64(body))
