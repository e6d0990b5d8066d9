"""Speaks SQL for alerts. Decides nothing."""

from uuid import UUID

from sqlalchemy import insert, select, update

from server.db.database import Transaction
from server.db.tables.alerts import AlertRow


def find(tx: Transaction, *, user_id: UUID, kind: str, case_id: UUID) -> UUID | None:
    """Return the alert that already tells this person this of this case."""
    query = select(AlertRow.id).where(
        AlertRow.user_id == user_id, AlertRow.kind == kind, AlertRow.case_id == case_id
    )
    return tx.session.scalar(query.with_for_update())


def add(tx: Transaction, alert_id: UUID, *, user_id: UUID, kind: str, case_id: UUID) -> None:
    """Write a new alert, unseen."""
    tx.session.execute(
        insert(AlertRow).values(
            id=alert_id, user_id=user_id, kind=kind, case_id=case_id, created_at=tx.at, seen_at=None
        )
    )


def renew(tx: Transaction, alert_id: UUID) -> None:
    """Make an old alert new again: it is about now, and unseen."""
    tx.session.execute(
        update(AlertRow).where(AlertRow.id == alert_id).values(created_at=tx.at, seen_at=None)
    )
