"""Excel workbooks: what their cells show, and which are refused."""

import re
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]  # it ships no types

from server.intake.files import limits, sources
from server.intake.formats import presente
from server.intake.staged import recognise
from tests.support.files import put, refusal, table_of, zipped


def book(folder: Path, **sheets: list[list[object]]) -> Path:
    written: Any = Workbook()
    written.remove(written.active)
    for title, rows in sheets.items():
        sheet = written.create_sheet(title)
        for row in rows:
            sheet.append(row)
    written.save(folder / "roster.xlsx")
    return folder / "roster.xlsx"


def test_a_workbook_s_cells_are_read_as_they_show(tmp_path: Path) -> None:
    written: Any = Workbook()
    sheet = written.active
    sheet.title = "Students"
    sheet.append([" id ", "n", "on", "at", "by", "yes", "share"])
    sheet.append(
        ["00123", 12345.0, date(2025, 9, 1), datetime(2025, 9, 1, 8, 30), time(8, 5), True, 0.5]  # noqa: DTZ001  (what a file writes has no zone)
    )
    sheet.append([])
    sheet.append([None, None, None])
    sheet.append([7, -3, "x"])
    sheet["A5"].number_format = "00000"
    written.create_sheet("Empty")
    written.save(tmp_path / "roster.xlsx")

    with sources.opened(tmp_path / "roster.xlsx") as found:
        (table,) = found[0].tables()
        assert table.file == "roster.xlsx: Students"
        assert table.header == ["id", "n", "on", "at", "by", "yes", "share"]
        assert list(table.rows()) == [
            (2, ["00123", "12345", "2025-09-01", "2025-09-01T08:30:00", "08:05:00", "true", "0.5"]),
            (5, ["00007", "-3", "x", "", "", "", ""]),
        ]
        assert found[0].open().read(2) == b"PK"


def test_a_workbook_inside_an_archive_has_its_sheets(tmp_path: Path) -> None:
    content = book(tmp_path, A=[["id", "x"], [1, 2]], B=[["id", "y"], [3, 4]]).read_bytes()
    (tmp_path / "roster.xlsx").unlink()

    with sources.opened(put(tmp_path, "set.zip", zipped({"in/roster.xlsx": content}))) as found:
        tables = found[0].tables()
        assert [(t.file, list(t.rows())) for t in tables] == [
            ("in/roster.xlsx: A", [(2, ["1", "2"])]),
            ("in/roster.xlsx: B", [(2, ["3", "4"])]),
        ]


def test_a_formula_without_value_is_refused_by_its_cell(tmp_path: Path) -> None:
    problem = refusal(book(tmp_path, Students=[["id", "name"], [1, "x"], [2, "=A2&A3"]]))

    assert problem.code == "formula_cell"
    assert "Cell B3 of roster.xlsx: Students" in problem.detail


def test_a_formula_with_its_value_is_that_value(tmp_path: Path) -> None:
    file = book(tmp_path, Students=[["id", "name"], [1, "=A2"]])
    entries: dict[str, str | bytes] = {}
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            entries[name] = archive.read(name)
            if name == "xl/worksheets/sheet1.xml":
                entries[name] = re.sub(rb"<v ?/>", b"<v>5</v>", archive.read(name))
    file.write_bytes(zipped(entries))

    assert table_of(file)[1] == [(2, ["1", "5"])]


def test_an_error_in_a_cell_is_refused(tmp_path: Path) -> None:
    assert refusal(book(tmp_path, S=[["id", "name"], [1, "#REF!"]])).code == "formula_cell"


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    assert refusal(book(tmp_path, S=[])).code == "file_empty"


def test_a_workbook_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WORKBOOK", 100)

    assert refusal(book(tmp_path, S=[["id", "x"], [1, 2]])).code == "workbook_too_large"


def test_a_workbook_bomb_is_refused(tmp_path: Path) -> None:
    bomb = zipped(
        {"xl/workbook.xml": "<x/>", "xl/sharedStrings.xml": b" " * (limits.ZIP_SMALL + 1)}
    )

    assert refusal(put(tmp_path, "roster.xlsx", bomb)).code == "zip_bomb"


def test_a_hidden_sheet_is_left_and_named(tmp_path: Path) -> None:
    rows: list[list[object]] = [["school_id", "name"], ["1", "Uno"]]
    written: Any = Workbook()
    written.active.title = "Schools"
    for row in rows:
        written.active.append(row)
    old = written.create_sheet("Old")
    for row in rows:
        old.append(row)
    old.sheet_state = "hidden"
    written.save(tmp_path / "both.xlsx")
    with sources.opened(tmp_path / "both.xlsx") as found:
        assert [one.file for one in found[0].tables()] == ["both.xlsx: Schools"]
        recognised = recognise.recognise(found, [presente.find])
    assert [*recognised.skipped] == ["both.xlsx: Old"]
    assert "hidden" in recognised.skipped["both.xlsx: Old"].en

    written.remove(written["Schools"])
    written.create_sheet("Empty")
    written.save(tmp_path / "none.xlsx")
    assert "is hidden" in refusal(tmp_path / "none.xlsx").detail


def test_a_label_and_its_value_above_a_table_name_it_only(tmp_path: Path) -> None:
    above: list[list[object]] = [["District report"], ["Printed", "2025-09-01"], ["School:", "Uno"]]
    rows: list[list[object]] = [["id", "date", "code"], ["1", "2025-09-01", "U"]]

    with sources.opened(book(tmp_path, Att=[*above, [], *rows], Codes=[["code", "kind"]])) as found:
        att, codes = found[0].tables()
        assert (att.header, att.header_line) == (["id", "date", "code"], 5)
        assert [row for _, row in att.rows()] == [["1", "2025-09-01", "U"]]
        assert codes.header == ["code", "kind"]
