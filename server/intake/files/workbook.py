"""Reads the sheets of an Excel workbook as tables: what a cell shows, never what it computes."""

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date, datetime, time
from functools import cached_property
from importlib import import_module
from itertools import islice
from typing import Any
from zipfile import BadZipFile, ZipFile

from server.intake.columns import values
from server.intake.files import content, limits
from server.intake.files.tabular import is_data, refuse_twice, titles_in
from server.intake.words.refusals import refusal
from server.problems import Problem

_AT_ONCE = 500
_TITLES = 10
"""Rows among which the header is looked for."""
_ZEROS = re.compile(r"0{2,}")
_WORDS = "sharedStrings.xml"
_FORMULA = re.compile(rb"<(\w+:)?f[ />]")
_BROKEN = (
    BadZipFile, KeyError, ValueError, TypeError, AttributeError,
    IndexError, SyntaxError, EOFError, OSError, OverflowError,
)  # fmt: skip
"""openpyxl raises what it runs into; ``SyntaxError`` is every parser's error in XML."""


def check(name: str, archive: ZipFile) -> None:
    """Refuse a workbook that would fill the memory."""
    total = sum(part.file_size for part in archive.infolist())
    held = sum(part.file_size for part in archive.infolist() if part.filename.endswith(_WORDS))
    if total > limits.WORKBOOK or held > limits.WORKBOOK_WORDS:
        raise refusal("workbook_too_large", file=name)


def sheets(name: str, archive: ZipFile, stack: ExitStack) -> "tuple[list[SheetTable], list[str]]":
    """Return the sheets of a workbook, and the names of those that are hidden. Raises ``Problem``.

    Nobody looked at a hidden sheet before he sent it: it may be last year's.
    """
    shown = _loaded(name, archive, stack, data_only=True)
    written = _loaded(name, archive, stack, data_only=False) if _has_formulas(archive) else None
    found = [
        SheetTable(
            f"{name}: {sheet.title}", sheet, None if written is None else written.worksheets[at]
        )
        for at, sheet in enumerate(shown.worksheets)
    ]
    hidden = [
        one.file
        for one, sheet in zip(found, shown.worksheets, strict=True)
        if sheet.sheet_state != "visible" and one.is_filled
    ]
    filled = [sheet for sheet in found if sheet.is_filled and sheet.file not in hidden]
    if not filled:
        raise refusal("workbook_hidden" if hidden else "workbook_empty", file=name)
    return filled, hidden


class SheetTable:
    """A sheet. ``written``: the same sheet with its formulas, if the workbook has any."""

    def __init__(self, file: str, shown: Any, written: Any | None) -> None:  # openpyxl is untyped
        self._file = file
        self._shown = shown
        self._written = written

    @property
    def file(self) -> str:
        """Workbook and sheet."""
        return self._file

    @property
    def is_filled(self) -> bool:
        """Tell whether it holds anything."""
        return bool(self._first[1])

    @property
    def header(self) -> Sequence[str]:
        """Column names without white space around them. Empty: it has no header line."""
        return [] if is_data(self._first[1]) else self._first[1]

    @property
    def header_line(self) -> int:
        """The header's row."""
        return self._first[0]

    @cached_property
    def _first(self) -> tuple[int, list[str]]:
        above = list(islice(self._filled(), _TITLES))
        if not above:
            return 0, []
        number, row = above[titles_in([row for _, row in above])]
        cells = [values.text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        return number, cells

    def rows(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield row number and fields of every row below the header. Raises ``Problem``."""
        refuse_twice(self._file, self.header)
        width = len(self._first[1])
        for number, row in self._filled():
            if number > self._first[0] or not self.header:
                yield number, [*row[:width], *[""] * (width - len(row)), *_surplus(row[width:])]

    def _filled(self) -> Iterator[tuple[int, list[str]]]:
        for number, cells in enumerate(self._cells(), start=1):
            if number > limits.SHEET_ROWS or len(cells) > limits.SHEET_COLUMNS:
                raise refusal("sheet_too_large", file=self._file)
            row = [self._text(shown, written) for shown, written in cells]
            if any(row):
                yield number, row

    def _cells(self) -> Iterator[Sequence[tuple[Any, Any]]]:
        shown_rows = self._shown_rows(self._shown)
        if self._written is None:
            for row in shown_rows:
                yield [(cell, cell) for cell in row]
        else:
            for row, written in zip(shown_rows, self._shown_rows(self._written), strict=True):
                yield list(zip(row, written, strict=True))

    def _shown_rows(self, sheet: Any) -> Iterator[Sequence[Any]]:
        sheet.reset_dimensions()  # some producers write wrong ones
        rows: Iterator[Any] = sheet.iter_rows()
        while True:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    batch: list[Any] = list(islice(rows, _AT_ONCE))
            except _BROKEN as fault:
                raise _broken(self._file, fault) from fault
            if not batch:
                return
            yield from batch

    def _text(self, shown: Any, written: Any) -> str:
        if shown.data_type == "e" or (shown.value is None and written.data_type == "f"):
            cell = shown.coordinate if shown.value else written.coordinate
            raise refusal("formula_cell", file=self._file, cell=cell)
        return _shown_text(shown)


def _shown_text(cell: Any) -> str:
    value = cell.value
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            whole = str(int(value)) if float(value).is_integer() else repr(value)
            zeros = cell.number_format
            return whole.zfill(len(zeros)) if _ZEROS.fullmatch(zeros) else whole
        case datetime() | date() | time():
            return value.isoformat().removesuffix("T00:00:00")
        case _:
            return str(value)


def _surplus(cells: list[str]) -> list[str]:
    """Return cells beside the columns, without the empty ones at their end."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _loaded(name: str, archive: ZipFile, stack: ExitStack, *, data_only: bool) -> Any:
    file: Any = archive.fp  # which openpyxl opens as an archive of its own
    openpyxl: Any = import_module("openpyxl")  # slow to load, and few files are workbooks
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(file, read_only=True, data_only=data_only)
    except _BROKEN as fault:
        raise _broken(name, fault) from fault
    stack.callback(book.close)
    return book


def _has_formulas(archive: ZipFile) -> bool:
    for part in archive.infolist():
        if part.filename.startswith("xl/worksheets/"):
            with archive.open(part) as file:
                last = b""
                while piece := file.read(content.BUFFER):
                    if _FORMULA.search(last + piece):
                        return True
                    last = piece[-64:]
    return False


def _broken(name: str, fault: Exception) -> Problem:
    return refusal("file_broken", file=name, fault=fault)
