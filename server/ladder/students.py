"""Lists the students behind a count: who is at or above a step, and since when."""

from collections.abc import Mapping
from datetime import date
from typing import TypeAlias
from uuid import UUID

from msgspec import Struct

from server.db.database import Transaction
from server.ladder import climbs, year
from server.ladder.law import Ladder, Step
from server.ladder.rules.inputs import Status
from server.ladder.service import climb_in
from server.ladder.store import names
from server.ladder.words import rules as rule_words
from server.ladder.year import Asked, Year
from server.problems import NotFound

_FOR_PEOPLE = frozenset({Status.TO_DECIDE, Status.DECIDED})


_Crossed: TypeAlias = tuple[int, date, str]


class Listed(Struct, frozen=True, kw_only=True):
    """A student at or above a step."""

    number: str
    name: str
    school_code: str
    school: str
    value: int
    """At the crossing, in what ``StepStudents.unit`` names."""
    crossed_on: date
    status: str


class StepStudents(Struct, frozen=True, kw_only=True):
    """Who is at or above a step."""

    ladder: str
    school_year: str
    step: str
    unit: str
    count: int
    students: list[Listed]
    warnings: list[str] = []


def at_step(  # noqa: PLR0913  (what a list hangs on)
    tx: Transaction,
    ladder: Ladder,
    school_year: str,
    step: str,
    asked: Asked,
    *,
    school_code: str = "",
) -> StepStudents:
    """Return the students at or above a step, by name; of one school, where one is named.

    Without a school their number is the one that ``service.counts`` gives. Of a step that a
    person decides: those who wait for the decision, and those about whom it was made.
    """
    law = ladder.step(step)
    if law is None:
        known = ", ".join(one.key for one in ladder.steps)
        raise NotFound(f"Ladder {ladder.key} has no step {step!r}. There are: {known}.")
    opened = year.load(tx, school_year, asked)
    schools = names.schools(tx, opened.then)
    if school_code and school_code not in {code for code, _ in schools.values()}:
        raise NotFound(f"There is no school with the code {school_code!r}.", code="no_school")
    found = _at(tx, ladder, opened, asked, law)
    lines = _lines(tx, opened, schools, found)
    if school_code:
        lines = [line for line in lines if line.school_code == school_code]
    return StepStudents(
        ladder=ladder.key,
        school_year=school_year,
        step=step,
        unit=rule_words.unit_of(law),
        count=len(lines),
        students=lines,
        warnings=list(opened.warnings),
    )


def _at(
    tx: Transaction, ladder: Ladder, opened: Year, asked: Asked, step: Step
) -> dict[UUID, _Crossed]:
    if not step.human_decision:
        return {
            student_id: (one.value, one.crossed_on, Status.MET.value)
            for student_id, reached in climb_in(tx, ladder, opened, asked)
            for one in reached
            if one.step == step.key
        }
    found: dict[UUID, _Crossed] = {}
    of = climbs.start(tx, ladder, opened, asked)
    for theirs in climbs.everybody(tx, of, is_all=True):
        state = climbs.climb(of, theirs).state(step.key)
        if state is not None and state.status in _FOR_PEOPLE and state.crossed_on:
            found[theirs[0]] = (state.value, state.crossed_on, state.status.value)
    return found


def _lines(
    tx: Transaction,
    opened: Year,
    schools: Mapping[UUID, tuple[str, str]],
    found: Mapping[UUID, _Crossed],
) -> list[Listed]:
    present = {
        student_id: theirs[-1].school_id
        for student_id, theirs in year.by_student(opened.places(found)).items()
    }
    lines: list[Listed] = []
    for student in sorted(
        names.students(tx, found, opened.then), key=lambda one: (one.key, one.number)
    ):
        code, school = schools[present[student.id]]
        value, crossed_on, status = found[student.id]
        lines.append(
            Listed(
                number=student.number,
                name=student.name,
                school_code=code,
                school=school,
                value=value,
                crossed_on=crossed_on,
                status=status,
            )
        )
    return lines
