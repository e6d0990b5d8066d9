"""Tells a supervisor whether the server and its database answer."""

import msgspec
from litestar import get

from server.feed import store as feed
from server.web.guards import PUBLIC
from server.web.inject import Db, Now


class Health(msgspec.Struct, frozen=True):
    """All is well. What is not well is answered with a problem and 503."""

    status: str = "ok"


@get("/health", opt=PUBLIC, sync_to_thread=True)
def health(db: Db, now: Now) -> Health:
    """Read one row of the database."""
    with db.read(now()) as tx:
        feed.head(tx)
    return Health()
