"""What the records of one date come to."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.attendance import AttendanceKind
from server.attendance.rules import days
from server.attendance.rules.days import DayRule, DayTotal, Mark, Place, School, days_of_marks

DAY = date(2025, 9, 8)
HALVES = DayRule(
    kind="classes_missed",
    min_classes=2,
    half_if_pct_lte=50,
    full_if_pct_gt=50,
    daily_schools="full_day_each",
)
OCCASIONS = DayRule(
    kind="occasions", full_day_counts=1, tardy_or_absent_over_minutes=30, combine=True
)
PARTS = DayRule(kind="day_or_part_of_day", counts=1)
HIGH = School(id="high", level="high", mode="period", periods=6, minutes=360)
SMALL = School(id="small", level="elementary", minutes=390)
PLACES = {1: Place(id=1, school=HIGH), 2: Place(id=2, school=SMALL), 3: Place(id=3, school=HIGH)}
UNEXCUSED, EXCUSED = AttendanceKind.ABSENT_UNEXCUSED, AttendanceKind.ABSENT_EXCUSED


def whole(kind: AttendanceKind, units: int = 840, place: int = 1) -> Mark:
    return Mark(place, DAY, "", kind, units)


def classes(kind: AttendanceKind, *periods: int, place: int = 1) -> list[Mark]:
    return [Mark(place, DAY, str(period), kind, 0) for period in periods]


def total(rule: DayRule | None, *marks: Mark) -> DayTotal:
    (found,) = days_of_marks(rule, PLACES, marks)
    return found


@pytest.mark.parametrize(
    ("marks", "units"),
    [
        ([whole(UNEXCUSED)], 840),
        ([whole(UNEXCUSED, 280)], 280),
        ([whole(UNEXCUSED, 420, place=2)], 840),
        ([whole(UNEXCUSED, 420), whole(UNEXCUSED, 420, place=3)], 420),
        ([whole(UNEXCUSED, 840), whole(EXCUSED, 420)], 420),
        ([whole(UNEXCUSED, 840, place=2), whole(EXCUSED, 420, place=2)], 420),
        ([whole(UNEXCUSED, 840), whole(EXCUSED)], 0),
        ([whole(UNEXCUSED, 840), *classes(EXCUSED, 1, 2, 3)], 420),
        (classes(UNEXCUSED, 1), 0),
        (classes(UNEXCUSED, 1, 2, 3), 420),
        (classes(UNEXCUSED, 1, 2, 3, 4), 840),
        ([*classes(UNEXCUSED, 1, 2, 3, 4), *classes(EXCUSED, 5, 6)], 840),
        ([*classes(UNEXCUSED, 1, 2, 3, 4), *classes(EXCUSED, 3, 4)], 420),
        ([*classes(UNEXCUSED, 1, 2, 3, 4), whole(EXCUSED, 420)], 420),
        ([*classes(UNEXCUSED, 1, 2, 3, 4), whole(UNEXCUSED, 420)], 840),
        ([*classes(UNEXCUSED, 1, 2, 3), *classes(UNEXCUSED, 4, 5, 6, place=3)], 420),
        ([whole(UNEXCUSED), whole(AttendanceKind.PRESENT, 0)], 840),
        ([whole(UNEXCUSED), whole(AttendanceKind.ACTIVITY_SCHOOL)], 0),
    ],
)
def test_what_is_missed_without_an_excuse(marks: list[Mark], units: int) -> None:
    assert total(HALVES, *marks).unexcused == units


def test_excused_classes_take_their_share_and_never_more_than_is_left() -> None:
    found = total(HALVES, *classes(UNEXCUSED, 1, 2, 3, 4), *classes(EXCUSED, 5, 6))
    other = total(HALVES, *classes(UNEXCUSED, 1), *classes(EXCUSED, 5, 6))

    assert found.units == {UNEXCUSED: 840, EXCUSED: 0}
    assert other.units == {UNEXCUSED: 0, EXCUSED: 280}


def test_without_a_day_rule_classes_are_their_share_of_the_day() -> None:
    assert total(None, *classes(UNEXCUSED, 1)).unexcused == 140
    assert total(OCCASIONS, *classes(UNEXCUSED, 1, 2, 3)).unexcused == 420


def test_an_unknown_number_of_classes_is_eight() -> None:
    places = {1: Place(id=1, school=School())}

    four = days_of_marks(HALVES, places, classes(UNEXCUSED, 1, 2, 3, 4))
    five = days_of_marks(HALVES, places, classes(UNEXCUSED, 1, 2, 3, 4, 5))

    assert (four[0].unexcused, five[0].unexcused) == (420, 840)


def test_a_students_own_number_of_classes_comes_before_the_schools() -> None:
    four = {1: Place(id=1, school=HIGH, periods=4)}

    (found,) = days_of_marks(HALVES, four, classes(UNEXCUSED, 1, 2, 3))

    assert found.unexcused == 840


@pytest.mark.parametrize(
    ("marks", "minutes"),
    [
        ([whole(UNEXCUSED)], 360),
        ([whole(UNEXCUSED, 420)], 180),
        (classes(UNEXCUSED, 1, 2), 120),
        ([Mark(1, DAY, "", UNEXCUSED, 0, 50), Mark(1, DAY, "6", UNEXCUSED, 0, 25)], 75),
        ([whole(UNEXCUSED), whole(EXCUSED, 420)], 180),
        ([whole(EXCUSED)], 0),
        ([whole(UNEXCUSED, place=2)], 390),
    ],
)
def test_minutes_are_told_or_the_share_of_that_schools_day(marks: list[Mark], minutes: int) -> None:
    assert total(HALVES, *marks).minutes == minutes


def test_a_tardy_that_tells_its_share_of_a_day_tells_its_minutes() -> None:
    """105 units are an eighth of a day: 45 of 360 minutes."""
    late = total(OCCASIONS, whole(AttendanceKind.TARDY, 105))
    class_late = total(OCCASIONS, *classes(AttendanceKind.TARDY, 1))

    assert late.is_occasion
    assert not class_late.is_occasion


def test_any_part_of_a_day_is_a_part_unless_it_was_excused() -> None:
    assert total(PARTS, *classes(UNEXCUSED, 4)).is_part
    assert not total(PARTS, *classes(UNEXCUSED, 4), whole(EXCUSED)).is_part
    assert not total(PARTS, *classes(UNEXCUSED, 4), *classes(EXCUSED, 4)).is_part
    assert not total(PARTS, whole(AttendanceKind.TARDY, 0)).is_part


marks_of_a_day = st.lists(
    st.builds(
        Mark,
        st.sampled_from([1, 2, 3]),
        st.just(DAY),
        st.sampled_from(["", "", "1", "2", "3"]),
        st.sampled_from([UNEXCUSED, EXCUSED, *AttendanceKind]),
        st.sampled_from([0, 0, 420, 840]),
        st.sampled_from([None, None, 45]),
    ),
    min_size=1,
    max_size=4,
)


@settings(deadline=None)
@given(marks=marks_of_a_day, rule=st.sampled_from([None, HALVES, OCCASIONS, PARTS]))
def test_the_short_way_over_usual_days_says_the_same(
    marks: list[Mark], rule: DayRule | None
) -> None:
    told = set(marks)

    assert days_of_marks(rule, PLACES, marks) == [
        days._total(rule, PLACES, DAY, told)  # pyright: ignore[reportPrivateUsage]  # the sum itself is what is tried
    ]
