"""An elementary school is one whatever its file calls it; and a family of no school is called."""

from datetime import timedelta
from pathlib import Path

import pytest

from schemas.vocabulary import GRADES
from server.attendance import store as attendance
from server.attendance.rules.levels import band_of, level_of_word
from server.db.database import Database
from server.ladder import catalog, service
from server.snapshot import service as snapshot
from server.snapshot.rules import level_of
from server.snapshot.service import Question
from tests.support.csv_office import DAYS, CsvOffice
from tests.support.office import MONDAY

YEAR = "2025-26"
LATER = MONDAY + timedelta(days=1)
PLACES = "student_id,school_id,school_year,grade,entry_date\n"
HALF = "student_id,school_id,date,code,portion"


def crossed(db: Database, ladder: str = "aps-2014", **asked: object) -> dict[str, int]:
    with db.read(LATER) as tx:
        return service.counts(tx, catalog.get(ladder), YEAR, **asked).steps  # type: ignore[arg-type]  # as given


@pytest.mark.parametrize(
    ("word", "level"),
    [
        ("Jr High", "middle"),
        ("Jr. High School", "middle"),
        ("JH", "middle"),
        ("Senior High", "high"),
        ("Jr/Sr High", ""),
        ("Junior/Senior High", ""),
        ("K-8", ""),
    ],
)
def test_a_junior_high_school_is_no_high_school(word: str, level: str) -> None:
    assert level_of_word(word) == level


@pytest.mark.parametrize("grade", [*GRADES, "PK4", "K4", "Pre-Kindergarten", "Tenth grade"])
def test_a_school_that_nothing_names_is_what_its_students_are_counted_as(grade: str) -> None:
    assert level_of("", {grade: 3}) == band_of("", grade)
    assert bool(band_of("", grade)) is (grade not in {"PS", "UG"})


@pytest.mark.parametrize("level", ["elementary", "Elementary School", "Primary", "ES", ""])
def test_half_days_in_an_elementary_school_are_days_on_cases_and_in_the_report_alike(
    any_db: Database, tmp_path: Path, level: str
) -> None:
    office = CsvOffice(any_db, tmp_path)
    office.district(["100", "101"])
    office.files["schools.csv"] = f"school_id,name,level\n1,Sandia,{level}\n"
    office.files["enrollments.csv"] = PLACES + "".join(
        f"{number},1,{YEAR},03,2025-08-11\n" for number in ("100", "101")
    )
    office.attendance([f"100,1,{day},U,0.5" for day in DAYS[:5]], HALF)
    office.take()

    assert crossed(any_db)["early_intervention_5"] == 1
    assert crossed(any_db, known_at=MONDAY)["early_intervention_5"] == 1
    [(stored,)] = office.rows("select count(*) from crossing where step = 'early_intervention_5'")
    assert stored == 1
    with any_db.read(LATER) as tx:
        taken = snapshot.take(tx, Question(school_year=YEAR, day=50))
        total = snapshot.snapshot(tx, taken).figures["unexcused_total"]
    assert total.exact == "5/1"


def test_in_a_school_of_all_grades_each_student_is_counted_by_his_own(
    any_db: Database, tmp_path: Path
) -> None:
    office = CsvOffice(any_db, tmp_path)
    office.district(["100", "101"])
    office.files["schools.csv"] = "school_id,name,level\n1,Sandia,Elementary/Secondary School\n"
    office.files["enrollments.csv"] = PLACES + (
        f"100,1,{YEAR},03,2025-08-11\n101,1,{YEAR},10,2025-08-11\n"
    )
    rows = [f"{number},1,{day},U,0.5" for number in ("100", "101") for day in DAYS[:4]]
    office.attendance(rows, HALF)
    office.take()

    steps = crossed(any_db)
    assert (steps["robocall_2"], steps["school_call_4"]) == (2, 1)
    with any_db.read(LATER) as tx:
        taken = snapshot.take(tx, Question(school_year=YEAR, day=50))
        rows_of = snapshot.rows_of(tx, taken, "unexcused_total").rows
    assert {row.number: row.units for row in rows_of} == {"100": 4 * 840, "101": 2 * 840}


def test_a_call_to_a_family_of_no_school_this_year_stops_no_count(
    any_db: Database, tmp_path: Path
) -> None:
    office = CsvOffice(any_db, tmp_path)
    office.district(["100", "101"])
    office.files["enrollments.csv"] = PLACES + f"100,1,{YEAR},09,2025-08-11\n"
    office.files["staff.csv"] = "login,name,role\nana.example,Ana,advisor\n"
    office.files["contacts.csv"] = (
        "contact_id,student_id,occurred_at,by_login,method,outcome\n"
        f"1,101,{DAYS[20]} 12:00,ana.example,phone_call,spoke_guardian\n"
    )
    office.attendance([f"100,1,{day},U" for day in DAYS[:20]])
    with any_db.write(MONDAY) as tx:
        attendance.save_setting(tx, "ladder", "nm-afsa")
    office.take()

    assert crossed(any_db, "nm-afsa")["early_intervention"] == 1
    assert crossed(any_db, "nm-afsa", day=30)["intensive_support"] == 1
