"""Presente's own tables, plain ones and extracts, from the command line into the database."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from server import cli
from server.db.base import Base
from server.db.database import Database
from server.db.tables.attendance import AttendanceEventRow, CalendarDayRow
from server.db.tables.cases import CaseRow, ContactRow
from server.db.tables.identity import UserRow
from server.db.tables.people import EnrollmentRow, GuardianRow, SchoolRow, StudentRow
from tests.conftest import MONDAY, ROOT, FakeClock

EARTHMOVER = ROOT / "tests" / "data" / "earthmover-district-csv"


class Place:
    """A data folder, and what the command says there."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def __call__(self, *words: object, code: int = 0) -> Any:
        arguments = ["import", *map(str, words), "--dir", str(self.folder / "data"), "--json"]
        assert cli.main(arguments, clock=FakeClock()) == code
        return json.loads(self._capsys.readouterr().out)

    def count(self, table: type[Base]) -> int:
        database = Database(f"sqlite:///{self.folder / 'data' / 'presente.db'}")
        try:
            with database.read(MONDAY) as tx:
                return tx.session.scalar(select(func.count()).select_from(table)) or 0
        finally:
            database.close()

    def counting_contacts(self) -> int:
        database = Database(f"sqlite:///{self.folder / 'data' / 'presente.db'}")
        try:
            with database.read(MONDAY) as tx:
                query = select(ContactRow.id).where(ContactRow.voided_at.is_(None))
                return len(tx.session.scalars(query).all())
        finally:
            database.close()

    def write(self, **files: str) -> Path:
        folder = self.folder / "files"
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        return folder


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Place:
    return Place(tmp_path, capsys)


def quarantined(said: Any) -> int:
    return sum(file["quarantined"] for file in said["files"])


def test_the_template_is_imported_as_it_was_written(place: Place) -> None:
    folder = place.folder / "template"
    place("--template", folder)
    dry = place("--dry-run", folder)
    done = place(folder)
    again = place(folder)
    assert [said["state"] for said in (dry, done, again)] == ["dry_run", "done", "nothing_to_do"]
    assert [quarantined(said) for said in (dry, done, again)] == [0, 0, 0]
    assert place.count(StudentRow) == 3
    assert place.count(EnrollmentRow) == 3
    assert place.count(GuardianRow) == 2
    assert place.count(AttendanceEventRow) == 3
    assert place.count(ContactRow) == 2
    assert place.count(UserRow) == 2


def test_a_contact_history_is_taken_back_and_brought_again(place: Place) -> None:
    folder = place.folder / "template"
    place("--template", folder)
    run = place(folder)["run"]
    place("undo", run)
    assert place.counting_contacts() == 0
    assert place.count(ContactRow) == 2
    place(folder)
    assert place.counting_contacts() == 2
    assert place.count(ContactRow) == 2


def test_the_earthmover_set_goes_in(place: Place) -> None:
    told: dict[str, dict[str, str]] = {}
    lines = 0
    for name in ("students_anytown.csv", "students_someville.csv"):
        with (EARTHMOVER / name).open(encoding="utf-8", newline="") as content:
            for row in csv.DictReader(content):
                lines += 1
                told.setdefault(row["student_id"], row)
    said = place(EARTHMOVER, "--school-year", "2022-23")
    assert place.count(StudentRow) == len(told)
    assert place.count(EnrollmentRow) == len(told)
    assert place.count(SchoolRow) == 6
    assert place.count(AttendanceEventRow) == 0
    assert quarantined(said) == 999 + lines - len(told)


SCHOOL = "school_id,name\n590,Barelas\n"
STUDENTS = "student_id,first_name,last_name\n0012,Ana,Ruiz\n0013,Bo,Li\n"
PLACES = (
    "student_id,school_id,school_year,entry_date\n"
    "0012,590,2013-14,8/13/2013\n0013,590,2013-14,8/13/2013\n"
)
SYNERGY = (
    "SIS_NUMBER,STATE_STUDENT_NUMBER,SCHOOL_CODE,ABS_DATE,Half-Day Unexcused,Full-Day Unexcused,"
    "Half-Day Excused,Full-Day Excused\n"
    "0012,1,590,10/14/2013,0,1.00,0,0\n0013,2,590,10/15/2013,1,0,0,0\n"
)


def test_a_synergy_extract_goes_in_beside_presentes_own_tables(place: Place) -> None:
    folder = place.write(schools=SCHOOL, students=STUDENTS, enrollments=PLACES, daily=SYNERGY)
    said = place(folder)
    assert quarantined(said) == 0
    assert place.count(AttendanceEventRow) == 2
    assert set(said["format"].split("+")) == {"presente", "profile:synergy"}


def test_codes_that_nobody_explained_refuse_the_import(place: Place) -> None:
    text = "SIS_NUMBER,SCHOOL_CODE,ABS_DATE,REAS1,REAS2\n0012,590,10/14/2013,UNX,UNX\n"
    folder = place.write(schools=SCHOOL, students=STUDENTS, enrollments=PLACES, daily=text)
    refused = place(folder, code=1)
    assert refused["code"] == "codes_unmapped"
    assert "UNX" in refused["detail"]
    place.write(codes="code,kind\nUNX,absent_unexcused\n")
    assert quarantined(place(folder)) == 0
    assert place.count(AttendanceEventRow) == 1


def test_a_file_whose_dates_are_unclear_is_refused_until_somebody_says(place: Place) -> None:
    codes = "code,kind\nU,absent_unexcused\n"
    text = "student_id,school_id,date,code\n0012,590,09/10/2013,U\n"
    folder = place.write(
        schools=SCHOOL, students=STUDENTS, enrollments=PLACES, codes=codes, attendance=text
    )
    refused = place(folder, code=1)
    assert refused["code"] == "dates_ambiguous"
    assert "2013-09-10" in refused["detail"]
    assert "2013-10-09" in refused["detail"]
    assert quarantined(place(folder, "--dates", "mdy")) == 0


def test_a_profile_that_makes_no_sense_is_refused_with_every_fault(place: Place) -> None:
    folder = place.write(schools=SCHOOL)
    file = place.folder / "ours.toml"
    file.write_text('key = "a"\n[[table]]\nrecord = "attendence"\n', encoding="utf-8")
    refused = place(folder, "--profile", file, code=1)
    assert refused["code"] == "profile_invalid"
    for told in ("title", "table[1].record", "table[1].match"):
        assert told in refused["detail"]


def test_a_file_with_totals_only_says_why_it_cannot_go_in(place: Place) -> None:
    text = "School Name,SIS_NUMBER,Name,Unexc Absences,SCHOOL_CODE\nBarelas,0012,Ruiz,4,590\n"
    refused = place(place.write(truancy=text), code=1)
    assert refused["code"] == "nothing_to_read"
    assert "no dates" in refused["detail"]
    folder = place.write(schools=SCHOOL, truancy=text)
    said = place(folder)
    (skipped,) = (file["skipped"] for file in said["files"] if file["file"] == "truancy.csv")
    assert "no dates" in skipped


def test_a_school_day_number_is_looked_up_in_the_calendar_beside_it(place: Place) -> None:
    folder = place.write(
        schools=SCHOOL,
        students=STUDENTS,
        enrollments=PLACES,
        calendar="school_id,date,event\n590,2013-08-13,Instructional day\n"
        "590,2013-08-14,Instructional day\n",
        codes="code,kind\nU,absent_unexcused\n",
        att="SC,SN,DY,AL\n590,0012,2,U\n",
    )
    assert quarantined(place(folder)) == 0
    assert place.count(AttendanceEventRow) == 1


def test_a_formula_where_a_name_was_meant_is_kept_back_and_nothing_else(place: Place) -> None:
    folder = place.write(
        schools="school_id,name\n1,Mesa\n2,=A1&B1\n",
        students="student_id,first_name,last_name\n7,Ana,Pe\u00f1a\n8,=cmd(),Ruiz\n@9,Bo,Lee\n",
        guardians=(
            "guardian_id,student_id,first_name,last_name,mobile_phone,restriction\n"
            "g1,7,Eva,Pe\u00f1a,+15055550101,-no contact\n"
        ),
        enrollments="student_id,school_id,school_year\n7,1,2025-26\n",
        attendance="student_id,school_id,date,code\n7,1,2026-02-02,absent_excused\n"
        "7,1,2026-02-03,=B2\n",
    )

    said = place(folder)

    told = [(one["file"], one["field"], one["value"]) for one in said["quarantined"]]
    assert sorted(told) == [
        ("attendance.csv", "code", "=B2"),
        ("schools.csv", "name", "=A1&B1"),
        ("students.csv", "first_name", "=cmd()"),
        ("students.csv", "student_id", "@9"),
    ]
    assert {one["reason"] for one in said["quarantined"]} == {"It looks like a formula."}
    assert {one["mend"] for one in said["quarantined"]} == {
        "Save the file with values, not formulas."
    }
    assert place.count(StudentRow) == place.count(GuardianRow) == 1
    assert place.count(AttendanceEventRow) == 1


def test_a_school_that_lost_its_zeros_is_told_so_and_nothing_of_its_calendar(place: Place) -> None:
    folder = place.write(
        schools="school_id,name\n0101,Mesa\n",
        students="student_id,first_name,last_name\n007,Ana,Ruiz\n",
        enrollments="student_id,school_id,school_year\n007,101,2025-26\n",
        attendance="student_id,school_id,date,code\n007,101,2026-02-02,absent_excused\n"
        "007,999,2026-02-02,absent_excused\n7,0101,2026-02-02,absent_excused\n",
    )

    said = place(folder)

    told = {(one["value"], one["reason"]) for one in said["quarantined"]}
    assert told == {
        ("101", "No school has this identifier. 0101 exists: were leading zeros lost?"),
        ("999", "No school has this identifier."),
        ("7", "No student has this number. 007 exists: were leading zeros lost?"),
    }
    assert not [one for one in said["notes"] if one["value"] in {"101", "999"}]


def test_a_past_year_that_comes_with_this_years_calendar_opens_no_case(place: Place) -> None:
    last_year = [f"2023-09-{day:02d}" for day in range(4, 29) if day not in {9, 10, 16, 17, 23, 24}]
    dates = [*last_year, "2024-09-03"]
    said = place(
        place.write(
            schools="school_id,name,level\n1,Mesa,middle\n",
            students="student_id,first_name,last_name\n7,Ana,Roe\n",
            calendar="\n".join(
                ["school_id,date,event", *(f"1,{day},Instructional day" for day in dates), ""]
            ),
            attendance="\n".join(
                [
                    "student_id,school_id,date,code",
                    *(f"7,1,{day},absent_unexcused" for day in last_year),
                ]
            ),
        )
    )
    assert said["state"] == "done"
    assert place.count(AttendanceEventRow) == len(last_year)
    assert place.count(CalendarDayRow) == len(dates)
    assert place.count(CaseRow) == 0
