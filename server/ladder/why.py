"""Says why a student stands to a step as he does: the sentence, the rule, and the dated rows.

Every row says since when it was known and from which file, and what it replaced; what was known
once and is not any more is there too. So the same question asked of an earlier moment
(``known_at``) can be laid beside it, row by row.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from schemas.attendance import AttendanceKind
from server.attendance.rules.days import DayTotal
from server.db.database import Transaction
from server.ladder import climbs
from server.ladder.law import Ladder
from server.ladder.rules.inputs import Climb, Done, State, Status
from server.ladder.store import facts, history
from server.ladder.why_rows import Row, Shown, rows_of
from server.ladder.words import actions, said
from server.ladder.words import rules as rule_words
from server.ladder.year import Asked
from server.problems import NotFound


class Source(Struct, frozen=True, kw_only=True):
    """How far one school has told its attendance."""

    school: str
    data_as_of: date | None
    submitted_at: datetime | None


class DoneAction(Struct, frozen=True, kw_only=True):
    """Something that the step asks for and that was done."""

    action: str
    on_date: date


class StepWhy(Struct, frozen=True, kw_only=True):
    """Why a student stands to a step as he does."""

    ladder: str
    ladder_title: str
    step: str
    label: str
    law: str
    rule_en: str
    rule_es: str
    day_rule: str
    """How a day's records come to a count, in words."""
    day_rule_es: str
    status: str
    why_en: str
    why_es: str
    crossed_on: date | None
    value: int
    """At the crossing (before it: now), in the unit that ``unit`` names."""
    value_now: int
    threshold: int
    unit: str
    """``units`` of a day (840 is a day), ``minutes``, ``occasions``, ``reports`` or ``hundredths``
    of a percent."""
    absent: int = 0
    enrolled: int = 0
    due_on: date | None = None
    waits_for: list[str] = []
    blocked_by: list[str] = []
    decision: str = ""
    owed: list[str] = []
    """What the step asks for and nobody has done, by its kind; ``owed_en`` says it."""
    owed_en: list[str] = []
    owed_es: list[str] = []
    done: list[DoneAction] = []
    rows: list[Row] = []
    taken_back: list[Row] = []
    """What was known once and then no more, and was not replaced by anything of its date."""
    known_at: datetime | None = None
    """The moment asked about; empty: now."""
    sources: list[Source] = []


def of_step(  # noqa: PLR0913  (what a reason hangs on)
    tx: Transaction,
    ladder: Ladder,
    school_year: str,
    student_id: UUID,
    *,
    step: str = "",
    asked: Asked | None = None,
) -> StepWhy:
    """Return why; without a step, of the highest reached (below the first, of that one)."""
    asked = asked or Asked()
    if step and ladder.step(step) is None:
        known = ", ".join(one.key for one in ladder.steps)
        raise NotFound(f"Ladder {ladder.key} has no step {step!r}. There are: {known}.")
    of = climbs.open_for(tx, ladder, school_year, [student_id], asked)
    one = next(climbs.everybody(tx, of), None)
    found, done = climbs.stand(of, one) if one else (Climb(states=(), days=()), ())
    state = found.state(step) if step else found.highest or next(iter(found.states), None)
    if state is None:
        key = step or ladder.steps[0].key
        state = next((one for one in found.states if one.step == key), _no_state(key))
    since = {f"{one.step}.{one.action}": one.done_on for one in reversed(done)}
    sentence = said.sentence(ladder, found, school_year, step=state.step, since=since)
    records = history.records_of(tx, student_id, school_year)
    newest = of.year.newest
    if of.year.newest_of is not None and one:
        newest = of.year.newest_of[one[1][-1].school_id]
    behind = _dates_behind(ladder, state, found)
    places = one[1] if one else ()
    shown = Shown(
        behind=behind,
        counted=_counted(ladder, state, found),
        newest=newest,
        spans=climbs.spans_of_places(places, of.stays, {}, is_text=False),
    )
    return _answer(
        ladder,
        state,
        done=done,
        sentence=(sentence.en, sentence.es),
        rows=rows_of(tx, records, shown, until=of.year.until),
        sources=_sources(tx, {place.school_id for place in places}, school_year, newest),
        asked=asked,
    )


def _sources(
    tx: Transaction, schools: Collection[UUID], school_year: str, newest: int | None
) -> list[Source]:
    """Return how far these schools had told the year when it was known so."""
    then = None if newest is None else facts.told_until_then(tx, school_year, newest)
    sources: list[Source] = []
    for school_id, told in history.told(tx, schools, school_year).items():
        day = told.data_as_of if then is None else then.get(school_id)
        is_now = day == told.data_as_of
        sources.append(
            Source(
                school=told.name, data_as_of=day, submitted_at=told.submitted_at if is_now else None
            )
        )
    return sources


def _answer(  # noqa: PLR0913  (what an answer is made of)
    ladder: Ladder,
    state: State,
    *,
    done: Sequence[Done],
    sentence: tuple[str, str],
    rows: tuple[list[Row], list[Row]],
    sources: list[Source],
    asked: Asked,
) -> StepWhy:
    law = ladder.step(state.step) or ladder.steps[0]
    first: dict[str, date] = {}
    is_owed = _is_owed(state)
    for one in sorted(done, key=lambda one: one.done_on):
        if one.step in {law.key, ""}:
            first.setdefault(one.action, one.done_on)
    owed = [one.kind for one in law.actions if is_owed and one.kind not in first]
    in_words = [actions.action(one) for one in owed]
    return StepWhy(
        ladder=ladder.key,
        ladder_title=ladder.title,
        step=law.key,
        label=law.label,
        law=law.law,
        rule_en=rule_words.in_english(law),
        rule_es=rule_words.in_spanish(law),
        day_rule=str(rule_words.day_rule(ladder)),
        day_rule_es=rule_words.day_rule(ladder).es,
        status=state.status.value,
        why_en=sentence[0],
        why_es=sentence[1],
        crossed_on=state.crossed_on,
        value=state.value,
        value_now=state.value_now,
        threshold=law.least,
        unit=rule_words.unit_of(law),
        absent=state.absent_now,
        enrolled=state.enrolled_now,
        due_on=state.due_on if is_owed or state.status is Status.TO_DECIDE else None,
        waits_for=list(state.waits_for),
        blocked_by=list(state.blocked_by),
        decision=state.decision,
        owed=owed,
        owed_en=[str(one) for one in in_words],
        owed_es=[one.es for one in in_words],
        done=[DoneAction(action=action, on_date=day) for action, day in first.items()],
        rows=rows[0],
        taken_back=rows[1],
        known_at=asked.known_at,
        sources=sources,
    )


def _is_owed(state: State) -> bool:
    """Tell whether anything is owed now: a higher step, a bar or a decision may say no."""
    is_approved = state.status is Status.DECIDED and state.decision == "approved"
    return state.status is Status.MET or is_approved


def _dates_behind(ladder: Ladder, state: State, found: Climb) -> frozenset[date]:
    """Return the dates that count for a step, also those since it was crossed."""
    law = ladder.step(state.step)
    if law is None or law.span.reach not in said.RUNS_ON or state.crossed_on is None:
        return frozenset(state.dates)
    is_all = law.metric == "all_absences"
    later = [
        day.on_date
        for day in found.days
        if day.on_date > state.crossed_on
        and (
            _is_missed(day)
            if is_all
            else (day.is_full or day.is_occasion)
            if law.metric in {"unexcused_occasions", "truancy_reports"}
            else day.unexcused
        )
    ]
    return frozenset([*state.dates, *later])


def _counted(ladder: Ladder, state: State, found: Climb) -> dict[date, int]:
    """Return what dates count for a step that counts days, in units of a day."""
    law = ladder.step(state.step)
    if law is None or rule_words.unit_of(law) != "units":
        return {}
    is_all = law.metric == "all_absences"
    return {day.on_date: _missed(day) if is_all else day.unexcused for day in found.days}


def _is_missed(day: DayTotal) -> bool:
    return _missed(day) > 0


def _missed(day: DayTotal) -> int:
    not_missed = {AttendanceKind.TARDY, AttendanceKind.PRESENT}
    return sum(units for kind, units in day.units.items() if kind not in not_missed)


def _no_state(step: str) -> State:
    return State(step=step, status=Status.NOT_MET)
