"""California: examples worked by hand from Education Code 48260 to 48263.6 (domain.md 2.3).

Three occasions make a truant: a full day, or late or absent for more than 30 minutes. Each further
one is reported again; three reports and an honest try at a conference make a habitual truant.
"""

import pytest

from server.ladder import catalog
from tests.support.ladders import Example, Year, climbed, compare

Y = Year(2025)
SENT = "08-18 truant_1.notice"
TWO = (SENT, "08-20 truant_2.report_to", "08-20 truant_2.notice")
TRIED = "08-22 habitual.conscientious_effort_conference"
FIVE = Y.days("08-11", "08-12", "08-13", "08-19", "08-21")
"""A truant on Aug 13, again on Aug 19, and a third report on Aug 21."""

EXAMPLES = [
    Example(
        law="48260: three full days without a valid excuse",
        told=Y.days("08-11", "08-13", "08-20"),
        until="08-31",
        expect={"truant_1": "met 08-20 3"},
    ),
    Example(
        law="48260: two full days are not three",
        told=Y.days("08-11", "08-13"),
        until="10-31",
        expect={"truant_1": "not_met 2", "chronic_truant": "not_met"},
    ),
    Example(
        law="48260: any combination: two full days and once 31 minutes late",
        told=Y.days("08-11", "08-13") + Y.late(31, "08-20"),
        until="08-31",
        expect={"truant_1": "met 08-20 3"},
    ),
    Example(
        law="48260: late for more than 30 minutes on three occasions",
        told=Y.late(31, "08-11", "08-12", "08-13"),
        until="08-31",
        expect={"truant_1": "met 08-13 3"},
    ),
    Example(
        law="48260: exactly 30 minutes is not more than 30",
        told=Y.late(30, "08-11", "08-12", "08-13", "08-14"),
        until="08-31",
        expect={"truant_1": "not_met 0"},
    ),
    Example(
        law="48260: absent for 45 minutes on three occasions",
        told=Y.missed(45, "08-11", "08-12", "08-13"),
        until="08-31",
        expect={"truant_1": "met 08-13 3"},
    ),
    Example(
        law="48260: absent for 20 minutes is no occasion, ten times neither",
        told=Y.missed(20, "08-11", "08-12", "08-13", "08-14", "08-15", "08-18", "08-19"),
        until="08-31",
        expect={"truant_1": "not_met 0"},
    ),
    Example(
        law="48260: half of a six-hour day is more than 30 minutes",
        told=Y.days("08-11", "08-12", "08-13", units=420),
        until="08-31",
        expect={"truant_1": "met 08-13 3"},
    ),
    Example(
        law="48260: late twice on one day is one occasion, as a full day would be",
        told=Y.late(40, "08-11", period="1")
        + Y.late(40, "08-11", period="4")
        + Y.late(40, "08-12"),
        until="08-31",
        expect={"truant_1": "not_met 2"},
    ),
    Example(
        law="48260: with a valid excuse nothing counts",
        told=Y.span("08-11", "08-22", kind="absent_excused"),
        until="08-31",
        expect={"truant_1": "not_met 0", "chronic_truant": "not_met 0"},
    ),
    Example(
        law="48261: again truant after the report: one occasion is enough",
        told=Y.days("08-11", "08-12", "08-13", "08-19"),
        until="08-31",
        expect={"truant_1": "passed_over 08-13", "truant_2": "met 08-19 1"},
        done=[SENT],
    ),
    Example(
        law="48260.5, 48261: the second report waits for the first notice",
        told=Y.days("08-11", "08-12", "08-13", "08-19"),
        until="08-31",
        expect={"truant_1": "met 08-13 3", "truant_2": "waiting truant_1.notice 1"},
    ),
    Example(
        law="48261: an occasion before the notice counts once the notice is given",
        told=Y.days("08-11", "08-12", "08-13", "08-14"),
        until="08-31",
        expect={"truant_2": "met 08-18 1"},
        done=[SENT],
    ),
    Example(
        law="48262: three reports, but nobody has tried to hold a conference",
        told=FIVE,
        until="08-31",
        expect={"habitual": "waiting conscientious_effort_conference 3"},
        done=TWO,
    ),
    Example(
        law="48262: three reports and the try at a conference of Aug 22",
        told=FIVE,
        until="08-31",
        expect={"habitual": "met 08-22 3", "sarb_referral": "waiting habitual.notice"},
        done=[*TWO, TRIED],
    ),
    Example(
        law="48262: two reports are not three, whatever was tried",
        told=FIVE[:4],
        until="08-31",
        expect={"habitual": "not_met 2", "sarb_referral": "not_met"},
        done=[*TWO, TRIED],
    ),
    Example(
        law="48263: a person decides on the referral to the board",
        told=FIVE,
        until="09-19",
        expect={"sarb_referral": "to_decide 08-25"},
        done=[*TWO, TRIED, "08-25 habitual.notice"],
    ),
    Example(
        law="48263: a person decided for it",
        told=FIVE,
        until="09-19",
        expect={"sarb_referral": "decided 08-25"},
        done=[*TWO, TRIED, "08-25 habitual.notice"],
        decided=["08-27 sarb_referral approved"],
    ),
    Example(
        law="48263.6: five of 34 days (14.7 %), and every earlier step was taken",
        told=FIVE,
        until="09-26",
        expect={"chronic_truant": "met 08-25"},
        done=[*TWO, TRIED, "08-25 habitual.notice"],
    ),
    Example(
        law="48263.6: five of 34 days, but an earlier step was not taken",
        told=FIVE,
        until="09-26",
        expect={"chronic_truant": "waiting"},
        done=[*TWO, TRIED],
    ),
    Example(
        law="48263.6: five of 54 days are 9.25 %, below ten",
        told=FIVE,
        until="10-24",
        expect={"chronic_truant": "not_met 925"},
        done=[*TWO, TRIED, "08-25 habitual.notice"],
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.law)
def test_california(example: Example) -> None:
    is_now, should_be = compare(climbed(Y, "ca-sarb", example), example)

    assert is_now == should_be


def test_each_of_the_laws_steps_is_in_an_example() -> None:
    shown = {step for example in EXAMPLES for step in example.expect}

    assert shown == {step.key for step in catalog.get("ca-sarb").steps}
