"""Who is calling: reads the cookie or a token and asks whoever knows.

The session cookie lets a browser read and write; the delivery token of a device, sent as
``Authorization: Device <token>``, lets a locked phone hand in its sealed queue and nothing else.
A headless client (``presente devices issue``) syncs with ``Authorization: Bearer <token>``.
"""

from collections.abc import Callable
from typing import Any, TypeAlias
from uuid import UUID

import msgspec
from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.datastructures import Cookie
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from schemas.people import Role
from server.problems import NotSignedIn

COOKIE = "__Host-presente"
"""The prefix makes browsers insist on Secure, Path=/ and no Domain."""


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """The person who is calling."""

    user_id: UUID
    role: Role
    root: str
    school_ids: frozenset[UUID]
    """Schools whose cases the person sees; empty means all for an administrator, else none."""
    device_id: UUID | None = None
    """The device the session is bound to, or that delivers."""
    session: bytes = b""
    """Hash of the session's token; empty for a device that delivers."""
    delivers_only: bool = False
    """Came with a delivery token: may hand in mutations and learn their receipts, never a row."""
    is_headless: bool = False
    """Came with an issued token: syncs as this person, and reaches no other route."""
    is_revoked: bool = False
    """The device was revoked. Only seen by routes with ``DELIVERY``: they must say so, no more."""

    def sees_school(self, school_id: UUID) -> bool:
        """Tell whether the school's cases are this person's to see."""
        return self.role is Role.ADMINISTRATOR or school_id in self.school_ids


class Credentials(msgspec.Struct, frozen=True):
    """What a request proves itself with. An explicit token goes before the cookie."""

    session: str = ""
    delivery: str = ""
    bearer: str = ""

    def __bool__(self) -> bool:
        """Tell whether there is anything to look up."""
        return bool(self.session or self.delivery or self.bearer)


FindSigned: TypeAlias = Callable[[Credentials], Signed | None]
"""Returns who holds these credentials, or None when they are (no longer) good."""


class DeviceRevoked(NotSignedIn):
    """The phone was taken off the list. What it has not sent yet stays on it."""

    code = "device_revoked"


class Sessions(ASGIMiddleware):
    """Puts the caller, or None, where guards and handlers find it."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, find: FindSigned) -> None:
        self._find = find

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Look the caller up once a request."""
        credentials = credentials_of(Request(scope))
        scope["user"] = await sync_to_thread(self._find, credentials) if credentials else None
        await next_app(scope, receive, send)


def credentials_of(request: Request[Any, Any, Any]) -> Credentials:
    """Return what the request proves itself with."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "device" and token:
        return Credentials(delivery=token.strip())
    if scheme.lower() == "bearer" and token:
        return Credentials(bearer=token.strip())
    return Credentials(session=request.cookies.get(COOKIE, ""))


def cookie(token: str, *, max_age: int) -> Cookie:
    """Return the session's cookie; ``max_age`` 0 takes it away."""
    return Cookie(
        key=COOKIE,
        value=token,
        max_age=max_age,
        path="/",
        secure=True,
        httponly=True,
        samesite="strict",
    )
