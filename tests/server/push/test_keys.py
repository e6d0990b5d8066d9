"""The server's push key, and the keys a browser hands us."""

import os
import stat
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from server.push.keys import FILE_NAME, BadPushKeys, BadVapidKey, check_keys, load_or_create
from tests.support.push_service import Browser, from64, plain64


def test_a_server_keeps_the_key_of_its_first_start(tmp_path: Path) -> None:
    first = load_or_create(tmp_path / "secrets")

    again = load_or_create(tmp_path / "secrets")

    assert again.public_text == first.public_text
    assert len(from64(first.public_text)) == 65
    assert "=" not in first.public_text


def test_only_the_servers_user_can_read_the_key_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        load_or_create(tmp_path / "secrets")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "secrets" / FILE_NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert [file.name for file in (tmp_path / "secrets").iterdir()] == [FILE_NAME]


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    gate = threading.Barrier(8)
    keys: list[str] = []

    def start() -> None:
        gate.wait()
        keys.append(load_or_create(tmp_path / "secrets").public_text)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(keys) == 8
    assert len(set(keys)) == 1


@pytest.mark.parametrize("content", [b"", b"not a key", None])
def test_a_damaged_key_is_reported_and_never_replaced(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is None:
        other = ec.generate_private_key(ec.SECP384R1())
        content = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / FILE_NAME).write_bytes(content)

    with pytest.raises(BadVapidKey):
        load_or_create(tmp_path)

    assert (tmp_path / FILE_NAME).read_bytes() == content


def test_a_browsers_keys_are_taken_with_and_without_padding() -> None:
    browser = Browser()

    keys = check_keys(browser.p256dh + "=", browser.auth + "==")

    assert keys == (browser.p256dh, browser.auth)


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        (None, plain64(b"abc")),
        (None, plain64(b"x" * 17)),
        (None, "not base64url!!!!!!!!!"),
        (None, "ünïcödé" * 3),
        (None, ""),
        (plain64(b"\x04" + b"\x00" * 64), None),
        (plain64(b"\x04" + b"\xff" * 64), None),
        (plain64(b"\x02" + b"\x01" * 32), None),
        (plain64(b"\x04" * 66), None),
        ("+/" * 44, None),
        ("A" * 85, None),
    ],
)
def test_keys_that_no_browser_makes_are_refused(p256dh: str | None, auth: str | None) -> None:
    browser = Browser()

    with pytest.raises(BadPushKeys):
        check_keys(
            browser.p256dh if p256dh is None else p256dh, browser.auth if auth is None else auth
        )
