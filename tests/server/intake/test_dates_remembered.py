"""What somebody said of a source's dates is known at its next file, said there, and changed."""

from pathlib import Path
from typing import Any

import pytest

from server.db.database import Database
from server.intake.report import Report
from server.problems import Problem
from tests.support.csv_office import CsvOffice


@pytest.fixture
def office(any_db: Database, tmp_path: Path) -> CsvOffice:
    office = CsvOffice(any_db, tmp_path)
    office.district()
    return office


def take(office: CsvOffice, *days: str, header: str = "", **order: Any) -> Report:
    office.attendance(
        [f"100,1,{day},U" for day in days], header or "student_id,school_id,date,code"
    )
    return office.take(**order)


def days_of(office: CsvOffice) -> list[str]:
    return [day for _, day, *_ in office.facts()]


def read_as(report: Report) -> list[tuple[str, str, str, int]]:
    return [
        (one.code, one.value, one.parts["said_on"], one.line)
        for one in report.notes
        if one.code.startswith("dates_as")
    ]


def test_the_next_file_of_the_source_is_read_as_was_said_and_the_report_says_so(
    office: CsvOffice,
) -> None:
    first = take(office, "08/09/2025", date_order="dmy")
    assert read_as(first) == []
    assert days_of(office) == ["2025-09-08"]

    report = take(office, "09/09/2025", "10/09/2025")

    assert read_as(report) == [("dates_as_dmy", "10/09/2025", "2026-03-02", 3)]
    assert days_of(office) == ["2025-09-08", "2025-09-09", "2025-09-10"]


def test_it_can_be_said_otherwise_later(office: CsvOffice) -> None:
    take(office, "08/09/2025", date_order="dmy")

    take(office, "10/09/2025", date_order="mdy")
    report = take(office, "11/10/2025")

    assert [code for code, *_ in read_as(report)] == ["dates_as_mdy"]
    assert days_of(office) == ["2025-09-08", "2025-10-09", "2025-11-10"]


def test_only_looking_keeps_nothing_and_another_source_is_asked_about(office: CsvOffice) -> None:
    take(office, "08/09/2025", date_order="dmy", dry_run=True)
    office.district()
    with pytest.raises(Problem) as asked:
        take(office, "08/09/2025")
    assert asked.value.code == "dates_ambiguous"

    office.district()
    take(office, "08/09/2025", date_order="dmy")
    others: list[dict[str, Any]] = [
        {"header": "student_id,school_id,date,code,reason"},
        {"schools": frozenset({"1"})},
    ]
    for more in others:
        with pytest.raises(Problem) as asked:
            take(office, "10/09/2025", **more)
        assert asked.value.code == "dates_ambiguous"


def test_a_file_that_cannot_be_read_so_is_refused_with_the_line_that_shows_it(
    office: CsvOffice,
) -> None:
    take(office, "08/09/2025", date_order="dmy")

    with pytest.raises(Problem) as refused:
        take(office, "10/09/2025", "10/15/2025")

    assert "line 3: 10/15/2025 cannot have the day first, as was said of this source on" in (
        refused.value.detail
    )
    assert "--dates mdy" in refused.value.detail_es
    assert refused.value.code == "dates_ambiguous"
    data = refused.value.data
    assert isinstance(data, dict)
    assert (data["line"], data["month_first"], data["day_first"]) == (
        2,
        "2025-10-09",
        "2025-09-10",
    )
    take(office, "10/09/2025", "10/15/2025", date_order="mdy")
    assert days_of(office) == ["2025-09-08", "2025-10-09", "2025-10-15"]


def test_dates_that_leave_no_question_are_read_as_they_are(office: CsvOffice) -> None:
    take(office, "08/09/2025", date_order="dmy")

    report = take(office, "10/15/2025", "2025-10-16")

    assert read_as(report) == []
    assert days_of(office)[1:] == ["2025-10-15", "2025-10-16"]
