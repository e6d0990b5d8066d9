"""Every figure of the district that is counted on paper (``paper.py``)."""

from fractions import Fraction
from typing import Any

import pytest

from server.db.database import Database
from server.problems import Invalid
from tests.server.snapshot.paper import Paper, on_paper
from tests.server.snapshot.world import BEFORE, NOW, noon

COUNTED = {
    "contacts_or_attempts": 33,
    "contact_events": 32,
    "students_attempted": 12,
    "schools": 4,
    "schools_elementary": 1,
    "schools_middle": 1,
    "schools_high": 2,
    "band_1": 7,
    "band_2_5": 3,
    "band_6_10": 1,
    "band_over_10": 1,
    "reached": 10,
    "never_reached": 2,
    "never": 2,
    "left": 1,
    "data": 2,
    "analysed": 7,
    "data_no_sis_match": 0,
    "data_no_enrollment": 1,
    "data_no_calendar": 0,
    "data_no_attendance": 0,
    "data_duplicate_student": 1,
    "data_enrolled_twice": 0,
    "moved_within": 1,
    "baseline": 7,
    "not_analysed_baseline": 0,
    "early_signs": 1,
    "habitual_at_first_contact": 0,
    "not_habitual": 6,
    "not_habitual_of_attempted": 6,
    "habitual": 1,
    # S01 3, S02 10, S03 2.5, S04 1, S06 4, S07 2, S08 3, S10 5, S12 1, S13 1, S14 7
    "unexcused_total": 40,
    "unexcused_total_before": 35,
    "unexcused_fewer": -5,
    "mean_elementary": 0.5,
    "mean_elementary_before": 0,
    "mean_middle": 3.5,
    "mean_middle_before": 4,
    # 35 of S01, S02, S06, S08, S10, S11, S14: S07 left, S13 graduated
    "mean_high": 5.0,
    "mean_high_before": 10.3,
    "district_habitual_rate": None,
}


def test_every_figure_is_what_was_counted_on_paper(any_db: Database) -> None:
    assert on_paper(any_db).values() == COUNTED


@pytest.mark.parametrize("figure", [key for key in COUNTED if COUNTED[key] is not None])
def test_the_rows_of_a_figure_are_as_many_as_it_says(paper: Paper, figure: str) -> None:
    said = paper.ask().figures[figure]
    found = paper.rows(figure)

    assert len(found.rows) == found.count
    if found.units is None:
        assert found.count == said.value
    else:
        assert sum(row.units or 0 for row in found.rows) == found.units
        whole = Fraction(found.units, 840)
        exact = whole / Fraction(str(said.denominator)) if figure.startswith("mean") else whole
        assert said.exact == f"{exact.numerator}/{exact.denominator}"


def test_shares_are_rounded_half_up_and_say_of_what(paper: Paper) -> None:
    figures = paper.ask().figures

    def share(key: str) -> tuple[object, ...]:
        one = figures[key]
        return (one.percent, one.of, one.denominator)

    assert share("band_1") == (58, "students_attempted", 12)
    assert share("never") == (17, "students_attempted", 12)
    assert share("not_habitual") == (86, "baseline", 7)
    assert share("not_habitual_of_attempted") == (50, "students_attempted", 12)


def test_both_denominators_are_printed(paper: Paper) -> None:
    high = paper.ask().figures["mean_high"]

    assert high.denominators == {
        "ever_enrolled": 9,
        "on_day_n": 7,
        # Of 12 days S01, S02, S06, S10, S11 had all at H1, S07 5, S08 6, S13 8; at H2 S14 all,
        # S08 11: (60 + 19) / 12 + 23 / 12
        "average_membership": 8.5,
    }
    assert high.exact == "5/1"
    assert high.denominator == 7


@pytest.mark.parametrize(
    ("settings", "changed"),
    [
        (
            {"known": "as_recorded"},
            {"unexcused_total": 41, "unexcused_fewer": -6, "mean_high": 5.1},
        ),
        ({"habitual": 11, "known": "as_recorded"}, {"unexcused_total": 41, "habitual": 1}),
        ({"roles": ["caller"]}, {"contacts_or_attempts": 1, "students_attempted": 1, "never": 1}),
        ({"methods": ["robo_call"], "roles": ["advisor"]}, {"contacts_or_attempts": 1}),
        ({"success_outcomes": ["voicemail_left"]}, {"reached": 1, "never": 11}),
        ({"precedence": ["left", "never", "data", "analysed"]}, {"left": 2, "never": 1}),
        ({"precedence": ["data", "left", "never", "analysed"]}, {"data": 2, "left": 2, "never": 1}),
        ({"moved_within": "left"}, {"left": 2, "analysed": 6, "not_habitual": 5}),
        ({"end_of_year_reasons": ["Year end"]}, {"left": 2, "analysed": 6}),
        ({"issues": []}, {"data": 0, "analysed": 9}),
        ({"mean_denominator": "ever_enrolled"}, {"mean_high": 3.9}),
        ({"mean_denominator": "average_membership"}, {"mean_high": 4.1}),
        ({"habitual": 3}, {"not_habitual": 4, "habitual": 3}),
        ({"count_events": False}, {"contacts_or_attempts": 33}),
        ({"early": 3}, {"early_signs": 3}),
        ({"schools_are_all": True, "habitual": 7}, {"district_habitual_rate": 15.4}),
        (
            {"schools_are_all": True, "habitual": 7, "district_enrolled": 93},
            {"district_habitual_rate": 2.2},
        ),
    ],
)
def test_a_setting_changes_the_figures_it_should(
    paper: Paper, settings: dict[str, Any], changed: dict[str, Any]
) -> None:
    found = paper.values(**settings)

    assert {key: found[key] for key in changed} == changed


def test_each_day_n_is_the_schools_own_or_one_date_of_the_district(paper: Paper) -> None:
    own = {one.code: str(one.day_n) for one in paper.ask().schools}
    shared = paper.ask(day_n="district_date")
    given = paper.ask(day_n="district_date", on="2014-09-03", on_before="2013-09-04")

    assert own == {"E1": "2014-09-16", "M1": "2014-09-16", "H1": "2014-09-16", "H2": "2014-09-23"}
    assert {str(one.day_n) for one in shared.schools} == {"2014-09-23"}
    # After its 16th day the call on H1's 13th day counts too.
    assert shared.figures["contacts_or_attempts"].value == 34
    assert given.figures["unexcused_total_before"].value == 12


def test_as_known_at_a_moment_is_before_the_late_excuse(paper: Paper) -> None:
    world = paper.world
    day = world.days["H1", NOW][13]

    then = paper.ask(known_at=noon(day))

    assert then.figures["unexcused_total"].value == 41
    assert then.known == f"as known at {noon(day).isoformat()}"


def test_a_snapshot_of_some_schools_counts_their_contacts_only(paper: Paper) -> None:
    found = paper.ask(schools=("H1", "school h2"))

    assert [one.code for one in found.schools] == ["H1", "H2"]
    values = {key: one.value for key, one in found.figures.items()}
    assert values["contacts_or_attempts"] == 1 + 2 + 11 + 2 + 1 + 1 + 1
    assert values["students_attempted"] == 7
    assert "mean_elementary" not in values


def test_a_school_that_is_not_there_is_named(paper: Paper) -> None:
    with pytest.raises(Invalid, match="H9, M7") as caught:
        paper.ask(schools=("H1", "M7", "H9"))

    assert caught.value.code == "school_unknown"


def test_a_reader_of_one_school_gets_that_school(paper: Paper) -> None:
    mine = frozenset({paper.world.schools["M1"]})

    found = paper.ask(scope=mine)
    rows = paper.rows("students_attempted", scope=mine)

    assert [one.code for one in found.schools] == ["M1"]
    assert [row.number for row in rows.rows] == ["S03", "S09", "S12"]
    assert "only some" in found.figures["district_habitual_rate"].missing
    with pytest.raises(Invalid):
        paper.ask(scope=mine, schools=("H1",))


def test_the_rate_needs_to_be_told_that_all_schools_are_there(paper: Paper) -> None:
    rate = paper.ask().figures["district_habitual_rate"]
    told = paper.ask(schools_are_all=True).figures["district_habitual_rate"]

    assert rate.value is None
    assert "schools_are_all" in rate.missing
    # All year S01 missed 4, S02 10, S14 7: one of the 13 who were ever enrolled.
    assert (told.value, told.denominator, told.denominators["numerator"]) == (7.7, 13, 1)


def test_why_a_student_is_where_he_is(paper: Paper) -> None:
    def why(figure: str) -> dict[str, str]:
        return {row.number: row.why for row in paper.rows(figure).rows}

    assert why("left") == {"S07": "2 contacts; 2 days unexcused; left on 2014-09-05: Transferred"}
    assert why("data")["S09"].endswith("no enrollment in these schools")
    assert why("never")["S12"].endswith("no contact reached a guardian or the student")
    assert [row.why for row in paper.rows("contact_events").rows if row.why] == [
        "and 1 more of the household"
    ]


def test_a_public_snapshot_hides_small_cells_and_what_would_give_them_away(paper: Paper) -> None:
    found = paper.ask(is_public=True)

    shown = {key: one.value for key, one in found.figures.items() if one.value is not None}
    people = {"never", "left", "data", "analysed", "reached", "band_1", "band_2_5", "habitual"}
    assert not people & shown.keys()
    assert shown["students_attempted"] == 12
    assert not any(one.rows or one.address for one in found.figures.values())
    assert all(found.figures[key].percent is None for key in found.suppressed)
    of_hidden = [one for one in found.figures.values() if one.of in found.suppressed]
    assert of_hidden
    assert all(one.denominator is None and one.percent is None for one in of_hidden)


def test_a_year_of_which_nothing_is_known_is_said_so(paper: Paper) -> None:
    found = paper.ask(school_year=BEFORE)

    assert found.figures["unexcused_fewer"].value is None
    assert "2012-13" in found.figures["unexcused_fewer"].missing
    assert "Nothing is known of the school year 2012-13." in found.caveats
    assert found.figures["unexcused_total"].value == 35


@pytest.mark.parametrize(("field", "value"), [("school_year", "2014"), ("day", 0)])
def test_a_question_that_makes_no_sense_is_refused(paper: Paper, field: str, value: Any) -> None:
    with pytest.raises(Invalid):
        paper.ask(**{field: value})
