"""New Mexico 2014-15: examples worked by hand from NMSA 22-12-7 to 22-12-9 (domain.md 2.1).

10 days make a habitual truant, 5 a student in need of early intervention; two classes up to half
of the day's are half a day, more than half are a day, one class is nothing. 840 is one day.
"""

import msgspec
import pytest

from server.attendance.rules.days import Mark, Place
from server.ladder import catalog
from tests.support.ladders import HERE, THERE, Example, Year, climbed, compare

Y = Year(2014)
SMALL = Year(2014, level="elementary")
OTHER = msgspec.structs.replace(Y.school, id="there")
SHORT_DAY = msgspec.structs.replace(Y.school, periods_on={Y.day("08-11"): 4})
SEVEN = msgspec.structs.replace(Y.school, periods=7)
NINE = Y.span("08-11", "08-21")
"""Nine days: Aug 11-15 and Aug 18-21."""

EXAMPLES = [
    Example(
        law="22-12-9(A)(2): five unexcused days are a need of early intervention",
        told=Y.span("08-11", "08-15"),
        until="08-31",
        expect={"early_intervention_5": "met 08-15 4200", "habitual_10": "not_met"},
    ),
    Example(
        law="22-12-9(A)(2): four days are not",
        told=Y.days("08-11", "08-13", "08-20", "08-27"),
        until="10-31",
        expect={"school_call_4": "met 08-27 3360", "early_intervention_5": "not_met 3360"},
    ),
    Example(
        law="22-12-9(A)(1): ten days make a habitual truant; the highest step asks",
        told=Y.span("08-11", "08-22"),
        until="08-31",
        expect={
            "robocall_2": "passed_over 08-12 1680",
            "early_intervention_5": "passed_over 08-15 4200",
            "habitual_10": "met 08-22 8400",
        },
    ),
    Example(
        law="22-12-9(B): one class in a day is nothing, however often",
        told=Y.classes(1, *[f"08-{day}" for day in (11, 12, 13, 14, 15, 18, 19, 20, 21, 22)]),
        until="08-31",
        expect={"robocall_2": "not_met 0"},
    ),
    Example(
        law="22-12-9(B): two of six classes (33 %) are half a day: four dates make two days",
        told=Y.classes(2, "08-11", "08-12", "08-13", "08-14"),
        until="08-31",
        expect={"robocall_2": "met 08-14 1680", "school_call_3": "not_met"},
    ),
    Example(
        law="22-12-9(B): three of six (exactly 50 %) are still half a day",
        told=Y.classes(3, "08-11", "08-12", "08-13"),
        until="08-31",
        expect={"robocall_2": "not_met 1260"},
    ),
    Example(
        law="22-12-9(B): four of six (67 %) are a day",
        told=Y.classes(4, "08-11", "08-12"),
        until="08-31",
        expect={"robocall_2": "met 08-12 1680"},
    ),
    Example(
        law="22-12-9(B): three of seven (43 %) half, four of seven (57 %) a day: 0.5 + 1 + 0.5",
        told=Y.classes(3, "08-11", "08-13") + Y.classes(4, "08-12"),
        until="08-31",
        expect={"robocall_2": "met 08-13 1680"},
        places=[Place(id=HERE, school=SEVEN)],
    ),
    Example(
        law="22-12-9(B): of that day's classes: three of the four held (75 %) are a day, "
        "three of six the next day half a day",
        told=Y.classes(3, "08-11", "08-12") + Y.days("08-13", units=420),
        until="08-31",
        expect={"robocall_2": "met 08-13 1680"},
        places=[Place(id=HERE, school=SHORT_DAY)],
    ),
    Example(
        law="22-12-9(B): excused classes do not count: three without an excuse, three with: half",
        told=Y.classes(3, "08-11", "08-12") + Y.classes(3, "08-11", "08-12", kind="absent_excused"),
        until="08-31",
        expect={"robocall_2": "not_met 840"},
    ),
    Example(
        law="22-12-9(B): one class without an excuse and five with are nothing",
        told=Y.classes(1, "08-11", "08-12", "08-13", "08-14")
        + Y.classes(5, "08-11", "08-12", "08-13", "08-14", kind="absent_excused"),
        until="08-31",
        expect={"robocall_2": "not_met 0"},
    ),
    Example(
        law="22-12-8: what the parent has explained is never held against the student",
        told=Y.span("08-11", "08-29", kind="absent_excused"),
        until="08-31",
        expect={"robocall_2": "not_met 0", "habitual_10": "not_met 0"},
    ),
    Example(
        law="22-12-9(A)(1): nine days and a half are not ten",
        told=NINE + Y.classes(2, "08-25"),
        until="08-31",
        expect={"habitual_10": "not_met 7980", "early_intervention_5": "met 08-15"},
    ),
    Example(
        law="22-12-9(A)(1), (B): equivalent of ten days: nine days and two halves",
        told=NINE + Y.classes(2, "08-25", "08-27"),
        until="08-31",
        expect={"habitual_10": "met 08-27 8400"},
    ),
    Example(
        law="22-12-9(A): one count in the district: three days here and two there are five",
        told=Y.days("08-11", "08-12", "08-13")
        + [Mark(THERE, Y.day(day), "", "absent_unexcused", 840) for day in ("08-18", "08-19")],
        until="08-31",
        expect={"early_intervention_5": "met 08-19 4200"},
        places=[Y.place, Place(id=THERE, school=OTHER)],
    ),
    Example(
        law="22-12-9(A): the day of a transfer, told by both schools, is one day",
        told=[*Y.days("08-15"), Mark(THERE, Y.day("08-15"), "", "absent_unexcused", 840)],
        until="08-31",
        expect={"robocall_2": "not_met 840"},
        places=[Y.place, Place(id=THERE, school=OTHER)],
    ),
    Example(
        law="22-12-9(A): a late excuse takes the tenth day back; five still stand",
        told=[*Y.span("08-11", "08-22"), *Y.days("08-20", kind="absent_excused")],
        until="08-31",
        expect={"habitual_10": "not_met 7560", "early_intervention_5": "met 08-15 4200"},
    ),
    Example(
        law="an absence that nobody has verified yet is neither excused nor unexcused",
        told=Y.span("08-11", "08-15", kind="absent_unverified") + Y.days("08-18"),
        until="08-31",
        expect={"robocall_2": "not_met 840"},
    ),
    Example(
        law="22-12-7(C): absences that continue after the written notice: a person decides",
        told=Y.span("08-11", "08-22") + Y.classes(2, "09-03"),
        until="09-30",
        expect={"habitual_10": "met 08-22", "jpo_report": "to_decide 09-03 420"},
        done=["08-29 habitual_10.written_notice"],
    ),
    Example(
        law="22-12-7(C): the day of the notice is not after it",
        told=Y.span("08-11", "08-22") + Y.days("08-29"),
        until="09-30",
        expect={"jpo_report": "not_met"},
        done=["08-29 habitual_10.written_notice"],
    ),
    Example(
        law="22-12-7(B), (C): without a notice there is no report, however many days follow",
        told=Y.span("08-11", "09-12"),
        until="09-30",
        expect={"habitual_10": "met 08-22 8400", "jpo_report": "not_met"},
    ),
    Example(
        law="22-12-7(C): who is no habitual truant any more is not reported for an old notice",
        told=[
            *Y.span("08-11", "08-22"),
            *Y.days("08-20", kind="absent_excused"),
            *Y.classes(2, "09-03"),
        ],
        until="09-30",
        expect={"habitual_10": "not_met 7980", "jpo_report": "not_met"},
        done=["08-29 habitual_10.written_notice"],
    ),
    Example(
        law="22-12-7(C): a person has decided",
        told=Y.span("08-11", "08-22") + Y.days("09-03"),
        until="09-30",
        expect={"jpo_report": "decided 09-03 840"},
        done=["08-29 habitual_10.written_notice"],
        decided=["09-05 jpo_report declined"],
    ),
    Example(
        law="22-12-7(C): what was decided before this absence was about another one",
        told=Y.span("08-11", "08-22") + Y.days("09-08"),
        until="09-30",
        expect={"jpo_report": "to_decide 09-08"},
        done=["08-29 habitual_10.written_notice"],
        decided=["09-05 jpo_report declined"],
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.law)
def test_new_mexico_2014(example: Example) -> None:
    is_now, should_be = compare(climbed(Y, "aps-2014", example), example)

    assert is_now == should_be


def test_an_elementary_school_that_counts_days_counts_each_date_as_one() -> None:
    """APS's own computation in daily schools (domain.md 2.1): no half days there."""
    example = Example(
        law="APS practice",
        told=SMALL.days("08-11", "08-12", units=420),
        until="08-31",
        expect={"robocall_2": "met 08-12 1680"},
        places=[SMALL.place],
    )

    is_now, should_be = compare(climbed(SMALL, "aps-2014", example), example)

    assert is_now == should_be


def test_the_team_has_three_school_days_and_a_holiday_is_none() -> None:
    """Crossed on Friday, August 29: September 2, 3 and 4 are the three school days after it."""
    told = Y.span("08-25", "08-29")
    example = Example(law="due_school_days: 3", told=told, until="09-30", expect={})

    state = climbed(Y, "aps-2014", example).state("early_intervention_5")

    assert state is not None
    assert state.due_on == Y.day("09-04")
    assert state.owed == ("notice", "outreach", "root_cause_assessment", "attendance_success_plan")


def test_an_approved_report_is_owed_and_a_declined_one_is_not() -> None:
    told = Y.span("08-11", "08-22") + Y.days("09-03")
    notice = ["08-29 habitual_10.written_notice"]
    owed: list[tuple[str, ...]] = []
    for word in ("approved", "declined"):
        example = Example(
            law="22-12-7(C)",
            told=told,
            until="09-30",
            expect={},
            done=notice,
            decided=[f"09-05 jpo_report {word}"],
        )
        state = climbed(Y, "aps-2014", example).state("jpo_report")
        assert state is not None
        owed.append(state.owed)

    assert owed == [("agency_report",), ()]


def test_each_of_the_laws_steps_is_in_an_example() -> None:
    shown = {step for example in EXAMPLES for step in example.expect}

    assert shown == {step.key for step in catalog.get("aps-2014").steps}
