"""Forgets what left phones long ago (sync.md 6.9)."""

from datetime import timedelta

from server.clock import Clock
from server.db.database import Database
from server.feed import store as feed

DAYS = 180


def compact(database: Database, now: Clock, *, days: int = DAYS) -> feed.Purged:
    """Purge the feed of what left its root more than ``days`` ago, a little at a time.

    Each part has a transaction of its own: phones that write wait for one part at most.
    """
    before = now() - timedelta(days=days)
    rows = 0
    while True:
        with database.write(now()) as tx:
            purged = feed.purge(tx, before)
        rows += purged.rows
        if not purged.rows:
            return feed.Purged(rows, purged.floor)
