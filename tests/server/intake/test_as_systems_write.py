"""Files as student systems, spreadsheets and scripts really write them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.db.database import Database
from server.intake.formats import profile
from server.intake.records import GuardianRecord, StudentRecord
from server.intake.report import Report
from server.problems import Problem
from tests.support import rosters
from tests.support.csv_office import CsvOffice
from tests.support.one_roster import given
from tests.support.tables import source


@pytest.fixture
def office(db: Database, tmp_path: Path) -> CsvOffice:
    return CsvOffice(db, tmp_path)


def said(report: Report) -> list[tuple[str, int, str, str, str]]:
    return [(one.file, one.line, one.field, one.value, one.code) for one in report.quarantined]


def test_numbers_that_a_script_wrote_as_fractions_are_the_numbers(office: CsvOffice) -> None:
    office.files = {
        "schools.csv": "school_id,name\n590.0,Barelas\n",
        "students.csv": "student_id,first_name,last_name\n12345.0,Eva,Paz\n",
        "enrollments.csv": "student_id,school_id,school_year,grade\n12345,590,2025-26,3.0\n",
        "guardians.csv": (
            "guardian_id,student_id,first_name,last_name,home_phone\n"
            "7.0,12345.0,Ana,Paz,5055550101.0\n"
        ),
        "codes.csv": "code,kind\nU,absent_unexcused\n",
        "attendance.csv": "student_id,school_id,date,code\n12345.0,590.00,2025-09-03,U\n",
    }

    report = office.take()

    assert said(report) == []
    assert office.rows("select number from student") == [("12345",)]
    assert office.rows("select code from school") == [("590",)]
    assert office.rows("select grade from enrollment") == [("03",)]
    assert office.rows("select source_id from guardian") == [("7",)]
    assert office.rows("select value, value_e164 from contact_point") == [
        ("5055550101", "+15055550101")
    ]
    assert office.rows("select count(*) from attendance_event") == [(1,)]


def test_a_day_number_of_a_spreadsheet_is_told_as_one(office: CsvOffice) -> None:
    office.district()
    office.files["attendance.csv"] = "student_id,school_id,date,code\n100,1,45903,U\n"

    report = office.take()

    assert said(report) == [("attendance.csv", 2, "date", "45903", "day_number")]
    assert "2025-09-03" in report.quarantined[0].reason
    assert "format of a date" in report.quarantined[0].mend


def test_a_roster_may_write_its_numbers_as_fractions(tmp_path: Path) -> None:
    tables = rosters.one_roster()
    tables["users"] = _put(tables["users"], {"00123": "970012.0", "505-555-0102": "5055550102.0"})

    sink = given(tmp_path, tables)

    assert sink.all(StudentRecord)[0].number == "970012"
    numbers = [point.value for one in sink.all(GuardianRecord) for point in one.points]
    assert "5055550102" in numbers


def _put(rows: rosters.Rows, values: dict[str, str]) -> list[Sequence[str]]:
    return [[values.get(field, field) for field in one] for one in rows]


def test_a_version_may_be_written_as_in_addresses(tmp_path: Path) -> None:
    tables = rosters.one_roster()
    tables["manifest"] = rosters.manifest("v1p1", users="bulk", orgs="bulk", enrollments="bulk")

    assert len(given(tmp_path, tables).all(StudentRecord)) == 3


def test_moments_of_change_may_be_written_by_months(tmp_path: Path) -> None:
    tables = rosters.one_roster()
    users = [list(one) for one in tables["users"]]
    users[1][2], users[2][2] = "8/31/2025 10:00:00 AM", "8/11/2025 4:05 PM"
    tables["users"] = users

    sink = given(tmp_path, tables)

    assert sink.faults == []
    assert [one.source_at for one in sink.all(StudentRecord)][:2] == [
        datetime(2025, 8, 31, 10, tzinfo=UTC),
        datetime(2025, 8, 11, 16, 5, tzinfo=UTC),
    ]

    users[1][2] = "8/9/2025 10:00:00 AM"
    with pytest.raises(Problem) as caught:
        given(tmp_path / "unclear", tables)
    assert caught.value.code == "dates_ambiguous"


def test_ties_of_a_student_who_is_deleted_and_was_never_here_are_no_fault(
    office: CsvOffice,
) -> None:
    tables = rosters.one_roster()
    users = [list(one) for one in tables["users"]]
    users[1][1:3] = "tobedeleted", "2025-09-01T10:00:00Z"
    tables["users"] = users
    office.files = {f"{name}.csv": rosters.written(rows) for name, rows in tables.items()}

    report = office.take()

    assert (said(report), report.deleted_unknown_count) == ([], 1)
    assert office.rows("select number from student order by 1") == [("00124",), ("u3",)]


def test_a_table_that_only_served_to_look_numbers_up_is_named() -> None:
    (reader,) = profile.find(
        [
            source(
                "attendance.txt",
                "ID,StudentID,SchoolID,Att_Date,Attendance_CodeID,Att_Mode_Code\n"
                "1,501.0,590,09/13/2025,11,ATT_ModeDaily\n",
            ),
            source("numbers.txt", "ID,Student_Number\n501,000970012\n"),
            source("attendance_code.txt", "ID,Att_Code,Description\n11,U,Unexcused\n"),
        ]
    )

    assert sorted(reader.skipped) == ["attendance_code.txt", "numbers.txt"]
    assert "look up" in reader.skipped["numbers.txt"].en
