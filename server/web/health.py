"""Tells a supervisor whether the server and its database answer."""

from typing import Literal

import msgspec
from litestar import get

from server.backup import service as backups
from server.feed import reader
from server.feed import store as feed
from server.web.guards import PUBLIC
from server.web.inject import Db, Now


class Health(msgspec.Struct, frozen=True):
    """All is well. What is not well is answered with a problem and 503."""

    status: str = "ok"
    backups: Literal["off", "late", "ok"] = "off"
    """``late``: none was verified for three hours. ``off``: nobody set any up."""
    parked: int = 0
    """Mutations that wait for a mend: ``presente sync parked`` lists them."""


@get("/health", opt=PUBLIC, sync_to_thread=True)
def health(db: Db, now: Now) -> Health:
    """Read the database's head, its last backup, and how much waits for a mend."""
    with db.read(now()) as tx:
        feed.head(tx)
        return Health(backups=backups.standing(tx), parked=sum(reader.parked(tx).values()))
