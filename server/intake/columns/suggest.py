"""Looks at somebody's tables and drafts the profile that would read them.

A draft names what the names and contents of columns make likely, and leaves blank what a person
must say: a blank is an empty text, so that the profile is refused until it is filled in. Nothing of
any student stands in it.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from msgspec import Struct

from schemas.attendance import AttendanceKind
from server.intake.columns import words
from server.intake.columns.abbreviations import likely_columns
from server.intake.columns.dates import Ambiguous, Dates, NoDate, orders_in
from server.intake.columns.profile import shipped
from server.intake.columns.shapes import SHAPES, shapes_of
from server.intake.columns.synonyms import FLAGS, folded
from server.intake.files import sources
from server.intake.formats import Table
from server.intake.formats.profile import matches
from server.problems import Problem

_ASKED = ("attendance", "guardians", "calendar", "students", "enrollments", "schools")
_SAMPLE = 2000
_MOST_CODES = 60
_LONGEST_CODE = 30
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


class _Column(Struct, frozen=True, kw_only=True):
    """What stands in a column."""

    name: str
    filled: int
    dates: int
    texts: Counter[str]
    """Texts and how often; more than a code list has are not counted further."""

    @property
    def is_date(self) -> bool:
        return self.filled > 0 and self.dates * 10 >= self.filled * 9

    @property
    def is_code(self) -> bool:
        """Tell whether it holds few, short, repeated words that are no numbers."""
        return (
            0 < len(self.texts) <= _MOST_CODES
            and not self.is_date
            and len(self.texts) * 2 <= self.filled
            and all(len(text) <= _LONGEST_CODE for text in self.texts)
            and not all(text.replace(".", "").isdigit() for text in self.texts)
        )


def draft(path: Path) -> str:
    """Return a profile for the tables of a file or folder, as TOML with comments."""
    with sources.opened(path) as found:
        tables = [table for source in found if source.kind == "table" for table in source.tables()]
        if not tables:
            raise Problem(f"{path.name} holds no table.", code="nothing_to_read")
        drafts = [_Draft(table) for table in tables]
        key = folded(path.stem) or "district"
        lines = [
            f'# Drafted from {path.name}. Fill in what is empty (""), correct what is wrong, then:',
            f"#   presente import --dry-run --profile THIS-FILE {path.name}",
            f"key = {_text(key)}",
            f"title = {_text(f'Extract {path.stem}')}",
            "",
        ]
        for one in drafts:
            lines += [*one.lines(), ""]
        lines += _codes(drafts)
    return "\n".join(lines).rstrip() + "\n"


class _Draft:
    """The draft for one table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._columns = _look(table)
        self._record = _record_of(table.header)
        self._fields = likely_columns(self._record, table.header)
        self._guess()
        self.codes = self._count_codes()

    def _guess(self) -> None:
        """Fill by their content what no name told."""
        missing = [name for name in _needed(self._record) if name not in self._fields]
        free = [one for one in self._columns if one.name not in self._fields.values()]
        for field in missing:
            likely = [
                one
                for one in free
                if (field in SHAPES[self._record].dates and one.is_date)
                or (field == "code" and one.is_code)
            ]
            if len(likely) == 1:
                self._fields[field] = likely[0].name
                free.remove(likely[0])

    @property
    def _flags(self) -> list[str]:
        """Columns that each say one kind of absence, where no column has a code."""
        if self._record != "attendance" or "code" in self._fields:
            return []
        header = self._table.header
        told = [name for name in header if _kind_of(name) is not None]
        return told or [name for name in header if folded(name) in FLAGS]

    def _count_codes(self) -> Counter[str]:
        if self._record != "attendance":
            return Counter()
        if self._flags:
            return Counter(dict.fromkeys(self._flags, 0))
        column = self._fields.get("code")
        if column is None:
            return Counter()
        place = list(self._table.header).index(column)
        counts: Counter[str] = Counter()
        for _, row in self._table.rows():
            text = row[place].strip() if place < len(row) else ""
            if text and (text in counts or len(counts) <= _MOST_CODES):
                counts[text] += 1
        return counts

    def lines(self) -> Iterator[str]:
        """Yield the draft."""
        yield f"# {self._table.file}"
        reader = self._reader()
        if reader:
            yield f"# {reader} reads this table already."
            return
        yield "[[table]]"
        yield f"record = {_text(self._record)}"
        known = [self._fields[name] for name in _needed(self._record) if name in self._fields]
        yield f"match = {_list([*known, *self._flags] or list(self._table.header)[:4])}"
        yield from self._date_order()
        yield from self._field_lines()
        for flag in self._flags:
            yield "[[table.events]]"
            yield f"code_is = {_text(flag)}"
            yield f'when = {{ {_text(flag)} = "yes" }}'

    def _reader(self) -> str:
        own = shapes_of(frozenset(name.casefold() for name in self._table.header))
        if own:
            return f"Presente itself (its own table {own[0].key})"
        for profile in shipped():
            if any(matches(self._table, told) for told in profile.tables):
                return f"The profile {profile.key}"
        return ""

    def _field_lines(self) -> Iterator[str]:
        yield "[table.columns]"
        for column in SHAPES[self._record].columns:
            if column.name in self._fields:
                yield f"{column.name} = {_text(self._fields[column.name])}"
            elif column.is_needed and not (column.name == "code" and self._flags):
                yield f'{column.name} = ""  # which column? ({column.says})'
        used = {*self._fields.values(), *self._flags}
        unused = [name for name in self._table.header if name and name not in used]
        if unused:
            yield f"# Not used: {', '.join(unused)}"

    def _date_order(self) -> Iterator[str]:
        dates = SHAPES[self._record].dates
        header = list(self._table.header)
        places = [header.index(name) for field, name in self._fields.items() if field in dates]
        found = orders_in(
            (line, row[place])
            for line, row in self._table.rows()
            for place in places
            if place < len(row)
        )
        if isinstance(found, Ambiguous):
            yield (
                f'dates = ""  # mdy or dmy? Line {found[0]}: {found[1]} can be both, and nothing '
                "in the file tells"
            )
        elif found is None:
            yield "# Its dates have the month first and the day first: mend them at the source."
        elif _has_order(self._table, places):
            yield f"dates = {_text(found)}"


def _codes(drafts: Sequence[_Draft]) -> Iterator[str]:
    counts: Counter[str] = Counter()
    for one in drafts:
        counts.update(one.codes)
    if not counts:
        return
    yield "# What each code means. Kinds: " + ", ".join(AttendanceKind) + "."
    yield '# A part of a day: U2 = { kind = "absent_unexcused", portion = 0.5 }'
    yield "[codes]"
    for code, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        kind = _kind_of(code)
        times = f"{count} times" if count else "a column"
        if kind is None:
            yield f'{_text(code)} = ""  # {times}: say what this means'
        else:
            half = ", portion = 0.5" if "half" in code.casefold() else ""
            meant = f'{{ kind = "{kind}"{half} }}' if half else _text(kind)
            yield f"{_text(code)} = {meant}  # {times}; by its name"


def _kind_of(code: str) -> AttendanceKind | None:
    """Return what a code means where its own text says so."""
    text = " ".join(code.replace("_", " ").casefold().split())
    if code.casefold() in set(AttendanceKind):
        return AttendanceKind(code.casefold())
    if text in words.ATTENDANCE:
        return words.ATTENDANCE[text][0]
    return next((kind for word, kind in _KINDS if word in text), None)


def _record_of(header: Sequence[str]) -> str:
    """Return what a table most likely is: whose needed fields its names tell best."""

    def fit(record: str) -> tuple[float, int]:
        found, needed = likely_columns(record, header), _needed(record)
        return len(found.keys() & set(needed)) / len(needed), len(found)

    if any(_kind_of(name) is not None or folded(name) in FLAGS for name in header):
        return "attendance"
    return max(_ASKED, key=fit)


def _needed(record: str) -> list[str]:
    return [column.name for column in SHAPES[record].columns if column.is_needed]


def _look(table: Table) -> list[_Column]:
    rows = [row for _, row in islice(table.rows(), _SAMPLE)]
    return [
        _column(name, [row[place].strip() for row in rows if place < len(row)])
        for place, name in enumerate(table.header)
    ]


def _column(name: str, texts: Sequence[str]) -> _Column:
    filled = [text for text in texts if text]
    dates = Dates("", lambda: (), order="mdy")
    return _Column(
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


def _has_order(table: Table, places: Sequence[int]) -> bool:
    """Tell whether any date needs an order of day and month."""
    never: Mapping[str, str] = Dates("", lambda: [(0, "01/02/2020")])
    for _, row in table.rows():
        for place in places:
            try:
                never[row[place] if place < len(row) else ""]
            except NoDate:
                continue
            except Problem:
                return True
    return False


def _text(value: str) -> str:
    return json.dumps(str(value), ensure_ascii=False)


def _list(values: Sequence[str]) -> str:
    return f"[{', '.join(_text(value) for value in dict.fromkeys(values))}]"
