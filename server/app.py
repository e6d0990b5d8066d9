"""The composition root: puts the features together into one application."""

from collections.abc import Sequence
from typing import TypeAlias

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.types import ControllerRouterHandler

from server.clock import Clock
from server.db.database import Database
from server.db.failures import is_unavailable
from server.identity import routes as identity_routes
from server.identity import sign_in
from server.settings import Settings
from server.web.body import MAX_BYTES
from server.web.errors import EXCEPTION_HANDLERS
from server.web.guards import same_site, signed_in
from server.web.headers import hook
from server.web.health import health
from server.web.inject import providers
from server.web.sessions import Credentials, FindSigned, Sessions, Signed

Handlers: TypeAlias = Sequence[ControllerRouterHandler]

HANDLERS: Handlers = (
    health,
    identity_routes.ROUTER,
)
"""Every route of the server. A feature's ``routes.py`` lists its own as ``HANDLERS``."""


def create_app(
    settings: Settings, *, database: Database, clock: Clock, more: Handlers = ()
) -> Litestar:
    """Return the application. ``database`` is at head already; ``more`` is for tests."""
    return Litestar(
        # One router: functions registered one by one under the same path are wrapped twice by
        # Litestar 2.25 and then answer with a coroutine.
        route_handlers=[Router("/", route_handlers=[*HANDLERS, *more])],
        dependencies=dict(providers(db=database, now=clock, settings=settings)),
        middleware=[Sessions(_finder(database, clock))],
        guards=[same_site, signed_in],
        exception_handlers=EXCEPTION_HANDLERS,
        before_send=[hook(is_https=settings.public_url.startswith("https://"))],
        request_max_body_size=MAX_BYTES,
        openapi_config=None,
        logging_config=None,
        state=State({"clock": clock, "db": database, "settings": settings}),
    )


def _finder(database: Database, clock: Clock) -> FindSigned:
    def find(credentials: Credentials) -> Signed | None:
        at = clock()
        with database.read(at) as tx:
            holder = sign_in.holder_of(tx, credentials)
        if holder is None:
            return None
        if holder.is_due_to_touch:
            try:
                with database.write(at) as tx:
                    sign_in.touch(tx, holder.signed)
            except Exception as error:
                # A full disk must not keep anybody from reading.
                if not is_unavailable(error):
                    raise
        return holder.signed

    return find
