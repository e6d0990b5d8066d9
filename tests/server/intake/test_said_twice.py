"""What a file says twice is known once; what it took back, an older word does not bring again."""

from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest

from server.db.database import Database
from server.intake.columns import profile
from server.intake.mending import undo
from server.intake.mending.undo import UndoOrder
from server.intake.report import Report
from server.problems import Problem
from tests.support.csv_office import DAYS, CsvOffice
from tests.support.office import MONDAY

HEADER = "student_id,school_id,date,code"
DAY = DAYS[0]


@pytest.fixture
def office(db: Database, tmp_path: Path) -> CsvOffice:
    office = CsvOffice(db, tmp_path)
    office.district()
    return office


def told_of(report: Report) -> tuple[int, int]:
    told = [one for one in report.files if one.file == "attendance.csv"]
    return sum(one.added for one in told), sum(one.unchanged for one in told)


@pytest.mark.parametrize(
    ("header", "lines"),
    [
        (HEADER, ["100,1,{},U", "100,1,{},U"]),
        (HEADER, ["100,1,{},U", "100,1,{},u"]),
        (HEADER, ["100,1,{},U", "100,1,{},absent_unexcused"]),
        (HEADER, ["100,1,{},U", "100,,{},U"]),
        (f"{HEADER},portion", ["100,1,{},U,1", "100,1,{},U,"]),
        (f"{HEADER},reason", ["100,1,{},U,", "100,1,{},U,ill"]),
        (f"{HEADER},period", ["100,1,{},U,3", "100,1,{},u,3"]),
        (f"{HEADER},updated_at", ["100,1,{},U,2025-09-01T10:00:00Z", "100,1,{},U,"]),
    ],
)
def test_a_line_that_says_again_what_another_says_opens_no_second_fact(
    office: CsvOffice, header: str, lines: list[str]
) -> None:
    told = [line.format(DAY) for line in lines]
    office.attendance(told, header)

    report = office.take()

    assert [kind for *_, kind in office.facts()] == ["absent_unexcused"]
    assert told_of(report) == (1, 1)
    assert [note.value for note in report.notes if "say again" in note.reason] == ["1"]
    office.attendance(told, header)
    assert office.take().state == "nothing_to_do"


def test_of_two_lines_that_say_the_same_the_one_with_a_reason_stays(office: CsvOffice) -> None:
    office.attendance([f"100,1,{DAY},U,", f"100,1,{DAY},U,ill"], f"{HEADER},reason")

    office.take()

    assert office.rows("select reason from attendance_event") == [("ill",)]


@pytest.mark.parametrize(
    ("header", "lines"),
    [
        (f"{HEADER},period", ["100,1,{},U,1", "100,1,{},U,2"]),
        (HEADER, ["100,1,{},U", "100,1,{},E"]),
        (f"{HEADER},portion,reason", ["100,1,{},U,0.5,", "100,1,{},U,0.5,bus"]),
        (f"{HEADER},reason", ["100,1,{},U,ill", "100,1,{},U,away"]),
    ],
)
def test_two_classes_two_kinds_and_two_halves_of_a_day_stay_two(
    office: CsvOffice, header: str, lines: list[str]
) -> None:
    office.attendance([line.format(DAY) for line in lines], header)

    office.take()

    assert len(office.facts()) == 2


STAMPED = f"{HEADER},updated_at"
FIRST, LATER, LAST = "2025-09-01T08:00:00Z", "2025-09-02T08:00:00Z", "2025-09-03T08:00:00Z"


def full(stamp: str, *, without: str = "") -> list[str]:
    """A file that tells everything, of which one day alone changed since."""
    days = [f"100,1,{day},U,{FIRST}" for day in DAYS[:20] if str(day) != without]
    return [*days, f"101,1,{DAYS[0]},U,{stamp}", f"101,1,{DAYS[25]},U,{FIRST}"]


def days_of(office: CsvOffice, number: str) -> list[str]:
    return [one[1] for one in office.facts() if one[0] == number]


def test_a_word_older_than_the_taking_back_does_not_bring_a_fact_again(office: CsvOffice) -> None:
    office.attendance([f"100,1,{DAY},U,{FIRST}"], STAMPED)
    office.take()
    office.attendance([f"100,1,{DAY},P,{LAST}"], STAMPED)
    office.take()
    office.attendance([f"100,1,{DAY},E,{LATER}"], STAMPED)

    report = office.take()

    assert office.facts() == []
    assert [one.older for one in report.files if one.file == "attendance.csv"] == [1]


def test_a_word_newer_than_the_taking_back_holds(office: CsvOffice) -> None:
    office.attendance([f"100,1,{DAY},U,{FIRST}"], STAMPED)
    office.take()
    office.attendance([f"100,1,{DAY},P,{LATER}"], STAMPED)
    office.take()
    office.attendance([f"100,1,{DAY},E,{LAST}"], STAMPED)

    office.take()

    assert [kind for *_, kind in office.facts()] == ["absent_excused"]


def test_what_a_newer_whole_file_lacks_no_older_word_brings_again(office: CsvOffice) -> None:
    office.attendance(full(FIRST), STAMPED)
    office.take()
    office.attendance(full(LAST, without=str(DAYS[3])), STAMPED)
    office.take(window="replace")
    assert len(days_of(office, "100")) == 19
    office.attendance([f"100,1,{DAYS[3]},U,{LATER}"], STAMPED)

    office.take(window="merge")

    assert len(days_of(office, "100")) == 19


def test_a_newer_whole_file_that_has_it_again_is_believed(office: CsvOffice) -> None:
    office.attendance(full(FIRST), STAMPED)
    office.take()
    office.attendance(full(LATER, without=str(DAYS[3])), STAMPED)
    office.take(window="replace")
    office.attendance(full(LAST), STAMPED)

    office.take(window="replace")

    assert len(days_of(office, "100")) == 20


def test_when_the_taking_back_was_wrong_an_older_word_counts_again(
    office: CsvOffice, tmp_path: Path
) -> None:
    office.attendance([f"100,1,{DAY},U,{FIRST}"], STAMPED)
    office.take()
    office.attendance([f"100,1,{DAY},P,{LAST}"], STAMPED)
    office.take()
    [(wrong,)] = office.rows("select id from import_run order by started_at desc, id desc limit 1")
    order = UndoOrder(run=str(UUID(wrong)), data_dir=tmp_path / "data")
    undo.undo(office.db, order, clock=lambda: MONDAY, say=lambda _text: None)
    assert len(office.facts()) == 1
    office.attendance([f"100,1,{DAY},P,"], STAMPED)
    office.take()
    office.attendance([f"100,1,{DAY},E,{LATER}"], STAMPED)

    office.take()

    assert [kind for *_, kind in office.facts()] == ["absent_excused"]


def test_a_share_of_a_day_may_be_written_with_a_comma(office: CsvOffice) -> None:
    office.files["attendance.csv"] = f"student_id;school_id;date;code;portion\n100;1;{DAY};U;0,5\n"

    report = office.take()

    assert report.quarantined_count == 0
    assert office.rows("select units from attendance_event") == [(420,)]


def test_columns_that_name_their_table_are_known_by_what_comes_last(office: CsvOffice) -> None:
    office.attendance(
        [f"100,1,{DAY},U"],
        "student.studentNumber,school.schoolNumber,attendance.date,attendance.code",
    )

    office.take()

    assert [kind for *_, kind in office.facts()] == ["absent_unexcused"]


def test_a_column_of_another_table_is_no_students(office: CsvOffice) -> None:
    office.files["students.csv"] = "student_id,first_name,last_name\n100,Ana,Mora\n"
    office.take()
    office.files["sections.csv"] = (
        "student.studentNumber,section.name,teacher.firstName,teacher.lastName\n100,Math,Tea,Cher\n"
    )

    with suppress(Problem):  # refused, or nothing of it is a student's: both are well
        office.take()

    assert office.rows("select first_name, last_name from student where number = '100'") == [
        ("Ana", "Mora")
    ]


HALVES = """
key = "halves"
title = "Mornings and afternoons"

[[table]]
record = "attendance"
match = ["Student", "AM", "PM"]
columns = { student_id = "Student", date = "Day" }

[[table.events]]
code = "AM"
portion = "AM share"

[[table.events]]
code = "PM"
portion = "PM share"
"""


def test_two_halves_of_a_day_with_commas_are_a_whole_day(office: CsvOffice) -> None:
    office.files["halves.csv"] = (
        f"Student;Day;AM;AM share;PM;PM share\n100;{DAY};U;0,5;U;0,5\n101;{DAY};U;0,5;;\n"
    )

    report = office.take(profile=profile.parse(HALVES, file="halves.toml"))

    assert report.quarantined_count == 0
    assert office.rows("select units from attendance_event order by 1") == [(420,), (840,)]
