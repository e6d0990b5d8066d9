"""What a file says twice is known once; what it took back, an older word does not bring again."""

from pathlib import Path

import pytest

from server.db.database import Database
from server.intake.report import Report
from tests.support.csv_office import DAYS, CsvOffice

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
