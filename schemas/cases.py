"""Cases: a student whom the truancy team owes outreach."""

from enum import StrEnum

from schemas.base import CaseId, Code, Day, Line, Row, SchoolId, StudentId, UserId


class CaseStatus(StrEnum):
    """Where the work stands. A machine: only legal moves are made (``sync.policy``)."""

    NEW = "new"
    ASSIGNED = "assigned"
    IN_CONTACT = "in_contact"
    PLAN_ACTIVE = "plan_active"
    MONITORING = "monitoring"
    UNREACHABLE = "unreachable"
    CLOSED = "closed"


class Case(Row, frozen=True, kw_only=True):
    """Row ``case`` in the student's root. One per student and school year."""

    id: CaseId
    student_id: StudentId
    school_id: SchoolId
    school_year: Line
    step: Code
    """The step that opened it."""
    crossed_on: Day
    opened_on: Day
    due_on: Day
    """First outreach is owed by this school day."""
    status: CaseStatus = CaseStatus.NEW
    assignee_id: UserId | None = None
    partner_id: UserId | None = None
    """Who goes along: visits are made in pairs. Sees and edits what the assignee does."""
    left_on: Day | None = None
    """Set when the student left the school: the case stays open, on the "left" list."""
    no_longer_met_on: Day | None = None
    """Set when a later excuse took the crossing back. The case and its contacts stay."""
