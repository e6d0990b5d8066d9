"""Hands sealed messages to push services over HTTP. Trusts nothing that comes back."""

from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import NamedTuple, Self

import aiohttp
from aiohttp.abc import AbstractResolver

from server.push.guard import check_endpoint
from server.push.keys import SubscriptionKeys
from server.push.message import VapidHeaders, seal
from server.push.resolver import PublicResolver
from server.push.rules import Reply

DEADLINE = 10.0
"""Seconds for everything: name, connection, request and answer."""
TTL = 24 * 60 * 60
_READ_AT_MOST = 4096


class Parcel(NamedTuple):
    """One message for one subscription."""

    endpoint: str
    keys: SubscriptionKeys
    payload: bytes
    topic: str
    is_urgent: bool


class Sender:
    """An HTTP client of its own: no redirects, no proxies, no cookies, no patience.

    Connections go only to addresses that ``guard`` checked. Use it as ``async with``.
    """

    def __init__(
        self,
        vapid: VapidHeaders,
        *,
        test_origin: str = "",
        deadline: float = DEADLINE,
        resolver: Callable[[], AbstractResolver] = aiohttp.ThreadedResolver,
    ) -> None:
        self._vapid = vapid
        self._test_origin = test_origin
        self._deadline = deadline
        self._new_resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=PublicResolver(self._new_resolver(), test_origin=self._test_origin),
                ttl_dns_cache=60,
            ),
            timeout=aiohttp.ClientTimeout(total=self._deadline),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def send(self, parcel: Parcel, *, at: datetime) -> Reply:
        """Deliver one parcel; return the service's answer, or why there was none.

        Raises ``BadEndpoint`` and ``PayloadTooLong`` before anything is sent.
        """
        endpoint = check_endpoint(parcel.endpoint, test_origin=self._test_origin)
        headers = {
            "Authorization": self._vapid.authorization(endpoint.origin, at=at),
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(TTL),
            "Urgency": "high" if parcel.is_urgent else "normal",
            "Topic": parcel.topic,
        }
        try:
            return await self._post(endpoint.url, seal(parcel.payload, parcel.keys), headers)
        except (TimeoutError, aiohttp.ClientError, OSError) as fault:
            return Reply(None, fault=type(fault).__name__)

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> Reply:
        if self._session is None:
            raise RuntimeError("the sender is not open")
        async with self._session.post(
            url, data=body, headers=headers, allow_redirects=False
        ) as response:
            reply = Reply(response.status, response.headers.get("Retry-After", ""))
            try:
                await response.content.read(_READ_AT_MOST)
            except (TimeoutError, aiohttp.ClientError):
                response.close()  # the status has been said; its text is worth no more waiting
            return reply
