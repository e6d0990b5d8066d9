"""A student system's roster and Presente's own tables for the same schools, in one import."""

from pathlib import Path
from typing import Any

import pytest

from server.db.database import Database
from server.intake.report import Report
from tests.support import rosters
from tests.support.csv_office import CsvOffice

OWN_SCHOOLS = "school_id,name,level,mode,periods_per_day\n"


@pytest.fixture
def office(db: Database, tmp_path: Path) -> CsvOffice:
    return CsvOffice(db, tmp_path)


def beside(office: CsvOffice, **own: str) -> Report:
    """Import the roster of two schools with some of Presente's own tables in one folder."""
    for name, rows in rosters.one_roster().items():
        office.files[f"{name}.csv"] = rosters.written(rows)
    for name, text in own.items():
        office.files[f"own/{name}.csv"] = text
    return office.take()


def notes(report: Report) -> list[tuple[str, str, str]]:
    return [
        (one.field, one.value, one.parts["own"])
        for one in report.notes
        if one.code.startswith("own_table")
    ]


def schools(office: CsvOffice) -> list[tuple[Any, ...]]:
    return office.rows("select code, name, level, mode, periods_per_day from school order by code")


def stays(office: CsvOffice, number: str) -> list[tuple[Any, ...]]:
    found = office.rows(
        "select student.number, stay.entry_on, stay.exit_on, enrollment.grade from stay "
        "join enrollment on enrollment.id = stay.place_id "
        "join student on student.id = enrollment.student_id order by 2"
    )
    return [row[1:] for row in found if row[0] == number]


def test_what_each_of_the_two_alone_knows_of_a_school_is_taken(office: CsvOffice) -> None:
    report = beside(
        office,
        schools=OWN_SCHOOLS + "0101,Rio Middle School,,period,7\nb,Mesa Academy,high,daily,\n",
    )

    assert schools(office) == [
        ("0101", "Rio Middle School", "middle", "period", 7),
        ("b", "Mesa Academy", "high", "daily", None),
    ]
    assert (report.quarantined_count, notes(report)) == (0, [("level", "elementary", NAME)])
    assert beside_again(office) == "nothing_to_do"


NAME = "own/schools.csv"


def beside_again(office: CsvOffice) -> str:
    return beside(
        office,
        schools=OWN_SCHOOLS + "0101,Rio Middle School,,period,7\nb,Mesa Academy,high,daily,\n",
    ).state


def test_where_they_differ_the_own_table_holds_and_the_other_word_is_on_the_report(
    office: CsvOffice,
) -> None:
    report = beside(office, schools=OWN_SCHOOLS + "0101,Escuela Media Río,middle,,\n")

    assert schools(office)[0][:2] == ("0101", "Escuela Media Río")
    assert notes(report) == [("name", "Rio Middle School", NAME)]
    [note] = [one for one in report.notes if one.code == "own_table_holds"]
    assert (note.file, note.line) == ("orgs.csv", 4)
    counts = {one.file: (one.added, one.unchanged) for one in report.files}
    assert (counts[NAME], counts["orgs.csv"]) == ((1, 0), (1, 3))


def test_an_own_table_may_use_the_rosters_identifier_of_a_school(office: CsvOffice) -> None:
    calendar = "school_id,date,event\na,2025-09-01,Instructional day\n"

    beside(office, schools=OWN_SCHOOLS + "a,Rio Middle School,,period,\n", calendar=calendar)

    assert [one[0] for one in schools(office)] == ["0101", "b"]
    assert office.rows("select count(*) from calendar_day") == [(1,)]
    office.files["schools.csv"] = OWN_SCHOOLS + "a,Rio Middle School,,daily,\n"
    office.take()
    assert [(one[0], one[3]) for one in schools(office)] == [("0101", "daily"), ("b", "daily")]


def test_an_own_table_that_lost_its_zeros_makes_no_second_school(office: CsvOffice) -> None:
    report = beside(office, schools=OWN_SCHOOLS + "101,Rio Middle School,,period,\n")

    assert [one[0] for one in schools(office)] == ["0101", "b"]
    [fault] = report.quarantined
    assert (fault.file, fault.field, fault.value) == (NAME, "school_id", "101")
    assert fault.code == "school_unknown_padded"


def test_students_get_what_the_roster_cannot_say(office: CsvOffice) -> None:
    report = beside(
        office,
        students="student_id,first_name,last_name,preferred_name\n00123,Zoé,Nuñez,Zo\n",
    )

    told = office.rows(
        "select first_name, last_name, preferred_name from student where number = '00123'"
    )
    assert told == [("Zoé", "Nuñez", "Zo")]
    assert [one[:2] for one in notes(report)] == [("last_name", "Núñez")]


def test_an_own_stay_without_dates_gets_those_of_the_roster(office: CsvOffice) -> None:
    beside(
        office,
        enrollments="student_id,school_id,school_year,grade\n00124,0101,2025-26,07\n",
    )

    assert stays(office, "00124") == [
        ("2025-08-11", "2025-10-03", "07"),
        ("2025-11-03", None, "07"),
    ]


def test_how_an_own_stay_without_a_start_ended_is_said_of_the_last_stay_only(
    office: CsvOffice,
) -> None:
    beside(
        office,
        enrollments="student_id,school_id,school_year,exit_date,exit_reason\n"
        "00124,0101,2025-26,2025-11-20,moved\n",
    )

    assert office.rows("select exit_on, exit_reason from stay where exit_reason <> ''") == [
        ("2025-11-20", "moved")
    ]


def test_an_own_stay_holds_against_one_that_overlaps_it_and_leaves_another(
    office: CsvOffice,
) -> None:
    report = beside(
        office,
        enrollments="student_id,school_id,school_year,grade,entry_date,exit_date\n"
        "00124,0101,2025-26,08,2025-08-18,2025-10-01\n",
    )

    assert stays(office, "00124") == [
        ("2025-08-18", "2025-10-01", "08"),
        ("2025-11-03", None, "08"),
    ]
    assert {one[1] for one in notes(report)} >= {"2025-08-11"}


def test_own_terms_hold_against_the_rosters_of_the_same_kind(office: CsvOffice) -> None:
    report = beside(
        office,
        terms="school_year,kind,title,begin_date,end_date\n"
        "2025-26,semester,Fall,2025-08-12,2025-12-19\n"
        "2025-26,semester,Spring,2026-01-06,2026-05-28\n",
    )

    assert office.rows("select begin_on, end_on from term order by 1") == [
        ("2025-08-12", "2025-12-19"),
        ("2026-01-06", "2026-05-28"),
    ]
    assert [one[1] for one in notes(report)] == ["2025-08-11"]


def test_a_guardians_numbers_of_both_are_kept(office: CsvOffice) -> None:
    report = beside(
        office,
        guardians="guardian_id,student_id,first_name,last_name,lives_with,mobile_phone\n"
        "g1,00123,Eva,Núñez,yes,505-555-0199\n",
    )

    found = office.rows(
        "select value from contact_point join guardian on guardian.id = guardian_id "
        "where source_id = 'g1' order by position"
    )
    assert [value for (value,) in found] == ["505-555-0199", "eva@example.org"]
    assert "(505) 555-0101" in {one[1] for one in notes(report)}
    assert office.rows(
        "select lives_with from guardianship join guardian on guardian.id = guardian_id "
        "join student on student.id = student_id where source_id = 'g1' and number = '00123'"
    ) == [(1,)]


def test_what_the_roster_deletes_is_deleted_though_an_own_table_still_has_it(
    office: CsvOffice,
) -> None:
    beside(office)
    tables = rosters.one_roster()
    users = [list(one) for one in tables["users"]]
    for one in users[1:]:
        if one[0] == "u2":
            one[1] = "tobedeleted"
            one[2] = "2026-01-05T00:00:00Z"
    office.files = {
        "manifest.csv": rosters.written(rosters.manifest(users="delta")),
        "users.csv": rosters.written([users[0], *(one for one in users if one[0] == "u2")]),
        "students.csv": "student_id,first_name,last_name\n00124,Ben,Oso\n",
    }

    report = office.take()

    assert [one[2] for one in notes(report)] == ["students.csv"]
