"""Columns that a table does not have itself: looked up in other tables, or told by a day number."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from server.intake.columns import values
from server.intake.columns.cells import UNKNOWN
from server.intake.columns.profile import DayNumber, Lookup, Names, Step
from server.intake.formats import Table
from server.intake.words.refusals import refusal

Tables = Callable[[Sequence[str]], Table | None]
"""Finds the table of the import that has all these columns."""
SchoolDays = Callable[[str], Sequence[str]]
"""Returns a school's days with instruction in the year of the import, sorted, as ISO dates."""

_DAY = "date of the school day"
"""The name of the column that a day number becomes."""


class JoinedTable:
    """A table with more columns. A value that leads nowhere is marked with ``cells.UNKNOWN``."""

    def __init__(self, table: Table, made: Mapping[str, Callable[[Sequence[str]], str]]) -> None:
        self._table = table
        self._made = made
        self._width = len(table.header)
        self.header: Sequence[str] = [*table.header, *made]

    @property
    def file(self) -> str:
        """The table's own name."""
        return self._table.file

    @property
    def header_line(self) -> int:
        """The table's own."""
        return self._table.header_line

    def rows(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield the rows with what was looked up. Rows of another width stay what they are."""
        width, make = self._width, list(self._made.values())
        for line, row in self._table.rows():
            if len(row) > width and not any(row[width:]):
                row = row[:width]  # noqa: PLW2901  (the same row at its right width)
            yield line, [*row, *(one(row) for one in make)] if len(row) == width else row


def joined(
    table: Table, lookups: Mapping[str, Lookup], tables: Tables, *, nulls: Collection[str] = ()
) -> Table:
    """Return a table with its looked-up columns. Raises ``Problem`` when another table lacks.

    ``nulls``: texts that say nothing, and lead nowhere without a fault.
    """
    made = {
        name: _looked_up(table, lookup, tables, nulls)
        for name, lookup in lookups.items()
        if place_of(table.header, lookup.column) is not None
        and not (lookup.may_lack and any(tables(step.match) is None for step in lookup.steps))
    }
    return JoinedTable(table, made) if made else table


def dated(table: Table, day: DayNumber, school_days: SchoolDays) -> tuple[Table, str]:
    """Return a table with the dates of its day numbers, and that column's name."""
    number, school = place_of(table.header, day.column), place_of(table.header, day.school)
    assert number is not None  # noqa: S101  (both are columns by which the table was recognised)
    assert school is not None  # noqa: S101  (likewise)
    calendars: dict[str, Sequence[str]] = {}

    def date_of(row: Sequence[str]) -> str:
        code, nth = row[school].strip(), row[number].strip()
        if code not in calendars:
            calendars[code] = school_days(code)
            if not calendars[code]:
                raise refusal("no_calendar_of_school", file=table.file, school=code)
        days = calendars[code]
        is_day = nth.isascii() and nth.isdigit() and 0 < int(nth) <= len(days)
        return days[int(nth) - 1] if is_day else f"{UNKNOWN}{nth}"

    return JoinedTable(table, {_DAY: date_of}), _DAY


def place_of(header: Sequence[str], names: Names) -> int | None:
    """Return where a column stands; of several names the first that is there.

    ``SIS_NUMBER`` is also found as ``Sis Number``, if it is not there as it is written.
    """
    wanted = [names] if isinstance(names, str) else names
    for fold in (str.casefold, _spaced):
        folded = [fold(name) for name in header]
        for name in wanted:
            if fold(name) in folded:
                return folded.index(fold(name))
    return None


def _spaced(name: str) -> str:
    """Return a name as exports of one system write it with spaces, and others with lines."""
    return " ".join(name.casefold().replace("_", " ").split())


def _looked_up(
    table: Table, lookup: Lookup, tables: Tables, nulls: Collection[str]
) -> Callable[[Sequence[str]], str]:
    place = place_of(table.header, lookup.column)
    assert place is not None  # noqa: S101  (``joined`` left out the lookups without their column)
    steps = [_step(table, step, tables) for step in lookup.steps]

    def value_of(row: Sequence[str]) -> str:
        first = text = row[place].strip()
        for step in steps:
            if not text or text in nulls:
                return ""
            found = step.get(values.number(text.casefold()))
            if found is None:
                return f"{UNKNOWN}{first}"
            text = found
        return text

    return value_of


def _step(table: Table, step: Step, tables: Tables) -> Mapping[str, str]:
    other = tables(step.match)
    if other is None:
        raise refusal("table_missing", file=table.file, columns=", ".join(step.match))
    key, value = place_of(other.header, step.key), place_of(other.header, step.value)
    assert key is not None  # noqa: S101  (the profile's check sees to it)
    assert value is not None  # noqa: S101  (likewise)
    most = max(key, value)
    return {
        values.number(row[key].strip().casefold()): row[value].strip()
        for _, row in other.rows()
        if len(row) > most
    }
