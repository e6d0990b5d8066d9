"""Understands a calendar as CSV: ``school_id,date,event``, one row per school and date."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from server.intake import words
from server.intake.records import CalendarRecord, Fault, Origin

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
