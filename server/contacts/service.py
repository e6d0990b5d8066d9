"""Decides what becomes of a contact that somebody logged or amended."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

import msgspec

from schemas.contacts import Contact
from schemas.people import Role
from server.attendance import store as attendance
from server.attendance.rules.calendar import school_year_of
from server.contacts import rules, store
from server.contacts.rules import Stay
from server.contacts.store import Belonging, Timing
from server.db.database import Transaction
from server.feed.store import Author
from sync.skew import Estimate, moment


def log_contact(tx: Transaction, draft: Contact, told: Estimate, *, by: Author, role: Role) -> int:
    """Record a contact, whatever came of it; return its version.

    Its time is kept as claimed, and corrected beside it by how far the phone's clock was off
    when it was written down (``told``).
    The author's role and the student's school are kept as they were: a later promotion or
    transfer changes no report. Raises ``OutcomeMisfit``.
    """
    contact, timing = timed(draft, told, at=tx.at)
    school_id = school_of(tx, draft.student_id, draft.occurred_at, case_id=draft.case_id)
    belonging = Belonging(by_role=role, school_id=school_id)
    return store.add(tx, contact, timing, by=by, belonging=belonging)


def timed(draft: Contact, told: Estimate, *, at: datetime) -> tuple[Contact, Timing]:
    """Return a new contact with its times, received at ``at``. Raises ``OutcomeMisfit``.

    Moments are spelled in UTC, as they will be read back: an amendment respells nothing.
    """
    rules.check_outcome(draft.method, draft.outcome)
    draft = msgspec.structs.replace(draft, occurred_at=draft.occurred_at.astimezone(UTC))
    contact = msgspec.structs.replace(draft, recorded_at=at, est_at=_corrected(draft, told, at))
    return contact, Timing(skew_ms=told.skew_ms, flags=told.flags)


def amend_contact(
    tx: Transaction, contact_id: UUID, changes: Mapping[str, Any], *, by: Author
) -> int:
    """Change what was said of a contact; return its version. Raises ``OutcomeMisfit``."""
    row = store.find(tx, contact_id)
    if row is not None:
        after = msgspec.structs.replace(store.contact_of(row), **changes)
        rules.check_outcome(after.method, after.outcome)
        if after.occurred_at != row.occurred_at:
            row.school_id = school_of(
                tx, after.student_id, after.occurred_at, case_id=after.case_id
            )
    return store.save(tx, contact_id, changes, by=by)


def school_of(
    tx: Transaction, student_id: UUID, occurred_at: datetime, *, case_id: UUID | None = None
) -> UUID | None:
    """Return the student's school at a moment, by the district's own calendar date.

    Where no enrolment had begun: the case's school. None: nothing tells.
    """
    zone = attendance.zone_of(tx)
    school_id = school_at(store.stays_of(tx, student_id), occurred_at, zone)
    if school_id is None and case_id is not None:
        return store.school_of_case(tx, case_id)
    return school_id


def school_at(stays: Iterable[Stay], occurred_at: datetime, zone: tzinfo) -> UUID | None:
    """Return which of these stays a moment fell into, by the district's own calendar date."""
    day = occurred_at.astimezone(zone).date()
    return rules.school_on(stays, day, school_year=school_year_of(day))


def _corrected(draft: Contact, told: Estimate, received: datetime) -> datetime:
    """Move the claimed time by as much as the clock was off when the contact was written down."""
    wall = moment(told.claimed)
    shift = told.at - wall if wall else timedelta(0)
    try:
        return min(draft.occurred_at + shift, received)
    except OverflowError:
        return received
