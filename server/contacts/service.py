"""Decides what becomes of a contact that somebody logged or amended."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from schemas.contacts import Contact
from server.contacts import rules, store
from server.contacts.store import Timing
from server.db.database import Transaction
from server.feed.store import Author
from sync.skew import Estimate, Told, estimate, moment


def log_contact(tx: Transaction, draft: Contact, *, event: Told, sent: Told, by: Author) -> int:
    """Record a contact, whatever came of it; return its version.

    Its time is kept as claimed, and corrected beside it by how far the phone's clock was off.
    Raises ``OutcomeMisfit``.
    """
    rules.check_outcome(draft.method, draft.outcome)
    told = estimate(event, sent, received=tx.at)
    contact = msgspec.structs.replace(
        draft, recorded_at=tx.at, est_at=_corrected(draft, told, event, tx.at)
    )
    return store.add(tx, contact, Timing(skew_ms=told.skew_ms, flags=told.flags), by=by)


def amend_contact(
    tx: Transaction, contact_id: UUID, changes: Mapping[str, Any], *, by: Author
) -> int:
    """Change what was said of a contact; return its version. Raises ``OutcomeMisfit``."""
    row = store.find(tx, contact_id)
    if row is not None:
        after = msgspec.structs.replace(store.contact_of(row), **changes)
        rules.check_outcome(after.method, after.outcome)
    return store.save(tx, contact_id, changes, by=by)


def _corrected(draft: Contact, told: Estimate, event: Told, received: datetime) -> datetime:
    """Move the claimed time by as much as the clock was off when the contact was written down."""
    wall = moment(event.wall)
    shift = told.at - wall if wall else timedelta(0)
    try:
        return min(draft.occurred_at + shift, received)
    except OverflowError:
        return received
