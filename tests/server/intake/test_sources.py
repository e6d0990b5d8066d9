"""Folders, archives and CSV dialects: what is read of them."""

import gzip
import itertools
import tracemalloc
from pathlib import Path

import pytest

from server.intake.files import limits, sources
from server.problems import Problem
from tests.support.files import HEADER, put, table_of, zipped

ROWS = "00123,Zoé,2025-09-01\n=cmd(),-1+2,@x\n"


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


def test_a_table_that_is_packed_alone_is_read_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    put(tmp_path / "in", "a.csv.gz", gzip.compress(f"{HEADER}\n{ROWS}".encode()))

    with sources.opened(tmp_path / "in") as found:
        assert [(one.name, one.kind) for one in found] == [("a.csv", "table")]
        for _ in range(2):  # it can be read again
            assert len(list(found[0].tables()[0].rows())) == 2


@pytest.mark.parametrize(
    ("packed", "said"),
    [
        (gzip.compress(bytes(limits.ZIP_SMALL + 1), 1), "unpacks to more than 200 times its size"),
        (gzip.compress(b"id,name\n1,x\n" * 5000)[:-40], "is broken inside"),
        (gzip.compress(gzip.compress(gzip.compress(b"id,name\n1,x\n"))), "inside an archive"),
        (gzip.compress(b""), "empty"),
    ],
    ids=["bomb", "cut off", "packed thrice", "empty"],
)
def test_a_packed_table_that_is_broken_or_meant_to_do_harm_is_named(
    tmp_path: Path, packed: bytes, said: str
) -> None:
    file = put(tmp_path, "a.csv.gz", packed)

    with pytest.raises(Problem) as told, sources.opened(file) as found:
        list(found[0].tables()[0].rows())
    assert said in told.value.detail
    assert "a.csv" in told.value.detail


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
