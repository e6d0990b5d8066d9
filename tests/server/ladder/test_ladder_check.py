"""``presente ladder check``: every fault by its line, all of them at once."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server import cli
from server.ladder import catalog
from server.ladder.checking import check
from server.ladder.checking.json_lines import lines_of

AFSA = catalog.LADDERS / "nm-afsa.json"
APS = catalog.LADDERS / "aps-2014.json"
SARB = catalog.LADDERS / "ca-sarb.json"
TPM = catalog.LADDERS / "tx-tpm.json"

A_BARRED_STEP = 'a step with "blocked_by": "exemptions"'

Change = Callable[[dict[str, Any]], object]


def faults(file: Path, change: Change) -> list[str]:
    """Return path and reason of each fault of a shipped ladder after a change."""
    content = json.loads(file.read_text())
    change(content)
    _, found = check.judge(json.dumps(content, indent=2))
    return [f"{fault.path}: {fault.reason}" for fault in found]


def test_the_shipped_ladders_have_none() -> None:
    for file in catalog.LADDERS.glob("*.json"):
        assert check.judge(file.read_text())[1] == []


CASES: dict[str, tuple[Path, Change, str]] = {
    "an unknown field": (
        APS,
        lambda one: one["steps"][0].update(metrik="unexcused"),
        "steps[0].metrik: 'metrik' is not known here",
    ),
    "an unknown field of an action": (
        APS,
        lambda one: one["steps"][0]["actions"][1].update(tmplate="x"),
        "steps[0].actions[1].tmplate: 'tmplate' is not known here",
    ),
    "an unknown word": (
        APS,
        lambda one: one["steps"][1].update(metric="unexcusd"),
        'steps[1].metric: "unexcusd" is not known here',
    ),
    "a number in quotes": (
        APS,
        lambda one: one["steps"][1].update(due_school_days="three"),
        'steps[1].due_school_days: "three" does not fit',
    ),
    "a missing name": (APS, lambda one: one.pop("title"), "title: title is missing"),
    "a window that is none": (
        TPM,
        lambda one: one["steps"][0].update(window="rolling_weeks:four"),
        "steps[0].window: 'rolling_weeks:four' is no window",
    ),
    "since a step that comes later": (
        APS,
        lambda one: one["steps"][0].update(window="since_step:habitual_10"),
        "steps[0].window: habitual_10 is not before this step",
    ),
    "since no step": (
        APS,
        lambda one: one["steps"][5].update(window="since_step:habitual_11"),
        "steps[5].window: habitual_11 is no step",
    ),
    "since an action that is not asked": (
        APS,
        lambda one: one["steps"][5].update(window="since_step:habitual_10.letter"),
        "steps[5].window: step habitual_10 has no action letter",
    ),
    "requires what is unknown": (
        SARB,
        lambda one: one["steps"][2].update(requires=["a_conference"]),
        "steps[2].requires[0]: a_conference is no step",
    ),
    "requires an action that is not asked": (
        TPM,
        lambda one: one["steps"][1].update(requires=["warning_3in4w.tmp"]),
        "steps[1].requires[0]: step warning_3in4w has no action tmp",
    ),
    "thresholds out of order": (
        APS,
        lambda one: one["steps"][2].update(gte=2),
        "steps[2].gte: 2 is not above the 3 of step school_call_3 before it",
    ),
    "tiers that overlap": (
        AFSA,
        lambda one: one["steps"][1].update(lt=12),
        (
            "steps[2].gte: the tiers individualized_prevention (below 12) and early_intervention "
            "(from 10 on) overlap"
        ),
    ),
    "tiers with a gap": (
        AFSA,
        lambda one: one["steps"][1].update(lt=9),
        (
            "steps[2].gte: the tiers individualized_prevention (below 9) and early_intervention "
            "(from 10 on) leave a gap"
        ),
    ),
    "a tier above which there is none": (
        AFSA,
        lambda one: one["steps"][3].update(lt=50),
        "steps[3].lt: from 50 on there is no tier",
    ),
    "a tier that ends before it begins": (
        AFSA,
        lambda one: one["steps"][0].update(gte=6),
        "steps[0].lt: the tier would end at 5, before it begins at 6",
    ),
    "more than all": (
        AFSA,
        lambda one: one["steps"][3].update(gte=120),
        "steps[3].gte: 120 is more than 100 percent",
    ),
    "a third of a day too fine to count": (
        APS,
        lambda one: one["steps"][0].update(gte=2.3333),
        "steps[0].gte: 2.3333 cannot be counted in whole numbers",
    ),
    "nothing to reach": (
        APS,
        lambda one: one["steps"][0].update(gte=0),
        "steps[0].gte: 0 is not above 0",
    ),
    "no threshold": (
        APS,
        lambda one: one["steps"][0].pop("gte"),
        "steps[0].gte: step robocall_2 needs a threshold",
    ),
    "nobody opens a case": (
        APS,
        lambda one: one["steps"][3].pop("opens_case"),
        "steps: no step opens a case, so nobody would ever be assigned",
    ),
    "two open a case": (
        APS,
        lambda one: one["steps"][4].update(opens_case=True),
        "steps[4].opens_case: step early_intervention_5 opens the case already",
    ),
    "no words": (
        APS,
        lambda one: one["steps"][2].pop("words"),
        "steps[2].words: step school_call_4 has no words, and a family asks why",
    ),
    "words in one language": (
        APS,
        lambda one: one["steps"][2]["words"].pop("es"),
        "steps[2].words.es: es is missing",
    ),
    "English twice": (
        APS,
        lambda one: one["steps"][2].update(words={"en": "We call.", "es": "We call."}),
        "steps[2].words.es: the Spanish words are the English ones",
    ),
    "dates the wrong way round": (
        APS,
        lambda one: one.update(effective=["2019-06-30", "2014-07-01"]),
        "effective: it would end (2014-07-01) before it begins (2019-06-30)",
    ),
    "no date": (
        APS,
        lambda one: one.update(effective=["07/01/2014", None]),
        'effective: ["07/01/2014",null] is not a first and a last day',
    ),
    "a step twice": (
        APS,
        lambda one: one["steps"][2].update(key="school_call_3"),
        "steps[2].key: step school_call_3 is there twice",
    ),
    "the wrong unit": (
        APS,
        lambda one: one["steps"][2].update(unit="occasion"),
        "steps[2].unit: unexcused is not counted in occasion",
    ),
    "no day rule for what is counted": (
        SARB,
        lambda one: one.pop("day_rule"),
        "steps[0].metric: unexcused_occasions needs the day rule occasions",
    ),
    "a day rule with a hole": (
        APS,
        lambda one: one["day_rule"].update(full_if_pct_gt=60),
        (
            "day_rule.full_if_pct_gt: between 50 and 60 percent a day would be neither half "
            "nor full, or both"
        ),
    ),
    "what the day rule does not use": (
        APS,
        lambda one: one["day_rule"].update(counts=1),
        (
            "day_rule.counts: counts has no effect without another kind of day rule than "
            "classes_missed"
        ),
    ),
    "no such absence": (
        AFSA,
        lambda one: one.update(absence_excludes=["snow"]),
        "absence_excludes[0]: 'snow' is no kind of absence",
    ),
    "a share over a rolling window": (
        AFSA,
        lambda one: one["steps"][3].update(window="rolling_weeks:4"),
        "steps[3].window: a rolling window is not counted in percent of all_absences",
    ),
    "exemptions that bar nothing": (
        TPM,
        lambda one: one["steps"][1].pop("blocked_by"),
        f"exemptions: exemptions has no effect without {A_BARRED_STEP}",
    ),
    "a bar without exemptions": (
        TPM,
        lambda one: one.pop("exemptions"),
        "steps[1].blocked_by: the ladder lists no exemptions",
    ),
    "a report to an agency that nobody decided": (
        TPM,
        lambda one: one["steps"][1].pop("human_decision"),
        "steps[1].actions: agency_report would go to an agency that no person decided on",
    ),
    "due twice": (
        AFSA,
        lambda one: one["steps"][4].update(due_school_days=3),
        "steps[4].due_business_days_from_identification: it is due twice",
    ),
    "an action twice": (
        APS,
        lambda one: one["steps"][0]["actions"].append({"kind": "robo_call"}),
        "steps[0].actions[2].kind: robo_call is asked twice",
    ),
    "no law": (
        APS,
        lambda one: one["steps"][0].pop("law"),
        "steps[0].law: step robocall_2 does not say what it rests on",
    ),
    "no steps": (APS, lambda one: one.update(steps=[]), "steps: there is no step"),
    "steps that are no list": (
        APS,
        lambda one: one.update(steps={}),
        "steps: this should be a list",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_named_with_its_place(name: str) -> None:
    file, change, expected = CASES[name]

    assert expected in faults(file, change)


def test_all_faults_are_named_at_once_each_with_its_line() -> None:
    lines = APS.read_text().splitlines()
    wrong = {
        '"metric": "unexcused",': '"metric": "unexcusd",',
        '"gte": 4,': '"gte": 1,',
        '"window": "since_step:habitual_10.written_notice",': '"window": "since_step:never",',
    }
    expected: list[int] = []
    for right, instead in wrong.items():
        number = next(number for number, line in enumerate(lines) if line.strip() == right)
        lines[number] = lines[number].replace(right, instead)
        expected.append(number + 1)

    _, found = check.judge("\n".join(lines))

    assert sorted({fault.line for fault in found}) == sorted(expected)
    assert all(fault.mend and fault.reason for fault in found)


def ways(value: Any, way: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the way to everything in a JSON value."""
    parts: Iterable[tuple[str | int, Any]] = enumerate(cast("list[Any]", value))
    if isinstance(value, dict):
        parts = cast("Mapping[str | int, Any]", value).items()
    return [
        found
        for name, part in parts
        for found in [
            (*way, name),
            *(ways(part, (*way, name)) if isinstance(part, (dict, list)) else []),
        ]
    ]


WAYS = {file: ways(json.loads(file.read_text())) for file in (APS, AFSA, SARB, TPM)}
ODD: list[Any] = [
    *(None, True, 0, -1, 10**30, 1e300, 0.0001, "", "x", "since_step:x", "9999-12-31"),
    *([], {}, ["x"], [None], [[]], {"a": 1}, ["0001-01-01", None]),
]


@settings(deadline=None)
@given(data=st.data())
def test_nothing_that_is_written_makes_the_check_stumble(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from([APS, AFSA, SARB, TPM]))
    content = json.loads(file.read_text())
    *way, last = data.draw(st.sampled_from(WAYS[file]))
    place = content
    for name in way:
        place = place[name]
    place[last] = data.draw(st.sampled_from(ODD))
    text = json.dumps(content, indent=2)

    ladders, found = check.judge(text)

    assert bool(ladders) is not bool(found)
    assert all(1 <= fault.line <= text.count("\n") + 1 for fault in found)


@pytest.mark.parametrize("text", ["", "[" * 100_000, "NaN", '{"gte": ' + "9" * 5000 + "}", "3"])
def test_what_is_no_ladder_at_all_is_one_fault(text: str) -> None:
    ladders, found = check.judge(text)

    assert (ladders, len(found)) == ((), 1)


def test_a_text_that_is_no_json_is_named_by_line() -> None:
    _, (fault,) = check.judge('{\n  "key": "a"\n  "title": "b"\n}')

    assert fault.line == 3
    assert "no JSON at column 3" in fault.reason


def test_a_name_written_twice_is_not_silently_the_last() -> None:
    text = APS.read_text().replace('"key": "aps-2014",', '"key": "aps-2014",\n  "key": "aps",', 1)

    _, found = check.judge(text)

    assert [fault.reason for fault in found] == ["the name 'key' is there twice"]


def test_versions_of_a_key_may_follow_each_other_and_not_overlap() -> None:
    old = json.loads(APS.read_text())
    new = old | {"effective": ["2019-07-01", None], "title": "APS, later"}

    ladders, found = check.judge(json.dumps({"ladders": [new, old]}))
    assert found == []
    assert (
        catalog.in_force(tuple(sorted(ladders, key=lambda one: one.effective[0])), "2016-17")
        == (ladders[1])
    )

    new["effective"] = ["2019-06-30", None]
    _, found = check.judge(json.dumps({"ladders": [old, new]}))
    assert [(fault.path, fault.reason) for fault in found] == [
        ("ladders[1].effective", "two versions of aps-2014 are in force from 2019-06-30 on")
    ]


def test_the_version_of_a_school_year_is_the_one_that_holds_on_its_first_of_september() -> None:
    assert catalog.get("tx-tpm", "2015-16").effective[0].isoformat() == "2015-09-01"
    assert catalog.get("aps-2014", "2021-22").key == "aps-2014"


def test_lines_are_those_of_an_editor() -> None:
    lines = lines_of('{\n\n "a": [1,\n {"b": "x\\ny"}],\n "c": null}')

    assert lines == {(): 1, ("a",): 3, ("a", 0): 3, ("a", 1): 4, ("a", 1, "b"): 4, ("c",): 5}


def test_the_command_tells_faults_by_line_and_refuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "new-law.json"
    file.write_text(APS.read_text().replace('"gte": 10', '"gte": 1'))

    assert cli.main(["ladder", "check", str(file)]) == 1
    said = capsys.readouterr().err
    assert "new-law.json has 1 fault" in said
    assert "steps[4].gte: 1 is not above the 5 of step early_intervention_5 before it" in said

    assert cli.main(["ladder", "check", str(file), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["code"] == "ladder_faulty"
    assert [fault["path"] for fault in answer["faults"]] == ["steps[4].gte"]

    assert cli.main(["ladder", "check", str(APS), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["faults"] == []
