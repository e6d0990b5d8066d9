"""The data snapshot as it is answered: figures, the settings behind them, and their rows."""

from typing import Any

from schemas.base import Day, Instant, Line, Row

Number = int | float


class SnapshotSchool(Row, frozen=True, kw_only=True):
    """One of the schools the snapshot is of."""

    code: Line
    name: Line
    level: Line
    day_n: Day | None = None
    """The date of day N in its own calendar; None: it has no calendar."""
    day_n_before: Day | None = None
    """The same in the year before."""


class SnapshotFigure(Row, frozen=True, kw_only=True):
    """One figure."""

    value: Number | None = None
    """None: not available (``missing`` says why) or not shown because too few people are in it."""
    percent: Number | None = None
    """Share of ``of``, rounded half up."""
    of: Line = ""
    """The figure that the percentage is of."""
    denominator: Number | None = None
    exact: Line = ""
    """The value before rounding, as a fraction of whole numbers, where it was rounded."""
    denominators: dict[str, Number] = {}
    """Every denominator there is, the one used among them."""
    missing: str = ""
    note: str = ""
    rows: str = ""
    """The command that lists its rows."""
    address: str = ""
    """The address that answers its rows."""


class Snapshot(Row, frozen=True, kw_only=True):
    """Every figure of the report at day N of a school year."""

    school_year: Line
    school_year_before: Line
    day: int
    taken_at: Instant
    known: str
    """As known when, in words."""
    ladder: Line
    settings: dict[str, Any]
    """Every choice behind the figures, defaults included."""
    schools: list[SnapshotSchool]
    figures: dict[str, SnapshotFigure]
    suppressed: list[str] = []
    """Figures of too few people to show, and those that would give them away."""
    caveats: list[str] = []


class SnapshotRow(Row, frozen=True, kw_only=True):
    """One row behind a figure: a student, a contact, an event or a school."""

    number: Line = ""
    name: str = ""
    school: str = ""
    why: str = ""
    school_year: str = ""
    units: int | None = None
    """Missed without an excuse, in 840ths of a day."""
    date: Day | None = None
    role: str = ""
    method: str = ""
    outcome: str = ""
    contact_id: str = ""


class SnapshotRows(Row, frozen=True, kw_only=True):
    """The rows behind a figure. A count is their number; a sum is the sum of their units."""

    figure: Line
    school_year: Line
    day: int
    count: int
    units: int | None = None
    rows: list[SnapshotRow]
