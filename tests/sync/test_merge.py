"""Laws of the merge: what holds for every edit that two people make apart."""

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.base import Value
from sync.merge import Applied, BadChange, Held, Merged, Met, merge, merge_field
from sync.normal import is_same, normal
from sync.policy import Rule

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "merge.json").read_text("utf-8"))
OUT: dict[str, type[Met]] = {"applied": Applied, "merged": Merged, "held": Held}

RULES = {"value": Rule.SCALAR, "status": Rule.SCALAR, "note": Rule.TEXT, "causes": Rule.SET}
CODES = st.lists(st.sampled_from(["boredom", "illness", "bullying", "housing"]), unique=True)
WORDS = st.one_of(st.none(), st.sampled_from(["", "a", "b", "José", "Jose\u0301", "x\r\ny"]))


def rows() -> st.SearchStrategy[dict[str, Value]]:
    return st.fixed_dictionaries(
        {"value": WORDS, "status": WORDS, "note": WORDS, "causes": CODES.map(sorted)}
    )


def edits() -> st.SearchStrategy[dict[str, Value]]:
    return st.fixed_dictionaries(
        {}, optional={"value": WORDS, "status": WORDS, "note": WORDS, "causes": CODES}
    )


def apply(row: dict[str, Value], seen: dict[str, Value], wanted: dict[str, Value]) -> Any:
    met = merge(RULES, row, was={name: seen[name] for name in wanted}, changes=wanted)
    return row | met.changes, met


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_a_field_meets_its_rival_as_both_languages_expect(case: dict[str, Any]) -> None:
    met = merge_field(Rule(case["rule"]), case["was"], case["set"], case["current"])

    assert isinstance(met, OUT[case["out"]])
    if isinstance(met, Held):
        assert {"was": met.was, "theirs": met.theirs, "mine": met.mine} == case["held"]
    else:
        assert met.value == case["value"]


@given(row=rows(), first=edits(), second=edits())
def test_nothing_anybody_wrote_is_lost(
    row: dict[str, Value], first: dict[str, Value], second: dict[str, Value]
) -> None:
    after, _ = apply(row, row, first)
    end, met = apply(after, row, second)

    for name, value in second.items():
        if RULES[name] is Rule.SET:
            added = set(normal(value)) - set(normal(row[name]))
            assert added <= set(end[name])
        elif name in met.held:
            assert is_same(met.held[name].mine, value)
            assert is_same(end[name], after[name])
        else:
            assert is_same(end[name], value)


@given(row=rows(), first=edits(), second=edits())
def test_a_value_is_only_replaced_by_somebody_who_saw_it(
    row: dict[str, Value], first: dict[str, Value], second: dict[str, Value]
) -> None:
    after, _ = apply(row, row, first)
    end, _ = apply(after, row, second)

    for name, rule in RULES.items():
        if rule is not Rule.SET and not is_same(end[name], after[name]):
            assert is_same(after[name], row[name])


@given(row=rows(), wanted=edits())
def test_sending_twice_changes_nothing(row: dict[str, Value], wanted: dict[str, Value]) -> None:
    once, _ = apply(row, row, wanted)
    twice, met = apply(once, row, wanted)

    assert all(is_same(once[name], twice[name]) for name in RULES)
    assert not met.held


@given(
    row=rows(),
    people=st.lists(edits(), min_size=2, max_size=3).filter(
        lambda people: all(
            not (one.keys() & other.keys() - {"causes"})
            for at, one in enumerate(people)
            for other in people[at + 1 :]
        )
    ),
)
def test_the_order_of_independent_edits_does_not_matter(
    row: dict[str, Value], people: list[dict[str, Value]]
) -> None:
    ends: list[dict[str, Value]] = []
    for order in permutations(people):
        end = row
        for wanted in order:
            end, met = apply(end, row, wanted)
            assert not met.held
        ends.append(end)

    assert all(is_same(end[name], ends[0][name]) for end in ends for name in RULES)


@given(row=rows(), wanted=edits())
def test_only_named_fields_are_touched(row: dict[str, Value], wanted: dict[str, Value]) -> None:
    _, met = apply(row, row, wanted)

    assert met.changes.keys() <= wanted.keys()


@given(row=rows(), chain=st.lists(WORDS, min_size=1, max_size=5))
def test_a_chain_of_own_edits_never_meets_a_rival(
    row: dict[str, Value], chain: list[Value]
) -> None:
    seen = row
    for value in chain:
        row, met = apply(row, seen, {"note": value})
        seen = seen | {"note": value}
        assert not met.held

    assert is_same(row["note"], chain[-1])


def test_what_the_server_works_out_is_never_taken_from_a_phone() -> None:
    met = merge({"by": Rule.DERIVED}, {"by": "ana"}, was={}, changes={"by": "eve"})

    assert met.met == {}
    assert met.out == "applied"


@pytest.mark.parametrize(
    ("rule", "new"),
    [
        (Rule.SCALAR, ["a"]),
        (Rule.TEXT, {"+": ["a"]}),
        (Rule.SET, "a"),
        (Rule.SET, [1]),
        (Rule.SET, {"*": ["a"]}),
        (Rule.SET, {"+": "a"}),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(rule: Rule, new: Any) -> None:
    with pytest.raises(BadChange) as caught:
        merge_field(rule, None, new, None, field="causes")

    assert caught.value.field == "causes"
