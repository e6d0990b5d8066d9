"""Speaks SQL for alerts. Decides nothing."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import insert, select, update

from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.alerts import AlertRow


class NewAlert(NamedTuple):
    """Something a person should hear of."""

    id: UUID
    user_id: UUID
    kind: str
    case_id: UUID


def find(tx: Transaction, *, user_id: UUID, kind: str, case_id: UUID) -> UUID | None:
    """Return the alert that already tells this person this of this case."""
    query = select(AlertRow.id).where(
        AlertRow.user_id == user_id, AlertRow.kind == kind, AlertRow.case_id == case_id
    )
    return tx.session.scalar(query.with_for_update())


def told_of(tx: Transaction, kind: str, cases: Sequence[UUID]) -> set[tuple[UUID, UUID]]:
    """Return whom (person, case) an alert of this kind tells already of these cases."""
    return {
        (row.user_id, row.case_id)
        for part in parts(cases)
        for row in tx.session.execute(
            select(AlertRow.user_id, AlertRow.case_id).where(
                AlertRow.kind == kind, AlertRow.case_id.in_(part)
            )
        )
    }


def add(tx: Transaction, alerts: Sequence[NewAlert]) -> None:
    """Write new alerts, unseen."""
    rows: list[dict[str, Any]] = [
        {**one._asdict(), "created_at": tx.at, "seen_at": None} for one in alerts
    ]
    if rows:
        tx.session.execute(insert(AlertRow), rows)


def renew(tx: Transaction, alert_id: UUID) -> None:
    """Make an old alert new again: it is about now, and unseen."""
    tx.session.execute(
        update(AlertRow).where(AlertRow.id == alert_id).values(created_at=tx.at, seen_at=None)
    )
