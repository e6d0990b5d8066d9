"""A file is known again by its name without date and copy mark; another school's is not."""

import pytest

from server.intake.columns.file_names import lasting_path


@pytest.mark.parametrize(
    "file",
    [
        *("attendance.csv", "ATTENDANCE.CSV", "Attendance-2026-04-13 (2).csv"),
        *("2026-04-12 attendance.csv", "attendance_20260412.txt"),
        *("attendance_2026-04-12T081500Z.csv", "attendance 20260412081500.csv"),
        *("attendance 4-12-2026.csv", "attendance 12.4.26.csv", "attendance04122026.csv"),
        *("attendance Apr 12.csv", "12-april-2026 attendance.csv", "attendance_May2026.csv"),
        "attendance 2025-26.csv",
        *("Copy of attendance.csv", "attendance - Copy (2).csv", "attendance copy 3.csv"),
        *("Copia de attendance.csv", "attendance (copia).csv"),
    ],
)
def test_a_date_or_a_copy_makes_no_other_source(file: str) -> None:
    assert lasting_path(file) == "attendance"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("highland.csv", "jefferson.csv"),
        ("school_001.csv", "school_002.csv"),
        ("school_1012.csv", "school_1013.csv"),
        ("school_2013.csv", "school_2014.csv"),
        ("site_250412.csv", "site_250413.csv"),
        ("room_12_01.csv", "room_12_02.csv"),
        ("school 1011 2026-04-12.csv", "school 1012 2026-04-13.csv"),
        ("001016 attendance.csv", "001020 attendance.csv"),
        ("350006000012_attendance.csv", "350006000013_attendance.csv"),
        ("May Elementary.csv", "June Elementary.csv"),
        ("Marshall 12.csv", "12.csv"),
        ("highland/attendance.csv", "jefferson/attendance.csv"),
        ("highland.zip/attendance.csv", "jefferson.zip/attendance.csv"),
        ("book.xlsx: Highland", "book.xlsx: Jefferson"),
        ("grades 6-8.csv", "grades 9-12.csv"),
    ],
)
def test_what_may_be_another_school_is_another_source(one: str, other: str) -> None:
    assert lasting_path(one) != lasting_path(other)


@pytest.mark.parametrize(
    "file",
    ["2026-04-12.csv", "0412.csv", "1 (2).csv", "highland/20260412.csv", "0412.xlsx: Sheet1"],
)
def test_a_file_that_is_named_by_its_day_only_is_nobodys(file: str) -> None:
    assert lasting_path(file) == ""


def test_folders_sheets_and_archives_keep_their_names_without_dates() -> None:
    wanted = "highland/book/students 9"
    assert lasting_path("Highland 2026-04-12.zip/book (1).xlsx: Students 9") == wanted
