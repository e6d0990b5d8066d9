"""Who may call what. Nothing is open unless its route says so: ``opt=PUBLIC``."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from schemas.people import Role
from server.problems import Forbidden, NotSignedIn
from server.web.sessions import DeviceRevoked
from server.web.signed import Signed

Connection: TypeAlias = ASGIConnection[Any, Any, Any, Any]
Guard: TypeAlias = Callable[[Connection, BaseRouteHandler], Awaitable[None]]

PUBLIC: dict[str, Any] = {"public": True}
"""``opt`` of a route that anybody may call. A test holds the list of these."""
DELIVERY: dict[str, Any] = {"delivery": True}
"""``opt`` of a route that a device may call with its delivery token alone, even when revoked."""
HEADLESS: dict[str, Any] = {"headless": True}
"""``opt`` of a route that a headless client may call with the token it was issued."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class CrossSite(Forbidden):
    """Another site made the browser send this."""

    code = "cross_site"


async def same_site(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Refuse what a page of another site (or of a sibling subdomain) made the browser send."""
    scope: Any = connection.scope
    if scope["method"] in _SAFE:
        return
    headers = connection.headers
    fetch_site = headers.get("sec-fetch-site", "")
    origin = headers.get("origin", "")
    if fetch_site:
        is_foreign = fetch_site not in {"same-origin", "none"}
    else:
        is_foreign = bool(origin) and urlsplit(origin).netloc != headers.get("host", "")
    if is_foreign:
        raise CrossSite("This request came from a page of another site.")


async def signed_in(connection: Connection, handler: BaseRouteHandler) -> None:
    """Let only signed-in people pass, except where the route is open. Guards every route."""
    if handler.opt.get("public"):
        return
    signed = signed_of(connection)
    if signed.is_headless and not handler.opt.get("headless"):
        raise Forbidden("An issued token syncs, and nothing else.", code="headless")
    if handler.opt.get("delivery"):
        return
    if signed.is_revoked:
        raise DeviceRevoked("This phone was taken off the list. Ask your coordinator.")
    if signed.delivers_only:
        raise Forbidden("A delivery token only delivers.", code="delivers_only")


def roles(*allowed: Role) -> Guard:
    """Return a guard that lets only these roles pass."""

    async def has_role(connection: Connection, _handler: BaseRouteHandler) -> None:
        if signed_of(connection).role not in allowed:
            raise Forbidden("Your role does not allow this.")

    return has_role


def signed_of(connection: Connection) -> Signed:
    """Return who is calling, or raise ``NotSignedIn``."""
    scope: Any = connection.scope
    signed = scope.get("user")
    if not isinstance(signed, Signed):
        raise NotSignedIn("Please sign in.")
    return signed
