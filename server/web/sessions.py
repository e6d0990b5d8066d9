"""Who is calling: reads the cookie or a token and asks whoever knows.

The session cookie lets a browser read and write; the delivery token of a device, sent as
``Authorization: Device <token>``, lets a locked phone hand in its sealed queue and nothing else.
A headless client (``presente devices issue``) syncs with ``Authorization: Bearer <token>``.
"""

import asyncio
from collections.abc import Callable
from typing import Any, TypeAlias

from litestar import Request
from litestar.concurrency import get_asyncio_executor
from litestar.datastructures import Cookie
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from server.problems import NotSignedIn
from server.web.signed import Credentials, Signed

COOKIE = "__Host-presente"
"""The prefix makes browsers insist on Secure, Path=/ and no Domain."""


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
        scope["user"] = await self._found(credentials) if credentials else None
        await next_app(scope, receive, send)

    async def _found(self, credentials: Credentials) -> Signed | None:
        """Ask in a handlers' thread: the answer needs no context, which others would copy."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(get_asyncio_executor(), self._find, credentials)


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
