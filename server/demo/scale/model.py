"""What an invented district is made of. Plain data: nothing here decides or counts."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct

Level: TypeAlias = Literal["elementary", "middle", "high"]
LEVELS: tuple[Level, ...] = ("elementary", "middle", "high")
TRADITIONAL, ALTERNATIVE = "traditional", "alternative"

DAY, HALF = 840, 420
"""A whole and a half school day in the units that files and answers count in."""

UNEXCUSED, EXCUSED, MEDICAL, TARDY, ACTIVITY = "UNX", "EXC", "MED", "TDY", "ACT"
KIND_OF_CODE = {
    UNEXCUSED: "absent_unexcused",
    EXCUSED: "absent_excused",
    MEDICAL: "absent_excused",
    TARDY: "tardy",
    ACTIVITY: "activity_school",
}
"""The invented district's own codes: they need its ``codes.csv``."""


class Calendar(Struct, frozen=True, kw_only=True):
    """One calendar of a school year."""

    days: list[tuple[date, str]]
    """Every weekday, with the word of Ed-Fi for it."""
    school_days: list[date]


class Year(Struct, frozen=True, kw_only=True):
    """A school year with its calendars and the date of day N in each."""

    label: str
    calendars: dict[str, Calendar]
    day_n: dict[str, date]


class School(Struct, frozen=True, kw_only=True):
    """A school. ``place`` is its position in ``District.schools``."""

    place: int
    code: str
    name: str
    level: Level
    calendar: str
    mode: Literal["daily", "period"] = "daily"
    is_edfi: bool = False
    """Its students and attendance come as Ed-Fi XML, not in the OneRoster and the CSV files."""


class Guardian(Struct, frozen=True, kw_only=True):
    """A parent or guardian."""

    id: str
    first_name: str
    last_name: str
    relation: str
    language: str
    mobile: str
    work: str
    email: str
    street: str
    restriction: str


class Stay(Struct, kw_only=True):
    """A student in a school in a year. ``told`` and ``exit_told`` are deliveries."""

    school: int
    year: int
    grade: str
    entry: date
    told: int
    exit: date | None = None
    """Last day enrolled."""
    exit_told: int = -1
    is_double: bool = False
    """Entered in a second school by mistake, while the first stay goes on."""
    reason: str = ""
    """``transfer_inside``, ``transfer_outside`` or ``withdrawn``."""


class Pupil(Struct, kw_only=True):
    """A student. Several stays in one year: a transfer, or gone and come back."""

    place: int
    number: str
    first_name: str
    last_name: str
    preferred_name: str
    birth: date
    guardians: list[Guardian]
    stays: list[Stay]


class Told(NamedTuple):
    """What the office said of a student's day, from one delivery on."""

    delivery: int
    code: str
    """Empty: it took its word back."""
    units: int


class Event(NamedTuple):
    """One student's day that was not plainly present, and what was said of it in turn."""

    pupil: int
    school: int
    year: int
    on: date
    told: tuple[Told, ...]

    def as_of(self, delivery: int) -> Told | None:
        """Return what was known after a delivery; None: nothing, or it was taken back."""
        known = None
        for one in self.told:
            if one.delivery <= delivery:
                known = one
        return known if known is not None and known.code else None


class Delivery(Struct, frozen=True, kw_only=True):
    """What the office sends on one afternoon."""

    number: int
    year: int
    at: datetime
    first: date
    """First day of the weeks that it tells."""
    through: date
    """Last day that it tells."""
    resend_first: dict[int, date] = {}
    """By school that sends earlier weeks again: the first day of what it sends."""


class Staff(Struct, frozen=True, kw_only=True):
    """Somebody of the programme, or of a school's office."""

    login: str
    name: str
    role: str
    schools: list[int]


class Contact(NamedTuple):
    """A contact or attempt. ``counts``: it is one of those that the snapshot counts."""

    pupil: int
    school: int
    at: datetime
    staff: int
    method: str
    outcome: str
    party: str
    note: str
    counts: bool


class Figures(Struct, frozen=True, kw_only=True):
    """What the snapshot of the invented district must say."""

    school_year: str
    day_number: int
    contacts: int
    students: int
    bands: list[int]
    """Students contacted once, 2 to 5, 6 to 10 and more than 10 times."""
    never: int
    left: int
    data: int
    analysed: int
    low: int
    """Analysed with less than ten days."""


class District(Struct, kw_only=True):
    """All of it."""

    name: str
    seed: int
    scale: str
    day_number: int
    years: list[Year]
    schools: list[School]
    pupils: list[Pupil]
    deliveries: list[Delivery]
    events: list[Event]
    staff: list[Staff]
    contacts: list[Contact]
    groups: dict[int, str]
    """By student in the programme: ``never``, ``left``, ``data`` or ``analysed``."""
    figures: Figures | None = None

    def calendar_of(self, school: int, year: int) -> Calendar:
        """Return a school's calendar of a year."""
        return self.years[year].calendars[self.schools[school].calendar]


Days: TypeAlias = Sequence[date]
