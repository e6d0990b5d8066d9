"""Where a database stands: which life it is in, and the last position of its feed."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import inspect, select

from server.db.database import Database
from server.db.tables.syncing import SyncHeadRow


class Standing(NamedTuple):
    """Where a database stands."""

    epoch: str
    head: int


def standing_of(database: Database, at: datetime) -> Standing | None:
    """Return where a database stands; None: it has no tables yet."""
    file = database.writer.url.database
    if database.is_sqlite and file and not Path(file).exists():
        return None
    with database.read(at) as tx:
        if not inspect(tx.session.connection()).has_table(SyncHeadRow.__tablename__):
            return None
        row = tx.session.execute(select(SyncHeadRow.epoch, SyncHeadRow.v)).first()
        return None if row is None else Standing(row.epoch, row.v)
