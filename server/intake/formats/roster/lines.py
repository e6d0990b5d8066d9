"""One line of a roster's table, its fields by column name, with checks that name place and mend."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from operator import itemgetter

from server.intake.columns import values
from server.intake.columns.dates import Dates, NoDate
from server.intake.columns.orders import Asked
from server.intake.formats import Sink, Table
from server.intake.records import Fault, Origin
from server.intake.words.saying import Why, why

_NOT_NAME = re.compile(r"[^0-9a-z.]")
_SECRET = frozenset({"password"})
_DATES = frozenset(
    {
        "startdate",
        "enddate",
        "begindate",
        "birthdate",
        "datelastmodified",
        "termstartdate",
        "termenddate",
        "rolestartdate",
        "roleenddate",
    }
)
_EXTENSIONS = ("metadata.", "ext")
_SHOWN = frozenset(
    {"sourcedid", "identifier", "name", "type", "role", "grade", "grades", "period", "periods"}
    | {"givenname", "middlename", "familyname", "preferredgivenname"}
    | {"firstname", "lastname", "termname", "relationshiprole"}
    | {"classsourcedid", "schoolsourcedid", "usersourcedid", "orgsourcedid", "orgsourcedids"}
    | {"primaryorgsourcedid", "agentsourcedids", "termsourcedids", "sessionsourcedid"}
    | {"sessionsourcedids", "relationshipusersourcedid", "parentsourcedid"}
    | {"sisid", "schoolsisid", "sectionsisid", "termsisid", "studentnumber", "schoolnumber"}
    | {"gradelow", "gradehigh"}
)
"""What ends up on screens and in exports. Numbers and addresses may begin with any sign."""


class Refused(Exception):
    """A line cannot be taken; it carries the fault for the report."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.reason)
        self.fault = fault


def folded(name: str) -> str:
    """Return a column's name without case, spaces and signs: ``sourcedId`` is ``sourcedid``."""
    return _NOT_NAME.sub("", name.casefold())


def folded_names(table: Table) -> frozenset[str]:
    """Return all column names of a table, folded."""
    return frozenset(folded(name) for name in table.header if name)


class RosterTable:
    """A table with its columns known. Its passwords have no place: nobody reads them."""

    def __init__(self, table: Table, element: str, *, order: Asked = None) -> None:
        self.file = table.file
        self.element = element
        self.header = table.header
        self.columns: dict[str, int] = {}
        for at, name in enumerate(table.header):
            if name and folded(name) not in _SECRET:
                self.columns.setdefault(folded(name), at)
        self.dates = Dates(table.file, self._again, order=order, header=table.header)
        self.days: dict[str, date] = {}
        self.instants: dict[str, datetime | None] = {}
        self.shown = [name for name in self.columns if name in _SHOWN]
        self._table = table
        self._pickers: dict[Sequence[str], Callable[[Sequence[str]], tuple[str, ...]]] = {}

    @property
    def extension_count(self) -> int:
        """How many columns are a producer's own (``metadata.*``, ``ext_*``)."""
        return sum(name.casefold().startswith(_EXTENSIONS) for name in self.header)

    def lines(self, out: Sink | None = None, *, key: str = "sourcedid") -> Iterator["Line"]:
        """Yield the lines. One of another width is a fault: its fields stand under wrong names.

        Without ``out`` (a second look) nothing is reported or counted, and what will be refused
        as a formula is left out.
        """
        width = len(self.header)
        named = self.columns.get(key)
        count = 0
        for number, fields in self._table.rows():
            count += 1
            if len(fields) == width or (len(fields) > width and not any(fields[width:])):
                line = Line(self, number, fields, named)
                if out is not None or line.formula_in(self.shown) is None:
                    yield line
            elif out is not None:
                out.fault(self._ragged(number, len(fields)))
        if out is not None:
            out.read(self.file, self.element, count)
            if self.extension_count:
                out.ignored(self.file, "metadata or ext_ column", self.extension_count)

    def picked(self, line: "Line", names: Sequence[str]) -> tuple[str, ...]:
        """Return what a line has written in some columns; the missing ones are left out."""
        if names not in self._pickers:
            places = [self.columns[name] for name in names if name in self.columns]
            self._pickers[names] = itemgetter(*places, *places[:1])  # two at least: a tuple
        return self._pickers[names](line.fields)

    def _again(self) -> Iterator[tuple[int, str]]:
        places = [at for name, at in self.columns.items() if name in _DATES]
        for number, fields in self._table.rows():
            for at in places:
                if at < len(fields):
                    yield number, fields[at]

    def _ragged(self, number: int, found: int) -> Fault:
        origin = Origin(file=self.file, line=number, element=f"{self.element} in line {number}")
        because = why("field_count", found=found, wanted=len(self.header))
        return origin.fault("line", str(found), because)


class Line:
    """One line. Fields are named by their folded columns."""

    def __init__(
        self, table: RosterTable, number: int, fields: Sequence[str], named: int | None
    ) -> None:
        self.table = table
        self._number = number
        self._columns: Mapping[str, int] = table.columns
        self.fields = fields
        self._named = named

    @cached_property
    def origin(self) -> Origin:
        """Where it stands."""
        name = "" if self._named is None else values.text(self.fields[self._named])
        element = f"{self.table.element} {name or f'in line {self._number}'}"
        return Origin(file=self.table.file, line=self._number, element=element)

    def text(self, *names: str) -> str:
        """Return the first of these columns that says something."""
        for name in names:
            at = self._columns.get(name)
            field = self.fields[at] if at is not None else ""
            if field and (found := values.text(field)):
                return found
        return ""

    def untold(self, fields: Mapping[str, Sequence[str]]) -> list[str]:
        """Return those whose columns the table does not have. ``fields``: with their columns."""
        return [field for field, names in fields.items() if self._columns.keys().isdisjoint(names)]

    def word(self, *names: str) -> str:
        """Return a word of a vocabulary, without case."""
        return self.text(*names).casefold()

    def need(self, name: str) -> str:
        """Return a field that must be there."""
        found = self.text(name)
        if not found:
            raise self.refuse(name, "", why("missing_at_source"))
        return found

    def day(self, *names: str) -> date | None:
        """Return a date, if there is one."""
        found = self.text(*names)
        if not found:
            return None
        known = self.table.days.get(found)
        if known is not None:
            return known
        try:
            day = self.table.days[found] = date.fromisoformat(self.table.dates[found])
        except NoDate as no:
            raise self.refuse(self._said(names), found, no.why) from None
        return day

    def changed_at(self) -> datetime | None:
        """Return when the source last changed the line."""
        found = self.text("datelastmodified")
        if not found:
            return None
        known = self.table.instants
        if found not in known:
            known[found] = values.instant(found) or self._moment(found)
        at = known[found]
        if at is None:
            raise self.refuse("datelastmodified", found, why("no_instant"))
        return at

    def _moment(self, found: str) -> datetime | None:
        """Return a moment that is not ISO; without a zone it is taken as UTC, as others are."""
        try:
            at = self.table.dates.moment(found)
        except NoDate:
            return None
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)

    def refuse_formulas(self, *more: str) -> None:
        """Raise ``Refused`` if a spreadsheet wrote a formula into a field that people will see.

        ``more``: columns that are looked at besides those that always are.
        """
        name = self.formula_in((*self.table.shown, *more))
        if name is not None:
            raise self.refuse(name, self.text(name), why("formula"))

    def formula_in(self, names: Iterable[str]) -> str | None:
        """Return the first of these columns that holds a formula."""
        return next((name for name in names if values.is_formula(self.text(name))), None)

    def refuse(self, name: str, value: str, because: Why) -> Refused:
        """Return what to raise about a field; the column is named as the file names it."""
        at = self._columns.get(name)
        field = name if at is None else self.table.header[at]
        return Refused(self.origin.fault(field, value, because))

    def _said(self, names: Sequence[str]) -> str:
        return next((name for name in names if self.text(name)), names[0])
