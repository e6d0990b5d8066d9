import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]  # it ships no types

from server.intake.files import sources
from server.intake.formats import oneroster, plain, sds
from server.intake.records import PlaceRecord, SchoolRecord, StudentRecord
from tests.conftest import ROOT
from tests.support.tables import read_all, source

SET = ROOT / "tests" / "data" / "earthmover-district-csv"


def _rows(file: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as content:
        return list(csv.DictReader(content, delimiter=delimiter))


def test_reads_the_earthmover_set() -> None:
    with sources.opened(SET) as found:
        sink = read_all(plain.find(found))
    told = _rows(SET / "students_anytown.csv") + _rows(SET / "students_someville.csv")
    students = sink.all(StudentRecord)
    assert sink.faults == []
    assert len(told) == 2398  # 625560 is two people: the checks that follow see to it
    assert [one.number for one in students] == [row["student_id"] for row in told]
    for row, student in zip(told, students, strict=True):
        month, day, year = row["birth_date"].split("/")
        born = student.birth_on
        assert born is not None
        assert (born.year, born.month, born.day) == (int(year), int(month), int(day))
    assert [(one.code, one.name) for one in sink.all(SchoolRecord)] == [
        (row["school_id"], row["school_name"]) for row in _rows(SET / "schools.csv")
    ]
    lines = _rows(SET / "attendance.tsv", "\t")
    assert [(one.number, one.on_date, one.period) for one in sink.events_read] == [
        (row["student_id"], row["day"], row["section"]) for row in lines
    ]
    assert [one.code == "absent_unverified" for one in sink.events_read] == [
        row["absent"] == "TRUE" for row in lines
    ]


def test_says_what_it_took_for_what() -> None:
    sink = read_all(
        plain.find([source("s.csv", "Student ID,Given Name,Surname,School\n1,Ana,Ruiz,7\n")])
    )
    told = [note.reason for note in sink.notes]
    assert told[0] == (
        "Read as students: Student ID = student_id, Given Name = first_name, Surname = last_name."
    )
    assert told[1] == "Nothing was read of School."
    assert "no school year" in told[2]


def test_a_share_of_the_day_is_read_and_what_is_not_read_is_named() -> None:
    text = (
        "Student Number,Attendance Date,Attendance Code,Absent Days Equivalent,Homeroom\n"
        "7,2025-09-03,U,0.50,12\n"
    )
    sink = read_all(plain.find([source("a.csv", text)]))

    assert [line.units for line in sink.events_read] == [420]
    assert [note.reason for note in sink.notes][1] == "Nothing was read of Homeroom."


def test_what_a_table_was_taken_for_is_told_of_the_line_of_its_header(tmp_path: Path) -> None:
    rows = [
        ["Barelas School District"],
        ["Daily absences"],
        ["Student ID", "Attendance Date", "Attendance Code"],
        ["1", "2024-03-01", "U"],
    ]
    (tmp_path / "a.csv").write_text(
        '"Barelas\nSchool District"\n' + "\n".join(",".join(row) for row in rows[1:]) + "\n"
    )
    book: Any = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "b.xlsx")

    with sources.opened(tmp_path) as found:
        notes = read_all(plain.find(found)).notes

    assert [(one.file, one.line) for one in notes] == [("a.csv", 4), ("b.xlsx: Sheet", 3)]


def test_a_table_with_the_year_tells_enrolments_too() -> None:
    sink = read_all(
        plain.find(
            [
                source(
                    "s.csv",
                    "Student Number,First Name,Last Name,School,School Year,Grade\n"
                    "0012,Ana,Ruiz,7,2024-25,9\n",
                )
            ]
        )
    )
    assert [(one.number, one.school_code, one.grade) for one in sink.all(PlaceRecord)] == [
        ("0012", "7", "09")
    ]
    assert len(sink.all(StudentRecord)) == 1
    assert sink.counts == {("s.csv", "row"): 1}


def test_the_school_year_may_be_said_beside_the_file() -> None:
    file = source("s.csv", "Student ID,Given Name,Surname,School\n1,Ana,Ruiz,7\n")
    sink = read_all(plain.find([file], school_year="2024-25"))
    assert [place.school_year for place in sink.all(PlaceRecord)] == ["2024-25"]
    assert not any("no school year" in note.reason for note in sink.notes)


def test_leaves_alone_what_it_does_not_understand() -> None:
    assert plain.find([source("a.csv", "student_id,score\n1,2\n")]) == []
    for header in ("student_id,name,school", "School,Name,Email", "Student ID,Date,Type"):
        assert plain.find([source("c.csv", f"{header}\n1,2024-03-01,3\n")]) == []
    assert plain.find([source("b.csv", "sourcedId,name\n1,2\n")]) == []


@pytest.mark.parametrize(
    "header",
    ["studentSourcedId,orgSourcedId,date,code", "userSourcedId,schoolSourcedId,date,code"],
)
def test_attendance_beside_a_roster_may_name_its_source_ids(header: str) -> None:
    found = [source("attendance.csv", f"{header}\nu1,b,2025-09-02,UNX\n")]

    assert oneroster.find(found) == []
    [event] = read_all(plain.find(found)).events_read
    assert (event.number, event.school_code, event.on_date, event.code) == (
        "u1",
        "b",
        "2025-09-02",
        "UNX",
    )


@pytest.mark.parametrize("more", ["", ",status,dateLastModified"])
def test_a_table_of_classes_with_dates_and_codes_is_attendance_and_no_enrolment(more: str) -> None:
    header = f"classSourcedId,userSourcedId,date,code{more}"
    found = [source("attendance.csv", f"{header}\nm,u1,2025-09-02,UNX{',' * more.count(',')}\n")]

    assert oneroster.find(found) == []
    assert sds.find(found) == []
    [event] = read_all(plain.find(found)).events_read
    assert (event.number, event.period, event.on_date, event.code) == (
        "u1",
        "m",
        "2025-09-02",
        "UNX",
    )


@pytest.mark.parametrize("above", ["Attendance report\n", "Attendance report,,,\n,,,\n", "\n\n"])
def test_a_title_above_the_header_is_no_part_of_the_table(above: str, tmp_path: Path) -> None:
    text = f"{above}Student ID,School ID,Date,Attendance Code\n100,1,2025-09-02,U\n"
    (tmp_path / "report.csv").write_text(text, encoding="utf-8")

    with sources.opened(tmp_path) as found:
        [event] = read_all(plain.find(found)).events_read

    assert (event.number, event.on_date, event.code) == ("100", "2025-09-02", "U")
    assert event.line == 1 + text.count("\n") - 1


def test_a_sheet_may_have_a_title_above_its_header(tmp_path: Path) -> None:
    book: Any = Workbook()
    for row in (["Attendance 2025"], [], ["Student ID", "School ID", "Date", "Attendance Code"]):
        book.active.append(row)
    book.active.append(["100", "1", date(2025, 9, 2), "U"])
    book.save(tmp_path / "report.xlsx")

    with sources.opened(tmp_path) as found:
        [event] = read_all(plain.find(found)).events_read

    assert (event.number, event.on_date, event.line) == ("100", "2025-09-02", 4)
