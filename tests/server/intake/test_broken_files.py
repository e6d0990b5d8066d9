"""Broken files of any kind: each is refused in one sentence that names it."""

import struct
from pathlib import Path

import pytest

from server.intake.files import limits, sources
from tests.support.files import HEADER, put, read_all, refusal, zipped

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


def test_an_archive_packed_in_an_unknown_way_is_refused(tmp_path: Path) -> None:
    packed = bytearray(zipped({"a.csv": HEADER}))
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = packed.index(mark) + at
        packed[place : place + 2] = struct.pack("<H", 9)

    assert refusal(put(tmp_path, "set.zip", bytes(packed))).code == "file_packing"


@pytest.mark.parametrize(
    "content",
    [
        "Hello. This is no workbook.\n",
        bytes(range(1, 200)) * 20,
        zipped({"a.txt": "nothing of a workbook"}),
        zipped({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}),
    ],
    ids=["text", "bytes", "a zip", "a letter"],
)
def test_what_is_only_called_a_workbook_is_named_as_that(
    tmp_path: Path, content: str | bytes
) -> None:
    problem = refusal(put(tmp_path, "roster.xlsx", content))

    assert problem.code == "workbook_not"
    assert problem.detail.startswith("roster.xlsx is called an Excel workbook and is none inside.")
    assert problem.detail_es.startswith("roster.xlsx se llama libro de Excel")


def test_a_table_in_text_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    with sources.opened(put(tmp_path, "roster.xlsx", HEADER)) as (only,):
        assert only.kind == "table"
