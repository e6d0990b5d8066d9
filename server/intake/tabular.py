"""Reads CSV files of any dialect as tables: text in, fields out, with the line an editor shows.

The delimiter is found in the header; quoting, line ends and a byte order mark may be any. What is
no UTF-8, and a quotation mark that is never closed, is refused with its line: guessing there
would lose rows or spoil names silently.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import IO

from server.intake import content, limits, values, words
from server.intake.records import CalendarRecord, Fault, Origin
from server.problems import Problem

csv.field_size_limit(limits.FIELD)  # of the whole process; Presente reads CSV only here

DELIMITERS = (",", ";", "\t", "|")
_AT_ONCE = 1000
_SAMPLE_ROWS = 20
_SEP = re.compile(r"sep=(.)", re.IGNORECASE)
_OTHER_DELIMITER = re.compile(r"\w+([^\w\s\"'.,-])\w+(\1\w+)+")
_LINE_END = re.compile(r"\r\n|\r|\n")

Batch = tuple[Sequence[int], Sequence[Sequence[str]]]


class CsvTable:
    """A CSV file. ``open_raw`` opens its bytes; ``head`` is how they begin."""

    def __init__(self, name: str, open_raw: Callable[[], IO[bytes]], head: bytes) -> None:
        self._name = name
        self._open_raw = open_raw
        self._head = head

    @property
    def file(self) -> str:
        """Its name."""
        return self._name

    @property
    def is_table(self) -> bool:
        """Tell whether it has columns, so that it is worth saying what is wrong with it."""
        if len(self._first) > 1:
            return True
        name = self._first[0] if self._first else ""
        return _OTHER_DELIMITER.fullmatch(name) is not None

    @cached_property
    def header(self) -> Sequence[str]:
        """Column names without white space around them. Empty: it has no header line."""
        if content.content_of(self._head) == "utf-16":
            raise Problem(
                f"{self._name} is UTF-16 text. Save it as CSV UTF-8 and import it again.",
                code="not_utf8",
            )
        if len(self._first) == 1 and self.is_table:
            raise Problem(
                f"The columns of {self._name} are not separated by comma, semicolon, tab or | "
                f"({self._first[0][:40]}). Save it as CSV UTF-8 and import it again.",
                code="wrong_delimiter",
            )
        if "\ufffd" in "".join(self._first):
            self._refuse_encoding()
        return [] if is_data(self._first) else self._first

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
        with self._text() as text:
            reader = self._reader(text)
            try:
                for _ in range(self._dialect[1] + bool(self.header)):
                    next(reader, None)
                yield from _batches(reader)
            except UnicodeDecodeError:
                self._refuse_encoding()
            except csv.Error as fault:
                raise self._broken(str(fault)) from fault

    def _reader(self, lines: Iterator[str]) -> Iterator[list[str]]:
        return csv.reader(lines, delimiter=self.delimiter, skipinitialspace=True, strict=True)

    def _text(self) -> io.TextIOWrapper:
        file = content.opened(self._name, self._open_raw, is_text=True)
        return io.TextIOWrapper(file, encoding="utf-8-sig", newline="")

    @cached_property
    def _first(self) -> Sequence[str]:
        rows = islice(_sample(self._start, self.delimiter), self._dialect[1], None)
        return [values.text(name) for name in next(rows, [])]

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
        return max(DELIMITERS, key=self._score), before

    def _score(self, delimiter: str) -> tuple[int, int]:
        rows = [row for row in islice(_sample(self._start, delimiter), _SAMPLE_ROWS) if any(row)]
        width = len(rows[0]) if rows else 0
        return width, sum(len(row) == width for row in rows)

    def _broken(self, fault: str) -> Problem:
        """Return what to raise; reads again, row by row, to find where the record begins."""
        begun = 1
        with self._text() as text:
            reader = csv.reader(text, delimiter=self.delimiter, skipinitialspace=True, strict=True)
            try:
                for _ in reader:
                    begun = reader.line_num + 1
            except csv.Error:
                pass
        if "field larger" in fault:
            return Problem(
                f"Line {begun} of {self._name} has a field of more than {limits.FIELD // limits.MB}"
                " MB. Is a quotation mark not closed there? Correct it, then import again.",
                code="field_too_long",
            )
        return Problem(
            f"Line {begun} of {self._name} has a quotation mark that is not closed, or one inside "
            'quotes that is not doubled (""). Correct it, then import again.',
            code="quotes_broken",
        )

    def _refuse_encoding(self) -> None:
        with content.opened(self._name, self._open_raw) as file:
            line, byte = _first_fault(file)
        raise Problem(
            f"{self._name} is not UTF-8: line {line} has the byte {byte:#04x} "
            f"({bytes([byte]).decode('cp1252', errors='replace')} in Windows-1252). Save it as "
            "CSV UTF-8 and import it again.",
            code="not_utf8",
        )


def _sample(start: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        yield from reader
    except csv.Error:
        return


def _batches(reader: "Iterator[list[str]]") -> Iterator[Batch]:
    before: int = reader.line_num  # type: ignore[attr-defined]
    while rows := list(islice(reader, _AT_ONCE)):
        after: int = reader.line_num  # type: ignore[attr-defined]
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
        before += 1 + sum(len(_LINE_END.findall(field)) for field in row)
    return found


def _is_filled(row: Sequence[str]) -> bool:
    return any(field.strip(" \t\x1a") for field in row)


def is_data(row: Sequence[str]) -> bool:
    """Tell whether a first line holds values, not names."""
    found = [bool(values.is_value(field)) for field in row]
    return any(found[:1]) or sum(found) > 1


def refuse_twice(name: str, header: Sequence[str]) -> None:
    """Refuse a table in which a name stands for two columns."""
    known: set[str] = set()
    for column in header:
        if column and column.casefold() in known:
            raise Problem(
                f"{name} has two columns named {column}. Rename or remove one of them.",
                code="column_twice",
            )
        known.add(column.casefold())


def _first_fault(file: IO[bytes]) -> tuple[int, int]:
    """Return line and value of the first byte that is no UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, last = 1, ""
    while True:
        piece = file.read(content.BUFFER)
        held = decoder.getstate()[0]
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as fault:
            whole = held + piece
            text = last + whole[: fault.start].decode("utf-8")
            return line + len(_LINE_END.findall(text)), whole[fault.start]
        if not piece:
            return line, 0
        text = last + text
        last = "\r" if text.endswith("\r") else ""  # its \n may come next
        line += len(_LINE_END.findall(text)) - len(last)


CALENDAR_HEADER = ["school_id", "date", "event"]


def header_of(file: Path) -> list[str]:
    """Return a CSV file's column names, folded; nothing when it is no text."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as content:
            first = content.readline(2000)
    except (UnicodeDecodeError, OSError):
        return []
    names: list[str] = next(csv.reader([first]), list[str]())
    return [name.strip().casefold() for name in names]


def calendar_rows(file: Path) -> Iterator[CalendarRecord | Fault]:
    """Yield a calendar's days, and a fault for each row that is none."""
    with file.open(encoding="utf-8-sig", newline="") as content:
        reader = csv.reader(content)
        next(reader, None)
        for number, row in enumerate(reader, start=1):
            if row:
                at = Origin(file=file.name, line=reader.line_num, element=f"row {number}")
                yield _calendar_row(row, at)


def _calendar_row(row: list[str], at: Origin) -> CalendarRecord | Fault:
    if len(row) != len(CALENDAR_HEADER):
        return at.fault(
            "row",
            str(len(row)),
            reason=f"It has {len(row)} fields, not {len(CALENDAR_HEADER)}.",
            mend="Put fields that hold a comma between quotes.",
        )
    school_code, day, kind = (field.strip() for field in row)
    try:
        on_date = date.fromisoformat(day)
    except ValueError:
        return at.fault("date", day, reason="This is no date.", mend="Write it as 2022-03-01.")
    if kind.casefold() not in words.INSTRUCTIONAL | words.NO_INSTRUCTION:
        return at.fault(
            "event",
            kind,
            reason="Whether such a day is a school day is not known.",
            mend="Use an Ed-Fi CalendarEvent, such as Instructional day or Holiday.",
        )
    return CalendarRecord(
        at=at,
        school_code=school_code,
        on_date=on_date,
        kind=kind,
        is_instructional=kind.casefold() in words.INSTRUCTIONAL,
    )
