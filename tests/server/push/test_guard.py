"""Nobody gets the server to call an address of his choice."""

import asyncio

import pytest

from server.push.guard import BadEndpoint, check_endpoint, is_public
from server.push.resolver import NotPublic, PublicResolver
from tests.support.push_service import Names

TEST_ORIGIN = "http://127.0.0.1:8990"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc:DEF-_1", "https://fcm.googleapis.com"),
        ("https://FCM.googleapis.com/fcm/send/abc", "https://fcm.googleapis.com"),
        ("https://fcm.googleapis.com:443/wp/abc", "https://fcm.googleapis.com"),
        (
            "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
            "https://updates.push.services.mozilla.com",
        ),
        (
            "https://wns2-by3p.notify.windows.com/w/?token=AwYA%2b",
            "https://wns2-by3p.notify.windows.com",
        ),
        ("https://web.push.apple.com/QGu", "https://web.push.apple.com"),
        ("https://api.push.apple.com/3/x", "https://api.push.apple.com"),
    ],
)
def test_the_push_services_of_browsers_are_known(url: str, origin: str) -> None:
    assert check_endpoint(url).origin == origin


@pytest.mark.parametrize(
    "url",
    [
        "",
        "fcm.googleapis.com/x",
        "http://fcm.googleapis.com/x",
        "ftp://fcm.googleapis.com/x",
        "https://evil.example/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilfcm.googleapis.com/x",
        "https://notify.windows.com/x",
        "https://evil-notify.windows.com/x",
        "https://xpush.services.mozilla.com/x",
        "https://fcm.googleapis.com./x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com:22/x",
        "https://fcm.googleapis.com:99999/x",
        "https://user@fcm.googleapis.com/x",
        "https://user:secret@fcm.googleapis.com/x",
        "https://evil.example\\@fcm.googleapis.com/x",
        "https://fcm.googleapis.com\\.evil.example/x",
        "https://evil.example#.push.services.mozilla.com/x",
        "https://fcm.googleapis.com/x#part",
        "https://fcm.googleapis.com/\r\nX-Evil: 1",
        "https://fcm.googleapis.com/ x",
        "https://fcm。googleapis.com/x",
        "https://127.0.0.1/x",
        "https://127.1/x",
        "https://2130706433/x",
        "https://0x7f000001/x",
        "https://017700000001/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://[fe80::1%25eth0]/x",
        "https://localhost/x",
        "https://10.0.0.1/x",
        "https://169.254.169.254/latest/meta-data",
        "http://127.1:8990/x",
        "https:///x",
        "https://[broken/x",
        "https://fcm.googleapis.com/" + "x" * 1000,
    ],
)
def test_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(BadEndpoint):
        check_endpoint(url)
    with pytest.raises(BadEndpoint):
        check_endpoint(url, test_origin=TEST_ORIGIN)


def test_only_a_test_may_push_to_this_machine_and_only_to_its_own_port() -> None:
    assert check_endpoint(f"{TEST_ORIGIN}/send/1", test_origin=TEST_ORIGIN).origin == TEST_ORIGIN
    for url in (f"{TEST_ORIGIN}1/x", "http://127.0.0.1:1/x", "http://me@127.0.0.1:8990/x"):
        with pytest.raises(BadEndpoint):
            check_endpoint(url, test_origin=TEST_ORIGIN)
    with pytest.raises(BadEndpoint):
        check_endpoint("http://10.0.0.1:80/x", test_origin="http://10.0.0.1:80")


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "142.250.74.106", "2607:f8b0:4001:c00::5f", "64:ff9b::5db8:d822"]
)
def test_addresses_of_the_public_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",  # noqa: S104  (an address to be refused)
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::1",
        "2001:0:a00:1::1",
        "2001:db8::1",
        "not an address",
    ],
)
def test_addresses_inside_are_not_public_in_any_disguise(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "addresses", [(), ("127.0.0.1",), ("93.184.216.34", "10.0.0.1"), ("::ffff:192.168.0.1",)]
)
def test_a_name_with_any_address_inside_is_not_connected_to(addresses: tuple[str, ...]) -> None:
    resolver = PublicResolver(Names(*addresses))

    with pytest.raises(NotPublic):
        asyncio.run(resolver.resolve("fcm.googleapis.com", 443))


def test_the_connection_goes_to_the_addresses_that_were_checked() -> None:
    resolver = PublicResolver(Names("93.184.216.34", "93.184.216.35"))

    found = asyncio.run(resolver.resolve("fcm.googleapis.com", 443))

    assert [one["host"] for one in found] == ["93.184.216.34", "93.184.216.35"]
