"""Files as student systems, spreadsheets and scripts really write them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.db.database import Database
from server.intake.formats import profile
from server.intake.records import GuardianRecord, StudentRecord, TieRecord
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


def test_lists_may_be_parted_by_semicolons(tmp_path: Path) -> None:
    tables = rosters.one_roster()
    tables["users"] = _put(tables["users"], {"g1,g2": "g1; g2", "u1,u3": "u1;u3"})

    ties = {(one.number, one.source_id) for one in given(tmp_path, tables).all(TieRecord)}

    assert ties == {("00123", "g1"), ("00123", "g2"), ("u3", "g2")}


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


def test_a_list_of_classes_renames_no_school(office: CsvOffice) -> None:
    """As Clever's ``sections.csv``: it has a School_id and a Name, and is of neither."""
    office.files = {
        "schools.csv": "School_id,School_name,State_id\n590,Barelas Elementary,35001\n",
        "sections.csv": "School_id,Section_id,Teacher_id,Name\n590,s1,t1,Homeroom\n",
        "teachers.csv": "School_id,Teacher_id,Name\n590,t1,Cook\n",
        "list.csv": "student_id,name,school_id\n7,Lucía Baca,590\n",
    }

    report = office.take()

    assert office.rows("select code, name from school") == [("590", "Barelas Elementary")]
    assert office.rows("select count(*) from student") == [(0,)]
    unread = [one.file for one in report.files if one.skipped]
    assert unread == ["list.csv", "sections.csv", "teachers.csv"]
    assert "--suggest" in report.files[0].skipped


@pytest.mark.parametrize(
    "text",
    [
        "student_id,first_name,last_name,relation,home_phone\n100,Rosa,Paz,Mother,5055550101\n",
        "Student Number,First Name,Last Name,Relationship\n100,Rosa,Paz,Mother\n",
        'student_id,guardian_id,name\n100,7,"Paz, Rosa"\n',
    ],
)
def test_students_are_never_given_the_names_of_their_parents(office: CsvOffice, text: str) -> None:
    office.district()
    office.take()

    office.files = {"parents.csv": text, "codes.csv": "code,kind\nU,absent_unexcused\n"}
    office.take()

    named = office.rows("select first_name, last_name from student where number = '100'")
    assert named == [("Ana", "Peña")]


def test_own_columns_may_be_written_with_spaces_beside_those_that_are_not(
    office: CsvOffice,
) -> None:
    office.files = {
        "schools.csv": "school_id,name\n590,Barelas\n",
        "students.csv": (
            "Student_ID,First Name,Last Name,School_ID,School_Year,Birth Date\n"
            "7,Lucía,Baca,590,2025-26,2015-03-04\n"
        ),
    }

    report = office.take()

    assert (said(report), report.notes) == ([], [])
    assert office.rows("select first_name, birth_on from student") == [("Lucía", "2015-03-04")]
    assert office.rows("select school_year from enrollment") == [("2025-26",)]


@pytest.mark.parametrize("groups", ["Student,,Absence,", "Student,School,Absence,", ",,When,What"])
def test_merged_cells_above_the_header_name_several_columns(office: CsvOffice, groups: str) -> None:
    office.district()
    rows = "student_id,school_id,date,code\n100,1,2025-09-03,U\n"
    office.files["absences.csv"] = f"Barelas,,,\n{groups}\n{rows}"

    report = office.take()

    assert said(report) == []
    assert office.rows("select on_date from attendance_event") == [("2025-09-03",)]


def test_a_header_with_a_gap_is_still_the_header(office: CsvOffice) -> None:
    office.district()
    office.files["absences.csv"] = (
        "student_id,school_id,,date,code\n100,1,Ana,2025-09-03,U\n101,1,Luz,2025-09-04,U\n"
    )

    assert said(office.take()) == []
    assert office.rows("select count(*) from attendance_event") == [(2,)]


def test_what_ed_fi_calls_a_school_is_learned_of_what_is_read_only(office: CsvOffice) -> None:
    """An association that Presente leaves alone names a district by another word."""
    student = (
        "<StudentReference><StudentIdentity><StudentUniqueId>7</StudentUniqueId>"
        "</StudentIdentity></StudentReference>"
    )
    office.files = {
        "students.csv": "student_id,first_name,last_name\n7,Ana,Paz\n",
        "enrollment.xml": (
            '<InterchangeStudentEnrollment xmlns="http://ed-fi.org/5.2.0"><StudentSchoolAssociation>'
            f"{student}<SchoolReference><SchoolIdentity><SchoolId>590</SchoolId></SchoolIdentity>"
            "</SchoolReference><EntryDate>2025-08-11</EntryDate></StudentSchoolAssociation>"
            f"<StudentEducationOrganizationAssociation>{student}<EducationOrganizationReference>"
            "<EducationOrganizationId>35</EducationOrganizationId></EducationOrganizationReference>"
            "</StudentEducationOrganizationAssociation></InterchangeStudentEnrollment>"
        ),
    }

    assert said(office.take()) == [("enrollment.xml", 1, "SchoolId", "590", "school_unknown")]
