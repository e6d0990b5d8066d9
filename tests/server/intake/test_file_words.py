"""Faults that are found after reading name the file's own column, and what stands in it."""

from datetime import date
from pathlib import Path

import pytest

from server.db.database import Database
from server.intake.columns import profile
from server.intake.records import Fault
from server.intake.report import Report
from tests.support import rosters
from tests.support.csv_office import CsvOffice
from tests.support.office import Event, Office, school_days, take_in

DAYS = school_days(until=date(2026, 2, 27))
SIS = """
key = "our-sis"
title = "Our student system"
dates = "mdy"

[[table]]
record = "attendance"
match = ["Perm ID", "Abs Dt", "Cd"]
columns = { student_id = "Perm ID", school_id = "Sch", date = "Abs Dt", code = "Cd" }
"""


@pytest.fixture
def office(db: Database, tmp_path: Path) -> CsvOffice:
    office = CsvOffice(db, tmp_path)
    office.district()
    return office


def take(office: CsvOffice, rows: list[str]) -> Report:
    office.attendance(rows, "Perm ID,Sch,Abs Dt,Cd")
    return office.take(profile=profile.parse(SIS, file="our-sis.toml"))


def told(faults: list[Fault]) -> list[tuple[str, int, str, str, str]]:
    return [(one.file, one.line, one.field, one.value, one.code) for one in faults]


def test_an_extract_with_names_of_its_own(office: CsvOffice) -> None:
    day = f"{DAYS[3]:%m/%d/%Y}"

    report = take(
        office,
        [
            f"100,1,{day},U",
            f"  999,1,{day},U",
            f"101,7,{day},U",
            "101,1,12/27/2025,U",
            "101,1,03/30/2026,U",
        ],
    )

    assert told(report.quarantined) == [
        ("attendance.csv", 3, "Perm ID", "999", "student_unknown"),
        ("attendance.csv", 4, "Sch", "7", "school_unknown"),
        ("attendance.csv", 5, "Abs Dt", "12/27/2025", "no_session"),
        ("attendance.csv", 6, "Abs Dt", "03/30/2026", "future_date"),
    ]
    assert {one.reason for one in report.reasons} == {one.reason for one in report.quarantined}


def test_a_table_without_a_column_for_it_is_told_in_our_words(office: CsvOffice) -> None:
    office.attendance([f"999,{DAYS[3]},U"], "student_id,date,code")

    report = office.take()

    assert told(report.quarantined) == [
        ("attendance.csv", 2, "student_id", "999", "student_unknown")
    ]


def test_lines_that_contradict_each_other_name_the_columns_that_say_who_is_meant(
    office: CsvOffice,
) -> None:
    office.files["students.csv"] += "100,Somebody,Else\n"

    report = office.take()

    assert told(report.quarantined) == [("students.csv", 4, "student_id", "100", "said_twice")]


def test_an_element_of_ed_fi_is_named_as_its_version_names_it(db: Database, tmp_path: Path) -> None:
    office = Office(students={"100": "1"})
    office.events = [Event("100", DAYS[3]), Event("999", DAYS[3])]
    folder = office.write(tmp_path / "new")
    old = tmp_path / "old"
    old.mkdir()
    for file in folder.iterdir():
        text = file.read_text(encoding="utf-8").replace("StudentUniqueId", "StudentUniqueStateId")
        (old / file.name).write_text(text, encoding="utf-8")

    new_names = [one.field for one in take_in(db, folder).quarantined]
    old_names = [one.field for one in take_in(db, old).quarantined]

    assert new_names == ["StudentUniqueId"]
    assert old_names == ["StudentUniqueStateId"]


def test_a_roster_s_columns_are_named_as_it_writes_them(db: Database, tmp_path: Path) -> None:
    tables = rosters.one_roster()
    header = tables["enrollments"][0]
    stranger = [
        {"sourcedId": "e-x", "userSourcedId": "nobody", "role": "student"}.get(name, field)
        for name, field in zip(header, tables["enrollments"][1], strict=True)
    ]
    tables["enrollments"] = [*tables["enrollments"], stranger]

    report = take_in(db, rosters.put(tmp_path / "set", tables))

    found = [one for one in report.quarantined if one.code == "student_unknown"]
    assert [(one.field, one.value) for one in found] == [("userSourcedId", "nobody")]
