"""The school days of an import's own calendars, by number: day 1 is the first day of school."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from server.attendance.rules.calendar import school_year_of
from server.intake.columns import tables
from server.intake.columns.cells import Cells, NotUnderstood
from server.intake.columns.dates import Dates
from server.intake.columns.rows import BUILDERS
from server.intake.columns.tables import Known
from server.intake.records import CalendarRecord, Origin


def days_in(calendars: Iterable[Known]) -> Mapping[str, Sequence[str]]:
    """Return the days of instruction in each school's newest year, sorted, as ISO dates.

    Lines at fault are left to whoever reads the calendar itself.
    """
    days: dict[str, set[str]] = {}
    for known in calendars:
        dates = tables.dates_of(known)
        for record in _records(known, dates):
            if record.is_instructional:
                days.setdefault(record.school_code, set()).add(record.on_date.isoformat())
    return {school: _newest_year(sorted(found)) for school, found in days.items()}


def _records(known: Known, dates: Dates) -> Iterable[CalendarRecord]:
    for line, row in tables.rows_of(known):
        if len(row) != known.columns.width:
            continue
        at = Origin(file=known.table.file, line=line, element="")
        try:
            found = list(BUILDERS["calendar"](Cells(known.columns, dates, row, at)))
        except NotUnderstood:
            continue
        yield from (record for record in found if isinstance(record, CalendarRecord))


def _newest_year(days: Sequence[str]) -> Sequence[str]:
    newest = _year_of(days[-1])
    return [day for day in days if _year_of(day) == newest]


def _year_of(day: str) -> str:
    return school_year_of(date.fromisoformat(day))
