"""Speaks SQL for how sources write their dates, where a person had to say it."""

from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, select

from server.db.database import Transaction
from server.db.tables.attendance import DateReadingRow, ImportRunRow

_TAKEN_BACK = ("undoing", "undone")


class NewOrder(Struct, frozen=True, kw_only=True):
    """What somebody said of a source."""

    key: str
    order: str
    file: str
    by: UUID | None


def find(tx: Transaction, key: str) -> DateReadingRow | None:
    """Return what was said last of a source, with an import that is not taken back."""
    query = (
        select(DateReadingRow)
        .join(ImportRunRow, ImportRunRow.id == DateReadingRow.run_id)
        .where(DateReadingRow.key == key, ImportRunRow.state.not_in(_TAKEN_BACK))
        .order_by(DateReadingRow.said_at.desc(), DateReadingRow.run_id.desc())
    )
    return tx.session.scalar(query.limit(1))


def of_run(tx: Transaction, run_id: UUID) -> dict[str, str]:
    """Return what was said with an import, by source."""
    query = select(DateReadingRow.key, DateReadingRow.order)
    return {row.key: row.order for row in tx.run(query.where(DateReadingRow.run_id == run_id))}


def count_of(tx: Transaction, run_id: UUID) -> int:
    """Return of how many sources something was said with an import."""
    query = select(func.count()).where(DateReadingRow.run_id == run_id)
    return int(tx.run(query).scalar_one())


def save(tx: Transaction, run_id: UUID, new: NewOrder) -> None:
    """Keep what was said of a source with an import; said again with it, it is as now."""
    row = tx.session.get(DateReadingRow, (new.key, run_id))
    if row is None:
        row = DateReadingRow(key=new.key, run_id=run_id)
        tx.session.add(row)
    row.order, row.file, row.said_at, row.said_by_user_id = new.order, new.file, tx.at, new.by
