"""What a line or an element of a file says, once it is understood; and what it says wrongly.

People, schools and calendars are structs. Attendance comes in millions and is a tuple.
"""

from datetime import date, datetime
from typing import Literal, NamedTuple

from msgspec import Struct

from server.intake.words import lines
from server.intake.words.saying import Why

DELETED = "\x00deleted"
"""The code of an event that the source took back (OneRoster's ``tobedeleted``)."""

BY_MINUTES = 0
"""The units of an event that tells minutes and no share of the day: the day rule works from them,
whatever its code would take by itself."""


class Fault(Struct, frozen=True, kw_only=True):
    """Something in a file that was not taken, and how to mend it."""

    file: str
    line: int
    element: str
    """"Contact 12", "row 7"."""
    field: str
    value: str
    reason: str
    mend: str
    school_code: str = ""
    code: str = ""
    """Of ``words.lines``; empty: kept by a version that had its English words only."""
    parts: dict[str, str] = {}
    """What stands in the sentences."""


class Origin(Struct, frozen=True, kw_only=True):
    """Where a record stands in its file."""

    file: str
    line: int
    element: str

    def fault(self, field: str, value: str, why: Why, *, school_code: str = "") -> Fault:
        """Return a fault at this place."""
        remark = lines.remark_of(why)
        return Fault(
            file=self.file,
            line=self.line,
            element=self.element,
            field=field,
            value=value,
            reason=remark.reason.en,
            mend=remark.mend.en,
            school_code=school_code,
            code=why.code,
            parts=why.parts,
        )


class SchoolRecord(Struct, frozen=True, kw_only=True):
    """A school."""

    at: Origin
    code: str
    name: str
    level: str = ""
    mode: Literal["daily", "period", ""] = ""
    """Empty: the file does not say; what is known stays."""
    periods_per_day: int | None = None
    minutes_per_day: int | None = None
    source_id: str = ""
    """How the source system names it, where that is not ``code``; so in the records below."""
    source_at: datetime | None = None
    is_deleted: bool = False


class StudentRecord(Struct, frozen=True, kw_only=True):
    """A student."""

    at: Origin
    number: str
    first_name: str
    middle_name: str = ""
    last_name: str
    suffix: str = ""
    preferred_name: str = ""
    birth_on: date | None = None
    source_id: str = ""
    source_at: datetime | None = None
    is_deleted: bool = False
    untold: list[str] = []
    """Fields that the file has no place for: what is known of them stays. So below."""


class PointRecord(Struct, frozen=True, kw_only=True):
    """A phone number or e-mail of a guardian, in the file's order of priority."""

    kind: str
    source_kind: str
    value: str
    position: int


class AddressRecord(Struct, frozen=True, kw_only=True):
    """An address of a guardian."""

    kind: str
    street: str
    unit: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""


class GuardianRecord(Struct, frozen=True, kw_only=True):
    """A parent or guardian with everything by which to reach him or her."""

    at: Origin
    source_id: str
    xml_id: str = ""
    first_name: str
    last_name: str
    language: str = ""
    needs_interpreter: bool = False
    points: list[PointRecord] = []
    addresses: list[AddressRecord] = []
    source_at: datetime | None = None
    is_deleted: bool = False
    untold: list[str] = []
    """Also kinds of numbers (``ContactPointKind``)."""


class TieRecord(Struct, frozen=True, kw_only=True):
    """How a guardian stands to a student."""

    at: Origin
    number: str
    source_id: str
    """Empty while only ``xml_id`` names the guardian."""
    xml_id: str = ""
    relation: str = ""
    is_primary: bool = False
    is_emergency: bool = False
    lives_with: bool = False
    restriction: str = ""
    position: int = 0
    source_at: datetime | None = None
    is_deleted: bool = False
    untold: list[str] = []


class PlaceRecord(Struct, frozen=True, kw_only=True):
    """One stay of a student in a school. Several in one school year are all kept."""

    at: Origin
    number: str
    school_code: str
    school_year: str
    grade: str = ""
    entry_on: date | None = None
    """Empty: the file does not say (OneRoster and SDS may not)."""
    exit_on: date | None = None
    """Last day enrolled, inclusive."""
    exit_reason: str = ""
    periods: int | None = None
    """The student's scheduled classes a day."""
    ended_count: int = 0
    """The exit is told by the ends of so many classes alone: of a stay only if these were all."""
    source_at: datetime | None = None
    is_deleted: bool = False


class CalendarRecord(Struct, frozen=True, kw_only=True):
    """What one day is in a school's calendar."""

    at: Origin
    school_code: str
    on_date: date
    kind: str
    is_instructional: bool
    periods: int | None = None
    minutes: int | None = None
    untold: list[str] = []


class TermRecord(Struct, frozen=True, kw_only=True):
    """A semester or another part of a school year. ``school_code`` empty: of every school."""

    at: Origin
    school_code: str = ""
    school_year: str
    kind: Literal["semester", "term", "grading_period"]
    title: str = ""
    begin_on: date
    end_on: date


class EventLine(NamedTuple):
    """An attendance event: one line of a file. What its code means is looked up later, in bulk."""

    line: int
    number: str
    school_code: str
    """Empty: the file does not say; the school is the student's on that date."""
    on_date: str
    """ISO 8601. A reader refuses what is no date."""
    period: str
    """The class, as the file names it. Empty: the whole day."""
    code: str
    units: int | None
    """Share of a day in 1/840; None: what the code takes by itself."""
    minutes: int | None
    reason: str
    source_at: int | None
    """When the source last changed it, in seconds since 1970 UTC."""


class CodeRecord(Struct, frozen=True, kw_only=True):
    """What an attendance code means; ``school_code`` and ``school_year`` empty: everywhere."""

    at: Origin
    code: str
    kind: str
    """A ``schemas.attendance.AttendanceKind``."""
    units: int | None = None
    school_code: str = ""
    school_year: str = ""
    is_default: bool = False
    """Of the format itself (Ed-Fi's own categories): a district's own entry comes first, and it is
    not kept."""


class SubmissionRecord(Struct, frozen=True, kw_only=True):
    """Up to which day a school has taken its attendance."""

    at: Origin
    school_code: str
    through_on: date


class StaffRecord(Struct, frozen=True, kw_only=True):
    """Somebody who works in the programme; he is invited later, by a person."""

    at: Origin
    login: str
    name: str
    role: str
    """A ``schemas.people.Role``."""
    school_codes: list[str] = []


class ContactRecord(Struct, frozen=True, kw_only=True):
    """A contact or attempt from before Presente, or from another system."""

    at: Origin
    source_id: str
    """The file's identifier: the same one again is the same contact."""
    number: str
    school_code: str = ""
    """Empty: the student's school on that day."""
    occurred_at: datetime
    by_login: str
    by_role: str = ""
    """Empty: the role of the person today."""
    method: str
    direction: str = "outbound"
    outcome: str
    party: str = "none"
    met: str = ""
    note: str = ""


Record = (
    SchoolRecord
    | StudentRecord
    | GuardianRecord
    | TieRecord
    | PlaceRecord
    | CalendarRecord
    | TermRecord
    | CodeRecord
    | SubmissionRecord
    | StaffRecord
    | ContactRecord
)
