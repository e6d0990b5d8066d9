"""Reads CSV files of any dialect as tables: text in, fields out, with the line an editor shows.

The delimiter is found in the header; quoting, line ends and a byte order mark may be any. What is
no UTF-8, and a quotation mark that is never closed, is refused with its line: guessing there
would lose rows or spoil names silently.
"""

import codecs
import csv
import io
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import chain, islice
from typing import Protocol

from server.intake.columns import across, values
from server.intake.files import content, limits, text
from server.intake.words.refusals import refusal
from server.problems import Problem

csv.field_size_limit(limits.FIELD)  # of the whole process; Presente reads CSV only here

DELIMITERS = (",", ";", "\t", "|")
_AT_ONCE = 128
_LABELLED = 2
_COLUMNS_BELOW_TITLE = 3
_SEPARATED = re.compile(r"[;\t|]|,(?! )")
"""Rows read together: more are slower, because they leave the processor's cache."""
_SAMPLE_ROWS = 20
_COMMENT = "#"
_SEP = re.compile(r"sep=(.)", re.IGNORECASE)
_OTHER_DELIMITER = re.compile(r"\w+([^\w\s\"'.,-])\w+(\1\w+)+")

Batch = tuple[Sequence[int], Sequence[Sequence[str]]]


class _Reader(Protocol):
    """``csv.reader``'s own."""

    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


class CsvTable:
    """A CSV file."""

    def __init__(self, begun: content.Begun) -> None:
        self._name, self._open_raw, self._head, self._heard = begun

    @property
    def file(self) -> str:
        """Its name."""
        return self._name

    @property
    def is_table(self) -> bool:
        """Tell whether it has columns, so that it is worth saying what is wrong with it."""
        if len(self._first) > 1:
            return True
        name = self._first[0].replace('"', "") if self._first else ""
        return _OTHER_DELIMITER.fullmatch(name) is not None

    @property
    def header(self) -> Sequence[str]:
        """Column names without white space around them. Empty: it has no header line."""
        return self._header

    @cached_property
    def _header(self) -> Sequence[str]:
        if content.content_of(self._head) == "utf-16":
            raise refusal("utf16", file=self._name)
        if len(self._first) == 1 and self.is_table:
            raise refusal("columns_unseparated", file=self._name, start=self._first[0][:40])
        if "\ufffd" in "".join(self._first):
            self._refuse_encoding()
        return [] if is_data(self._first) else self._first

    @property
    def header_line(self) -> int:
        """The line of the header, as an editor counts."""
        above = islice(_sample(self._start, self.delimiter), self._dialect[1])
        return 1 + sum(1 + _line_ends(row) for row in above)

    @cached_property
    def delimiter(self) -> str:
        """What separates its fields."""
        return self._dialect[0]

    def rows(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield line number and fields of every row below the header. Raises ``Problem``."""
        return chain.from_iterable(zip(*batch, strict=True) for batch in self.batches())

    def batches(self) -> Iterator[Batch]:
        """Yield line numbers and rows in lists, as fast as ``csv.reader`` can."""
        refuse_twice(self._name, self.header)
        self._refuse_other_delimiter()
        with self._lines() as lines:
            reader = self._reader(lines)
            try:
                for _ in range(self._dialect[1] + bool(self.header)):
                    next(reader, None)
                yield from _batches(reader)
            except UnicodeDecodeError:
                self._refuse_encoding()
            except csv.Error as fault:
                raise self._broken(str(fault)) from fault

    def _reader(self, lines: Iterator[str]) -> "_Reader":
        return csv.reader(lines, delimiter=self.delimiter, skipinitialspace=True, strict=True)

    @contextmanager
    def _lines(self) -> Generator[Iterator[str]]:
        with content.opened(self._name, self._open_raw, self._heard) as file:
            if self._head.startswith(codecs.BOM_UTF8):
                file.read(len(codecs.BOM_UTF8))
            yield chain.from_iterable(text.pieces(self._name, file))

    @cached_property
    def _first(self) -> Sequence[str]:
        rows = islice(_sample(self._start, self.delimiter), self._dialect[1], None)
        return [values.text(name) for name in next(rows, list[str]())]

    @cached_property
    def _start(self) -> str:
        if content.content_of(self._head) == "utf-16":
            return self._head.decode("utf-16", errors="replace")
        return self._head.decode("utf-8-sig", errors="replace")

    @cached_property
    def _dialect(self) -> tuple[str, int]:
        """The delimiter, and how many records stand before the header."""
        before = 0
        for row in _sample(self._start, "\0"):
            named = _SEP.fullmatch(row[0].strip()) if row else None
            if named:
                return named[1], before + 1
            if any(field.strip() for field in row):
                break
            before += 1
        delimiter = max(DELIMITERS, key=self._score)
        rows = list(islice(_sample(self._start, delimiter), before, before + _SAMPLE_ROWS))
        return delimiter, before + titles_in(rows)

    def _score(self, delimiter: str) -> tuple[int, int]:
        rows = list(islice(_sample(self._start, delimiter), _SAMPLE_ROWS))
        rows = [row for row in rows[titles_in(rows) :] if any(row)]
        width = len(rows[0]) if rows else 0
        return width, sum(len(row) == width for row in rows)

    def _refuse_other_delimiter(self) -> None:
        """Refuse a table whose rows are separated otherwise than its header."""
        sample = islice(_sample(self._start, self.delimiter), self._dialect[1] + 1, _SAMPLE_ROWS)
        rows = [row for row in sample if any(row) and not row[0].startswith(_COMMENT)]
        if len(self.header) > 1 and rows and all(map(_is_other, rows)):
            raise refusal("wrong_delimiter", file=self._name)

    def _broken(self, fault: str) -> Problem:
        """Return what to raise; reads again, row by row, to find where the record begins."""
        begun = 1
        with self._lines() as lines:
            reader = self._reader(lines)
            try:
                for _ in reader:
                    begun = reader.line_num + 1
            except csv.Error:
                pass
        if "field larger" in fault:
            most = limits.FIELD // limits.MB
            return refusal("field_too_long", file=self._name, line=begun, most=most)
        return refusal("quotes_broken", file=self._name, line=begun)

    def _refuse_encoding(self) -> None:
        with content.opened(self._name, self._open_raw) as file:
            line, byte = text.first_fault(file)
        sign = bytes([byte]).decode("cp1252", errors="replace")
        raise refusal("not_utf8", file=self._name, line=line, byte=f"{byte:#04x}", sign=sign)


def titles_in(rows: Sequence[Sequence[str]]) -> int:
    """Return how many rows above a table only name it.

    They have one filled cell or none, or a label and its value (``Printed``, ``2025-09-01``), or
    they name several columns at once (merged cells: ``Student``, nothing, ``Absence``, nothing).
    A table so found has three columns at least. What looks like names that another delimiter
    separates is no title.
    """
    for number, row in enumerate(rows):
        filled = sum(bool(field.strip()) for field in row)
        if _is_group(row, rows[number + 1 : number + 2]):
            continue
        if filled >= _COLUMNS_BELOW_TITLE:
            return number
        if (filled > 1 and not _is_labelled(row)) or any(map(_SEPARATED.search, row)):
            break
    return 0


def _is_group(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Tell whether a row has gaps, and below it stand names without any."""
    if not below or len(below[0]) < max(len(row), _COLUMNS_BELOW_TITLE):
        return False
    names = [name.strip() for name in below[0]]
    has_gaps = not all(field.strip() for field in row)
    is_header = all(names) and len({*names}) == len(names) and not any(map(values.is_value, names))
    return has_gaps and is_header and all(len(name) > 1 for name in names)


def _is_labelled(row: Sequence[str]) -> bool:
    filled = [field.strip() for field in row if field.strip()]
    label, value = filled[0], filled[-1]
    is_label = not values.is_value(label)
    return len(filled) == _LABELLED and is_label and (label[-1] == ":" or values.is_value(value))


def _sample(start: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        yield from reader
    except csv.Error:
        return


def _batches(reader: _Reader) -> Iterator[Batch]:
    before = reader.line_num
    while rows := list(islice(reader, _AT_ONCE)):
        after = reader.line_num
        lines: Sequence[int] = range(before + 1, before + len(rows) + 1)
        if after - before != len(rows):
            lines = _lines(before, rows)
        before = after
        if all(map(any, rows)):
            yield lines, rows
        else:
            kept = [(line, row) for line, row in zip(lines, rows, strict=True) if _is_filled(row)]
            yield [line for line, _ in kept], [row for _, row in kept]


def _lines(before: int, rows: Sequence[Sequence[str]]) -> list[int]:
    found: list[int] = []
    for row in rows:
        found.append(before + 1)
        before += 1 + _line_ends(row)
    return found


def _line_ends(row: Sequence[str]) -> int:
    return sum(len(text.LINE_END.findall(field)) for field in row)


def _is_other(row: Sequence[str]) -> bool:
    return len(row) == 1 and any(delimiter in row[0] for delimiter in DELIMITERS)


def _is_filled(row: Sequence[str]) -> bool:
    return any(field.strip(" \t\x1a") for field in row)


def is_data(row: Sequence[str]) -> bool:
    """Tell whether a first line holds values, not names. A grid's columns are named by dates."""
    found = [bool(values.is_value(field)) for field in row]
    return any(found[:1]) or (sum(found) > 1 and not across.is_grid(row))


def refuse_twice(name: str, header: Sequence[str]) -> None:
    """Refuse a table in which a name stands for two columns."""
    known: set[str] = set()
    for column in header:
        if column and column.casefold() in known:
            raise refusal("column_twice", file=name, column=column)
        known.add(column.casefold())
