"""Texas: examples worked by hand from TEC 25.095(b), 25.0915 and 25.0951 (domain.md 2.4).

Three days or parts of days without an excuse within four weeks: notice and prevention measures; ten
within six months of one school year: referral, if no exemption bars it. 840 is one day.
"""

import pytest

from server.ladder import catalog
from tests.support.ladders import Example, Year, climbed, compare

Y = Year(2025)
TEN = Y.span("08-11", "08-22")
TRIED = ["08-18 warning_3in4w.notice", "08-18 warning_3in4w.tpm"]
NINE = Y.days("08-29", "09-08", "09-09", "09-10", "10-06", "10-07", "11-03", "11-04", "12-01")
"""Nine days from August 29 on; the third within four weeks is September 9."""

EXAMPLES = [
    Example(
        law="25.095(b): three days within four weeks",
        told=Y.days("08-11", "08-18", "08-25"),
        until="08-31",
        expect={"warning_3in4w": "met 08-25 2520"},
    ),
    Example(
        law="25.095(b): August 12 to September 8 are 28 days: four weeks",
        told=Y.days("08-12", "08-20", "09-08"),
        until="09-30",
        expect={"warning_3in4w": "met 09-08 2520"},
    ),
    Example(
        law="25.095(b): August 12 to September 9 are 29 days: more than four weeks",
        told=Y.days("08-12", "08-20", "09-09"),
        until="09-30",
        expect={"warning_3in4w": "not_met"},
    ),
    Example(
        law="25.095(b): parts of days count like days: one class on each of three",
        told=Y.classes(1, "08-11", "08-12", "08-13"),
        until="08-31",
        expect={"warning_3in4w": "met 08-13 2520"},
    ),
    Example(
        law="25.095(b): two parts of one day are one day",
        told=[*Y.classes(2, "08-11"), *Y.missed(90, "08-11"), *Y.days("08-12")],
        until="08-31",
        expect={"warning_3in4w": "not_met 1680"},
    ),
    Example(
        law="25.095(b): a quarter of a day, a half, and a whole one",
        told=Y.days("08-11", units=210) + Y.days("08-12", units=420) + Y.days("08-13"),
        until="08-31",
        expect={"warning_3in4w": "met 08-13 2520"},
    ),
    Example(
        law="25.095(b): excused days do not count",
        told=Y.days("08-11", "08-12") + Y.span("08-13", "08-22", kind="absent_excused"),
        until="08-31",
        expect={"warning_3in4w": "not_met 1680"},
    ),
    Example(
        law="25.095(b): a tardy is no absence",
        told=Y.late(20, "08-11", "08-12", "08-13", "08-14"),
        until="08-31",
        expect={"warning_3in4w": "not_met 0"},
    ),
    Example(
        law="25.095(b): once reached it stands, also when the four weeks are over",
        told=Y.days("08-11", "08-12", "08-13"),
        until="12-19",
        expect={"warning_3in4w": "met 08-13 2520", "referral_10in6m": "not_met 2520"},
    ),
    Example(
        law="25.0951: ten days, prevention tried: a person decides",
        told=TEN,
        until="08-31",
        expect={"warning_3in4w": "met 08-13 2520", "referral_10in6m": "to_decide 08-22 8400"},
        done=TRIED,
    ),
    Example(
        law="25.0915: nobody is referred before prevention was tried",
        told=TEN,
        until="08-31",
        expect={"referral_10in6m": "waiting warning_3in4w.tpm 8400"},
        done=TRIED[:1],
    ),
    Example(
        law="25.0951: nine days are not ten",
        told=TEN[:9],
        until="12-19",
        expect={"referral_10in6m": "not_met 7560"},
        done=TRIED,
    ),
    Example(
        law="25.0951: six months that end on February 27 begin on August 28: ten days",
        told=[*NINE, *Y.days("02-27")],
        until="03-31",
        expect={"warning_3in4w": "met 09-09", "referral_10in6m": "to_decide 02-27 8400"},
        done=["09-15 warning_3in4w.tpm"],
    ),
    Example(
        law="25.0951: six months that end on March 2 begin on September 3: nine days",
        told=[*NINE, *Y.days("03-02")],
        until="03-31",
        expect={"referral_10in6m": "not_met"},
        done=["09-15 warning_3in4w.tpm"],
    ),
    Example(
        law="25.0915: a family that is homeless is not referred",
        told=TEN,
        until="08-31",
        expect={"referral_10in6m": "blocked 08-22"},
        done=TRIED,
        exempt=[("homelessness", "08-01", "")],
    ),
    Example(
        law="25.0915: an exemption that has ended bars nothing",
        told=TEN,
        until="08-31",
        expect={"referral_10in6m": "to_decide 08-22"},
        done=TRIED,
        exempt=[("foster_care", "08-01", "08-30")],
    ),
    Example(
        law="25.0915: what the law does not name exempts nobody",
        told=TEN,
        until="08-31",
        expect={"referral_10in6m": "to_decide 08-22"},
        done=TRIED,
        exempt=[("bad_weather", "08-01", "")],
    ),
    Example(
        law="25.0951: may be delayed while the measures succeed",
        told=TEN,
        until="08-31",
        expect={"referral_10in6m": "decided 08-22"},
        done=TRIED,
        decided=["08-25 referral_10in6m delayed"],
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.law)
def test_texas(example: Example) -> None:
    is_now, should_be = compare(climbed(Y, "tx-tpm", example), example)

    assert is_now == should_be


def test_the_referral_is_due_ten_school_days_after() -> None:
    """Crossed on August 22: Aug 25-29 are five, Sep 2-5 nine (Labor Day is none), Sep 8 is ten."""
    example = Example(law="25.0951", told=TEN, until="08-31", expect={}, done=TRIED)

    state = climbed(Y, "tx-tpm", example).state("referral_10in6m")

    assert state is not None
    assert state.due_on == Y.day("09-08")
    assert state.dates == tuple(mark.on_date for mark in TEN)


def test_each_of_the_laws_steps_is_in_an_example() -> None:
    shown = {step for example in EXAMPLES for step in example.expect}

    assert shown == {step.key for step in catalog.get("tx-tpm").steps}
