"""Pure: where a student stands on a ladder. Same input, same answer; no clock, no history.

How it decides:

- Only what happened up to ``until`` exists, and of attendance only what each school has told.
- A school's word counts of the days on which, by its own enrolments, the student was there. What it
  tells of other days (a withdrawal that is entered late) stays a fact and counts in no step.
- A step is crossed on the date that completes it: the absence that reaches its number, or the day
  the last thing it ``requires`` was done, whichever is later. It stays crossed for the school year
  as long as the records support it, also when a rolling window or a semester has passed.
- A share (percent) is judged at the end of each school week and on the last day told, from
  ``min_days_enrolled`` on: units missed on enrolled school days over those days. It is met when it
  holds on the last of these, and crossed on the first from which it held ever since, so that an
  early flap (one absence in ten days) leaves nothing behind.
- What counts since a step or its action is what came after that day.
- Of several steps met the highest asks; lower ones that nobody had seen before, and tiers that are
  exceeded (``lt``), are passed over. Steps that a person decides pass nothing over.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from server.attendance.rules import days as rules_days
from server.attendance.rules.calendar import school_day_after
from server.attendance.rules.days import Place, Told
from server.attendance.rules.places import Spans
from server.ladder.law import Ladder, Step, band_of
from server.ladder.rules import metrics, needs
from server.ladder.rules.inputs import REACHED, Climb, State, Status, Student
from server.ladder.rules.metrics import Found
from server.ladder.rules.windows import Window, business_day_after
from server.ladder.rules.year import Year


def climb(ladder: Ladder, student: Student, until: date) -> Climb:
    """Return where a student stands to each step, by what had happened up to a date."""
    if not student.places:
        return Climb(states=(), days=())
    student = msgspec.structs.replace(
        student,
        done=[one for one in student.done if one.done_on <= until],
        decisions=[one for one in student.decisions if one.on <= until],
    )
    year = _year(ladder, student, until)
    present = student.places[-1]
    band = band_of(present.school.level, present.grade)
    states: dict[str, State] = {}
    for step in ladder.steps:
        if step.grade_band in {"", band} or (
            step.grade_band == "middle_high" and band in {"middle", "high"}
        ):
            states[step.key] = _state(ladder, student, year, step, states)
    passed = _pass(ladder, student.before, states)
    return Climb(states=tuple(passed), days=year.days)


def climb_plain(
    ladder: Ladder, places: Sequence[Place], by_date: Mapping[date, Sequence[Told]], until: date
) -> Climb:
    """Return the days and one state: of the highest step reached that no person must decide.

    Of the first step, where none is. Only of a plain ladder, and without what was done: all that a
    standing tells. By when anything is owed it does not tell: no calendar's dates are needed.
    """
    here, ends, spans = _spans(ladder, places, until)
    by_id = {place.id: place for place in here}
    own = spans[places[0].id] if len(places) == 1 else ()
    if len(own) == 1:  # as nearly everybody
        [(first, last)] = own
        there = {day: told for day, told in by_date.items() if first <= day <= last}
    else:
        kept = {day: _within(spans, day, told) for day, told in by_date.items()}
        there = {day: told for day, told in kept.items() if told}
    days = rules_days.days_of_dates(ladder.day_rule, by_id, there)
    year = Year(days=tuple(days), places=here, ends=ends, until=until)
    student = Student(places=places)
    [counted] = year.tallies(ladder, ladder.automatic_steps[0])  # of every step the same
    missed = counted.until(len(counted.dates))
    reached = [one for one in ladder.automatic_steps if one.least <= missed]
    step = reached[-1] if reached else ladder.steps[0]
    state = msgspec.structs.replace(_state(ladder, student, year, step, {}), due_on=None)
    return Climb(states=(state,), days=year.days)


def _within(spans: Mapping[int, Spans], day: date, told: Sequence[Told]) -> Sequence[Told]:
    """Return what is told by the schools in which the student was on a day."""
    return [one for one in told for first, last in spans.get(one[0], ()) if first <= day <= last]


def _spans(
    ladder: Ladder, places: Sequence[Place], until: date
) -> tuple[Sequence[Place], Mapping[int, date], Mapping[int, Spans]]:
    """Return the enrolments that count, and of each the last day and all days that do."""
    if ladder.count_scope == "school_student_school_year":
        here = places[-1].school.id
        places = [place for place in places if place.school.id == here]
    ends = {place.id: min(until, place.told_until or until) for place in places}
    return places, ends, {place.id: place.spans(ends[place.id]) for place in places}


def _year(ladder: Ladder, student: Student, until: date) -> Year:
    places, ends, spans = _spans(ladder, student.places, until)
    days = rules_days.days_of_marks(
        ladder.day_rule,
        {place.id: place for place in places},
        [
            mark
            for mark in student.marks
            for first, last in spans.get(mark[0], ())
            if first <= mark[1] <= last
        ],
    )
    return Year(days=tuple(days), places=places, ends=ends, until=until)


def _state(
    ladder: Ladder, student: Student, year: Year, step: Step, states: Mapping[str, State]
) -> State:
    start = needs.beginning(step, student, states)
    found = metrics.find(ladder, step, year, start=start, states=states)
    if step.has_threshold and found.crossed_on is None:
        return _told(step, Status.NOT_MET, found)
    missing, done_on, is_open = needs.requirements(ladder, step, student, states)
    if not step.has_threshold and not is_open:
        return _told(step, Status.NOT_MET, found)
    if missing:
        return _told(step, Status.WAITING, found, waits_for=missing)
    crossed_on = max((day for day in (found.crossed_on, done_on) if day), default=None)
    if crossed_on is None or crossed_on > year.until:
        return _told(step, Status.NOT_MET, found)
    met = _told(
        step,
        Status.MET,
        found,
        crossed_on=crossed_on,
        due_on=due_of(step, crossed_on, year.places[-1], states),
    )
    return _decided(ladder, student, step, met, until=year.until)


def _decided(ladder: Ladder, student: Student, step: Step, met: State, *, until: date) -> State:
    """Return the state of a step that is crossed: who or what stands before its actions."""
    barred = needs.bars(ladder, step, student, until)
    if barred:
        return msgspec.structs.replace(met, status=Status.BLOCKED, blocked_by=barred)
    owed = needs.owed(step, student)
    if not step.human_decision:
        return msgspec.structs.replace(met, owed=owed)
    said = needs.decision(step, student, met.crossed_on or until)
    if not said:
        return msgspec.structs.replace(met, status=Status.TO_DECIDE)
    return msgspec.structs.replace(
        met, status=Status.DECIDED, decision=said, owed=owed if said == "approved" else ()
    )


def _told(  # noqa: PLR0913  (what a state is made of)
    step: Step,
    status: Status,
    found: Found,
    *,
    crossed_on: date | None = None,
    due_on: date | None = None,
    waits_for: tuple[str, ...] = (),
) -> State:
    return State(
        step=step.key,
        status=status,
        crossed_on=crossed_on,
        value=found.value,
        value_now=found.now,
        absent=found.absent,
        enrolled=found.enrolled,
        absent_now=found.absent_now,
        enrolled_now=found.enrolled_now,
        due_on=due_on,
        waits_for=waits_for,
        dates=found.dates,
    )


def due_of(step: Step, crossed_on: date, place: Place, states: Mapping[str, State]) -> date | None:
    """Return by when the step's actions are owed, in the present school's days.

    Business days run from the day the student was identified: the crossing of the step after
    which this one counts. Never before the step itself is crossed.
    """
    if step.due_school_days is not None:
        return school_day_after(place.school.days, crossed_on, step.due_school_days)
    if step.due_business_days_from_identification is not None:
        window: Window | None = step.span if step.window else None
        named = states.get(window.step) if window else None
        identified = named.crossed_on if named and named.crossed_on else crossed_on
        due = business_day_after(identified, step.due_business_days_from_identification)
        return max(due, crossed_on)
    return None


def _pass(
    ladder: Ladder, before: Mapping[str, bool], states: Mapping[str, State]
) -> Sequence[State]:
    """Leave the asking to the highest step that is met.

    A step that was asked for before keeps asking; one that was passed over asks once no higher
    step is met any more.
    """
    passed: list[State] = []
    is_higher_met = False
    for found in reversed(list(states.values())):
        state = found
        step = ladder.step(state.step)
        if step is None or step.human_decision or state.status not in REACHED:
            passed.append(state)
            continue
        is_exceeded = step.below is not None and state.value_now >= step.below
        is_over = is_exceeded or (is_higher_met and before.get(step.key, True))
        if is_over:
            state = msgspec.structs.replace(state, status=Status.PASSED_OVER, due_on=None, owed=())
        passed.append(state)
        is_higher_met = True
    return passed[::-1]
