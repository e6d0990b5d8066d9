"""One log line for each request: method, route, status, time. Nobody's data.

The route's pattern is logged, not the address: no ids, no search words, no bodies.
"""

import logging
from time import perf_counter
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPReceiveMessage, Message, Receive, Scope, Send

logger = logging.getLogger("presente.access")

_WENT_AWAY = 499
"""What other servers log where nobody was left to be answered. It is on no wire."""


class AccessLog:
    """Wraps the application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, then log it."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        status = 0
        is_whole = went_away = False
        seen: Any = scope

        async def listen() -> HTTPReceiveMessage:
            nonlocal is_whole, went_away
            message: Any = await receive()
            if message["type"] == "http.disconnect":
                went_away = not is_whole
            else:
                is_whole = not message.get("more_body", False)
            return message  # type: ignore[no-any-return]  # an HTTP request hears nothing else

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, listen, watch)
        finally:
            took = (perf_counter() - began) * 1000
            method, route = seen["method"], seen.get("path_template") or "-"
            if went_away:  # in the middle of what it sent: whatever was answered, nobody heard it
                _tell(f"{_LINE}: the client went away", method, route, _WENT_AWAY, took)
            else:
                _tell(_LINE, method, route, status, took)


def _tell(line: str, *told: object) -> None:
    """Log a line without looking for the place in the code that it comes from."""
    if logger.isEnabledFor(logging.INFO):
        logger.handle(logging.LogRecord(logger.name, logging.INFO, "", 0, line, told, None))


_LINE = "%s %s %d %.1f ms"
