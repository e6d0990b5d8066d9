"""Speaks SQL for lines that could not be taken: kept until somebody mends or dismisses them."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec
from sqlalchemy import delete, select

from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.attendance import ImportRunRow, QuarantineRow
from server.intake.records import Fault

Columns = list[tuple[str, str]]


def columns_of(row: QuarantineRow) -> Columns:
    """Return the line's own columns in their order; empty for an element of XML."""
    return msgspec.convert(row.columns or [], Columns)


def fault_of(row: QuarantineRow) -> Fault:
    """Return what is wrong with a line."""
    return Fault(
        file=row.file,
        line=row.line,
        element=row.element,
        field=row.field,
        value=row.value,
        reason=row.reason,
        mend=row.mend,
        school_code=row.school_code,
        code=row.code,
        parts=msgspec.convert(row.parts or {}, dict[str, str]),
    )


def rows(
    tx: Transaction, *, run_id: UUID | None = None, state: str | None = "open"
) -> list[QuarantineRow]:
    """Return lines of a run or of all, by run, file and line."""
    query = select(QuarantineRow).join(ImportRunRow, ImportRunRow.id == QuarantineRow.run_id)
    if run_id is not None:
        query = query.where(QuarantineRow.run_id == run_id)
    if state is not None:
        query = query.where(QuarantineRow.state == state)
    return list(
        tx.session.scalars(
            query.order_by(
                ImportRunRow.started_at, QuarantineRow.file, QuarantineRow.line, QuarantineRow.id
            )
        )
    )


def beginning_with(tx: Transaction, text: str) -> list[QuarantineRow]:
    """Return the lines whose id begins so, whatever became of them."""
    wanted = text.strip().lower()
    return [row for row in rows(tx, state=None) if wanted and str(row.id).startswith(wanted)]


def by_ids(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, QuarantineRow]:
    """Return lines by their ids."""
    return {
        row.id: row
        for part in parts(sorted(set(ids)))
        for row in tx.session.scalars(select(QuarantineRow).where(QuarantineRow.id.in_(part)))
    }


def close(
    tx: Transaction,
    found: Iterable[QuarantineRow],
    state: str,
    by: UUID | None,
    *,
    because: str = "",
) -> int:
    """Close lines that are open; return how many."""
    count = 0
    for row in found:
        if row.state == "open":
            row.state = state
            row.closed_at = tx.at
            row.closed_by_user_id = by
            row.closed_because = because
            count += 1
    tx.session.flush()
    return count


def forget_again(tx: Transaction, run_id: UUID, places: Sequence[tuple[str, int]]) -> None:
    """Drop what a run says of lines that lie in quarantine already, from before."""
    again = set(places)
    own = tx.session.execute(
        select(QuarantineRow.id, QuarantineRow.file, QuarantineRow.line).where(
            QuarantineRow.run_id == run_id
        )
    )
    doomed = [row.id for row in own if (row.file, row.line) in again]
    for part in parts(doomed):
        tx.session.execute(delete(QuarantineRow).where(QuarantineRow.id.in_(part)))
