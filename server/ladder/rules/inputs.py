"""Pure: what the ladder is told of one student, and what it answers."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from server.attendance.rules.days import DayTotal, Mark, Place
from server.ladder.rules.thresholds import Reached


class Done(Struct, frozen=True, kw_only=True):
    """An action of a step that was done, or a condition that was recorded."""

    step: str
    action: str
    done_on: date


class Decision(Struct, frozen=True, kw_only=True):
    """What a person decided about a step."""

    step: str
    decision: Literal["approved", "declined", "delayed"]
    on: date


class Exemption(Struct, frozen=True, kw_only=True):
    """Why some steps are barred, and while it holds (last day inclusive)."""

    kind: str
    first: date
    last: date | None = None


class Student(Struct, frozen=True, kw_only=True):
    """One student in one school year: everything that the ladder depends on."""

    places: Sequence[Place]
    """In the order of entry; the last is the present school."""
    marks: Sequence[Mark] = ()
    done: Sequence[Done] = ()
    decisions: Sequence[Decision] = ()
    exemptions: Sequence[Exemption] = ()
    before: Mapping[str, bool] = {}
    """Steps met when the ladder was last looked at, and whether they were passed over then."""


class Status(StrEnum):
    """How a student stands to a step."""

    NOT_MET = "not_met"
    MET = "met"
    PASSED_OVER = "passed_over"
    """Reached, and a higher step asks instead: it counts as passed and opens what it would have."""
    WAITING = "waiting"
    """The numbers are reached; what it requires has not been done (``waits_for``)."""
    BLOCKED = "blocked"
    """An exemption bars it (``blocked_by``)."""
    TO_DECIDE = "to_decide"
    """Everything is there, and a person must decide."""
    DECIDED = "decided"


REACHED = frozenset({Status.MET, Status.PASSED_OVER})
"""Statuses that count as at or above the step."""


class State(Struct, frozen=True, kw_only=True):
    """Where a student stands to one step."""

    step: str
    status: Status
    crossed_on: date | None = None
    """When everything was there, as known now; for a share, the week's end from which it holds."""
    value: int = 0
    """At the crossing (before it: now), in units of a day, minutes, occasions, reports, or
    hundredths of a percent cut off."""
    value_now: int = 0
    absent: int = 0
    """For a share: units missed of ``enrolled``, at the crossing or now."""
    enrolled: int = 0
    absent_now: int = 0
    enrolled_now: int = 0
    """For a share: the same now, on the last day told."""
    due_on: date | None = None
    waits_for: tuple[str, ...] = ()
    blocked_by: tuple[str, ...] = ()
    decision: str = ""
    owed: tuple[str, ...] = ()
    """Kinds of the actions that are asked and not yet done."""
    dates: tuple[date, ...] = ()
    """The dates behind it, up to the crossing (before it: now)."""

    @property
    def is_reached(self) -> bool:
        """Tell whether the student is at or above the step (what no person must decide)."""
        return self.status in REACHED


class Climb(Struct, frozen=True, kw_only=True):
    """Where a student stands on a ladder."""

    states: tuple[State, ...]
    """One for each step that applies to the student's grade, in the ladder's order."""
    days: tuple[DayTotal, ...]
    """What each date came to, up to the day asked for."""

    def state(self, step: str) -> State | None:
        """Return the state of a step."""
        return next((state for state in self.states if state.step == step), None)

    @property
    def reached(self) -> tuple[Reached, ...]:
        """Steps at or above which the student is, that no person must decide."""
        return tuple(
            Reached(step=one.step, crossed_on=one.crossed_on, value=one.value)
            for one in self.states
            if one.is_reached and one.crossed_on is not None
        )

    @property
    def highest(self) -> State | None:
        """The highest step reached that no person must decide."""
        return next((one for one in reversed(self.states) if one.is_reached), None)
