"""Pure: the one sentence that tells a family where a student stands, in English and Spanish.

It says what the step counts (days, times, a share of the school days), over what time, and when;
then the step's own words. Where a number runs on after the step was reached (days of a school
year, a share) it is the number now; where a window moves on, it is the one that reached it.
"""

from collections.abc import Mapping
from datetime import date

from server.ladder.law import Ladder, Step, Words
from server.ladder.rules.inputs import Climb, State, Status
from server.ladder.words import en, es
from server.ladder.words.told import Told

RUNS_ON = frozenset({"school_year", "school_year_enrolled", "enrollment_to_date"})
"""Windows whose number goes on rising after a step was reached."""
_BARRED = Words(
    en="For now this step does not apply to this student.",
    es="Por ahora este paso no se aplica a este estudiante.",
)


def sentence(
    ladder: Ladder,
    found: Climb,
    school_year: str,
    *,
    step: str = "",
    since: Mapping[str, date] | None = None,
) -> Words:
    """Return why a student stands to a step as he does; without a step, to the highest reached.

    ``since``: when each ``step.action`` was done.
    """
    state = found.state(step) if step else found.highest
    if state is None:
        state = next(iter(found.states), None)
    law = (ladder.step(state.step) if state else None) or ladder.steps[0]
    if state is None:
        told = Told(step=law, school_year=school_year, value=0)
    else:
        told = _told(ladder, law, state, found=found, school_year=school_year, since=since or {})
    return Words(en=en.sentence(told), es=es.sentence(told))


def _told(  # noqa: PLR0913  (what a sentence is made of)
    ladder: Ladder,
    step: Step,
    state: State,
    *,
    found: Climb,
    school_year: str,
    since: Mapping[str, date],
) -> Told:
    rule, window = ladder.day_rule, step.span
    runs_on = window.reach in RUNS_ON
    dates = state.dates
    if runs_on and step.metric == "unexcused" and step.unit != "percent":
        dates = tuple(day.on_date for day in found.days if day.unexcused)
    elif runs_on and step.metric == "unexcused_occasions":
        dates = tuple(day.on_date for day in found.days if day.is_full or day.is_occasion)
    elif runs_on and state.value_now > state.value:
        dates = ()  # those since the crossing are not told; a span that ends too early is untrue
    start = found.state(window.step) if window.step else None
    begun = start.crossed_on if start and not window.action else None
    return Told(
        step=step,
        school_year=school_year,
        value=state.value_now if runs_on else state.value,
        dates=dates,
        missed=state.absent_now,
        enrolled=state.enrolled_now,
        minutes=rule.tardy_or_absent_over_minutes if rule else 0,
        since=since.get(window.since) or begun,
        says=_says(step, state),
    )


def _says(step: Step, state: State) -> Words | None:
    """Return what a reached step says; one that is barred or was decided against threatens nobody.

    Why it is barred is not said: the sentence may lie on a kitchen table.
    """
    if state.crossed_on is None:
        return None
    if state.status is Status.BLOCKED:
        return _BARRED
    if state.status is Status.DECIDED and state.decision != "approved":
        return None
    return step.words
