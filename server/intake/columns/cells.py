"""The fields of one row of a table, by what they mean, with checks that name place and mend."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from msgspec import Struct

from server.intake.columns import values
from server.intake.columns.dates import Dates, NoDate
from server.intake.records import Fault, Origin
from server.intake.words.saying import Why, why

YES = frozenset({"true", "yes", "y", "1", "t", "x", "sí", "si"})
NO = frozenset({"false", "no", "n", "0", "f", ""})
FULL_NAME = "full_name"
"""The field of a column that holds all names of a person."""
UNKNOWN = "\0"
"""Before a value that was looked up elsewhere and not found there."""
FREE = frozenset(
    {"note", "met", "reason", "exit_reason", "restriction", "street", "unit", "city"}
    | {"mobile_phone", "home_phone", "work_phone", "email", "state", "postal_code"}
)
"""What people write as they like: it may begin with any sign."""
_YEAR_DIGITS = 4


class NotUnderstood(Exception):
    """A row cannot be taken; it carries the fault for the report."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.reason)
        self.fault = fault


class Columns(Struct, frozen=True, kw_only=True):
    """Which column of a table is which field."""

    places: Mapping[str, int]
    """Column number by field."""
    names: Mapping[str, str]
    """The column's own name by field: what a fault tells."""
    width: int
    own_width: int = 0
    """Columns that the file itself has, where others were made of them."""
    constants: Mapping[str, str] = {}
    """Fields that the table does not have, and what they are all the same."""
    nulls: Collection[str] = ()
    """What a table writes for nothing ("NULL")."""
    yes: Collection[str] = YES
    no: Collection[str] = NO
    values: Mapping[str, Mapping[str, str]] = {}
    """By field: what the table's own words are here (folded)."""
    years: Literal["begin", "end"] | None = None
    """Which of its calendar years a school year is named by, where it is one number."""
    exit_is: Literal["last_day", "day_after"] = "last_day"
    """What an exit date is: the last day enrolled, or the first day no longer enrolled."""

    def name_of(self, field: str) -> str:
        """Return what the file calls a field."""
        return self.names.get(field, field)


_NUMBERS = frozenset({"student_id", "school_id", "guardian_id", "contact_id"})
_COUNTED = _NUMBERS | {"mobile_phone", "home_phone", "work_phone"}
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d+")
"""A long number as a spreadsheet shows it: its last digits are gone."""


class Cells:
    """One row."""

    def __init__(self, columns: Columns, dates: Dates, row: Sequence[str], at: Origin) -> None:
        self.at = at
        self._columns = columns
        self._dates = dates
        self._row = row

    def refuse(self, field: str, value: str, because: Why) -> NotUnderstood:
        """Return what to raise about a field."""
        return NotUnderstood(self.at.fault(self._columns.name_of(field), value, because))

    def find(self, field: str) -> str:
        """Return a field; empty when it is not there."""
        place = self._columns.places.get(field)
        if place is None:
            return self._columns.constants.get(field, "")
        text = values.text(self._row[place])
        if text in self._columns.nulls:
            return ""
        if text.startswith(UNKNOWN):
            raise self.refuse(field, text[1:], why("lookup_failed"))
        if field not in FREE and values.is_formula(text):
            raise self.refuse(field, text, why("formula"))
        if field in _COUNTED:
            text = values.number(text)
        if field in _NUMBERS and _SHORTENED.fullmatch(text):
            raise self.refuse(field, text, why("number_shortened"))
        meant = self._columns.values.get(field)
        return text if meant is None else meant.get(text.casefold(), text)

    def find_note(self, field: str) -> str:
        """Return a text that may have several lines."""
        place = self._columns.places.get(field)
        if place is None:
            return self.find(field)
        lines = [values.text(line) for line in self._row[place].splitlines()]
        text = "\n".join(lines).strip()
        return "" if text in self._columns.nulls else text

    def peek(self, field: str) -> str:
        """Return a field of a row that may be at fault: empty when it is not there."""
        place = self._columns.places.get(field)
        is_there = place is None or place < len(self._row)
        try:
            return self.find(field) if is_there else ""
        except NotUnderstood:
            return ""

    def need(self, field: str) -> str:
        """Return a field that must be there."""
        text = self.find(field)
        if not text:
            raise self.refuse(field, "", why("missing"))
        return text

    def find_date(self, field: str) -> date | None:
        """Return a date, if there is one."""
        text = self.find(field)
        if not text:
            return None
        try:
            return date.fromisoformat(self._dates[text])
        except NoDate as no:
            raise self.refuse(field, text, no.why) from None

    def need_date(self, field: str) -> date:
        """Return a date that must be there."""
        self.need(field)
        found = self.find_date(field)
        assert found is not None  # noqa: S101  (``need`` refused the empty field)
        return found

    def find_exit(self, field: str) -> date | None:
        """Return the last day enrolled, if there is one."""
        found = self.find_date(field)
        if found is None or self._columns.exit_is == "last_day":
            return found
        return found - timedelta(days=1)

    def need_moment(self, field: str) -> datetime:
        """Return a date and time; without tzinfo when the file names no zone."""
        text = self.need(field)
        try:
            return self._dates.moment(text)
        except NoDate as no:
            raise self.refuse(field, text, no.why) from None

    def is_true(self, field: str) -> bool:
        """Return a yes or no; nothing means no."""
        text = self.find(field)
        if text.casefold() in self._columns.yes:
            return True
        if not text or text.casefold() in self._columns.no:
            return False
        raise self.refuse(field, text, why("no_yes_or_no"))

    def untold(self, fields: Mapping[str, Sequence[str]]) -> list[str]:
        """Return those whose columns the table does not have. ``fields``: with their columns."""
        told = self._columns.places.keys() | self._columns.constants.keys()
        return [field for field, columns in fields.items() if told.isdisjoint(columns)]

    def find_whole(self, field: str, most: int) -> int | None:
        """Return a whole number from 0 to ``most``, if there is one."""
        text = self.find(field)
        if not text:
            return None
        digits = text.removesuffix(".0")
        if not (digits.isascii() and digits.isdigit()) or int(digits) > most:
            raise self.refuse(field, text, why("no_whole_number", most=most))
        return int(digits)

    def one_of(self, field: str, words: Collection[str], *, default: str = "") -> str:
        """Return a field that is one of these words."""
        text = self.find(field)
        if not text:
            return default
        folded = text.casefold().replace(" ", "_")
        if folded not in words:
            raise self.refuse(field, text, why("word_unknown", words=", ".join(words)))
        return folded

    def need_school_year(self, field: str) -> str:
        """Return a school year as "2024-25"."""
        text = self.need(field)
        year = school_year(text, self._columns.years)
        if not year:
            raise self.refuse(field, text, why("no_school_year"))
        return year

    def find_school_year(self, field: str) -> str:
        """Return a school year, if there is one."""
        return self.need_school_year(field) if self.find(field) else ""


def school_year(text: str, named_by: Literal["begin", "end"] | None = None) -> str:
    """Return "2024-25" for 2024-25, 2024-2025 or 2024/25; empty: it is no school year.

    One year alone is one only when ``named_by`` tells which of the two it is.
    """
    first, _, second = text.replace("/", "-").partition("-")
    first, second = first.strip(), second.strip()
    if len(first) != _YEAR_DIGITS or not (first + second).isdigit():
        return ""
    if not second and named_by is not None:
        first = first if named_by == "begin" else str(int(first) - 1)
        second = str(int(first) + 1)
    following = str(int(first) + 1)
    return f"{first}-{following[-2:]}" if second in {following, following[-2:]} else ""
