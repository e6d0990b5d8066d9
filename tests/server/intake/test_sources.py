"""Folders, archives, workbooks, CSV dialects: what is read, what is refused in a sentence."""

import io
import itertools
import re
import struct
import tracemalloc
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]

from server.intake.files import limits, sources
from server.problems import Problem

HEADER = "id,name,date"
ROWS = "00123,Zoé,2025-09-01\n=cmd(),-1+2,@x\n"


def table_of(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    with sources.opened(path) as found:
        (source,) = found
        (table,) = source.tables()
        return list(table.header), [(line, list(row)) for line, row in table.rows()]


def read_all(path: Path) -> None:
    with sources.opened(path) as found:
        for source in found:
            for table in source.tables():
                assert table.header is not None
                for _ in table.rows():
                    pass


def refusal(path: Path) -> Problem:
    with pytest.raises(Problem) as caught:
        read_all(path)
    assert caught.value.detail.endswith(".")
    return caught.value


def put(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def zipped(entries: Mapping[str, str | bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("bom", "delimiter", "end", "quoted"),
    list(itertools.product([True, False], ",;\t|", ["\n", "\r\n", "\r"], [True, False])),
)
def test_any_dialect_says_the_same(
    tmp_path: Path, *, bom: bool, delimiter: str, end: str, quoted: bool
) -> None:
    rows = [["id", "name", "date"], ["00123", "Zoé", "2025-09-01"], ["7", "", ""]]
    lines = [delimiter.join(f'"{cell}"' if quoted else cell for cell in row) for row in rows]
    text = end.join(lines)
    file = put(tmp_path, "any.csv", text.encode("utf-8-sig" if bom else "utf-8"))

    assert table_of(file) == (rows[0], [(2, rows[1]), (3, rows[2])])


def test_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    text = '\r\nid,note\r\n1,"two\r\nlines"\r\n\r\n,\r\n2,"a ""b"""\r\n3\r\n4,x,y\r\n\x1a'

    assert table_of(put(tmp_path, "lines.csv", text)) == (
        ["id", "note"],
        [(3, ["1", "two\r\nlines"]), (7, ["2", 'a "b"']), (8, ["3"]), (9, ["4", "x", "y"])],
    )


def test_many_lines_keep_their_numbers(tmp_path: Path) -> None:
    notes = ["", "x\n", "x\nx\n"]
    rows = [f'{n},"{notes[n % 3]}"' for n in range(5000)]

    _, found = table_of(put(tmp_path, "many.csv", "id,note\n" + "\n".join(rows) + "\n"))

    line = 2
    for number, (said, row) in enumerate(found):
        assert (said, row[0]) == (line, str(number))
        line += 1 + number % 3


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("sep=;\nid;name\n1;x\n", ["id", "name"]),
        (" id , First Name\n1,x\n", ["id", "First Name"]),
        ('"Name, first";id\n"x, y";1\n', ["Name, first", "id"]),
        ("Name, first;id\nx, y;1\nz, z;2\n", ["Name", "first;id"]),
        ("id\t504\n1\t2\n", ["id", "504"]),
        ("13001,10001,Ora\n13002,10001,Beulah\n", []),
        ("Ora,2025-09-01,a@b.org\n", []),
    ],
)
def test_headers(tmp_path: Path, text: str, header: list[str]) -> None:
    assert table_of(put(tmp_path, "h.csv", text))[0] == header


def test_a_table_without_header_keeps_its_first_row(tmp_path: Path) -> None:
    assert table_of(put(tmp_path, "h.csv", "1,2\n3,4\n")) == (
        [],
        [(1, ["1", "2"]), (2, ["3", "4"])],
    )


def test_formulas_stay_text(tmp_path: Path) -> None:
    assert table_of(put(tmp_path, "f.csv", f"{HEADER}\n{ROWS}"))[1] == [
        (2, ["00123", "Zoé", "2025-09-01"]),
        (3, ["=cmd()", "-1+2", "@x"]),
    ]


def test_a_folder_is_searched_and_the_machine_s_own_files_are_not(tmp_path: Path) -> None:
    for name in ("a.csv", "in/b.csv", "in/deep/c.csv"):
        put(tmp_path, name, f"{HEADER}\n")
    for name in (".hidden", "desktop.ini", "__MACOSX/._a.csv", ".git/x.csv", "~$roster.xlsx"):
        put(tmp_path, name, b"\x00\x01")
    put(tmp_path, "packed.zip", zipped({"sub/d.csv": HEADER, "__MACOSX/sub/._d.csv": b"\x00"}))
    put(tmp_path, "read.me", "This is a folder.\n")
    put(tmp_path, "picture.png", b"\x89PNG\r\n\x1a\n\x00\x00")
    put(
        tmp_path, "words.docx", zipped({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"})
    )
    put(tmp_path, "x.xml", '<?xml version="1.0"?><Interchange/>')
    put(tmp_path, "y.xml", "<Interchange/>".encode("utf-16"))

    with sources.opened(tmp_path) as found:
        assert {one.name: one.kind for one in found} == {
            "a.csv": "table",
            "in/b.csv": "table",
            "in/deep/c.csv": "table",
            "packed.zip/sub/d.csv": "table",
            "picture.png": "other",
            "read.me": "other",
            "words.docx": "other",
            "x.xml": "xml",
            "y.xml": "xml",
        }
        assert [one.name for one in found] == sorted(one.name for one in found)
        assert next(one for one in found if one.name == "x.xml").open().read().startswith(b"<?xml")


def test_an_archive_alone_names_its_files_from_within(tmp_path: Path) -> None:
    inner = zipped({"c.csv": f"{HEADER}\n{ROWS}"})
    outer = zipped(
        {"/a.csv": HEADER, "../../b.csv": HEADER, "in\\d.csv": HEADER, "delta.zip": inner}
    )

    with sources.opened(put(tmp_path, "set.zip", outer)) as found:
        assert [one.name for one in found] == ["a.csv", "b.csv", "delta.zip/c.csv", "in/d.csv"]
        (table,) = found[2].tables()
        assert len(list(table.rows())) == 2
    assert sorted(tmp_path.iterdir()) == [tmp_path / "set.zip"]


def test_two_tables_of_one_archive_are_read_side_by_side(tmp_path: Path) -> None:
    text = "id,n\n" + "\n".join(f"{n},x" for n in range(50_000))
    with sources.opened(put(tmp_path, "set.zip", zipped({"a.csv": text, "b.csv": text}))) as found:
        first, second = (one.tables()[0].rows() for one in found)
        assert all(one == other for one, other in zip(first, second, strict=True))


BROKEN: dict[str, tuple[str | bytes, str, str]] = {
    "empty": (b"", "file_empty", "is empty"),
    "utf-16": (f"{HEADER}\n".encode("utf-16"), "not_utf8", "UTF-16"),
    "utf-16 without a mark": (f"{HEADER}\n".encode("utf-16-le"), "not_utf8", "UTF-16"),
    "windows-1252": (f"{HEADER}\n1,x,y\r2,x\r\n3,Núñez".encode("cp1252"), "not_utf8", "line 4"),
    "windows-1252 header": ("id,año\n".encode("cp1252"), "not_utf8", "0xf1 (ñ in Windows-1252)"),
    "late windows-1252": (
        (f"{HEADER}\n" + "1,é,z\r\n" * 200_000).encode() + b"2,\xe9,z\n",
        "not_utf8",
        "line 200002",
    ),
    "wrong delimiter": ("id^name^date\n1^x^2025-09-01\n", "wrong_delimiter", "id^name^date"),
    "wrong delimiter in quotes": ('"id":"name":"date"\n', "wrong_delimiter", "id"),
    "other delimiter below": (
        "id,name,date\n# rows\n1;x;2025-09-01\n2;y;2025-09-02\n",
        "wrong_delimiter",
        "like its header",
    ),
    "column twice": ("id,name,NAME\n", "column_twice", "NAME"),
    "quote not closed": ('id,name\n1,x\n2,"y\n3,z\n', "quotes_broken", "Line 3"),
    "quote not doubled": ('id,name\n1,x\n2,"y" z",1\n', "quotes_broken", "Line 3"),
    "long field": ('id,name\n1,"' + "x\n" * limits.MB, "field_too_long", "Line 2"),
    "zero bytes": (b"id,name\n" + b"1,x\n" * 20_000 + b"\0" * 9, "file_broken", "zero bytes"),
    "old workbook": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99 + "Workbook".encode("utf-16-le"),
        "workbook_old",
        ".xlsx",
    ),
    "locked workbook": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99 + "EncryptedPackage".encode("utf-16-le"),
        "workbook_encrypted",
        "password",
    ),
    "no whole zip": (zipped({"a.csv": HEADER * 999})[:99], "zip_broken", "Was it sent whole?"),
    "workbook that is none": (
        zipped({"xl/workbook.xml": "<no", "[Content_Types].xml": "<no"}),
        "file_broken",
        "broken inside",
    ),
    "zip three deep": (
        zipped({"a.zip": zipped({"b.zip": zipped({"c.csv": HEADER})})}),
        "zip_nested",
        "a.zip/b.zip",
    ),
    "bomb": (zipped({"a.csv": b"a" * (limits.ZIP_SMALL + 1)}), "zip_bomb", "200 times"),
    "bomb in a zip": (
        zipped({"x.zip": zipped({"a.csv": b"a" * (limits.ZIP_SMALL + 1)})}),
        "zip_bomb",
        "200 times",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    content, code, words = BROKEN[name]
    file = put(tmp_path, "given.bin", content)

    problem = refusal(file)

    assert (problem.code, words in problem.detail) == (code, True), problem.detail
    assert "given.bin" in problem.detail or "a.csv" in problem.detail or "a.zip" in problem.detail


@pytest.mark.parametrize(
    "page", ["<!DOCTYPE html><p>Sign in", "\ufeff\n<html><table>", "<!-- x --><html>"]
)
def test_a_web_page_that_is_called_a_table_is_refused(tmp_path: Path, page: str) -> None:
    problem = refusal(put(tmp_path, "students.csv", page))

    assert problem.code == "web_page"
    assert "students.csv is a web page, not a table" in problem.detail


def test_a_broken_entry_is_named(tmp_path: Path) -> None:
    packed = bytearray(zipped({"in/a.csv": "".join(f"{n},{n * n}\n" for n in range(9999))}))
    packed[200:260] = b"\xff" * 60

    problem = refusal(put(tmp_path, "set.zip", bytes(packed)))

    assert problem.code == "file_broken"
    assert problem.detail.startswith("in/a.csv is broken inside")


def test_a_locked_archive_is_refused(tmp_path: Path) -> None:
    packed = bytearray(zipped({"a.csv": HEADER}))
    at = packed.index(b"PK\x01\x02") + 8
    packed[at : at + 2] = struct.pack("<H", 1)

    assert refusal(put(tmp_path, "set.zip", bytes(packed))).code == "zip_encrypted"


def test_an_archive_of_too_many_files_is_refused(tmp_path: Path) -> None:
    entries = {f"{n}.csv": "" for n in range(limits.ZIP_ENTRIES + 1)}

    assert refusal(put(tmp_path, "set.zip", zipped(entries))).code == "zip_too_many"


def test_archives_together_may_not_claim_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ZIP_TOTAL", 100)
    inner = zipped({"a.csv": f"{HEADER}\n{'1,x,y' * 9}"})

    read_all(put(tmp_path / "1", "one.zip", inner))
    assert refusal(put(tmp_path / "2", "set.zip", zipped({"x.zip": inner}))).code == "zip_too_large"
    put(tmp_path / "3", "one.zip", inner)
    assert refusal(put(tmp_path / "3", "two.zip", inner).parent).code == "zip_too_large"


def test_a_line_without_end_never_fills_the_memory(tmp_path: Path) -> None:
    file = put(tmp_path, "given.csv", "id,name\n1,")
    with file.open("ab") as content:
        content.truncate(100 * limits.MB)
        content.seek(100 * limits.MB)
    filled = put(tmp_path, "filled.csv", b"id,name\n1," + b"x" * (limits.LINE + limits.MB))

    assert refusal(file).code == "file_broken"
    assert refusal(filled).code == "line_too_long"


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    assert refusal(tmp_path / "nothing").code == "no_such_folder"


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
        ["00123", 12345.0, date(2025, 9, 1), datetime(2025, 9, 1, 8, 30), time(8, 5), True, 0.5]  # noqa: DTZ001
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


def test_an_archive_packed_in_an_unknown_way_is_refused(tmp_path: Path) -> None:
    packed = bytearray(zipped({"a.csv": HEADER}))
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = packed.index(mark) + at
        packed[place : place + 2] = struct.pack("<H", 9)

    assert refusal(put(tmp_path, "set.zip", bytes(packed))).code == "file_packing"


def test_a_big_table_in_an_archive_takes_little_memory(tmp_path: Path) -> None:
    text = "id,note\n" + "".join(f"{n},some words about {n}\n" for n in range(400_000))
    file = put(tmp_path, "set.zip", zipped({"a.csv": text}))
    size = len(text)
    del text

    with sources.opened(file) as found:
        rows = found[0].tables()[0].rows()
        tracemalloc.start()
        try:
            count = sum(1 for _ in rows)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert count == 400_000
    assert most < size / 2
    assert most < 6 * limits.MB
