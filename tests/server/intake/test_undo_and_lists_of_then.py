"""A school that goes with the import that had told it is in the lists of before."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from server.ladder import catalog, service
from server.snapshot import service as snapshots
from server.snapshot.service import Question
from tests.support.clerk import YEAR, Clerk
from tests.support.csv_office import CODES, DAYS
from tests.support.office import school_days


def seen(clerk: Clerk, known_at: datetime | None, **told: Any) -> dict[str, Any]:
    """What is said of a moment: counts, lists and the report."""
    with clerk.office.db.read(clerk.now + timedelta(hours=2)) as tx:
        asked = Question(school_year=YEAR, day=50, known_at=known_at, told=told)
        taken = snapshots.take(tx, asked)
        figures = snapshots.snapshot(tx, taken).figures
        by_day = service.counts(tx, catalog.get("nm-afsa"), YEAR, day=50, known_at=known_at)
    return {
        "day 50": by_day.steps,
        "now": clerk.counts("nm-afsa", known_at),
        "listed": clerk.listed("nm-afsa", "whole_school", known_at or clerk.now),
        "schools": figures["schools"].value,
        "students": figures["mean_high"].denominators,
    }


@pytest.fixture
def wrong(clerk: Clerk) -> str:
    """A run that told a school with a roster and a calendar, and no day of attendance."""
    clerk.office.files = {
        "schools.csv": "school_id,name\n2,School 2\n",
        "students.csv": "student_id,first_name,last_name\n200,Eva,Luz\n",
        "enrollments.csv": "student_id,school_id,school_year,grade,entry_date\n"
        f"200,2,{YEAR},09,2025-08-11\n",
        "calendar.csv": "school_id,date,event\n"
        + "".join(f"2,{day},Instructional day\n" for day in school_days()),
        "codes.csv": CODES,
    }
    return clerk.take()


def test_a_school_that_went_is_in_counts_lists_and_reports_of_before(
    clerk: Clerk, wrong: str
) -> None:
    told_at = clerk.now + timedelta(hours=1)
    before = seen(clerk, None)
    assert (before["schools"], before["listed"]) == (2, ["100", "101", "200"])

    clerk.take_back(wrong)

    assert clerk.office.rows("select code from school") == [("1",)]
    assert seen(clerk, told_at) == before
    assert (seen(clerk, None)["schools"], seen(clerk, None)["listed"]) == (1, ["100", "101"])


def test_as_recorded_on_day_n_a_school_that_went_stops_nothing(clerk: Clerk, wrong: str) -> None:
    clerk.take_back(wrong)
    clerk.take(f"100,1,{DAYS[9]},E", window="merge")

    assert seen(clerk, None, known="as_recorded", day_n="district_date")["schools"] == 1
