"""Pure: what a ladder's file may say, as structs. It reads no file and counts nothing."""

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from schemas.attendance import UNITS_PER_DAY
from server.attendance.rules.days import DayRule
from server.ladder.rules.thresholds import Threshold
from server.ladder.rules.windows import Window, read_window
from server.problems import Problem

Metric: TypeAlias = Literal[
    "",
    "unexcused",
    "all_absences",
    "unexcused_occasions",
    "unexcused_days_or_parts",
    "truancy_reports",
    "consecutive",
]
Unit: TypeAlias = Literal["", "day", "half_day", "occasion", "hour", "percent", "step"]
Scope: TypeAlias = Literal["district_student_school_year", "school_student_school_year"]
Band: TypeAlias = Literal["", "elementary", "middle", "high", "middle_high"]
Compare: TypeAlias = Literal["", "gte", "gt", "gte_or_gt_ambiguous"]

SCALE: dict[str, int] = {
    "day": UNITS_PER_DAY,
    "half_day": UNITS_PER_DAY // 2,
    "hour": 60,
    "percent": 100,
}
"""What 1 of a unit is in the whole numbers that are counted (units of a day, minutes, hundredths
of a percent); of others 1."""


CONDITIONS = ("conscientious_effort_conference",)
"""What a step may require beside steps and their actions; recorded like an action (EC 48262)."""


class LadderNotSupported(Problem):
    """The ladder needs more than was asked of it."""

    code = "ladder_not_supported"


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
    """By grade band."""
    topics: list[str] = []
    attach: list[str] = []
    choose_one_of: list[str] = []
    minimum_standards: list[str] = []

    def parties(self, band: str) -> list[str]:
        """Return with whom to talk about a student of this grade band."""
        joint = "middle_high" if band in {"middle", "high"} else band
        return self.talk_with.get(band) or self.talk_with.get(joint) or []


class Words(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One sentence that a family can read."""

    en: str
    es: str


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step of a ladder."""

    key: str
    metric: Metric = ""
    unit: Unit = ""
    window: str = ""
    gte: Decimal | None = None
    lt: Decimal | None = None
    """A tier: from here on the student is in the next one."""
    grade_band: Band = ""
    """Only for students of these grades; empty: of all."""
    label: str = ""
    law: str = ""
    practice: str = ""
    opens_case: bool = False
    human_decision: bool = False
    """A person decides; such a step is never counted as reached."""
    requires: list[str] = []
    """``step.action``: that was done; ``step``: it is reached and all it asks for was done;
    another word: a condition that was recorded."""
    blocked_by: Literal["", "exemptions"] = ""
    may_delay_if: str = ""
    due_school_days: int | None = None
    due_business_days_from_identification: int | None = None
    actions: list[Action] = []
    words: Words | None = None

    @property
    def has_threshold(self) -> bool:
        """Tell whether anything is counted for it."""
        return self.gte is not None

    @property
    def least(self) -> int:
        """The threshold in the whole numbers that are counted (``SCALE``)."""
        return scaled(self.gte or Decimal(), self.unit)

    @property
    def below(self) -> int | None:
        """Where the tier ends, in the whole numbers that are counted."""
        return None if self.lt is None else scaled(self.lt, self.unit)

    @property
    def span(self) -> Window:
        """Over what is counted."""
        return read_window(self.window or "school_year")

    @property
    def is_plain(self) -> bool:
        """Tell whether it counts days without an excuse in a school year, and nothing else."""
        return (
            (self.metric, self.window) == ("unexcused", "school_year")
            and self.unit in {"day", "half_day"}
            and self.gte is not None
            and self.lt is None
            and not self.requires
            and not self.blocked_by
            and not self.grade_band
        )


class Ladder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A programme's steps, and from when to when they hold."""

    key: str
    title: str
    jurisdiction: str
    effective: tuple[date, date | None]
    """First and last day in force; None: until another version of the key takes over."""
    count_scope: Scope = "district_student_school_year"
    day_rule: DayRule | None = None
    absence_excludes: list[str] = []
    absence_excludes_days_per_semester: int = 0
    """Excluded are at most so many days of each kind in a semester (New Mexico allows 15 of
    interscholastic activities, APS PJ6); 0: any number."""
    min_days_enrolled: int = 0
    """Shares (percent) are judged only from so many days of enrolment on."""
    min_days_compare: Compare = ""
    """``gt``: more than so many days. Otherwise at least; the law's own word where the sources
    differ (``gte_or_gt_ambiguous``) is read as at least unless the district's setting says
    ``gt``."""
    exemptions: list[str] = []
    """Reasons that bar the steps which say ``blocked_by: exemptions``."""
    steps: list[Step]

    @property
    def automatic_steps(self) -> list[Step]:
        """Steps that no person decides, in the ladder's order (the lowest first)."""
        return [step for step in self.steps if not step.human_decision]

    @property
    def opener(self) -> Step | None:
        """The step from which a case is owed."""
        return next((step for step in self.steps if step.opens_case), None)

    @property
    def is_plain(self) -> bool:
        """Tell whether ``rules.reached`` can count it, without calendar or earlier actions."""
        return self.count_scope == "district_student_school_year" and all(
            step.is_plain for step in self.automatic_steps
        )

    @property
    def thresholds(self) -> list[Threshold]:
        """Return what ``rules.reached`` counts against; refuse a ladder that needs ``climb``."""
        if not self.is_plain:
            odd = [step.key for step in self.automatic_steps if not step.is_plain]
            raise LadderNotSupported(
                f"Ladder {self.key} needs more than days missed without an excuse in a school "
                f"year: {', '.join(odd) or self.count_scope}."
            )
        return [Threshold(key=step.key, units=step.least) for step in self.automatic_steps]

    def step(self, key: str) -> Step | None:
        """Return a step by its key."""
        return next((step for step in self.steps if step.key == key), None)

    def holds_in(self, first: date, last: date) -> bool:
        """Tell whether the ladder is in force on every day between the two."""
        begin, end = self.effective
        return begin <= first and (end is None or last <= end)

    def enough_days(self, enrolled: int) -> bool:
        """Tell whether so many days of enrolment are enough to judge a share by."""
        if self.min_days_compare == "gt":
            return enrolled > self.min_days_enrolled
        return enrolled >= max(1, self.min_days_enrolled)


@cache
def scaled(amount: Decimal, unit: str) -> int:
    """Return an amount of a unit as the whole number that is counted; what is over is cut off."""
    return int(amount * SCALE.get(unit, 1))
