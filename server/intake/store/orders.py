"""Speaks SQL for how sources write their dates, where a person had to say it."""

from uuid import UUID

from msgspec import Struct

from server.db.database import Transaction
from server.db.tables.attendance import DateOrderRow


class NewOrder(Struct, frozen=True, kw_only=True):
    """What somebody said of a source."""

    key: str
    order: str
    file: str
    by: UUID | None


def find(tx: Transaction, key: str) -> DateOrderRow | None:
    """Return what was said of a source, or None."""
    return tx.session.get(DateOrderRow, key)


def save(tx: Transaction, new: NewOrder) -> None:
    """Keep what was said of a source in place of what was said before."""
    row = tx.session.get(DateOrderRow, new.key)
    if row is None:
        row = DateOrderRow(key=new.key)
        tx.session.add(row)
    row.order, row.file, row.said_at, row.said_by_user_id = new.order, new.file, tx.at, new.by
