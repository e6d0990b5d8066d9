"""Speaks SQL for what is parked, and for what became of it later. Decides nothing."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased

from schemas.sync import Receipt
from server.db.database import Transaction
from server.db.tables.syncing import MutationRow, ReplayRow

_Earlier = aliased(MutationRow)


class Kept(NamedTuple):
    """A parked mutation as it lies in the log: its first arrival."""

    id: UUID
    device_id: UUID
    n: int
    mid: UUID
    user_id: UUID
    body: bytes
    sha: bytes
    received_at: datetime
    sent: tuple[str, str, int]
    code: str
    trace: str


def parked(tx: Transaction, mutation_ids: Iterable[UUID] | None = None) -> list[Kept]:
    """Return what is parked and was not carried out since, in the order it came."""
    query = _waiting()
    if mutation_ids is not None:
        query = query.where(MutationRow.mid.in_(list(mutation_ids)))
    return [_kept(row) for row in tx.session.scalars(query.order_by(MutationRow.id))]


def waiting_by_device(tx: Transaction) -> dict[UUID, int]:
    """Return, by device, how many ``parked`` returns."""
    found = _waiting().with_only_columns(MutationRow.device_id, func.count())
    return {row[0]: row[1] for row in tx.session.execute(found.group_by(MutationRow.device_id))}


def is_waiting(tx: Transaction, row_id: UUID) -> bool:
    """Tell whether a parked mutation was still not carried out."""
    return tx.session.get(ReplayRow, row_id) is None


def add(tx: Transaction, row_id: UUID, outcome: Receipt) -> None:
    """Keep what became of a parked mutation."""
    tx.session.add(
        ReplayRow(mutation_id=row_id, replayed_at=tx.at, out=outcome.out, outcome=outcome)
    )
    tx.session.flush()


def outcome_of(tx: Transaction, mutation_id: UUID) -> Receipt | None:
    """Return what became of a parked mutation; None: it waits, or never was parked."""
    query = (
        select(ReplayRow.outcome)
        .join(MutationRow, MutationRow.id == ReplayRow.mutation_id)
        .where(MutationRow.mid == mutation_id)
        .order_by(MutationRow.id)
        .limit(1)
    )
    found = tx.session.scalar(query)
    return None if found is None else msgspec.convert(found, Receipt)


def _waiting() -> Select[MutationRow]:
    return select(MutationRow).where(
        MutationRow.out == "parked",
        ~exists().where(ReplayRow.mutation_id == MutationRow.id),
        ~exists().where(_Earlier.mid == MutationRow.mid, _Earlier.id < MutationRow.id),
    )


def _kept(row: MutationRow) -> Kept:
    sent: Sequence[Any] = msgspec.convert(row.sent or ("", "", 0), tuple[str, str, int])
    receipt = msgspec.convert(row.receipt, Receipt)
    return Kept(
        id=row.id,
        device_id=row.device_id,
        n=row.n,
        mid=row.mid,
        user_id=row.user_id,
        body=row.body,
        sha=row.sha,
        received_at=row.received_at,
        sent=(sent[0], sent[1], sent[2]),
        code=receipt.code,
        trace=row.trace,
    )
