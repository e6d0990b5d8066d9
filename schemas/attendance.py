"""What the school's records say of a student, and where that puts him on the ladder."""

from enum import StrEnum

from schemas.base import Code, Day, Instant, Line, Row, SchoolId, StudentId

UNITS_PER_DAY = 840
"""One school day in whole units, divisible by 1 to 8 periods. No float ever decides a case."""


class AttendanceKind(StrEnum):
    """What one attendance record means, whatever the district's own code is."""

    __hash__ = str.__hash__  # the ladder looks up millions; an enumeration's own is slow

    PRESENT = "present"
    TARDY = "tardy"
    ABSENT_EXCUSED = "absent_excused"
    ABSENT_UNEXCUSED = "absent_unexcused"
    ABSENT_UNVERIFIED = "absent_unverified"
    ACTIVITY_INTERSCHOLASTIC = "activity_interscholastic"
    ACTIVITY_SCHOOL = "activity_school"
    SUSPENSION_OUT = "suspension_out"
    SUSPENSION_IN = "suspension_in"
    REMOTE_ATTENDED = "remote_attended"
    NOT_ENROLLED = "not_enrolled"
    NO_SCHOOL = "no_school"


class Absence(Row, frozen=True, kw_only=True):
    """One day that is not plainly present, as known now."""

    on_date: Day
    kind: AttendanceKind
    units: int
    """How much of the day counts, in units; 840 is a whole day."""
    reason: Line = ""


class Crossing(Row, frozen=True, kw_only=True):
    """One step of the ladder that the student reached. Never deleted, only taken back."""

    step: Code
    crossed_on: Day
    value: int
    """At the crossing, in what its step counts: units of a day, hundredths of a percent, minutes,
    or a number (of occasions, of parts of days)."""
    first_seen_at: Instant
    no_longer_met_at: Instant | None = None


class Submission(Row, frozen=True, kw_only=True):
    """Row ``submission`` in root ``ref`` (key: the school's id): how far its year is told.

    It changes daily for a whole school, a standing only when the student's own records do.
    """

    school_id: SchoolId
    school_year: Line
    """"2021-22"."""
    data_as_of: Day
    """The last school day whose attendance is known."""
    days_in_session: int
    """School days up to ``data_as_of``."""
    submitted_at: Instant
    """When it was told."""


class Standing(Row, frozen=True, kw_only=True):
    """Row ``standing`` (key: the student's id): absences, step, and why in plain words."""

    student_id: StudentId
    school_year: Line
    """"2021-22"."""
    ladder: Code
    step: Code = ""
    """Highest step met now; empty below the first."""
    unexcused_units: int = 0
    excused_units: int = 0
    tardy_count: int = 0
    why_en: str = ""
    why_es: str = ""
    absences: list[Absence] = []
    crossings: list[Crossing] = []
