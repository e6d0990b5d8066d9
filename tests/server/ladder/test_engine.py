"""Windows, units and conditions that no shipped law has, or that only show between laws."""

import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from schemas.attendance import UNITS_PER_DAY
from server.attendance.rules.days import Mark, Place
from server.attendance.rules.levels import band_of
from server.ladder import catalog
from server.ladder.checking import check
from server.ladder.law import Ladder
from server.ladder.rules.climbing import climb
from server.ladder.rules.inputs import Student
from server.ladder.rules.windows import first_day, read_window
from tests.support.ladders import HERE, THERE, Example, Year, climbed, compare

Y = Year(2025)
OHIO = Year(2025)
THERE_SCHOOL = msgspec.structs.replace(Y.school, id="there")
WORDS = {"en": "We call.", "es": "Llamamos."}


def ladder_of(*steps: dict[str, Any], **more: Any) -> Ladder:
    """Return a ladder of one's own, as a file would give it: it must have no fault."""
    content = {
        "key": "own",
        "title": "Our own",
        "jurisdiction": "US-NM",
        "effective": ["2020-07-01", None],
        **more,
        "steps": [
            {
                "key": f"step_{number}",
                "window": "school_year",
                "law": "programme practice",
                "words": WORDS,
                **({"opens_case": True} if number == 1 else {}),
                **step,
            }
            for number, step in enumerate(steps, start=1)
        ],
    }
    (ladder,), faults = check.judge(json.dumps(content))
    assert faults == []
    return ladder


DAYS = {"metric": "unexcused", "unit": "day"}


@pytest.mark.parametrize(
    ("window", "told", "expect"),
    [
        ("semester", Y.days("12-17", "12-18", "01-07"), "not_met 840"),
        ("semester", Y.days("12-16", "12-17", "12-18"), "met 12-18 2520"),
        ("semester", Y.days("12-18", "01-07", "01-08", "01-09"), "met 01-09 2520"),
        ("rolling_weeks:1", Y.days("08-11", "08-13", "08-18"), "not_met 0"),
        ("rolling_weeks:1", Y.days("08-12", "08-13", "08-18"), "met 08-18 2520"),
        ("rolling_months:1_same_school_year", Y.days("08-11", "08-20", "09-10"), "met 09-10 2520"),
        ("rolling_months:1", Y.days("08-11", "08-20", "09-11"), "not_met"),
    ],
)
def test_a_window_is_what_its_words_say(window: str, told: list[Mark], expect: str) -> None:
    """Three days; semesters change on January 1 where nobody told when."""
    ladder = ladder_of(DAYS | {"window": window, "gte": 3})
    example = Example(law=window, told=told, until="01-31", expect={"step_1": expect})

    is_now, should_be = compare(climbed(Y, ladder, example), example)

    assert is_now == should_be


def test_a_told_semester_is_the_schools_own() -> None:
    school = msgspec.structs.replace(
        Y.school,
        semesters=[(Y.day("08-11"), Y.day("12-05")), (Y.day("12-08"), Y.day("05-15"))],
    )
    ladder = ladder_of(DAYS | {"window": "semester", "gte": 2})
    told = Y.days("12-05", "12-08")
    example = Example(
        law="semester",
        told=told,
        until="01-31",
        expect={"step_1": "not_met 840"},
        places=[Place(id=HERE, school=school)],
    )

    is_now, should_be = compare(climbed(Y, ladder, example), example)

    assert is_now == should_be


def test_six_months_end_where_a_month_has_no_such_day() -> None:
    window = read_window("rolling_months:6_same_school_year")

    assert first_day(window, Y.day("03-09")).isoformat() == "2025-09-10"
    assert first_day(window, Y.day("08-31")).isoformat() == "2025-03-01"
    assert first_day(read_window("rolling_weeks:4"), Y.day("09-08")) == Y.day("08-12")


def test_half_days_hours_and_days_in_a_row() -> None:
    """Half a day, one class of six (an hour), two hours and a day: two days, or twelve hours."""
    ladder = ladder_of(
        DAYS | {"unit": "half_day", "gte": 4},
        DAYS | {"unit": "hour", "gte": 12},
        {"metric": "consecutive", "unit": "day", "gte": 3},
    )
    told = [
        *Y.days("08-13", units=420),
        *Y.classes(1, "08-14"),
        *Y.missed(120, "08-15"),
        *Y.days("08-29", "09-02"),
    ]
    example = Example(
        law="units",
        told=told,
        until="09-12",
        expect={
            "step_1": "passed_over 08-29 1680",
            "step_2": "met 08-29 720",
            "step_3": "not_met 1680",
        },
    )
    is_now, should_be = compare(climbed(Y, ladder, example), example)
    assert is_now == should_be

    more = Example(
        law="Friday, Tuesday and Wednesday around Labor Day",
        told=[*told, *Y.days("09-03")],
        until="09-12",
        expect={"step_3": "met 09-03 2520"},
    )
    is_now, should_be = compare(climbed(Y, ladder, more), more)
    assert is_now == should_be


def test_a_schools_own_scope_counts_only_the_present_school() -> None:
    places = [Y.place, Place(id=THERE, school=THERE_SCHOOL)]
    told = [*Y.days("08-11", "08-12"), Mark(THERE, Y.day("08-20"), "", "absent_unexcused", 840)]
    step = DAYS | {"gte": 3}

    found = [
        climb(
            ladder_of(step, count_scope=scope), Student(places=places, marks=told), Y.day("09-30")
        )
        for scope in ("district_student_school_year", "school_student_school_year")
    ]

    assert [one.states[0].value for one in found] == [3 * UNITS_PER_DAY, UNITS_PER_DAY]


def test_a_step_of_other_grades_is_no_step_of_this_student() -> None:
    ladder = ladder_of(
        DAYS | {"gte": 1, "grade_band": "elementary"},
        DAYS | {"gte": 2, "grade_band": "middle_high"},
    )
    told = Y.days("08-11", "08-12")

    found = climbed(Y, ladder, Example(law="", told=told, until="09-30", expect={}))

    assert [state.step for state in found.states] == ["step_2"]


@pytest.mark.parametrize(
    ("level", "grade", "band"),
    [
        ("high", "", "high"),
        ("Elementary School", "07", "elementary"),
        ("ES", "", "elementary"),
        ("Junior High School", "", "middle"),
        ("Elementary/Secondary School", "10", "high"),
        ("Middle High School", "08", "middle"),
        ("", "05", "elementary"),
        ("", "KG", "elementary"),
        ("Combined", "Sixth grade", "middle"),
        ("", "9", "high"),
        ("", "Ungraded", ""),
    ],
)
def test_grades_are_read_as_they_are_written(level: str, grade: str, band: str) -> None:
    assert band_of(level, grade) == band


def test_full_days_and_shorter_occasions_add_up_only_where_the_law_combines_them() -> None:
    content = json.loads((catalog.LADDERS / "ca-sarb.json").read_text())
    content["day_rule"]["combine"] = False
    (apart,), _ = check.judge(json.dumps(content))
    told = [*Y.days("08-11", "08-12"), *Y.late(45, "08-13", "08-14")]
    example = Example(law="48260", told=told, until="08-31", expect={})

    assert climbed(Y, "ca-sarb", example).states[0].value_now == 4
    assert climbed(Y, apart, example).states[0].value_now == 2


def test_what_happens_after_the_day_asked_for_is_not_known() -> None:
    told = Y.span("08-11", "08-22")
    early = Example(
        law="",
        told=told,
        until="08-15",
        expect={"early_intervention_5": "met 08-15", "habitual_10": "not_met 4200"},
        done=["08-29 habitual_10.written_notice"],
    )

    is_now, should_be = compare(climbed(Y, "aps-2014", early), early)

    assert is_now == should_be


def test_a_thing_done_after_the_day_asked_for_was_not_done_yet() -> None:
    told = Y.span("08-11", "08-15")
    waiting = Example(
        law="",
        told=told,
        until="08-18",
        expect={"truant_2": "waiting truant_1.notice"},
        done=["08-20 truant_1.notice"],
    )

    is_now, should_be = compare(climbed(Y, "ca-sarb", waiting), waiting)

    assert is_now == should_be


def test_a_student_without_a_school_stands_nowhere() -> None:
    assert climb(catalog.get("aps-2014"), Student(places=[]), Y.day("08-15")).states == ()


def test_a_threshold_in_thirds_of_a_day_is_a_whole_number() -> None:
    ladder = ladder_of(DAYS | {"gte": 0.5})

    assert ladder.steps[0].gte == Decimal("0.5")
    assert ladder.steps[0].least == 420
