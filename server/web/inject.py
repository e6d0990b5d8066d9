"""What a handler may ask for by naming it. ``server.app`` provides each.

def log(self, sent: Sent, db: Db, now: Now, caller: Caller) -> Contact:
    draft = sent.to(ContactDraft)
    with db.write(now()) as tx:
        return service.log_contact(tx, draft, by=caller)
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from litestar import Request
from litestar.di import NamedDependency, Provide

from server.clock import Clock
from server.db.database import Database
from server.settings import Settings
from server.web.body import JsonBody
from server.web.guards import signed_of
from server.web.signed import Signed

Db = NamedDependency[Database]
Now = NamedDependency[Clock]
Caller = NamedDependency[Signed]
Config = NamedDependency[Settings]
Sent = NamedDependency[JsonBody]

AnyRequest = Request[Any, Any, Any]


class Whole(NamedTuple):
    """All that a handler may need at once.

    For a route where every tenth of a millisecond counts: several things that are asked for by
    name are each provided by a task of its own.
    """

    sent: JsonBody
    db: Database
    now: Clock
    settings: Settings


Given = NamedDependency[Whole]


async def provide_caller(request: AnyRequest) -> Signed:
    """Return who is calling, or refuse."""
    return signed_of(request)


async def provide_sent(request: AnyRequest) -> JsonBody:
    """Return the body, not yet decoded."""
    return JsonBody(await request.body(), request.headers.get("content-type", ""))


def providers(*, db: Database, now: Clock, settings: Settings) -> Mapping[str, Provide]:
    """Return what ``create_app`` gives to every handler."""

    async def provide_db() -> Database:
        return db

    async def provide_now() -> Clock:
        return now

    async def provide_settings() -> Settings:
        return settings

    async def provide_given(request: AnyRequest) -> Whole:
        return Whole(await provide_sent(request), db, now, settings)

    return {
        "db": Provide(provide_db),
        "now": Provide(provide_now),
        "settings": Provide(provide_settings),
        "caller": Provide(provide_caller),
        "sent": Provide(provide_sent),
        "given": Provide(provide_given),
    }
