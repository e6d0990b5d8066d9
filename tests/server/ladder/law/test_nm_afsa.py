"""New Mexico's Attendance for Success Act: worked by hand from NMSA 22-12A (domain.md 2.2).

Tiers by the share of days missed, excused or not: below 5, from 5, from 10, from 20 percent. Values
are hundredths of a percent. Weeks' ends: Aug 15 (5 days), 22 (10), 29 (15), Sep 5 (19), 12 (24).
"""

import msgspec
import pytest

from server.attendance.rules.days import Mark, Place
from server.ladder import catalog
from tests.support.ladders import HERE, THERE, Example, Year, climbed, compare

Y = Year(2025)
OTHER = msgspec.structs.replace(Y.school, id="there")
LATE = Place(id=HERE, school=Y.school, stays=[(Y.day("08-25"), None)])
MOVED = [
    Place(id=HERE, school=Y.school, stays=[(Y.day("08-11"), Y.day("08-15"))]),
    Place(id=THERE, school=OTHER, stays=[(Y.day("08-18"), None)]),
]
GAMES = "activity_interscholastic"

EXAMPLES = [
    Example(
        law="22-12A-2(B)(1): nothing missed in ten days: prevention for the whole school",
        told=[],
        until="08-22",
        expect={"whole_school": "met 08-22 0", "individualized_prevention": "not_met 0"},
    ),
    Example(
        law="22-12A: nobody is judged by nine days",
        told=Y.days("08-11", "08-12"),
        until="08-21",
        expect={"whole_school": "not_met", "early_intervention": "not_met"},
    ),
    Example(
        law="22-12A-11(A)(2): one of ten days is exactly 10 %: chronically absent",
        told=Y.days("08-13"),
        until="08-22",
        expect={
            "individualized_prevention": "passed_over 08-22 1000",
            "early_intervention": "met 08-22 1000",
            "intensive_support": "not_met",
        },
    ),
    Example(
        law="22-12A-2: an excused absence is an absence too",
        told=Y.days("08-13", kind="absent_excused"),
        until="08-22",
        expect={"early_intervention": "met 08-22 1000"},
    ),
    Example(
        law="22-12A-11(A)(3): two of ten days are exactly 20 %: excessively absent",
        told=Y.days("08-13", "08-14"),
        until="08-22",
        expect={"early_intervention": "passed_over 08-22", "intensive_support": "met 08-22 2000"},
    ),
    Example(
        law="22-12A-2: interscholastic extracurricular activities are no absence",
        told=Y.days("08-13", "08-14", kind=GAMES),
        until="08-22",
        expect={"whole_school": "met 08-22 0", "individualized_prevention": "not_met"},
    ),
    Example(
        law="fifteen such days a semester and no more (APS PJ6): 18 days at games, three of 44 "
        "days (6.81 %) count",
        told=Y.span("08-18", "09-11", kind=GAMES),
        until="10-10",
        expect={"individualized_prevention": "met 09-12 1250"},
    ),
    Example(
        law="22-12A-2(B)(1): one of 24 days is 4.16 %",
        told=Y.days("09-10"),
        until="09-12",
        expect={"whole_school": "met 08-22 0", "individualized_prevention": "not_met 416"},
    ),
    Example(
        law="22-12A-11(A)(1): two of 24 days are 8.33 %, from the week that ends on Sep 12 on",
        told=Y.days("09-08", "09-09"),
        until="09-12",
        expect={
            "whole_school": "passed_over",
            "individualized_prevention": "met 09-12 833",
            "early_intervention": "not_met 833",
        },
    ),
    Example(
        law="22-12A-11(A)(1): one of 20 days is exactly 5 %, judged on the last day told",
        told=Y.days("09-08"),
        until="09-08",
        expect={"individualized_prevention": "met 09-08 500"},
    ),
    Example(
        law="an early flap (10 % on day 10) leaves nothing once it no longer holds (1 of 24)",
        told=Y.days("08-22"),
        until="09-12",
        expect={"early_intervention": "not_met 416", "individualized_prevention": "not_met 416"},
    ),
    Example(
        law="22-12A-11(A)(3): five of 24 days are 20.83 %, four would be 16.66 %",
        told=Y.days("08-25", "08-26", "09-08", "09-09", "09-10"),
        until="09-12",
        expect={"intensive_support": "met 09-12 2083", "early_intervention": "passed_over 08-29"},
    ),
    Example(
        law="22-12A-11(A)(2): below 20 % is not excessive: four of 24 days",
        told=Y.days("08-25", "08-26", "09-08", "09-09"),
        until="09-12",
        expect={"intensive_support": "not_met 1666", "early_intervention": "met 08-29 1333"},
    ),
    Example(
        law="22-12A: percent of classes: three of six classes on four dates are two days of 24",
        told=Y.classes(3, "09-08", "09-09", "09-10", "09-11"),
        until="09-12",
        expect={"individualized_prevention": "met 09-12 833"},
    ),
    Example(
        law="22-12A: one class of six is a sixth of a day: nine of them a day and a half of 24",
        told=Y.classes(
            1, *[f"09-{day:02}" for day in (2, 3, 4, 5, 8, 9, 10, 11, 12)], kind="absent_excused"
        ),
        until="09-12",
        expect={"individualized_prevention": "met 09-12 625"},
    ),
    Example(
        law="22-12A: days in two schools of the district are one share: 2 of 10",
        told=[*Y.days("08-13"), Mark(THERE, Y.day("08-20"), "", "absent_excused", 840)],
        until="08-22",
        expect={"intensive_support": "met 08-22 2000"},
        places=MOVED,
    ),
    Example(
        law="22-12A: enrolled from Aug 25: nine days by Sep 5 are too few",
        told=Y.days("08-25", "08-26"),
        until="09-05",
        expect={"intensive_support": "not_met"},
        places=[LATE],
    ),
    Example(
        law="22-12A: enrolled from Aug 25: one of ten days by Sep 8",
        told=Y.days("09-08"),
        until="09-08",
        expect={"early_intervention": "met 09-08 1000"},
        places=[LATE],
    ),
    Example(
        law="22-12A-2: out of school by suspension is absent; suspended in school is not",
        told=Y.days("08-13", kind="suspension_out") + Y.days("08-14", kind="suspension_in"),
        until="08-22",
        expect={"early_intervention": "met 08-22 1000"},
    ),
    Example(
        law="22-12A-12(B): unexcused after the notice of excessive absence: a person decides",
        told=Y.days("08-13", "08-14", "08-26"),
        until="08-26",
        expect={"intensive_support": "met 08-22 2000", "jpo_report": "to_decide 08-26 840"},
        done=["08-25 intensive_support.written_notice"],
    ),
    Example(
        law="22-12A-12(B): an excused absence after the notice is no reason",
        told=[*Y.days("08-13", "08-14"), *Y.days("08-26", kind="absent_excused")],
        until="08-26",
        expect={"intensive_support": "met 08-22 2000", "jpo_report": "not_met"},
        done=["08-25 intensive_support.written_notice"],
    ),
    Example(
        law="22-12A-12(B): no notice, no report",
        told=Y.days("08-13", "08-14", "08-26"),
        until="08-26",
        expect={"jpo_report": "not_met"},
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.law)
def test_attendance_for_success(example: Example) -> None:
    is_now, should_be = compare(climbed(Y, "nm-afsa", example), example)

    assert is_now == should_be


def test_more_than_ten_days_where_the_district_reads_it_so() -> None:
    """The rate counts who was enrolled "for at least ten days"; APS PJ6 says more than ten."""
    more = catalog.get("nm-afsa", min_days_compare="gt")
    told = Y.days("08-13")
    ten = Example(law="PJ6", told=told, until="08-22", expect={"early_intervention": "not_met"})
    eleven = Example(
        law="PJ6",
        told=told,
        until="08-25",
        expect={"early_intervention": "not_met", "individualized_prevention": "met 08-25 909"},
    )

    for example in (ten, eleven):
        is_now, should_be = compare(climbed(Y, more, example), example)
        assert is_now == should_be


def test_the_report_is_due_ten_business_days_after_identification() -> None:
    """Identified on Friday, August 22: ten days from Monday to Friday end on September 5."""
    example = Example(
        law="22-12A-12(B)",
        told=Y.days("08-13", "08-14", "08-26"),
        until="08-26",
        expect={},
        done=["08-25 intensive_support.written_notice"],
    )

    state = climbed(Y, "nm-afsa", example).state("jpo_report")

    assert state is not None
    assert state.due_on == Y.day("09-05")


def test_who_is_talked_with_depends_on_the_grade() -> None:
    """22-12A-11(A)(1): elementary with the parent, middle and high with the student too."""
    step = catalog.get("nm-afsa").step("individualized_prevention")
    assert step is not None
    (talk,) = step.actions

    assert talk.parties("elementary") == ["guardian"]
    assert talk.parties("middle") == ["guardian", "student"]
    assert talk.parties("high") == ["guardian", "student"]


def test_each_of_the_laws_steps_is_in_an_example() -> None:
    shown = {step for example in EXAMPLES for step in example.expect}

    assert shown == {step.key for step in catalog.get("nm-afsa").steps}
