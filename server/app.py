"""The composition root: puts the features together into one application."""

from asyncio import to_thread
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from typing import TypeAlias

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from server import shapes
from server.alerts import outbox
from server.alerts import routes as alerts_routes
from server.backup.keeper import Keeper
from server.clock import Clock
from server.db.database import Database
from server.db.failures import is_unavailable
from server.desk import routes as desk_routes
from server.identity import routes as identity_routes
from server.identity import sign_in
from server.identity.phones import DevicePublicKeys, PublicKeys
from server.intake import routes as intake_routes
from server.intake.screen.jobs import Jobs
from server.push import keys as push_keys
from server.settings import Settings
from server.snapshot import routes as snapshot_routes
from server.syncing import routes as syncing_routes
from server.syncing import sealing
from server.web import static
from server.web.body import MAX_BYTES
from server.web.errors import EXCEPTION_HANDLERS
from server.web.guards import same_site, signed_in
from server.web.headers import hook
from server.web.health import health
from server.web.inject import providers
from server.web.sessions import FindSigned, Sessions
from server.web.signed import Credentials, Signed

Handlers: TypeAlias = Sequence[ControllerRouterHandler]

ROUTERS: Handlers = (
    health,
    identity_routes.ROUTER,
    intake_routes.ROUTER,
    alerts_routes.ROUTER,
    desk_routes.ROUTER,
    snapshot_routes.ROUTER,
    syncing_routes.ROUTER,
)
"""Every feature with routes. One line each; nothing is found by itself."""

_JOBS_END_WITHIN_SECONDS = 5
_BACKUP_ENDS_WITHIN_SECONDS = 5


def create_app(
    settings: Settings,
    *,
    database: Database,
    clock: Clock,
    app_files: static.Assets | None = None,
    more: Handlers = (),
) -> Litestar:
    """Return the application over a database that is at head already.

    ``app_files``: where the built phone app lies, if not in its usual place. ``more``: routes of
    a test.
    """
    shapes.prepare()
    files = app_files or static.Assets(static.folder_of_app())
    keys = _public_keys(settings)
    jobs = Jobs(settings, db=database, clock=clock)

    async def provide_keys() -> PublicKeys:
        return keys

    return Litestar(
        # One router: functions that share a path, registered one by one, are wrapped twice by
        # Litestar 2.25 and then answer with a coroutine.
        route_handlers=[Router("/", route_handlers=[*ROUTERS, static.router(files), *more])],
        dependencies={
            **providers(db=database, now=clock, settings=settings),
            "public_keys": Provide(provide_keys),
        },
        middleware=[Sessions(_finder(database, clock))],
        guards=[same_site, signed_in],
        exception_handlers=EXCEPTION_HANDLERS,
        before_send=[hook(is_https=settings.public_url.startswith("https://"))],
        lifespan=[_background(settings, keys, jobs, database=database, clock=clock)],
        request_max_body_size=MAX_BYTES,
        state=State({"clock": clock, "db": database, "jobs": jobs, "settings": settings}),
        openapi_config=None,
        logging_config=None,
    )


def _background(
    settings: Settings, keys: PublicKeys, jobs: Jobs, *, database: Database, clock: Clock
) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """Run what works beside the requests for as long as the server runs."""

    @asynccontextmanager
    async def run(_app: Litestar) -> AsyncGenerator[None]:
        keys()  # made before the first phone asks, or the start fails
        sender = outbox.build(settings, database=database, clock=clock)
        keeper = Keeper(settings, database=database, clock=clock)
        await sender.start()
        await to_thread(keeper.start)
        try:
            yield
        finally:
            await to_thread(keeper.stop, _BACKUP_ENDS_WITHIN_SECONDS)
            await sender.stop()
            await to_thread(jobs.stop, _JOBS_END_WITHIN_SECONDS)

    return run


def _public_keys(settings: Settings) -> PublicKeys:
    @cache
    def keys() -> DevicePublicKeys:
        return DevicePublicKeys(
            sealing=sealing.public_key(settings.secrets_dir),
            push=push_keys.load_or_create(settings.secrets_dir).public_text,
        )

    return keys


def _finder(database: Database, clock: Clock) -> FindSigned:
    """Return what tells who is calling, for the border, which is below identity."""

    def find(credentials: Credentials) -> Signed | None:
        at = clock()
        with database.read(at) as tx:
            holder = sign_in.holder_of(tx, credentials)
        if holder is None:
            return None
        if holder.is_due_to_touch:
            try:
                signed = holder.signed
                database.together(lambda tx: sign_in.touch(tx, signed), clock)
            except Exception as error:
                # A full disk must not keep anybody from reading.
                if not is_unavailable(error):
                    raise
        return holder.signed

    return find
