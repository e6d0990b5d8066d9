"""Resolves the names of push services. Connections go to exactly the addresses checked here."""

import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult

from server.push.guard import is_public


class NotPublic(OSError):
    """A push service's name resolved to an address that is not on the public internet."""


class PublicResolver(AbstractResolver):
    """Resolves names, and refuses one of whose addresses any is not public."""

    def __init__(self, inner: AbstractResolver, *, test_origin: str = "") -> None:
        self._inner = inner
        self._test_host = urlsplit(test_origin).hostname if test_origin else None

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the checked addresses; raise ``NotPublic`` (an ``OSError``) otherwise."""
        found = await self._inner.resolve(host, port, family)
        if host != self._test_host:
            _demand_public(found)
        return found

    async def close(self) -> None:
        """Close the resolver inside."""
        await self._inner.close()


def _demand_public(found: Sequence[ResolveResult]) -> None:
    if not found or not all(is_public(one["host"]) for one in found):
        raise NotPublic("a push service resolved to an address that is not public")
