"""Records what people did about steps, decided and exempted, and lets the ladder and cases follow.

Nothing is ever deleted: what was entered by mistake is voided and stays readable.
"""

from collections.abc import Callable, Collection
from datetime import date
from uuid import UUID

from msgspec import Struct

from server.attendance import store as attendance
from server.cases import service as cases
from server.cases import store as case_store
from server.cases.service import Followed
from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.attendance import ExemptionRow, StepActionRow
from server.ids import new_id
from server.ladder import catalog, climbs
from server.ladder import service as ladders
from server.ladder.deeds import DECISION, DECISIONS, conditions_of
from server.ladder.law import Action, Ladder
from server.ladder.store import deeds as store
from server.languages import Told
from server.people import store as people
from server.problems import Invalid, NotFound

_AT_ONCE = 2000


class About(Struct, frozen=True, kw_only=True):
    """Whom and what a deed is about, and who recorded it."""

    student_id: UUID
    school_year: str
    ladder: Ladder
    by_user_id: UUID | None = None
    note: str = ""


def record_done(tx: Transaction, about: About, step: str, action: str, on: date) -> UUID:
    """Record that a step's action was done, or (``step`` empty) that a condition was met."""
    _check_day(tx, on)
    asked = [one.kind for one in _step(about.ladder, step)] if step else []
    known = asked if step else conditions_of(about.ladder)
    if action not in known:
        where = f"Step {step}" if step else f"Ladder {about.ladder.key}"
        raise Invalid(f"{where} asks for no {action!r}. It asks for: {', '.join(known) or '-'}.")
    return _add(tx, about, step=step, action=action, on=on)


def record_decision(tx: Transaction, about: About, step: str, decision: str, on: date) -> UUID:
    """Record what a person decided about a step that needs a person's decision."""
    _check_day(tx, on)
    law = about.ladder.step(step)
    if law is None or not law.human_decision:
        known = [one.key for one in about.ladder.steps if one.human_decision]
        raise Invalid(f"Nobody decides about {step!r}. Decided are: {', '.join(known) or '-'}.")
    if decision not in DECISIONS:
        raise Invalid(f"Decide {', '.join(DECISIONS)}; {decision!r} is none of them.")
    if decision == "delayed" and not law.may_delay_if:
        raise Invalid(f"The law lets nobody delay {step}: approve or decline it.")
    _check_reached(tx, about, step, on)
    return _add(tx, about, step=step, action=DECISION, on=on, decision=decision)


def exempt(tx: Transaction, about: About, kind: str, first: date, last: date | None = None) -> UUID:
    """Record why some steps are barred for a student, and while it holds."""
    known = about.ladder.exemptions
    if kind not in known:
        raise Invalid(
            f"Ladder {about.ladder.key} knows no exemption {kind!r}. "
            f"It knows: {', '.join(known) or 'none'}."
        )
    if last is not None and last < first:
        raise Invalid(f"An exemption from {first} cannot end before, on {last}.")
    row = ExemptionRow(
        id=new_id(),
        student_id=about.student_id,
        kind=kind,
        from_on=first,
        until_on=last,
        by_user_id=about.by_user_id,
        recorded_at=tx.at,
        voided_at=None,
    )
    store.add(tx, row)
    _follow(tx, about.ladder, about.school_year, [about.student_id])
    return row.id


def void(tx: Transaction, deed_id: UUID) -> None:
    """Say that something done, decided or exempted never was; it stays readable."""
    action = store.find_action(tx, deed_id)
    row = action or store.find_exemption(tx, deed_id)
    if row is None:
        raise NotFound("There is nothing recorded under this id.")
    if row.voided_at is not None:
        return
    store.void(tx, row)
    year = action.school_year if action else attendance.newest_year(tx)
    _follow(tx, ladders.ladder_of_district(tx, year), year, [row.student_id])


class Recounted(Followed, kw_only=True):
    """What became of cases and crossings when students were counted anew."""

    crossed: int = 0
    taken_back: int = 0


def recompute(
    tx: Transaction, ladder: Ladder, school_year: str, students: Collection[UUID]
) -> Recounted:
    """Bring these students' crossings and, in the newest school year, their cases up to date."""
    return _follow(tx, ladder, school_year, students)


def recompute_all(
    what: str,
    students: list[UUID],
    *,
    write: Callable[[Collection[UUID]], Recounted],
    say: Callable[[str], None],
) -> Recounted:
    """Recompute a district in parts, each written by itself; say how far it is."""
    followed = Recounted()
    done = 0
    for part in parts(students, _AT_ONCE):
        followed.add(write(part))
        done += len(part)
        count = len(students)
        say(Told(f"{what}: {done} of {count} students", f"{what}: {done} de {count} estudiantes"))
    return followed


def _follow(
    tx: Transaction, ladder: Ladder, school_year: str, students: Collection[UUID]
) -> Recounted:
    followed = Recounted()
    places = {one: row.school_id for one, row in people.enrollments_of(tx, students).items()}
    movements = ladders.recompute(tx, ladder, school_year, places)
    followed.crossed = sum(len(one.newly) for one in movements)
    followed.taken_back = sum(len(one.taken_back) for one in movements)
    is_chosen = catalog.version_of(ladder) == catalog.version_of(
        ladders.ladder_of_district(tx, school_year)
    )
    if is_chosen and school_year == attendance.newest_year(tx):
        cases.follow(tx, ladder, movements, followed)
        active = sorted({row.student_id for row in case_store.open_cases_of(tx, places)})
        cases.publish_standings(tx, ladder, school_year, active)
    return followed


def _step(ladder: Ladder, key: str) -> list[Action]:
    step = ladder.step(key)
    if step is None:
        known = ", ".join(one.key for one in ladder.steps)
        raise NotFound(f"Ladder {ladder.key} has no step {key!r}. There are: {known}.")
    return step.actions


def _add(  # noqa: PLR0913  (what a deed is made of)
    tx: Transaction, about: About, *, step: str, action: str, on: date, decision: str = ""
) -> UUID:
    row = StepActionRow(
        id=new_id(),
        student_id=about.student_id,
        school_year=about.school_year,
        ladder=catalog.version_of(about.ladder),
        step=step,
        action=action,
        decision=decision,
        done_on=on,
        note=about.note,
        by_user_id=about.by_user_id,
        contact_id=None,
        recorded_at=tx.at,
        voided_at=None,
    )
    store.add(tx, row)
    _follow(tx, about.ladder, about.school_year, [about.student_id])
    return row.id


def _check_reached(tx: Transaction, about: About, key: str, on: date) -> None:
    """Refuse a decision about records that do not ask for one."""
    of = climbs.open_for(tx, about.ladder, about.school_year, [about.student_id])
    one = next(climbs.everybody(tx, of), None)
    state = climbs.climb(of, one).state(key) if one else None
    if state is None or state.crossed_on is None:
        waits = f": it waits for {', '.join(state.waits_for)}" if state and state.waits_for else ""
        raise Invalid(
            f"There is nothing to decide about {key} yet: the student has not reached it in "
            f"{about.school_year}{waits}. `presente ladder why` shows where he stands.",
            code="not_reached",
        )
    if on < state.crossed_on:
        raise Invalid(
            f"{key} was reached on {state.crossed_on}: a decision of {on} was about other records.",
            code="not_reached",
        )


def _check_day(tx: Transaction, on: date) -> None:
    today = cases.today_of(tx)
    if on > today:
        raise Invalid(f"What was done lies in the past: {on} is after today, {today}.")
