"""The dated rows behind a step: what each told, since when it was known, and what it counts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct, structs

from server.attendance.rules.places import Spans
from server.db.database import Transaction
from server.ladder.store import history
from server.ladder.store.history import KnownRecord, Run


class Replaced(Struct, frozen=True, kw_only=True):
    """What was known of a date before."""

    kind: str
    code: str
    period: str
    units: int
    known_from: datetime
    known_to: datetime


class Row(Struct, frozen=True, kw_only=True):
    """One record of a date."""

    on_date: date
    kind: str
    code: str
    """The district's own code."""
    period: str
    units: int
    """What the record tells of the day, in units (840 a day); of a class 0."""
    minutes: int | None
    reason: str
    school: str
    counts: bool
    """The date is one of those behind the step."""
    counted: int = 0
    """What the date counts for a step that counts days, in units: a day rule may say otherwise
    than the record, and several records of a date count together."""
    is_outside: bool = False
    """The school tells of a day on which, by its own enrolments, the student was not there."""
    known_from: datetime
    """Since when this is known."""
    known_to: datetime | None = None
    """Until when it was; empty: it still holds (or held at the moment asked about)."""
    run_id: UUID | None = None
    format: str = ""
    files: list[str] = []
    """The file it came in; several: of that import only the files together are known."""
    replaced: list[Replaced] = []


class Shown(Struct, frozen=True, kw_only=True):
    """What rows are shown by."""

    behind: frozenset[date]
    """The dates behind the step."""
    counted: Mapping[date, int]
    """What each date counts, where the step counts days."""
    newest: int | None
    spans: Mapping[int, Spans]
    """By enrolment, when the student was there."""

    def is_outside(self, one: KnownRecord) -> bool:
        """Tell whether the school did not have the student that day."""
        spans = self.spans.get(one.place_id)
        return spans is not None and not any(a <= one.on_date <= b for a, b in spans)


def rows_of(
    tx: Transaction, records: Sequence[KnownRecord], shown: Shown, *, until: date
) -> tuple[list[Row], list[Row]]:
    """Return the rows that are known, and those that were taken back without being replaced."""
    newest = shown.newest
    then = [one for one in records if newest is None or one.opened_by <= newest]
    then = [one for one in then if one.on_date <= until]
    known = [one for one in then if _holds(one, newest)]
    gone = [one for one in then if not _holds(one, newest)]
    runs = history.runs(tx, (one.run_id for one in then if one.run_id))
    dates = {(one.place_id, one.on_date) for one in known}
    rows = [_row(one, shown, runs, gone) for one in known]
    back = [
        structs.replace(_row(one, shown, runs, ()), counts=False, counted=0)
        for one in gone
        if (one.place_id, one.on_date) not in dates
    ]
    return rows, back


def _holds(one: KnownRecord, newest: int | None) -> bool:
    return one.closed_by is None or (newest is not None and one.closed_by > newest)


def _row(
    one: KnownRecord, shown: Shown, runs: Mapping[UUID, Run], gone: Sequence[KnownRecord]
) -> Row:
    run = runs.get(one.run_id) if one.run_id else None
    counts = one.on_date in shown.behind and not shown.is_outside(one)
    return Row(
        on_date=one.on_date,
        kind=one.kind,
        code=one.source_code,
        period=one.period,
        units=one.units,
        minutes=one.minutes,
        reason=one.reason,
        school=one.school_name,
        counts=counts,
        counted=shown.counted.get(one.on_date, 0) if counts else 0,
        is_outside=shown.is_outside(one),
        known_from=one.known_from,
        known_to=None if _holds(one, shown.newest) else one.known_to,
        run_id=one.run_id,
        format=run.format if run else "",
        files=[one.file] if one.file else run.files if run else [],
        replaced=[
            Replaced(
                kind=before.kind,
                code=before.source_code,
                period=before.period,
                units=before.units,
                known_from=before.known_from,
                known_to=before.known_to,
            )
            for before in gone
            if (before.place_id, before.on_date) == (one.place_id, one.on_date)
            and before.known_to is not None
            and before.known_to <= one.known_from
        ],
    )
