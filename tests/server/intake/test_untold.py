"""What a file has no place for is not taken away by it."""

from pathlib import Path
from typing import Any

import pytest

from server.db.database import Database
from server.intake.report import Report
from tests.support import rosters
from tests.support.csv_office import CsvOffice

OWN_GUARDIANS = (
    "guardian_id,student_id,first_name,last_name,relation,lives_with,restriction,position,"
    "mobile_phone,home_phone,email,street,city\n"
    "g1,00123,Eva,Núñez,Mother,yes,Court order 12,3,"
    "505-555-0101,505-555-0177,eva@example.org,1 Main St,Mesa\n"
)
TIE = (
    "select relation, lives_with, restriction, position from guardianship "
    "join guardian on guardian.id = guardian_id where source_id = 'g1'"
)
NUMBERS = (
    "select contact_point.kind, value from contact_point join guardian on guardian.id = "
    "guardian_id where source_id = 'g1' and ended_at is null order by 1"
)
STUDENT = (
    "select first_name, middle_name, preferred_name, birth_on from student where number = '{}'"
)


@pytest.fixture
def office(db: Database, tmp_path: Path) -> CsvOffice:
    return CsvOffice(db, tmp_path)


def take(office: CsvOffice, **files: str) -> Report:
    """Import these files and nothing else."""
    office.files = {f"{name}.csv": text for name, text in files.items()}
    return office.take()


def roster(office: CsvOffice, **tables: rosters.Rows) -> Report:
    """Import a whole roster."""
    told = rosters.one_roster() | tables
    return take(office, **{name: rosters.written(rows) for name, rows in told.items()})


def change(office: CsvOffice, *users: list[str]) -> Report:
    """Import a delta of users."""
    tables = {"manifest": rosters.manifest(users="delta"), "users": [rosters.USERS, *users]}
    return take(office, **{name: rosters.written(rows) for name, rows in tables.items()})


def of_student(office: CsvOffice, number: str = "00123") -> tuple[Any, ...]:
    return office.rows(STUDENT.format(number))[0]


def test_changed_users_without_demographics_keep_their_dates_of_birth(office: CsvOffice) -> None:
    roster(office)

    change(office, rosters.user("u1", "student", "a", "Zoe", "Núñez", identifier="00123"))

    assert of_student(office) == ("Zoe", "", "", "2013-02-03")


def test_columns_that_a_table_of_students_lacks_take_nothing_away(office: CsvOffice) -> None:
    known = "student_id,first_name,last_name,middle_name,preferred_name,birth_date\n"
    take(office, students=known + "7,Ana,Paz,Luz,Anita,2014-05-06\n")

    take(office, students="student_id,first_name,last_name\n7,Anna,Paz\n")
    assert of_student(office, "7") == ("Anna", "Luz", "Anita", "2014-05-06")

    take(office, students=known + "7,Anna,Paz,,,2014-05-06\n")
    assert of_student(office, "7") == ("Anna", "", "", "2014-05-06"), "an empty field is a word"


def test_a_court_order_outlives_the_rosters_that_know_of_none(office: CsvOffice) -> None:
    roster(office)
    take(office, guardians=OWN_GUARDIANS)

    users = [
        [field.replace("555-0101", "555-0199") for field in one]
        for one in rosters.one_roster()["users"]
    ]
    roster(office, users=users)

    assert office.rows(TIE) == [("Parent", 1, "Court order 12", 0)]
    assert office.rows(NUMBERS) == [
        ("email", "eva@example.org"),
        ("home", "505-555-0177"),
        ("mobile", "(505) 555-0199"),
    ]
    assert office.rows("select street, ended_at from address") == [("1 Main St", None)]


def test_a_delta_that_names_one_side_of_a_tie_leaves_relation_and_order(office: CsvOffice) -> None:
    roster(office)
    tie = f"{TIE} order by position desc limit 1".replace("g1", "g2")
    assert office.rows(tie) == [("Guardian", 0, "", 1)]

    change(office, rosters.user("g2", "guardian", "a", "Maxi", "Núñez", agents="u1,u3"))
    assert office.rows(tie) == [("Guardian", 0, "", 1)]

    change(
        office,
        rosters.user("u1", "student", "a", "Z", "Núñez", identifier="00123", agents="g1,g2"),
    )
    assert office.rows(tie) == [("Guardian", 0, "", 1)]


def test_a_table_of_guardians_without_numbers_ends_none(office: CsvOffice) -> None:
    roster(office)
    take(office, guardians=OWN_GUARDIANS)

    names = "guardian_id,student_id,first_name,last_name\ng1,00123,Eva María,Núñez\n"
    take(office, guardians=names)
    assert len(office.rows(NUMBERS)) == 3
    assert office.rows(TIE) == [("Mother", 1, "Court order 12", 3)]

    emptied = OWN_GUARDIANS.replace("505-555-0177", "").replace("Court order 12", "")
    take(office, guardians=emptied)
    assert [kind for kind, _ in office.rows(NUMBERS)] == ["email", "mobile"]
    assert office.rows(TIE) == [("Mother", 1, "", 3)]


def test_a_calendar_that_knows_no_minutes_leaves_short_days_short(office: CsvOffice) -> None:
    day = "0101,2025-09-03,Student late arrival/early dismissal"
    roster(office)
    take(office, calendar=f"school_id,date,event,periods,minutes\n{day},4,240\n")

    take(office, calendar="school_id,date,event\n0101,2025-09-03,Make-up day\n")

    days = office.rows("select kind, periods, minutes from calendar_day")
    assert days == [("Make-up day", 4, 240)]


def test_an_end_that_is_told_again_without_its_reason_keeps_it(office: CsvOffice) -> None:
    roster(office)
    stay = "student_id,school_id,school_year,entry_date,exit_date"
    reason = "00124,0101,2025-26,2025-08-11,2025-10-03,Transferred"
    take(office, enrollments=f"{stay},exit_reason\n{reason}\n")

    take(office, enrollments=f"{stay}\n{reason.removesuffix(',Transferred')}\n")

    assert ("2025-10-03", "Transferred") in office.rows("select exit_on, exit_reason from stay")


def test_of_two_files_in_one_import_either_may_say_it(office: CsvOffice) -> None:
    """A roster and an own table that tell different things of one guardian."""
    roster(office)
    take(office, guardians=OWN_GUARDIANS)
    told = {name: rosters.written(rows) for name, rows in rosters.one_roster().items()}
    emptied = "guardian_id,student_id,first_name,last_name,restriction\ng1,00123,Eva,Núñez,\n"

    take(office, **told, guardians=emptied)

    assert office.rows(TIE) == [("Parent", 1, "", 0)]
    assert ("home", "505-555-0177") in office.rows(NUMBERS)
