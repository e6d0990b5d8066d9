"""Where the server may push to. An endpoint is a URL that a browser hands us: never trusted.

Three doors: the URL (``check_endpoint``), the addresses its name resolves to (``is_public``, asked
by ``push.resolver``), and the sender, which follows no redirect.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from server.problems import Problem

EXACT_HOSTS = frozenset({"fcm.googleapis.com", "web.push.apple.com"})
HOST_ENDINGS = (".push.services.mozilla.com", ".notify.windows.com", ".push.apple.com")
LONGEST = 1000
_NAT64 = IPv6Network("64:ff9b::/96")


class BadEndpoint(Problem):
    """Not a push service that this server pushes to."""

    code = "bad_endpoint"


class Endpoint(NamedTuple):
    """A checked endpoint."""

    url: str
    origin: str
    """The VAPID audience."""


def check_endpoint(url: str, *, test_origin: str = "") -> Endpoint:
    """Return the endpoint, or raise ``BadEndpoint``.

    Only https, the known push services, the usual port, a name and not a number. The one exception
    is ``test_origin`` (``http://127.0.0.1:port``), which only tests set.
    """
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or set(url) & set(' \\"<>'):
        raise BadEndpoint("The endpoint is not a plain URL.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as fault:
        raise BadEndpoint("The endpoint is not a URL.") from fault
    if "@" in parts.netloc or parts.fragment:
        raise BadEndpoint("The endpoint has parts that no push service uses.")
    host = parts.hostname or ""
    if test_origin and _is_test_origin(parts, test_origin):
        return Endpoint(url, test_origin)
    if parts.scheme != "https":
        raise BadEndpoint("The endpoint is not https.")
    if port not in {None, 443}:
        raise BadEndpoint("The endpoint uses an unusual port.")
    if host not in EXACT_HOSTS and not host.endswith(HOST_ENDINGS):
        raise BadEndpoint("The endpoint is not at a push service we know.")
    return Endpoint(url, f"https://{host}")


def is_public(address: str) -> bool:
    """Tell whether an address is one of the public internet, also behind an IPv6 disguise."""
    try:
        ip = ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if ip.sixtofour is not None or ip.teredo is not None:
            return False  # tunnels of another age: no push service is behind one
        ip = ip.ipv4_mapped or (IPv4Address(ip.packed[12:]) if ip in _NAT64 else ip)
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _is_test_origin(parts: SplitResult, test_origin: str) -> bool:
    return f"{parts.scheme}://{parts.netloc}" == test_origin and test_origin.startswith(
        "http://127.0.0.1:"
    )
