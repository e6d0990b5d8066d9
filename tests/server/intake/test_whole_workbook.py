"""One Excel workbook with every table of Presente's own goes in, sheet by sheet."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]  # it ships no types

from server import cli
from tests.support.office import MONDAY

FIRST = date(2025, 8, 11)
DAYS = [day for day in (FIRST + timedelta(n) for n in range(60)) if day.weekday() < 5]
SHEETS: dict[str, list[list[object]]] = {
    "schools": [["school_id", "name", "level"], ["0012", "Barelas", "high"]],
    "calendar": [
        ["school_id", "date", "event"],
        *(["0012", day, "Instructional day"] for day in DAYS),
    ],
    "terms": [
        ["school_id", "school_year", "kind", "title", "begin_date", "end_date"],
        ["0012", "2025-26", "semester", "Fall", DAYS[0], DAYS[-1]],
    ],
    "students": [
        ["student_id", "first_name", "last_name", "birth_date"],
        ["00100", "Ana", "Peña", date(2010, 1, 2)],
        ["00101", "Bo", "Li", date(2010, 1, 3)],
    ],
    "enrollments": [
        ["student_id", "school_id", "school_year", "grade", "entry_date"],
        ["00100", "0012", "2025-26", "09", DAYS[0]],
        ["00101", "0012", "2025-26", "09", DAYS[0]],
    ],
    "guardians": [
        ["guardian_id", "student_id", "first_name", "last_name", "mobile_phone", "postal_code"],
        ["g1", "00100", "Eva", "Peña", 5055550101, "00501"],
    ],
    "attendance": [
        ["Barelas: daily attendance"],
        [],
        ["student_id", "school_id", "date", "code"],
        ["00100", "0012", DAYS[0], "U"],
        ["00101", "0012", DAYS[2], "E"],
    ],
    "codes": [["code", "kind"], ["U", "absent_unexcused"], ["E", "absent_excused"]],
    "staff": [["login", "name", "role", "school_ids"], ["ana", "Ana B", "advisor", "0012"]],
    "contacts": [
        ["contact_id", "student_id", "occurred_at", "by_login", "method", "outcome"],
        ["c1", "00100", "2025-09-03 17:40", "ana", "phone_call", "no_answer"],
    ],
}


def test_every_sheet_is_taken_line_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book: Any = Workbook()
    book.remove(book.active)
    for title, rows in SHEETS.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "district.xlsx")
    asked = ["import", str(tmp_path / "district.xlsx"), "--dir", str(tmp_path / "data"), "--json"]

    assert cli.main(asked, clock=lambda: MONDAY) == 0
    report = json.loads(capsys.readouterr().out)

    filled = {title: sum(1 for row in rows if len(row) > 1) - 1 for title, rows in SHEETS.items()}
    assert report["quarantined_count"] == 0
    assert {one["file"].partition(": ")[2]: one["added"] for one in report["files"]} == filled
    assert cli.main(asked, clock=lambda: MONDAY) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "nothing_to_do"
