"""School years, school days and shares of a day."""

from datetime import date

import pytest

from server.attendance.rules import calendar

WEEK = [date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 5), date(2026, 3, 6)]


@pytest.mark.parametrize(
    ("written", "units"),
    [("1", 840), ("0.5", 420), ("0.33", 280), ("0.67", 560), ("0.14", 120), (".125", 105)],
)
def test_a_share_of_a_day_is_a_whole_number_of_units(written: str, units: int) -> None:
    assert calendar.units_of(written) == units


@pytest.mark.parametrize("written", ["1.5", "-1", "NaN", "half", "1e9", ""])
def test_what_is_no_share_of_one_day_is_not_guessed(written: str) -> None:
    assert calendar.units_of(written) is None


def test_a_school_year_runs_from_july_to_june() -> None:
    assert calendar.school_year_of(date(2022, 6, 30)) == "2021-22"
    assert calendar.school_year_of(date(2022, 7, 1)) == "2022-23"
    assert calendar.school_year_of(date(1999, 9, 1)) == "1999-00"
    assert calendar.is_school_year("2021-22")
    assert not calendar.is_school_year("2021-23")
    assert not calendar.is_school_year("2021")


def test_day_n_counts_only_the_schools_own_days() -> None:
    assert calendar.nth_school_day(WEEK, 3) == date(2026, 3, 5)
    assert calendar.nth_school_day(WEEK, 5) is None
    assert calendar.nth_school_day(WEEK, 0) is None


def test_a_due_date_skips_days_without_school_and_outlives_the_calendar() -> None:
    assert calendar.school_day_after(WEEK, date(2026, 3, 2), 2) == date(2026, 3, 5)
    assert calendar.school_day_after(WEEK, date(2026, 3, 5), 3) == date(2026, 3, 10)
    assert calendar.school_day_after([], date(2026, 3, 6), 1) == date(2026, 3, 9)
