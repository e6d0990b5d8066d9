"""Pure: by when outreach is owed, and where a leaver's case belongs."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct

from server.attendance.rules.calendar import school_day_after

OUTREACH_SCHOOL_DAYS = 3
"""Outreach is owed this many school days after the day the programme could know of it."""


class Place(Struct, frozen=True, kw_only=True):
    """Where a student is, or was last."""

    school_id: UUID
    exit_on: date | None


def due_on(school_days: Sequence[date], opened_on: date, *, within: int | None) -> date:
    """Return the school day by which the family should have heard from somebody.

    It counts from the day the case was opened, not from the absence: records that came late
    would make an advisor's Monday begin with work that is overdue before anybody saw it. The
    opening day itself does not count, whatever its hour.
    """
    return school_day_after(school_days, opened_on, within or OUTREACH_SCHOOL_DAYS)


def left_on(place: Place, today: date) -> date | None:
    """Return since when the student is gone; None: still there (or the exit is yet to come)."""
    if place.exit_on is None or place.exit_on > today:
        return None
    return place.exit_on
