"""A push service and a browser of our own: real HTTP, real encryption, and no Presente code."""

import asyncio
import socket
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import NamedTuple, Self, TypeAlias

import http_ece
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class Received(NamedTuple):
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


Answer: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PushService:
    """Answers 201, or what ``script`` says for a path (its last answer stays)."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.script: dict[str, list[Answer]] = {}
        self.origin = ""
        self.arrived = threading.Event()
        """Set by the first message, for tests that wait in a thread."""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.origin = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Be gone."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def answers(self, path: str, *answers: Answer) -> str:
        """Answer so at this path, one after the other; return its URL."""
        self.script[path] = list(answers)
        return self.origin + path

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.received.append(Received(request.path, dict(request.headers), await request.read()))
        self.arrived.set()
        answers = self.script.get(request.path, [])
        if not answers:
            return web.Response(status=201)
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return await answer(request)


def says(status: int, **headers: str) -> Answer:
    """Answer with a status; ``Retry_After`` is spelled with an underscore."""

    async def answer(request: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, headers=named)

    return answer


def drips_body(status: int, seconds: float) -> Answer:
    """Answer at once, then let the text drip for longer than anyone should wait."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=status)
        await response.prepare(request)
        for _ in range(int(seconds / 0.1)):
            await response.write(b".")
            await asyncio.sleep(0.1)
        return response

    return answer


def drips_headers(seconds: float) -> Answer:
    """Begin an answer and never come to its end, a byte at a time."""

    async def answer(request: web.Request) -> web.StreamResponse:
        transport = request.transport
        assert transport is not None
        transport.write(b"HTTP/1.1 201 Created\r\nX-Slow: ")
        for _ in range(int(seconds / 0.1)):
            transport.write(b"x")
            await asyncio.sleep(0.1)
        return web.Response(status=201)

    return answer


class Names(AbstractResolver):
    """A name server of the tests."""

    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=one, port=port, family=family, proto=0, flags=0)
            for one in self._addresses
        ]

    async def close(self) -> None:
        """Nothing to close."""


class Browser:
    """What a browser makes when a person allows notifications."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._secret = b"sixteen bytes ok"
        point = self._private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        self.p256dh = plain64(point)
        self.auth = plain64(self._secret)

    def open(self, body: bytes) -> bytes:
        """Decrypt a message as RFC 8291 says a browser does."""
        return http_ece.decrypt(
            body, private_key=self._private, auth_secret=self._secret, version="aes128gcm"
        )


def plain64(data: bytes) -> str:
    """Encode as base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from64(text: str) -> bytes:
    """Decode base64url with or without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
