"""Attendance in a grid: a row for each student, a column for each date."""

from pathlib import Path

import pytest

from server.db.database import Database
from server.intake.columns import suggest
from server.intake.columns.profile import parse
from server.intake.files import sources
from server.intake.formats import plain, profile
from server.problems import Invalid, Problem
from tests.support.csv_office import CsvOffice
from tests.support.tables import MemorySink, read_all, source

GRID = """
key = "grid"
title = "Grid"
[[table]]
record = "attendance"
match = ["Student ID"]
across = true
columns = { student_id = "Student ID" }
[codes]
U = "absent_unexcused"
E = "absent_excused"
P = "present"
"""
HEADER = "Student ID,Student Name,{}\n"


def read(text: str, toml: str = GRID) -> MemorySink:
    return read_all(profile.find([source("g.csv", text)], chosen=parse(toml, file="g.toml")))


def told(sink: MemorySink) -> list[tuple[int, str, str, str]]:
    return [(one.line, one.number, one.on_date, one.code) for one in sink.events_read]


def test_every_filled_field_is_an_event_of_its_columns_date() -> None:
    header = HEADER.format("Tue 9/2/2025,9/3/2025 (Wed),9/15/2025")
    sink = read(header + '0012,"Baca, Lucía",,U,E\n0013,"Ruiz, Mateo",U, ,\n')

    assert told(sink) == [
        (2, "0012", "2025-09-03", "U"),
        (2, "0012", "2025-09-15", "E"),
        (3, "0013", "2025-09-02", "U"),
    ]


def test_the_order_of_day_and_month_is_that_of_all_columns_also_empty_ones() -> None:
    header = HEADER.format("9/2/2025,9/3/2025,9/15/2025")

    assert told(read(header + "0012,Lucía,,U,\n")) == [(2, "0012", "2025-09-03", "U")]
    with pytest.raises(Problem) as caught:
        read(HEADER.format("9/2/2025,9/3/2025") + "0012,Lucía,,U\n")
    assert caught.value.code == "dates_ambiguous"


def test_a_row_that_lost_a_field_is_a_fault_and_moves_no_code() -> None:
    header = HEADER.format("2025-09-02,2025-09-03,2025-09-04")
    sink = read(header + "0012,U,,E\n0013,Mateo,,,E,,\n0014,Ana,,,E,U,U\n")

    assert told(sink) == [(3, "0013", "2025-09-04", "E")]
    assert [(one.line, one.code, one.parts) for one in sink.faults] == [
        (2, "field_count", {"found": "4", "wanted": "5"}),
        (4, "field_count", {"found": "7", "wanted": "5"}),
    ]


def test_a_first_row_of_values_is_still_no_header(tmp_path: Path) -> None:
    """A student's birth, entry and exit lie far apart; the columns of a grid do not."""
    file = tmp_path / "students.csv"
    file.write_text("Baca,Lucía,2010-03-04,2025-08-11,2026-05-22\n", encoding="utf-8")
    with sources.opened(file) as found:
        assert [table.header for one in found for table in one.tables()] == [[]]

    file.write_text("Student,2025-12-19,2026-01-05\nx,,U\n", encoding="utf-8")
    with sources.opened(file) as found:
        assert [len(table.header) for one in found for table in one.tables()] == [3]


def test_a_grid_without_a_profile_is_not_taken_for_a_list_of_students() -> None:
    text = HEADER.format("2025-09-02,2025-09-03") + '0012,"Baca, Lucía",,U\n'

    assert plain.find([source("g.csv", text)]) == []


def test_dates_that_read_themselves_need_no_order_in_a_draft(tmp_path: Path) -> None:
    text = HEADER.format("2025-09-02,2025-09-03") + "0012,Ana,,U\n"
    (tmp_path / "g.csv").write_text(text, encoding="utf-8")

    assert "dates =" not in suggest.draft(tmp_path / "g.csv")


def test_a_draft_of_a_grid_needs_only_its_codes(tmp_path: Path) -> None:
    text = HEADER.format("9/2/2025,9/3/2025,9/15/2025") + '0012,"Baca, Lucía",,U,U\n13,x,P,P,\n'
    (tmp_path / "g.csv").write_text(text, encoding="utf-8")

    drafted = suggest.draft(tmp_path / "g.csv")
    with pytest.raises(Invalid) as caught:
        parse(drafted, file="g.toml")
    assert {key for key, _ in caught.value.faults} == {"codes.U", "codes.P"}
    assert "9/2/2025" not in drafted.replace("g.csv", "")

    filled = drafted.replace('"U" = ""', 'U = "absent_unexcused"').replace(
        '"P" = ""', 'P = "present"'
    )
    assert told(read(text, filled)) == [
        (2, "0012", "2025-09-03", "U"),
        (2, "0012", "2025-09-15", "U"),
        (3, "13", "2025-09-02", "P"),
        (3, "13", "2025-09-03", "P"),
    ]


@pytest.mark.parametrize(
    ("was", "now", "key"),
    [
        ('record = "attendance"', 'record = "codes"', "across"),
        ("across = true", 'across = true\nday = { column = "a", school = "b" }', "across"),
    ],
)
def test_a_profile_that_makes_no_sense_of_a_grid_is_refused(was: str, now: str, key: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(GRID.replace(was, now), file="g.toml")
    assert f"table[1].{key}" in {found for found, _ in caught.value.faults}


def test_a_fault_names_the_column_of_the_date_and_the_line_comes_back_mended(
    db: Database, tmp_path: Path
) -> None:
    office = CsvOffice(db, tmp_path)
    office.district()
    office.files["codes.csv"] = "code,kind\nU,absent_unexcused\n"
    office.take()
    chosen = parse(GRID.replace("P = ", "R = "), file="g.toml")
    sunday = HEADER.format("9/5/2025,9/7/2025,9/15/2025") + "100,Ana,U,E,\n"
    office.files = {"grid.csv": sunday}

    report = office.take(profile=chosen)

    assert [(one.line, one.field, one.value) for one in report.quarantined] == [
        (2, "9/7/2025", "E")
    ]
    assert office.rows("select on_date, source_code from attendance_event") == [("2025-09-05", "U")]
