"""The ladders as data files, validated when they are read. A law changes a file, not code."""

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from schemas.attendance import UNITS_PER_DAY
from server.ladder.rules import Threshold
from server.problems import Invalid, NotFound, Problem

LADDERS = Path(__file__).parent / "ladders"


class LadderNotSupported(Problem):
    """The ladder needs something that is not computed yet."""

    code = "ladder_not_supported"


class DayRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How what was missed of a day comes to a count."""

    kind: Literal["classes_missed", "occasions", "day_or_part_of_day"]
    min_classes: int = 0
    half_if_pct_lte: int = 0
    full_if_pct_gt: int = 0
    daily_schools: str = ""
    full_day_counts: int = 0
    tardy_or_absent_over_minutes: int = 0
    combine: bool = False
    counts: int = 0
    source: str = ""


def _nobody() -> dict[str, list[str]]:
    return {}


class Action(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a step asks for."""

    kind: str
    by: str = ""
    to: str = ""
    template: str = ""
    content_version: str = ""
    delivery: list[str] = []
    must_include: list[str] = []
    meet_with: list[str] = []
    talk_with: dict[str, list[str]] = msgspec.field(name="with", default_factory=_nobody)
    topics: list[str] = []
    attach: list[str] = []
    choose_one_of: list[str] = []
    minimum_standards: list[str] = []


class Words(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One sentence that a family can read."""

    en: str
    es: str


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step of a ladder."""

    key: str
    metric: str = ""
    unit: str = ""
    window: str = ""
    gte: Decimal | None = None
    lt: Decimal | None = None
    label: str = ""
    law: str = ""
    practice: str = ""
    opens_case: bool = False
    human_decision: bool = False
    """A person decides; such a step is never counted as reached."""
    requires: list[str] = []
    blocked_by: str = ""
    may_delay_if: str = ""
    due_school_days: int | None = None
    due_business_days_from_identification: int | None = None
    actions: list[Action] = []
    words: Words | None = None

    @property
    def is_computed(self) -> bool:
        """Tell whether this version counts it: days without an excuse in a school year."""
        return (
            (self.metric, self.unit, self.window) == ("unexcused", "day", "school_year")
            and self.gte is not None
            and self.lt is None
            and not self.requires
        )

    @property
    def units(self) -> int:
        """The threshold in units of a day."""
        return int((self.gte or Decimal()) * UNITS_PER_DAY)


class Ladder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A programme's steps, and from when to when they hold."""

    key: str
    title: str
    jurisdiction: str
    effective: tuple[date, date | None]
    count_scope: str = "district_student_school_year"
    day_rule: DayRule | None = None
    absence_excludes: list[str] = []
    min_days_enrolled: int = 0
    min_days_compare: str = ""
    exemptions: list[str] = []
    steps: list[Step]

    @property
    def automatic_steps(self) -> list[Step]:
        """Steps that no person decides, lowest first."""
        return sorted(
            (step for step in self.steps if not step.human_decision), key=lambda step: step.units
        )

    @property
    def thresholds(self) -> list[Threshold]:
        """Return what the engine counts against; refuse a ladder that it cannot count."""
        odd = [step.key for step in self.automatic_steps if not step.is_computed]
        if odd:
            raise LadderNotSupported(
                f"Ladder {self.key} is not computed by this version yet: step {odd[0]} needs more "
                "than days missed without an excuse in a school year. Use aps-2014."
            )
        return [Threshold(key=step.key, units=step.units) for step in self.automatic_steps]

    def step(self, key: str) -> Step | None:
        """Return a step by its key."""
        return next((step for step in self.steps if step.key == key), None)

    def holds_in(self, first: date, last: date) -> bool:
        """Tell whether the ladder is in force on every day between the two."""
        begin, end = self.effective
        return begin <= first and (end is None or last <= end)


def read(content: bytes, name: str) -> Ladder:
    """Return the ladder in a file's content, or refuse it with the file's name and the fault."""
    try:
        ladder = msgspec.json.decode(content, type=Ladder)
    except (msgspec.DecodeError, ValueError) as fault:
        raise Invalid(f"{name}: {fault}.") from fault
    faults = _faults(ladder)
    if faults:
        raise Invalid(f"{name}: {faults[0]}", faults=tuple((name, fault) for fault in faults))
    return ladder


@cache
def ladders() -> dict[str, Ladder]:
    """Return every ladder by its key."""
    known = [read(file.read_bytes(), file.name) for file in sorted(LADDERS.glob("*.json"))]
    return {ladder.key: ladder for ladder in known}


def get(key: str) -> Ladder:
    """Return a ladder, or refuse with the names of those that there are."""
    known = ladders()
    if key not in known:
        raise NotFound(
            f"There is no ladder {key!r}. There are: {', '.join(known)}.", code="ladder_unknown"
        )
    return known[key]


def _faults(ladder: Ladder) -> list[str]:
    keys = [step.key for step in ladder.steps]
    begin, end = ladder.effective
    faults = [f"step {key} is there twice." for key in sorted(set(keys)) if keys.count(key) > 1]
    if not keys:
        faults.append("a ladder needs at least one step.")
    if end is not None and end < begin:
        faults.append("it would end before it begins; write effective as [first day, last day].")
    if sum(step.opens_case for step in ladder.steps) > 1:
        faults.append("only one step may open the case (opens_case).")
    return faults + [fault for step in ladder.steps for fault in _step_faults(step, keys)]


def _step_faults(step: Step, keys: list[str]) -> list[str]:
    faults = [
        f"step {step.key} requires {need}, which is no step of this ladder."
        for need in step.requires
        if "." in need and need.split(".")[0] not in keys
    ]
    if not step.human_decision and step.is_computed:
        if step.units <= 0 or (step.gte or Decimal()) * UNITS_PER_DAY != step.units:
            faults.append(f"step {step.key}: gte must be days above 0, in whole units of 1/840.")
        if step.words is None:
            faults.append(f"step {step.key} needs words (en, es): a family asks why.")
    if not step.human_decision and step.gte is None:
        faults.append(f"step {step.key} needs a threshold (gte).")
    return faults
