"""One log line for each request: method, route, status, time. Nobody's data.

The route's pattern is logged, not the address: no ids, no search words, no bodies.
"""

import logging
from time import perf_counter
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger("presente.access")


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
        seen: Any = scope

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            took = (perf_counter() - began) * 1000
            _tell(seen["method"], seen.get("path_template") or "-", status, took)


def _tell(*told: object) -> None:
    """Log a line without looking for the place in the code that it comes from."""
    if logger.isEnabledFor(logging.INFO):
        logger.handle(logging.LogRecord(logger.name, logging.INFO, "", 0, _LINE, told, None))


_LINE = "%s %s %d %.1f ms"
