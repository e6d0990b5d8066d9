"""Pure: whether a ladder that can be read can also be climbed: dates, order, tiers, one opener."""

from collections.abc import Collection, Iterator
from itertools import pairwise

from server.attendance.rules.days import DayRule
from server.ladder.checking import step as check_step
from server.ladder.checking.json_lines import Path
from server.ladder.checking.shape import Finding
from server.ladder.law import Ladder, Step
from server.ladder.rules.year import EXCLUDES

_RULE_FIELDS = {
    "classes_missed": ("min_classes", "half_if_pct_lte", "full_if_pct_gt"),
    "occasions": ("full_day_counts", "tardy_or_absent_over_minutes"),
    "day_or_part_of_day": ("counts",),
}
_ALL_RULE_FIELDS = sorted({name for names in _RULE_FIELDS.values() for name in names})
_WHOLE = 100


def findings(ladder: Ladder, at: Path, *, skip: Collection[Path]) -> Iterator[Finding]:
    """Return every fault of a ladder's sense; ``skip``: places whose form is at fault already."""
    for finding in _all(ladder, at):
        if not any(finding.path[: len(path)] == path for path in skip):
            yield finding


def _all(ladder: Ladder, at: Path) -> Iterator[Finding]:
    yield from _frame(ladder, at)
    if ladder.day_rule is not None:
        yield from _rule(ladder.day_rule, (*at, "day_rule"))
    if not ladder.steps:
        yield Finding(path=(*at, "steps"), reason="there is no step", mend="Write at least one")
        return
    yield from _keys(ladder, at)
    yield from _opener(ladder, at)
    for number, step in enumerate(ladder.steps):
        yield from check_step.findings(ladder, step, (*at, "steps", number))
    yield from _order(ladder, at)


def _frame(ladder: Ladder, at: Path) -> Iterator[Finding]:
    begin, end = ladder.effective
    if end is not None and end < begin:
        yield Finding(
            path=(*at, "effective"),
            reason=f"it would end ({end}) before it begins ({begin})",
            mend="Write [first day, last day]",
        )
    for number, name in enumerate(ladder.absence_excludes):
        if name not in EXCLUDES:
            yield Finding(
                path=(*at, "absence_excludes", number),
                reason=f"{name!r} is no kind of absence",
                mend=f"Write one of {', '.join(EXCLUDES)}",
            )
    for name in ("min_days_enrolled", "absence_excludes_days_per_semester"):
        if getattr(ladder, name) < 0:
            yield Finding(path=(*at, name), reason="it is below 0", mend="Write days, 0 or more")
    yield from _unused(ladder, at)


def _unused(ladder: Ladder, at: Path) -> Iterator[Finding]:
    """Name what is written and could never have an effect."""
    counts_all = any(step.metric == "all_absences" for step in ladder.steps)
    counts_shares = any(step.unit == "percent" for step in ladder.steps)
    bars = any(step.blocked_by for step in ladder.steps)
    for name, is_of_use, needs in (
        ("absence_excludes", counts_all, "a step that counts all_absences"),
        ("absence_excludes_days_per_semester", ladder.absence_excludes, "absence_excludes"),
        ("min_days_enrolled", counts_shares, "a step in percent"),
        ("min_days_compare", ladder.min_days_enrolled, "min_days_enrolled"),
        ("exemptions", bars, 'a step with "blocked_by": "exemptions"'),
    ):
        if getattr(ladder, name) and not is_of_use:
            yield _idle(name, needs, at)


def _idle(name: str, needs: str, at: Path) -> Finding:
    return Finding(
        path=(*at, name),
        reason=f"{name} has no effect without {needs}",
        mend="Take it out, or add what it is for",
    )


def _rule(rule: DayRule, at: Path) -> Iterator[Finding]:
    used = _RULE_FIELDS[rule.kind]
    for name in _ALL_RULE_FIELDS:
        amount = getattr(rule, name)
        if name in used and amount < 1:
            yield Finding(
                path=(*at, name),
                reason=f"the day rule {rule.kind} needs {name}, a whole number from 1 on",
                mend=f'Add "{name}"',
            )
        elif name not in used and amount:
            yield _idle(name, f"another kind of day rule than {rule.kind}", at)
    if rule.daily_schools and rule.kind != "classes_missed":
        yield _idle("daily_schools", "the day rule classes_missed", at)
    if rule.combine and rule.kind != "occasions":
        yield _idle("combine", "the day rule occasions", at)
    if rule.kind == "classes_missed" and rule.half_if_pct_lte != rule.full_if_pct_gt:
        yield Finding(
            path=(*at, "full_if_pct_gt"),
            reason=(
                f"between {rule.half_if_pct_lte} and {rule.full_if_pct_gt} percent a day would be "
                "neither half nor full, or both"
            ),
            mend="Write the same number in half_if_pct_lte and full_if_pct_gt",
        )
    elif rule.half_if_pct_lte > _WHOLE:
        yield Finding(
            path=(*at, "half_if_pct_lte"),
            reason="more than 100 percent of a day",
            mend="Write a number from 1 to 100",
        )


def _keys(ladder: Ladder, at: Path) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, step in enumerate(ladder.steps):
        if step.key in seen and step.key != "?":
            yield Finding(
                path=(*at, "steps", number, "key"),
                reason=f"step {step.key} is there twice",
                mend="Give each step a key of its own",
            )
        seen.add(step.key)


def _opener(ladder: Ladder, at: Path) -> Iterator[Finding]:
    openers = [number for number, step in enumerate(ladder.steps) if step.opens_case]
    if not openers:
        yield Finding(
            path=(*at, "steps"),
            reason="no step opens a case, so nobody would ever be assigned",
            mend='Add "opens_case": true to the step from which a family is owed outreach',
        )
    for number in openers[1:]:
        yield Finding(
            path=(*at, "steps", number, "opens_case"),
            reason=f"step {ladder.steps[openers[0]].key} opens the case already",
            mend="Let one step open it",
        )
    for number in openers:
        if ladder.steps[number].human_decision:
            yield Finding(
                path=(*at, "steps", number, "opens_case"),
                reason="a step that a person decides cannot open a case by itself",
                mend="Let an earlier step open it",
            )


def _order(ladder: Ladder, at: Path) -> Iterator[Finding]:
    """Look at the steps that count the same thing over the same time: they must rise."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for number, step in enumerate(ladder.steps):
        if step.has_threshold and not step.human_decision:
            key = (step.metric, step.unit, step.window, step.grade_band)
            groups.setdefault(key, []).append(number)
    for numbers in groups.values():
        for low, high in pairwise(numbers):
            here = (*at, "steps", high)
            yield from _pair(ladder.steps[low], ladder.steps[high], here)
        last = ladder.steps[numbers[-1]]
        if last.lt is not None:
            yield Finding(
                path=(*at, "steps", numbers[-1], "lt"),
                reason=f"from {last.lt} on there is no tier",
                mend="Take lt out of the highest tier",
            )


def _pair(low: Step, high: Step, at: Path) -> Iterator[Finding]:
    if high.least <= low.least:
        yield Finding(
            path=(*at, "gte"),
            reason=f"{high.gte} is not above the {low.gte} of step {low.key} before it",
            mend="Write the steps from the lowest to the highest",
        )
    elif low.lt is not None and low.below != high.least:
        word = "gap" if (low.below or 0) < high.least else "overlap"
        yield Finding(
            path=(*at, "gte"),
            reason=(
                f"the tiers {low.key} (below {low.lt}) and {high.key} (from {high.gte} on) "
                + ("leave a gap" if word == "gap" else "overlap")
            ),
            mend=f"Begin it at {low.lt}, where the tier before ends",
        )
