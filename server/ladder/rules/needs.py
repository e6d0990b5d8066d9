"""Pure: what a step requires, what bars it, and what a person decided about it."""

from collections.abc import Mapping
from datetime import date

from server.ladder.law import Ladder, Step
from server.ladder.rules.inputs import State, Status, Student

_OPEN = frozenset(
    {Status.MET, Status.PASSED_OVER, Status.BLOCKED, Status.TO_DECIDE, Status.DECIDED}
)


def beginning(step: Step, student: Student, states: Mapping[str, State]) -> date | None:
    """Return the day after which a ``since_step`` window counts; None: it has not begun."""
    window = step.span
    named = states.get(window.step)
    if named is None or named.status not in _OPEN:
        return None
    if not window.action:
        return named.crossed_on
    return _done_on(student, window.step, window.action)


def requirements(
    ladder: Ladder, step: Step, student: Student, states: Mapping[str, State]
) -> tuple[tuple[str, ...], date | None, bool]:
    """Return what is missing, when the last of the rest was done, and whether steps are reached.

    A step counts as completed when it is reached and everything that it asks for was done. What
    was done for a step that is no longer reached does not count.
    """
    missing: list[str] = []
    dates: list[date] = []
    is_open = True
    for need in step.requires:
        key = need.partition(".")[0]
        state = states.get(key)
        if ladder.step(key) is not None and (state is None or state.status not in _OPEN):
            is_open = False
            missing.append(need)
            continue
        lacking, when = _completed(ladder, need, student, state)
        missing += lacking
        dates += when
    return tuple(missing), max(dates, default=None), is_open


def _completed(
    ladder: Ladder, need: str, student: Student, state: State | None
) -> tuple[list[str], list[date]]:
    key, _, action = need.partition(".")
    step = ladder.step(key)
    if step is None:
        found = _done_on(student, None, need)
        return ([], [found]) if found else ([need], [])
    kinds = [action] if action else [one.kind for one in step.actions]
    dates = {kind: _done_on(student, key, kind) for kind in kinds}
    lacking = [f"{key}.{kind}" for kind, day in dates.items() if day is None]
    known = [day for day in dates.values() if day is not None]
    if state is not None and state.crossed_on is not None:
        known.append(state.crossed_on)
    return lacking, known


def bars(ladder: Ladder, step: Step, student: Student, on: date) -> tuple[str, ...]:
    """Return the exemptions that bar a step on a date."""
    if step.blocked_by != "exemptions":
        return ()
    return tuple(
        sorted(
            {
                one.kind
                for one in student.exemptions
                if one.kind in ladder.exemptions
                and one.first <= on
                and (one.last is None or on <= one.last)
            }
        )
    )


def decision(step: Step, student: Student, crossed_on: date) -> str:
    """Return what a person decided since the step was crossed; of several, the last word.

    An earlier decision was about other records, so it is asked again. A delay is heard only where
    the law allows one (``may_delay_if``).
    """
    heard = [
        one
        for one in student.decisions
        if one.step == step.key
        and one.on >= crossed_on
        and (one.decision != "delayed" or step.may_delay_if)
    ]
    return max(heard, key=lambda one: (one.on, one.decision)).decision if heard else ""


def owed(step: Step, student: Student) -> tuple[str, ...]:
    """Return the kinds of a step's actions that have not been done."""
    return tuple(one.kind for one in step.actions if _done_on(student, step.key, one.kind) is None)


def _done_on(student: Student, step: str | None, action: str) -> date | None:
    return min(
        (
            one.done_on
            for one in student.done
            if one.action == action and (step is None or one.step == step)
        ),
        default=None,
    )
