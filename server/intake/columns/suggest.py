"""Looks at somebody's tables and drafts the profile that would read them.

A draft names what the names and contents of columns make likely, and leaves blank what a person
must say: a blank is an empty text, so that the profile is refused until it is filled in. Nothing of
any student stands in it.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from schemas.attendance import AttendanceKind
from server.intake.columns import across
from server.intake.columns.across import GridTable
from server.intake.columns.dates import Ambiguous, Dates, NoDate, orders_in
from server.intake.columns.looks import (
    MOST_CODES,
    Likely,
    flags_of,
    kind_of,
    look,
    records_of,
    slots_of,
)
from server.intake.columns.profile import shipped
from server.intake.columns.shapes import SHAPES, Column, own_names, shapes_of
from server.intake.columns.synonyms import folded
from server.intake.columns.template import says
from server.intake.files import sources
from server.intake.formats import Source, Table, oneroster, sds
from server.intake.formats.profile import matches
from server.intake.words.profiles import of_profile
from server.intake.words.refusals import refusal
from server.languages import Told, joined
from server.problems import Problem

_YEAR_DIGITS = 4


def draft(path: Path) -> Told:
    """Return a profile for the tables of a file or folder, as TOML with comments."""
    with sources.opened(path) as found:
        tables = [table for source in found if source.kind == "table" for table in source.tables()]
        if not tables:
            raise refusal("no_table_to_draft", file=path.name)
        known = _known_formats(found)
        drafts = [one for table in tables for one in _drafts_of(table, known)]
        key = folded(path.stem) or "district"
        head: list[str] = [
            of_profile("draft_head", file=path.name),
            of_profile("draft_try", file=path.name),
            f"key = {_text(key)}",
            f"title = {_text(f'Extract {path.stem}')}",
        ]
        if not any(isinstance(one, _Draft) for one in drafts):
            head = [of_profile("nothing_drafted")]
        lines: list[str] = [*head, ""]
        for one in drafts:
            lines += [*(one.lines() if isinstance(one, _Draft) else [one]), ""]
        lines += _codes([one for one in drafts if isinstance(one, _Draft)])
    text = joined(lines)
    return Told(text.rstrip() + "\n", text.es.rstrip() + "\n")


def _known_formats(found: Sequence[Source]) -> dict[str, str]:
    """Return the rosters' names by the files that are theirs."""
    return {
        source.name: name
        for name, find in (("OneRoster", oneroster.find), ("School Data Sync", sds.find))
        for reader in find(found)
        for source in reader.sources
    }


def _drafts_of(table: Table, known: Mapping[str, str]) -> "list[_Draft | str]":
    """Return a draft for each record that a table tells; a comment where none is needed."""
    reader = _reader(table, known)
    if reader:
        return [joined([f"# {table.file}", of_profile("read_already", reader=reader)])]
    if not table.header:
        return [joined([f"# {table.file}", of_profile("no_header")])]
    likely = records_of(table)
    return [_Draft(table, one, likely) for one in likely]


def _reader(table: Table, known: Mapping[str, str]) -> Told | None:
    if table.file in known:
        return of_profile("reader_format", format=known[table.file])
    own = shapes_of(own_names(table.header))
    if own:
        return of_profile("reader_own", table=own[0].key)
    for profile in shipped():
        if table.header and any(matches(table, told) for told in profile.tables):
            return of_profile("reader_profile", key=profile.key)
    return None


class _Draft:
    """The draft for one record of one table."""

    def __init__(self, table: Table, likely: Likely, together: Sequence[Likely]) -> None:
        self._whole = table
        self._is_grid = likely.record == "attendance" and across.is_grid(table.header)
        grid = GridTable(table)
        self._table = grid if self._is_grid else table
        self._days = frozenset(grid.days.values() if self._is_grid else ())
        self._record = likely.record
        self._fields = dict(likely.fields)
        self._full_name = likely.full_name
        self._flags = self._flags_of(table.header)
        self._slots: dict[str, str] = {}
        self._guess(likely.lacking)
        self._match = self._match_of(together)
        self.codes = self._count_codes()

    def _flags_of(self, header: Sequence[str]) -> list[str]:
        is_flagged = self._record == "attendance" and "code" not in self._fields
        return flags_of(header) if is_flagged and not self._is_grid else []

    def _guess(self, missing: Sequence[str]) -> None:
        """Fill by their content what no name told."""
        if self._is_grid:
            self._fields |= {"date": across.DATE, "code": across.CODE}
            return
        columns = look(self._table)
        slots = slots_of(columns)
        free = [one for one in columns if one.name not in self._fields.values()]
        if len(slots) > 1:  # one of several classes is not the code of the row
            free = [one for one in free if one.name not in slots]
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
        reason = next((one for one in columns if one.name == self._fields.get("reason")), None)
        if "code" in missing and "code" not in self._fields and reason and reason.is_code:
            self._fields["code"] = self._fields.pop("reason")
        if self._record == "attendance" and "code" not in self._fields and not self._flags:
            self._slots = slots

    def _match_of(self, together: Sequence[Likely]) -> list[str]:
        """Return the columns by which the table is known: those of all its records."""
        shapes = [
            (self._fields if one.record == self._record else one.fields, one) for one in together
        ]
        known = [
            fields[column.name]
            for fields, one in shapes
            for column in SHAPES[one.record].columns
            if column.is_needed and column.name in fields
        ]
        known += [one.full_name for one in together if one.full_name]
        wanted = [*known, *self._flags, *self._slots]
        told = [name for name in wanted if name in self._whole.header]
        return told or [name for name in self._whole.header if name not in self._days][:4]

    def _count_codes(self) -> Counter[str]:
        if self._flags:
            return Counter(dict.fromkeys(self._flags, 0))
        told = list(self._slots)
        if self._record == "attendance" and "code" in self._fields:
            told = [self._fields["code"]]
        places = [list(self._table.header).index(column) for column in told]
        counts: Counter[str] = Counter()
        for _, row in self._table.rows() if places else ():
            for place in places:
                text = row[place].strip() if place < len(row) else ""
                if text and (text in counts or len(counts) <= MOST_CODES):
                    counts[text] += 1
        return counts

    def lines(self) -> Iterator[str]:
        """Yield the draft."""
        yield f"# {self._table.file}"
        yield "[[table]]"
        yield f"record = {_text(self._record)}"
        yield f"match = {_list(self._match)}"
        if self._is_grid:
            yield _said("across = true", of_profile("is_grid"))
        if self._full_name:
            yield _said(f"full_name = {_text(self._full_name)}", of_profile("is_full_name"))
        yield from self._date_order()
        yield from self._years()
        yield from self._field_lines()
        for flag in self._flags:
            yield "[[table.events]]"
            yield f"code_is = {_text(flag)}"
            yield f'when = {{ {_text(flag)} = "yes" }}'
        for column, period in self._slots.items():
            yield "[[table.events]]"
            yield f"code = {_text(column)}"
            yield from [f"period_is = {_text(period)}"] if period else []

    def _field_lines(self) -> Iterator[str]:
        if "school_year" in self._untold:
            yield "[table.constants]"
            yield _said('school_year = ""', of_profile("say_year"))
        yield "[table.columns]"
        for column in SHAPES[self._record].columns:
            if self._fields.get(column.name, "") in self._whole.header:
                yield f"{column.name} = {_text(self._fields[column.name])}"
            elif column in self._blank:
                said = says(SHAPES[self._record], column)
                asked = of_profile("say_column", says=said)
                yield _said(f'{column.name} = ""', asked)
        used = {*self._fields.values(), *self._flags, *self._slots, self._full_name}
        unused = [name for name in self._whole.header if name and name not in used]
        unused = [name for name in unused if name not in self._days]
        if unused:
            yield of_profile("unused", names=", ".join(unused))

    @property
    def _untold(self) -> list[str]:
        """Needed fields that nothing tells."""
        told = {*self._fields, *(["first_name", "last_name"] if self._full_name else [])}
        told |= {"code"} if self._flags or self._slots else set()
        told |= {"school_year"} if "entry_date" in told else set()
        shape = SHAPES[self._record]
        return [one.name for one in shape.columns if one.is_needed and one.name not in told]

    @property
    def _blank(self) -> list[Column]:
        """Columns that a person must name."""
        shape = SHAPES[self._record]
        untold = [name for name in self._untold if name != "school_year"]
        return [one for one in shape.columns if one.name in untold]

    def _years(self) -> Iterator[str]:
        """Ask which year is meant, where a school year is one number."""
        column = self._fields.get("school_year", "")
        if column not in self._whole.header:
            return
        place = list(self._whole.header).index(column)
        for _, row in self._whole.rows():
            text = row[place].strip() if place < len(row) else ""
            if text:
                if len(text) == _YEAR_DIGITS and text.isdigit():
                    yield _said('years = ""', of_profile("say_years", text=text))
                return

    def _date_order(self) -> Iterator[str]:
        if isinstance(self._table, GridTable) and (order := self._table.order):
            yield f"dates = {_text(order)}"
            return
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
            asked = of_profile("say_dates", line=found[0], written=found[1])
            yield _said('dates = ""', asked)
        elif found is None:
            yield of_profile("dates_both")
        elif _has_order(self._table, places):
            yield f"dates = {_text(found)}"


def _codes(drafts: Sequence[_Draft]) -> Iterator[str]:
    counts: Counter[str] = Counter()
    for one in drafts:
        counts.update(one.codes)
    if not counts:
        return
    yield of_profile("codes_head", kinds=", ".join(AttendanceKind))
    yield of_profile("codes_part", example='U2 = { kind = "absent_unexcused", portion = 0.5 }')
    yield "[codes]"
    for code, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        kind = kind_of(code)
        times = of_profile("times", count=count) if count else of_profile("a_column")
        if kind is None:
            yield _said(f'{_text(code)} = ""', of_profile("say_code", times=times))
        else:
            half = ", portion = 0.5" if "half" in code.casefold() else ""
            meant = f'{{ kind = "{kind}"{half} }}' if half else _text(kind)
            yield _said(f"{_text(code)} = {meant}", of_profile("by_name", times=times))


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


def _said(line: str, comment: Told) -> Told:
    """Return a line with a comment behind it."""
    return joined([line, joined(["# ", comment], "")], "  ")


def _text(value: str) -> str:
    return json.dumps(str(value), ensure_ascii=False)


def _list(values: Sequence[str]) -> str:
    return f"[{', '.join(_text(value) for value in dict.fromkeys(values))}]"
