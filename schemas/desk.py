"""What the coordinator's and the clerk's desk reads over ``/api``. Writing goes through sync."""

from typing import Literal

from schemas.attendance import Standing, Submission
from schemas.base import (
    CaseId,
    Code,
    Day,
    DeviceId,
    Instant,
    Line,
    MutationId,
    Root,
    Row,
    SchoolId,
    UserId,
    Wire,
)
from schemas.cases import Case
from schemas.contacts import Contact
from schemas.people import (
    Address,
    ContactPoint,
    Guardian,
    Guardianship,
    School,
    StaffMember,
    Student,
)
from schemas.sync import Conflict


class DeskCase(Row, frozen=True, kw_only=True):
    """One line of a case list."""

    case: Case
    case_ver: int
    root: Root
    student_name: Line
    grade: Line
    school_name: Line
    unexcused_units: int
    contact_count: int
    reached_count: int
    last_contact_at: Instant | None = None
    open_conflict_count: int = 0
    data_as_of: Day | None = None
    """Up to which day the school's records behind ``unexcused_units`` reach."""


class DeskCounts(Row, frozen=True, kw_only=True):
    """Numbers of the overview. Each is the length of a list one can open."""

    new: int
    open: int
    left: int
    conflicts: int
    phones_stale: int
    parked: int = 0
    """Records that wait for a mend of the office."""
    backups: Literal["off", "late", "ok"] = "ok"
    """``late``: none was verified for hours. ``off``: nobody set any up."""


class DeskCases(Row, frozen=True, kw_only=True):
    """Answer of ``GET /api/desk/cases?list=new|open|left&school=...&q=...``."""

    head: int
    """Feed position of this answer; an unchanged head needs no refetch (also the ETag)."""
    counts: DeskCounts
    cases: list[DeskCase]
    known_at: Instant | None = None
    """The moment asked about (``known_at=...``): cases, days and contacts as known then."""


class DeskFamily(Row, frozen=True, kw_only=True):
    """A guardian with everything the card shows."""

    guardian: Guardian
    guardianship: Guardianship
    points: list[ContactPoint]
    addresses: list[Address]


class DeskCaseDetail(Row, frozen=True, kw_only=True):
    """Answer of ``GET /api/desk/cases/{case_id}``."""

    line: DeskCase
    student: Student
    standing: Standing
    submission: Submission | None
    """How far the student's school has told its year; empty: it has told nothing."""
    families: list[DeskFamily]
    contacts: list[Contact]
    """Newest first."""
    conflicts: list[Conflict]


class DeskConflict(Row, frozen=True, kw_only=True):
    """A conflict with what is needed to judge it."""

    conflict: Conflict
    conflict_ver: int
    root: Root
    student_name: Line
    school_name: Line
    subject: Line
    """Whose row it is about: a guardian's name, a contact's date."""


class DeskConflicts(Row, frozen=True, kw_only=True):
    """Answer of ``GET /api/desk/conflicts``."""

    conflicts: list[DeskConflict]


class DeskContact(Row, frozen=True, kw_only=True):
    """A contact as it arrived."""

    contact: Contact
    student_name: Line
    school_name: Line
    by_name: Line
    case_id: CaseId | None = None


class DeskContacts(Row, frozen=True, kw_only=True):
    """Answer of ``GET /api/desk/contacts``: the latest 100 in the reader's schools."""

    contacts: list[DeskContact]


class DeskPhone(Row, frozen=True, kw_only=True):
    """A phone, with what it last said of its queue."""

    device_id: DeviceId
    user_id: UserId
    user_name: Line
    label: Line
    state: str
    last_seen_at: Instant | None
    waiting: int
    parked: int = 0
    """Mutations of this phone that wait for a mend of the server."""
    is_stale: bool
    """Not seen for longer than the district allows (default 3 days), or seen with unsent work."""


class DeskPhones(Row, frozen=True, kw_only=True):
    """Answer of ``GET /api/desk/phones``."""

    phones: list[DeskPhone]


class DeskParked(Row, frozen=True, kw_only=True):
    """A record that the office could not judge yet. Not a word of what it says."""

    id: MutationId
    user_name: Line
    label: Line
    """What its author calls the phone it came from."""
    op: str
    """What was done; empty: that cannot be read."""
    code: Code
    received_at: Instant
    may_dismiss: bool
    """Nobody can ever read it."""


class DeskUpkeep(Row, frozen=True, kw_only=True):
    """Answer of ``GET /api/desk/upkeep``: what of the office's own wants a hand."""

    parked: list[DeskParked]
    """Of the reader's people, in the order they came."""
    backups: Literal["off", "late", "ok"]
    backed_up_at: Instant | None = None
    """The moment that the newest verified backup holds."""


class DismissParked(Wire, frozen=True, kw_only=True):
    """Body of ``POST /api/desk/parked/{id}/dismiss``."""

    because: Line
    """Kept in the audit trail, and read by the author."""


class DeskReference(Row, frozen=True, kw_only=True):
    """Answer of ``GET /api/desk/reference``: what lists and assign menus are filled from."""

    schools: list[School]
    staff: list[StaffMember]
    assignable: dict[UserId, list[SchoolId]]
    """Who may be given a case, and in which schools; an empty list: in all."""


class FoundStudent(Row, frozen=True, kw_only=True):
    """One line of a search result."""

    student: Student
    school_name: Line
    unexcused_units: int
    case_id: CaseId | None = None


class FoundStudents(Row, frozen=True, kw_only=True):
    """Answer of ``GET /api/desk/students?q=...`` (clerks and coordinators, own schools)."""

    students: list[FoundStudent]


class SchoolFreshness(Row, frozen=True, kw_only=True):
    """How far one school has told its attendance, and what is missing."""

    school_id: SchoolId
    school_code: Line
    school_name: Line
    status: Code
    """``fresh``, ``late``, ``stale`` or ``never`` (nothing is told of a year that has begun)."""
    data_as_of: Day | None = None
    """Last day that the school has told."""
    submitted_at: Instant | None = None
    """When it came."""
    days_behind: int = 0
    """School days after ``data_as_of`` and before today."""
    missing: list[Day] = []
    """Those days, the newest 30."""
    silent: list[Day] = []
    """School days that should be told already and have no record at all, the newest 30: in a
    school of this size somebody is absent or late every day."""


class DeskFreshness(Row, frozen=True, kw_only=True):
    """Answer of ``GET /api/desk/freshness``: the reader's schools, the furthest behind first."""

    school_year: Line
    today: Day
    late_from: int
    """School days behind from which a school is late (setting ``freshness_late_days``)."""
    stale_from: int
    """School days behind from which a school is stale (setting ``freshness_stale_days``)."""
    silent_from: int
    """Records on a usual school day from which a day without any is doubted (setting
    ``freshness_silent_records``)."""
    schools: list[SchoolFreshness]
