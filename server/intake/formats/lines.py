"""One line of a table with its columns by name: what roster formats read people from."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from server.intake import values
from server.intake.formats import Sink, Table
from server.intake.records import Fault, Origin

_NOT_NAME = re.compile(r"[^0-9a-z.]")
_SECRET = frozenset({"password"})


class Refused(Exception):
    """A line cannot be taken; it carries the fault for the report."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.reason)
        self.fault = fault


def folded(name: str) -> str:
    """Return a column's name without case, spaces and signs: ``sourcedId`` is ``sourcedid``."""
    return _NOT_NAME.sub("", name.casefold())


def columns_of(table: Table) -> dict[str, int]:
    """Return where each column stands, by folded name. Passwords have none: nobody reads them."""
    found: dict[str, int] = {}
    for at, name in enumerate(table.header):
        if name and folded(name) not in _SECRET:
            found.setdefault(folded(name), at)
    return found


class Line:
    """One line, with checked access to its fields by folded column name."""

    def __init__(
        self, origin: Origin, table: Table, columns: Mapping[str, int], fields: Sequence[str]
    ) -> None:
        self.origin = origin
        self._table = table
        self._columns = columns
        self._fields = fields

    def text(self, *names: str) -> str:
        """Return the first of these columns that says something."""
        for name in names:
            at = self._columns.get(name)
            found = values.text(self._fields[at]) if at is not None else ""
            if found:
                return found
        return ""

    def need(self, name: str) -> str:
        """Return a field that must be there."""
        found = self.text(name)
        if not found:
            raise self.refuse(name, "", "It is missing.", "Fill it in at the source and export.")
        return found

    def day(self, *names: str) -> date | None:
        """Return a date, if there is one."""
        found = self.text(*names)
        if not found:
            return None
        day = values.day(found)
        if day is None:
            raise self.refuse(names[0], found, "This is no date.", "Write it as 2022-03-01.")
        return day

    def changed_at(self) -> datetime | None:
        """Return when the source last changed the line."""
        found = self.text("datelastmodified")
        if not found:
            return None
        at = values.instant(found)
        if at is None:
            raise self.refuse(
                "datelastmodified", found, "This is no instant.", "Write 2022-03-01T08:30:00Z."
            )
        return at

    def refuse(self, name: str, value: str, reason: str, mend: str) -> Refused:
        """Return what to raise about a field; the column is named as the file names it."""
        at = self._columns.get(name)
        field = name if at is None else self._table.header[at]
        return Refused(self.origin.fault(field, value, reason=reason, mend=mend))


def lines(table: Table, element: str, out: Sink | None = None) -> Iterator[Line]:
    """Yield a table's lines. One of another width is a fault: its fields stand under wrong names.

    Without ``out`` (a second look) nothing is reported or counted.
    """
    columns = columns_of(table)
    key = columns.get("sourcedid")
    width = len(table.header)
    for number, fields in table.rows():
        if out is not None:
            out.read(table.file, element)
        if len(fields) < width or any(fields[width:]):
            if out is not None:
                out.fault(_ragged(table.file, number, element, len(fields), width))
            continue
        name = values.text(fields[key]) if key is not None else f"in line {number}"
        origin = Origin(file=table.file, line=number, element=f"{element} {name}")
        yield Line(origin, table, columns, fields)


def _ragged(file: str, number: int, element: str, found: int, width: int) -> Fault:
    return Origin(file=file, line=number, element=f"{element} in line {number}").fault(
        "line",
        str(found),
        reason=f"It has {found} fields, not {width}.",
        mend="Put fields that hold a comma or a line end between quotes.",
    )
