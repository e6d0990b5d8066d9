"""Says what students crossed by what is known now, as it is to be written.

The short way of a plain ladder asks for what was done about the few only whom it may take further.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TypeAlias
from uuid import UUID

from msgspec import Struct

from server.db.database import Transaction
from server.ladder import climbs
from server.ladder.climbs import Climbing, Quick, Theirs
from server.ladder.law import Ladder
from server.ladder.rules import climbing, folding
from server.ladder.rules.inputs import Climb, Status
from server.ladder.rules.thresholds import Reached
from server.ladder.store import Crossed

Before: TypeAlias = Mapping[UUID, Mapping[str, Crossed]]
"""By student and step, the crossings that were met when last looked at."""

_MANY = 20_000
"""From so many students on, reading a whole year is quicker than asking for enrolments."""
_CROSSED = frozenset({Status.MET, Status.PASSED_OVER, Status.TO_DECIDE, Status.DECIDED})


class Met(Struct, frozen=True, kw_only=True):
    """A step that is crossed, as it is to be written."""

    step: str
    crossed_on: date
    value: int
    passed_over: bool
    due_on: date | None


def all_short(
    tx: Transaction,
    ladder: Ladder,
    school_year: str,
    places: Mapping[UUID, UUID],
    before: Before,
) -> Iterator[tuple[UUID, Sequence[Met]]]:
    """Yield what each student crossed of a plain ladder: the long way where deeds take further."""
    of = climbs.open_short(tx, ladder, school_year, places.keys())
    quick = Quick(of)
    is_all, kinds = len(places) > _MANY, folding.KINDS_THAT_MATTER
    seen: list[tuple[Theirs, tuple[Reached, ...]]] = []
    further: set[UUID] = set()
    for one in climbs.everybody(tx, of, is_all=is_all, kinds=kinds):
        reached = quick.reached(one)
        if quick.is_more_open(reached):
            further.add(one[0])
            seen.append((one, reached))
        else:
            seen.append(((one[0], one[1], []), reached))  # its marks are needed no more
    climbs.read_deeds(tx, of, further)
    for one, reached in seen:
        known = before.get(one[0], {})
        is_short = one[0] not in of.deeds
        yield one[0], _plainly(of, one, reached, known) if is_short else _by_climb(of, one, known)
    yield from ((one, ()) for one in places if one not in of.students)


def all_long(
    tx: Transaction,
    ladder: Ladder,
    school_year: str,
    places: Mapping[UUID, UUID],
    before: Before,
) -> Iterator[tuple[UUID, Sequence[Met]]]:
    """Yield what each student crossed of any ladder."""
    of = climbs.open_for(tx, ladder, school_year, places.keys())
    for one in climbs.everybody(tx, of, is_all=len(places) > _MANY):
        yield one[0], _by_climb(of, one, before.get(one[0], {}))
    yield from ((one, ()) for one in places if one not in of.students)


def _by_climb(of: Climbing, one: Theirs, before: Mapping[str, Crossed]) -> Sequence[Met]:
    found = climbs.climb(of, one, {key: row.passed_over for key, row in before.items()})
    return _of_climb(found)


def _plainly(
    of: Climbing, one: Theirs, reached: Sequence[Reached], before: Mapping[str, Crossed]
) -> Sequence[Met]:
    """Write out the short way's answer as the long way would."""
    met: list[Met] = []
    for number, step in enumerate(reached, start=1):
        known = before.get(step.step)
        is_lower = number < len(reached)
        met.append(
            Met(
                step=step.step,
                crossed_on=step.crossed_on,
                value=step.value,
                passed_over=is_lower and (known is None or known.passed_over),
                due_on=_due_on(of, one, step, known),
            )
        )
    return met


def _due_on(of: Climbing, one: Theirs, step: Reached, known: Crossed | None) -> date | None:
    law = of.ladder.step(step.step)
    if law is None or not (law.due_school_days or law.due_business_days_from_identification):
        return None
    if known is not None and known.crossed_on == step.crossed_on and known.due_on is not None:
        return known.due_on
    return climbing.due_of(law, step.crossed_on, of.year.place(one[1][-1]), {})


def _of_climb(found: Climb) -> Sequence[Met]:
    return [
        Met(
            step=state.step,
            crossed_on=state.crossed_on,
            value=state.value,
            passed_over=state.status is Status.PASSED_OVER,
            due_on=state.due_on,
        )
        for state in found.states
        if state.status in _CROSSED and state.crossed_on is not None
    ]
