"""Pure: whether one step of a ladder can be counted, waited for, decided and explained."""

from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import cast

from server.ladder.checking.json_lines import Path
from server.ladder.checking.shape import Finding
from server.ladder.law import CONDITIONS, SCALE, Ladder, Step
from server.ladder.rules.windows import Window, read_window

UNITS_OF = {
    "unexcused": ("day", "half_day", "hour", "percent"),
    "all_absences": ("day", "half_day", "percent"),
    "unexcused_occasions": ("occasion",),
    "unexcused_days_or_parts": ("day",),
    "truancy_reports": ("step",),
    "consecutive": ("day",),
}
"""In what each metric is counted."""
_RULE_OF = {"unexcused_occasions": "occasions", "unexcused_days_or_parts": "day_or_part_of_day"}
_ROLLING = ("rolling_weeks", "rolling_months")
_BANDS = ("elementary", "middle", "high", "middle_high")
_HUNDRED = Decimal(100)
_MOST = 10_000
_LONGEST = 365


def findings(ladder: Ladder, step: Step, at: Path) -> Iterator[Finding]:
    """Return every fault of one step; ``at``: the way to it."""
    if step.has_threshold:
        yield from _metric(ladder, step, at)
        yield from _amount(step, at)
        yield from _window(ladder, step, at)
    elif not (step.human_decision and step.requires):
        yield Finding(
            path=(*at, "gte"),
            reason=f"step {step.key} needs a threshold",
            mend='Add "gte" (only a human decision with "requires" can go without)',
        )
    yield from _requires(ladder, step, at)
    yield from _decision(ladder, step, at)
    yield from _due(step, at)
    yield from _actions(step, at)
    yield from _words(step, at)


def _metric(ladder: Ladder, step: Step, at: Path) -> Iterator[Finding]:
    if not step.metric:
        yield Finding(
            path=(*at, "metric"),
            reason=f"step {step.key} does not say what it counts",
            mend=f'Add "metric": one of {", ".join(UNITS_OF)}',
        )
        return
    units = UNITS_OF[step.metric]
    if step.unit not in units:
        yield Finding(
            path=(*at, "unit"),
            reason=f"{step.metric} is not counted in {step.unit or 'nothing'}",
            mend=f"Write {' or '.join(units)}",
        )
    rule = _RULE_OF.get(step.metric)
    if rule and (ladder.day_rule is None or ladder.day_rule.kind != rule):
        yield Finding(
            path=(*at, "metric"),
            reason=f"{step.metric} needs the day rule {rule}",
            mend=f'Add "day_rule": {{"kind": "{rule}", ...}} to the ladder',
        )


def _amount(step: Step, at: Path) -> Iterator[Finding]:
    is_tier = step.unit == "percent"
    for name, amount in (("gte", step.gte), ("lt", step.lt)):
        if amount is None:
            continue
        if amount < 0 or (amount == 0 and (name == "lt" or not is_tier)):
            yield Finding(
                path=(*at, name), reason=f"{amount} is not above 0", mend="Write a number above 0"
            )
        elif is_tier and amount > _HUNDRED:
            yield Finding(
                path=(*at, name),
                reason=f"{amount} is more than 100 percent",
                mend="Write a share from 0 to 100",
            )
        elif amount > _MOST:
            yield Finding(
                path=(*at, name),
                reason=f"{amount} is more than a school year has",
                mend=f"Write a number up to {_MOST}",
            )
        elif amount * SCALE.get(step.unit, 1) % 1:
            yield Finding(
                path=(*at, name),
                reason=f"{amount} cannot be counted in whole numbers",
                mend=f"Write a multiple of 1/{SCALE.get(step.unit, 1)}",
            )
    if step.lt is not None and step.gte is not None and step.lt <= step.gte:
        yield Finding(
            path=(*at, "lt"),
            reason=f"the tier would end at {step.lt}, before it begins at {step.gte}",
            mend="Write lt above gte",
        )


def _window(ladder: Ladder, step: Step, at: Path) -> Iterator[Finding]:
    if not step.window:
        yield Finding(
            path=(*at, "window"),
            reason=f"step {step.key} does not say over what",
            mend='Add "window"',
        )
        return
    here = (*at, "window")
    try:
        window = read_window(step.window)
    except ValueError as fault:
        reason, _, mend = str(fault).partition("; ")
        yield Finding(path=here, reason=reason, mend=mend[:1].upper() + mend[1:])
        return
    if window.reach in _ROLLING and (step.unit == "percent" or step.metric == "consecutive"):
        yield Finding(
            path=here,
            reason=f"a rolling window is not counted in {step.unit} of {step.metric}",
            mend="Write school_year, semester or since_step:STEP",
        )
    if step.metric == "truancy_reports" and window.reach != "school_year":
        yield Finding(
            path=here, reason="reports are counted over a school year", mend="Write school_year"
        )
    if window.reach == "since_step":
        yield from _since(ladder, step, window, here)


def _since(ladder: Ladder, step: Step, window: Window, at: Path) -> Iterator[Finding]:
    earlier = _earlier(ladder, step)
    if window.step not in earlier:
        there = ladder.step(window.step) is not None
        yield Finding(
            path=at,
            reason=f"{window.step} is {'not before this step' if there else 'no step'}",
            mend=_one_of(earlier),
        )
        return
    kinds = [action.kind for action in earlier[window.step].actions]
    if window.action and window.action not in kinds:
        yield Finding(
            path=at,
            reason=f"step {window.step} has no action {window.action}",
            mend=_one_of(kinds),
        )


def _requires(ladder: Ladder, step: Step, at: Path) -> Iterator[Finding]:
    earlier = _earlier(ladder, step)
    for number, need in enumerate(step.requires):
        here = (*at, "requires", number)
        key, dot, action = need.partition(".")
        if need in CONDITIONS:
            continue
        if key not in earlier:
            there = ladder.step(key) is not None
            yield Finding(
                path=here,
                reason=f"{key} is {'not before this step' if there else 'no step'}",
                mend=_one_of([*earlier, *CONDITIONS]),
            )
        elif dot and action not in [one.kind for one in earlier[key].actions]:
            yield Finding(
                path=here,
                reason=f"step {key} has no action {action}",
                mend=_one_of([one.kind for one in earlier[key].actions]),
            )


def _decision(ladder: Ladder, step: Step, at: Path) -> Iterator[Finding]:
    if step.blocked_by and not ladder.exemptions:
        yield Finding(
            path=(*at, "blocked_by"),
            reason="the ladder lists no exemptions",
            mend='Add "exemptions": [...] to the ladder',
        )
    if step.may_delay_if and not step.human_decision:
        yield Finding(
            path=(*at, "may_delay_if"),
            reason="only a person can delay a step",
            mend='Add "human_decision": true',
        )
    reports = [one.kind for one in step.actions if one.kind in {"agency_report", "referral"}]
    if reports and not step.human_decision:
        yield Finding(
            path=(*at, "actions"),
            reason=f"{reports[0]} would go to an agency that no person decided on",
            mend='Add "human_decision": true',
        )


def _due(step: Step, at: Path) -> Iterator[Finding]:
    school, business = step.due_school_days, step.due_business_days_from_identification
    if school is not None and business is not None:
        yield Finding(
            path=(*at, "due_business_days_from_identification"),
            reason="it is due twice",
            mend="Keep school days or business days",
        )
    for name, days in (
        ("due_school_days", school),
        ("due_business_days_from_identification", business),
    ):
        if days is not None and not 1 <= days <= _LONGEST:
            yield Finding(
                path=(*at, name),
                reason=f"{days} days are no time to do it in",
                mend=f"Write a number from 1 to {_LONGEST}",
            )


def _actions(step: Step, at: Path) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, action in enumerate(step.actions):
        if action.kind in seen:
            yield Finding(
                path=(*at, "actions", number, "kind"),
                reason=f"{action.kind} is asked twice",
                mend="Ask for it once, or name the second otherwise",
            )
        seen.add(action.kind)
        for band in action.talk_with:
            if band not in _BANDS:
                yield Finding(
                    path=(*at, "actions", number, "with", band),
                    reason=f"{band} is no grade band",
                    mend=_one_of(_BANDS),
                )


def _words(step: Step, at: Path) -> Iterator[Finding]:
    if not step.law.strip():
        yield Finding(
            path=(*at, "law"),
            reason=f"step {step.key} does not say what it rests on",
            mend='Add "law": the section, or "programme practice"',
        )
    if step.words is None:
        yield Finding(
            path=(*at, "words"),
            reason=f"step {step.key} has no words, and a family asks why",
            mend='Add "words": {"en": "...", "es": "..."}',
        )
        return
    for name, text in (("en", step.words.en), ("es", step.words.es)):
        if not text.strip():
            yield Finding(path=(*at, "words", name), reason="it is empty", mend="Write a sentence")
    if step.words.en == step.words.es != "?":
        yield Finding(
            path=(*at, "words", "es"),
            reason="the Spanish words are the English ones",
            mend="Write them in Spanish",
        )


def _earlier(ladder: Ladder, step: Step) -> dict[str, Step]:
    """Return the steps before one, by key; of a step that is there twice, before the first."""
    before: dict[str, Step] = {}
    for one in ladder.steps:
        if one is step or one.key == step.key:
            break
        before[one.key] = one
    return before


def _one_of(known: object) -> str:
    told = cast("Collection[object]", known) if isinstance(known, (list, tuple, dict)) else ()
    names = [str(name) for name in told]
    return f"Write one of {', '.join(names)}" if names else "There is none; take it out"
