"""Attendance tables, line by line: the fast path of every import.

A district's year has a million lines and few different words, so each word is understood once and
remembered; a line is then a handful of look-ups.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, cast

from server.attendance.rules.calendar import units_of
from server.intake.columns import values
from server.intake.columns.cells import UNKNOWN, Columns
from server.intake.columns.dates import Dates, NoDate
from server.intake.columns.rows import MOST_MINUTES
from server.intake.columns.telling import Telling
from server.intake.formats import Sink, Table
from server.intake.records import BY_MINUTES, EventLine, Origin
from server.intake.words.saying import Why, why

_KEPT = 50_000
_STUDENTS_KEPT = 200_000
"""More than a district has: numbers come again all year."""
COMMENT = "#"
_NEW: Any = getattr(tuple, "__new__")  # noqa: B009  (what NamedTuple calls, with checks we need not)


class _Bad(Exception):
    """A field is wrong."""

    def __init__(self, field: str, value: str, because: Why) -> None:
        super().__init__(because.code)
        self.field = field
        self.value = value
        self.why = because


class _Known(dict[Any, Any]):
    """What each text of a column (or texts of columns) means, found out once."""

    def __init__(self, understand: Callable[[Any], Any], kept: int = _KEPT) -> None:
        super().__init__()
        self._understand = understand
        self._kept = kept

    def __missing__(self, text: Any) -> Any:
        if len(self) >= self._kept:
            self.clear()
        meant = self[text] = self._understand(text)
        return meant


class EventTable:
    """An attendance table with its columns known."""

    def __init__(
        self,
        table: Table,
        columns: Columns,
        dates: Dates,
        *,
        telling: Telling | None = None,
        has_comments: bool = False,
    ) -> None:
        self._table = table
        self._columns = columns
        self._dates = dates
        self._telling = telling
        self._has_comments = has_comments
        self.count = 0
        """Lines read so far, those at fault included."""

    def lines(self, out: Sink) -> Iterator[EventLine]:
        """Yield the events; lines at fault go to ``out``, and the rest goes on."""
        return self._plain_lines(out) if self._telling is None else self._told_lines(out)

    def _told_lines(self, out: Sink) -> Iterator[EventLine]:
        """Yield the events of rows that may tell several, or none."""
        telling, columns = self._telling, self._columns
        assert telling is not None  # noqa: S101  (``lines`` asks only where there is one)
        for line, row in self._table.rows():
            self.count += 1
            try:
                if len(row) != columns.width:
                    row = self._fitted(row)  # noqa: PLW2901  (the same row at its right width)
                told = list(telling.events(row))
                if not told:
                    continue
                number, day = self._number(self._get(row, "student_id")), self._get(row, "date")
                school, day = self._school(self._get(row, "school_id")), self._day(day)
                stamp = self._stamp(self._get(row, "updated_at"))
                lines = [
                    EventLine(
                        line,
                        number,
                        school,
                        day,
                        self._period(one.period),
                        self._code(one.code),
                        BY_MINUTES if minutes and portion is None else portion,
                        minutes,
                        self._text(one.reason) or self._text(self._get(row, "reason")),
                        stamp,
                    )
                    for one in told
                    for portion in [self._portion(one.portion)]
                    for minutes in [self._minutes(one.minutes)]
                ]
            except _Bad as bad:
                self._refuse(out, line, row, bad)
            else:
                yield from lines

    def _get(self, row: Sequence[str], field: str) -> str:
        place = self._columns.places.get(field)
        return self._columns.constants.get(field, "") if place is None else row[place]

    def _plain_lines(self, out: Sink) -> Iterator[EventLine]:
        """Yield one event for each row: a few look-ups, whatever the row says."""
        make = cast("Callable[[type[EventLine], tuple[object, ...]], EventLine]", _NEW)
        has_comments = self._has_comments
        width, student = self._columns.width, self._columns.places["student_id"]
        numbers = _Known(self._number, _STUDENTS_KEPT)
        where_in, where = self._reading({"school_id": self._school, "date": self._day})
        what_in, what = self._reading(
            {
                "period": self._period,
                "code": self._code,
                "portion": self._portion,
                "minutes": self._minutes,
                "reason": self._text,
            }
        )
        stamp = self._columns.places.get("updated_at")
        for line, row in self._table.rows():
            if has_comments and row[0].startswith(COMMENT):
                continue
            self.count += 1
            try:
                if len(row) != width:
                    row = self._fitted(row)  # noqa: PLW2901  (the same row at its right width)
                number = numbers[row[student]]
                at = None if stamp is None else self._stamp(row[stamp])
                said = (line, number, *where[where_in(row)], *what[what_in(row)], at)
                yield make(EventLine, said)
            except _Bad as bad:
                self._refuse(out, line, row, bad)

    def _reading(
        self, fields: Mapping[str, Callable[[str], object]]
    ) -> tuple[Callable[[Sequence[str]], tuple[str, ...]], _Known]:
        """Return what takes these fields out of a row, and what their texts mean together.

        A field without a column is the same on every line.
        """
        places, constants = self._columns.places, self._columns.constants
        columns = [places[field] for field in fields if field in places]
        columns += [places["date"]] * (2 - len(columns))  # itemgetter of one gives no tuple
        fixed = {
            field: understand(constants.get(field, ""))
            for field, understand in fields.items()
            if field not in places
        }

        def meaning_of(texts: tuple[str, ...]) -> tuple[object, ...]:
            left = iter(texts)
            meant = {
                field: fixed[field] if field in fixed else understand(next(left))
                for field, understand in fields.items()
            }
            if meant.get("minutes") and meant["portion"] is None:
                meant["portion"] = BY_MINUTES
            return tuple(meant.values())

        return itemgetter(*columns), _Known(meaning_of)

    def _refuse(self, out: Sink, line: int, row: Sequence[str], bad: _Bad) -> None:
        name = self._columns.name_of(bad.field)
        at = Origin(file=self._table.file, line=line, element=f"row {self.count}")
        out.fault(at.fault(name, bad.value, bad.why))
        number, day = self._peek(row, "student_id"), self._peek(row, "date")
        try:
            day = self._day(day)
        except _Bad:
            return
        if number:
            is_by_class = bool(self._peek(row, "period"))
            out.hold(self._peek(row, "school_id"), number, day, by_class=is_by_class)

    def _peek(self, row: Sequence[str], field: str) -> str:
        place = self._columns.places.get(field)
        if place is None:
            return self._columns.constants.get(field, "")
        return self._text(row[place]) if place < len(row) else ""

    def _fitted(self, row: Sequence[str]) -> Sequence[str]:
        width = self._columns.width
        if len(row) > width and not any(field.strip() for field in row[width:]):
            return row[:width]
        found = len(row) - row.count(UNKNOWN)  # which fills up what would seem to be whole
        wanted = self._columns.own_width or width
        raise _Bad("row", str(found), why("field_count", found=found, wanted=wanted))

    def _text(self, text: str) -> str:
        if not (text.isascii() and text.isalnum()):  # most are one plain word
            text = values.text(text)
        return "" if text in self._columns.nulls else text

    def _found(self, field: str, text: str) -> str:
        text = self._text(text)
        if text.startswith(UNKNOWN):
            raise _Bad(field, text[1:], why("lookup_failed"))
        if values.is_formula(text):
            raise _Bad(field, text, why("formula"))
        return text

    def _school(self, text: str) -> str:
        return values.number(self._found("school_id", text))

    def _period(self, text: str) -> str:
        return values.number(self._found("period", text))

    def _number(self, text: str) -> str:
        if text.isascii() and text.isalnum() and text not in self._columns.nulls:
            return text
        text = values.number(self._found("student_id", text))
        if not text:
            raise _Bad("student_id", "", why("missing"))
        return text

    def _code(self, text: str) -> str:
        text = self._found("code", text)
        if not text:
            raise _Bad("code", "", why("missing_code"))
        return text

    def _day(self, text: str) -> str:
        text = self._found("date", text)
        if not text:
            raise _Bad("date", "", why("missing"))
        try:
            return self._dates[text]
        except NoDate as no:
            raise _Bad("date", text, no.why) from None

    def _portion(self, text: str) -> int | None:
        text = self._text(text)
        if not text:
            return None
        units = units_of(text)
        if units is None:
            raise _Bad("portion", text, why("no_share"))
        return units

    def _minutes(self, text: str) -> int | None:
        text = self._text(text)
        if not text:
            return None
        digits = text.removesuffix(".0")
        if not (digits.isascii() and digits.isdigit()) or int(digits) > MOST_MINUTES:
            raise _Bad("minutes", text, why("no_minutes"))
        return int(digits)

    def _stamp(self, text: str) -> int | None:
        text = text.strip()
        if not text or text in self._columns.nulls:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            try:
                moment = self._dates.moment(text)
            except NoDate as no:
                raise _Bad("updated_at", text, no.why) from None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return int(moment.timestamp())
