"""What the names and contents of columns make likely: for drafts, which a person checks."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from msgspec import Struct

from schemas.attendance import AttendanceKind
from server.intake.columns import across, full_names, words
from server.intake.columns.abbreviations import likely_columns
from server.intake.columns.dates import Dates, NoDate
from server.intake.columns.shapes import SHAPES
from server.intake.columns.synonyms import FLAGS, folded
from server.intake.formats import Table

MOST_CODES = 60
NAMES = ("first_name", "last_name")
_ASKED = ("attendance", "guardians", "calendar", "students", "enrollments", "schools")
_PEOPLE = ("students", "enrollments")
_OF_NOBODY = frozenset({"schools", "calendar"})
"""Whose tables name no student."""
_SAMPLE = 2000
_LONGEST_CODE = 30
_LONGEST_SHORT = 4
_PERIOD = re.compile(r"(?:period|per|p)[ ._]?(\w{1,2})", re.IGNORECASE)
_WHOLE_DAY = frozenset({"allday", "alldaycode", "al", "dailycode"})
_KINDS = (
    ("unexcused", AttendanceKind.ABSENT_UNEXCUSED),
    ("truan", AttendanceKind.ABSENT_UNEXCUSED),
    ("unverified", AttendanceKind.ABSENT_UNVERIFIED),
    ("excused", AttendanceKind.ABSENT_EXCUSED),
    ("tardy", AttendanceKind.TARDY),
    ("out of school suspension", AttendanceKind.SUSPENSION_OUT),
    ("out-of-school suspension", AttendanceKind.SUSPENSION_OUT),
    ("in school suspension", AttendanceKind.SUSPENSION_IN),
    ("in-school suspension", AttendanceKind.SUSPENSION_IN),
    ("field trip", AttendanceKind.ACTIVITY_SCHOOL),
    ("present", AttendanceKind.PRESENT),
)
"""What a code's own text says beyond doubt, asked in this order. A letter says nothing."""


class Column(Struct, frozen=True, kw_only=True):
    """What stands in a column."""

    name: str
    filled: int
    dates: int
    texts: Counter[str]
    """Texts and how often; more than a code list has are not counted further."""

    @property
    def is_date(self) -> bool:
        """Tell whether it holds dates."""
        return self.filled > 0 and self.dates * 10 >= self.filled * 9

    @property
    def is_code(self) -> bool:
        """Tell whether it holds few, short, repeated words that are no numbers."""
        return (
            0 < len(self.texts) <= MOST_CODES
            and not self.is_date
            and len(self.texts) * 2 <= self.filled
            and all(len(text) <= _LONGEST_CODE for text in self.texts)
            and not all(text.replace(".", "").isdigit() for text in self.texts)
        )

    @property
    def holds_letters(self) -> bool:
        """Tell whether all that it holds are abbreviations."""
        return bool(self.texts) and all(
            len(text) <= _LONGEST_SHORT and not text.isdigit() for text in self.texts
        )


class Likely(Struct, frozen=True, kw_only=True):
    """What a table likely is, and what its columns are of it."""

    record: str
    fields: dict[str, str]
    """Column by field."""
    full_name: str = ""

    @property
    def lacking(self) -> list[str]:
        """Return the needed fields of which no column is known."""
        told = {*self.fields, *(NAMES if self.full_name else ())}
        return [name for name in needed(self.record) if name not in told]


def kind_of(code: str) -> AttendanceKind | None:
    """Return what a code means where its own text says so."""
    text = " ".join(code.replace("_", " ").casefold().split())
    if code.casefold() in set(AttendanceKind):
        return AttendanceKind(code.casefold())
    if text in words.ATTENDANCE:
        return words.ATTENDANCE[text][0]
    return next((kind for word, kind in _KINDS if word in text), None)


def flags_of(header: Sequence[str]) -> list[str]:
    """Return the columns that each say one kind of absence."""
    return [name for name in header if kind_of(name) is not None] or [
        name for name in header if folded(name) in FLAGS
    ]


def slots_of(columns: Sequence[Column]) -> dict[str, str]:
    """Return the columns that each hold the code of a class, or of the whole day (empty)."""
    found: dict[str, str] = {}
    for one in columns:
        period = _PERIOD.fullmatch(one.name)
        if one.holds_letters and (period or folded(one.name) in _WHOLE_DAY):
            found[one.name] = period[1] if period else ""
    return found


def needed(record: str) -> list[str]:
    """Return the fields without which it is no such record."""
    return [column.name for column in SHAPES[record].columns if column.is_needed]


def records_of(table: Table) -> list[Likely]:
    """Return what a table most likely is: whose needed fields its names tell best.

    Students and where they are enrolled often share one table.
    """
    found = {record: _likely(record, table) for record in _ASKED}
    if across.is_grid(table.header) or flags_of(table.header):
        return [found["attendance"]]
    if {"student_id", "date"} <= found["attendance"].fields.keys():
        return [found["attendance"]]
    is_of_students = "student_id" in found["students"].fields or bool(found["students"].full_name)
    best = max(
        (one for one in found.values() if not (is_of_students and one.record in _OF_NOBODY)),
        key=_fit,
    )
    if best.record not in _PEOPLE:
        return [best]
    both = [found[record] for record in _PEOPLE]
    return [one for one in both if one is best or set(one.lacking) <= {"school_year"}]


def look(table: Table) -> list[Column]:
    """Look at what stands in a table's columns."""
    rows = [row for _, row in islice(table.rows(), _SAMPLE)]
    return [
        _column(name, [row[place].strip() for row in rows if place < len(row)])
        for place, name in enumerate(table.header)
    ]


def _likely(record: str, table: Table) -> Likely:
    fields = likely_columns(record, table.header)
    full_name = ""
    if set(NAMES) & SHAPES[record].names and not set(NAMES) <= fields.keys():
        full_name = full_names.column_in(table, record)
    return Likely(record=record, fields=fields, full_name=full_name)


def _fit(one: Likely) -> tuple[float, int]:
    wanted = needed(one.record)
    return 1 - len(one.lacking) / len(wanted), len(one.fields)


def _column(name: str, texts: Sequence[str]) -> Column:
    filled = [text for text in texts if text]
    dates = Dates("", lambda: (), order="mdy")
    return Column(
        name=name,
        filled=len(filled),
        dates=sum(_is_date(dates, text) for text in filled),
        texts=Counter(filled),
    )


def _is_date(dates: Dates, text: str) -> bool:
    for order in (dates, Dates("", lambda: (), order="dmy")):
        try:
            order[text]
        except NoDate:
            continue
        return True
    return False
