"""Attendance in a grid: a row for each student, a column for each date, codes in the fields."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from server.intake.columns.cells import UNKNOWN
from server.intake.columns.dates import Dates, NoDate, order_of, orders_in
from server.intake.columns.orders import Order
from server.intake.formats import Table

DATE = "date of the column"
CODE = "code in the column"
"""The names of the columns that a grid's columns become."""
_MOST_APART = timedelta(days=35)
"""Between the dates of two columns: winter recess is shorter."""
_ORDERS: tuple[Order, ...] = ("mdy", "dmy")
_WEEKDAY = r"\(?(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mié|mie|jue|vie|sáb|sab|dom)[a-zéá]*\.?,?\)?"
_BESIDE = re.compile(rf"^{_WEEKDAY}\s+(?=\d)|(?<=\d)\s+{_WEEKDAY}$", re.IGNORECASE)


class GridTable:
    """A grid as a table with a row for each field that is filled."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._days = days_of(table.header)
        self.file = table.file
        self.header_line = table.header_line
        self.header: Sequence[str] = [*table.header, DATE, CODE]

    @property
    def days(self) -> dict[str, str]:
        """The dates as they are written, and the names of their columns."""
        return {day: self._table.header[place] for place, day in self._days.items()}

    @property
    def order(self) -> Order | None:
        """The order of day and month, as far as the columns' names tell and need one."""
        if all(order_of(day) is None for day in self._days.values()):
            return None
        found = orders_in((self.header_line, day) for day in self._days.values())
        return found if isinstance(found, str) else None

    def rows(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield a row for each code. Rows of another width stay what they are."""
        width = len(self._table.header)
        for line, row in self._table.rows():
            if len(row) < width or any(row[width:]):
                yield line, [*row, UNKNOWN] if len(row) == len(self.header) else row
                continue
            for place, day in self._days.items():
                if row[place].strip():
                    yield line, [*row[:width], day, row[place]]


def days_of(header: Sequence[str]) -> dict[int, str]:
    """Return the places of the columns that are named by a date, and the date as it is written."""
    found: dict[int, str] = {}
    for place, name in enumerate(header):
        text = _BESIDE.sub("", name).strip()
        if any(_read(text, order) for order in _ORDERS):
            found[place] = text
    return found


def is_grid(header: Sequence[str]) -> bool:
    """Tell whether a first line names the columns of a grid, and is no row of values.

    Its dates are of one time, one after the other; a student's birth, entry and exit are not.
    """
    days = days_of(header)
    return len(days) > 1 and 0 not in days and any(_is_run(days, order) for order in _ORDERS)


def _is_run(days: dict[int, str], order: Order) -> bool:
    dates = [_read(text, order) for text in days.values()]
    known = [one for one in dates if one is not None]
    apart = [after - before for before, after in pairwise(known)]
    if apart and apart[0] < timedelta():
        apart = [-one for one in apart]
    return len(known) == len(dates) and all(timedelta() < one <= _MOST_APART for one in apart)


def _read(text: str, order: Order) -> date | None:
    try:
        return date.fromisoformat(Dates("", lambda: (), order=order)[text])
    except NoDate:
        return None
