"""What an import changes, shown by example."""

from datetime import date

from msgspec import Struct


class Sample(Struct, frozen=True, kw_only=True):
    """One student-day that changes."""

    school_code: str
    number: str
    on_date: date
    period: str = ""
    was: str = ""
    """Kind, or empty: nothing was known."""
    now: str = ""
    """Kind, or empty: nothing is known any more."""
