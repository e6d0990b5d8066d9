"""The arithmetic by tables, and what must hold whatever the numbers."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.snapshot import rules
from server.snapshot.figures import SUMS
from server.snapshot.rules import Approach

PUBLISHED = {"band_1": 626, "band_2_5": 1050, "band_6_10": 380, "band_over_10": 178}


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (698, 1368, 51),
        (691, 1368, 51),
        (690, 1368, 50),
        (704, 1368, 51),
        (705, 1368, 52),
        (626, 2234, 28),
        (1050, 2234, 47),
        (380, 2234, 17),
        (178, 2234, 8),
        (1, 200, 1),
        (1, 201, 0),
        (5, 200, 3),
        (0, 7, 0),
        (7, 7, 100),
        (0, 0, None),
    ],
)
def test_percentages_are_rounded_half_up(part: int, whole: int, said: int | None) -> None:
    assert rules.percent(part, whole) == said


@pytest.mark.parametrize(
    ("value", "decimals", "said"),
    [
        (Fraction(5, 2), 0, 3),
        (Fraction(7, 2), 0, 4),
        (Fraction(-9, 2), 0, -5),
        (Fraction(109, 20), 1, 5.5),
        (Fraction(545, 100), 1, 5.5),
        (Fraction(5449999, 1000000), 1, 5.4),
        (Fraction(131, 20), 1, 6.6),
        (Fraction(1, 3), 2, 0.33),
        (Fraction(11439 * 100, 93001), 1, 12.3),
    ],
)
def test_a_number_is_rounded_from_its_exact_value(
    value: Fraction, decimals: int, said: float
) -> None:
    assert rules.half_up(value, decimals) == said


def test_the_published_bands_come_from_contacts_per_student() -> None:
    sizes = ((1, 626), (3, 1050), (7, 380), (20, 166), (21, 12))
    counts = {f"{count}-{place}": count for count, students in sizes for place in range(students)}

    found = {name: len(theirs) for name, theirs in rules.bands(counts).items()}

    assert sum(counts.values()) == 10_008
    assert found == PUBLISHED
    assert [rules.percent(one, len(counts)) for one in found.values()] == [28, 47, 17, 8]


@pytest.mark.parametrize(
    ("count", "band"),
    [
        *((1, "band_1"), (2, "band_2_5"), (5, "band_2_5"), (6, "band_6_10")),
        *((10, "band_6_10"), (11, "band_over_10"), (400, "band_over_10")),
    ],
)
def test_the_edges_of_the_bands(count: int, band: str) -> None:
    assert rules.bands({"one": count})[band] == ["one"]


def test_a_sum_that_does_not_hold_stops_everything() -> None:
    with pytest.raises(rules.SumBroken, match="do not sum to 4"):
        rules.check_sum({"never": [1], "analysed": [2, 3]}, 4)


@pytest.mark.parametrize(
    ("word", "grades", "level"),
    [
        ("High School", {}, "high"),
        ("high", {"KG": 40}, "high"),
        ("Junior High School", {}, "middle"),
        ("Middle School", {}, "middle"),
        ("Elementary/Secondary School", {}, "high"),
        ("Elementary/Secondary School", {"KG": 9, "05": 3, "10": 4}, "elementary"),
        ("PRIMARY", {}, "elementary"),
        ("Adult School", {}, "adult_school"),
        ("", {"KG": 3, "05": 2, "06": 4}, "elementary"),
        ("", {"06": 3, "08": 2, "09": 4}, "middle"),
        ("", {"09": 3, "12": 2, "08": 4}, "high"),
        ("", {"UG": 9, "": 2}, ""),
    ],
)
def test_the_level_of_a_school(word: str, grades: dict[str, int], level: str) -> None:
    assert rules.level_of(word, grades) == level


def approach(key: str, student: str, moment: str = "noon") -> Approach:
    return Approach(id=key, student=student, moment=moment)


def test_an_event_is_one_household_at_one_moment() -> None:
    ties = {"ana": {"rosa"}, "beto": {"rosa", "luis"}, "caro": {"luis"}, "dora": {"eva"}}
    told = [
        approach("1", "ana"),
        approach("2", "caro"),
        approach("3", "dora"),
        approach("4", "beto"),  # ties ana and caro together
        approach("5", "ana", "evening"),
        approach("6", "fay"),
        approach("7", "fay"),
    ]

    groups = {frozenset(group) for group in rules.events(told, ties)}

    assert groups == {frozenset(one) for one in (("1", "2", "4"), ("3",), ("5",), ("6", "7"))}


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({"never": 40, "left": 30, "data": 20, "analysed": 60}, set[str]()),
        ({"never": 40, "left": 30, "data": 3, "analysed": 60}, {"data", "left"}),
        ({"never": 40, "left": 4, "data": 3, "analysed": 60}, {"data", "left", "never"}),
        ({"never": 40, "left": 7, "data": 3, "analysed": 60}, {"data", "left"}),
        ({"never": 40, "left": 0, "data": 3, "analysed": 60}, {"data", "never"}),
        ({"never": 0, "left": 0, "data": 3, "analysed": 0}, {"all", "data"}),
    ],
)
def test_small_cells_are_hidden_with_what_would_give_them_away(
    counts: dict[str, int], hidden: set[str]
) -> None:
    cells = counts | {"all": sum(counts.values())}

    assert rules.suppressed(cells, [("all", list(counts))], 10) == hidden


keys = st.integers(0, 60)


@settings(deadline=None)
@given(st.dictionaries(keys, st.integers(1, 40)))
def test_bands_hold_every_student_once(counts: dict[int, int]) -> None:
    found = rules.bands(counts)

    assert sorted(one for theirs in found.values() for one in theirs) == sorted(counts)


@settings(deadline=None)
@given(
    st.sets(keys),
    st.sets(keys),
    st.sets(keys),
    st.sets(keys),
    st.permutations(["never", "left", "data"]),
)
def test_a_partition_holds_everybody_once_in_any_order(
    everybody: set[int], never: set[int], left: set[int], data: set[int], order: list[str]
) -> None:
    members = {"never": never, "left": left, "data": data}
    found = rules.partition(everybody, [*order, "analysed"], members)
    again = rules.partition(sorted(everybody, reverse=True), [*order, "analysed"], members)

    assert sorted(one for theirs in found.values() for one in theirs) == sorted(everybody)
    assert {name: set(one) for name, one in found.items()} == {
        name: set(one) for name, one in again.items()
    }
    assert set(found["analysed"]) == everybody - never - left - data


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 3))
def test_a_rounded_share_is_off_by_half_a_step_at_most(
    part: int, whole: int, decimals: int
) -> None:
    said = rules.percent(part, whole, decimals)

    assert said is not None
    exact = Fraction(100 * part, whole)
    off = Fraction(round(said * 10**decimals), 10**decimals) - exact
    assert -Fraction(1, 2 * 10**decimals) < off <= Fraction(1, 2 * 10**decimals)


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 30), min_size=4, max_size=4),
    st.lists(st.integers(0, 30), min_size=4, max_size=4),
    st.integers(1, 12),
)
def test_no_small_cell_can_be_found_by_subtraction(
    cells: list[int], more: list[int], least: int
) -> None:
    counts = {f"a{place}": count for place, count in enumerate(cells)}
    counts |= {f"b{place}": count for place, count in enumerate(more)}
    sums = [
        ("all_a", [f"a{place}" for place in range(4)]),
        ("all_b", [f"b{place}" for place in range(4)]),
        ("a0", ["low", "high"]),
    ]
    counts |= {"all_a": sum(cells), "all_b": sum(more), "low": cells[0] // 2}
    counts["high"] = cells[0] - counts["low"]

    hidden = rules.suppressed(counts, sums, least)

    assert {key for key, count in counts.items() if 0 < count < least} <= hidden
    for total, parts in sums:
        unknown = hidden & {total, *parts}
        assert len(unknown) != 1
    assert least > 1 or not hidden


def test_every_sum_that_is_printed_is_known_to_suppression() -> None:
    assert {total for total, _ in SUMS} == {"students_attempted", "analysed", "baseline", "data"}


def test_whom_a_figure_leaves_out_is_not_found_by_subtraction() -> None:
    counts = {"analysed": 40, "early_signs": 37, "~early_signs": 3}

    assert rules.suppressed(counts, [("analysed", ("early_signs", "~early_signs"))], 10) == {
        "early_signs",
        "~early_signs",
    }
