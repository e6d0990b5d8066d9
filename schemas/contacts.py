"""Contacts: every attempt to reach a student's family, whether or not anybody answered."""

from uuid import UUID

from schemas.base import CaseId, Code, ContactId, Day, Instant, Line, Row, StudentId, Text, UserId
from schemas.vocabulary import Direction, Method, Outcome, Party


class Contact(Row, frozen=True, kw_only=True):
    """Row ``contact`` in the student's root. Its facts are written on the phone, once."""

    id: ContactId
    student_id: StudentId
    case_id: CaseId | None = None
    method: Method
    direction: Direction = Direction.OUTBOUND
    outcome: Outcome
    party: Party = Party.NONE
    met: Line = ""
    """Who was met, in words: "grandmother", "Rosa". May be empty."""
    contact_point_id: UUID | None = None
    """The number that was called."""
    causes: list[Code] = []
    note: Text = ""
    referrals: list[Code] = []
    follow_up_kind: Code = ""
    follow_up_on: Day | None = None
    occurred_at: Instant
    """As the phone's clock claimed. ``est_at`` is the server's estimate."""
    by: UserId
    recorded_at: Instant | None = None
    """When the server stored it; empty on the phone until then."""
    est_at: Instant | None = None
    late_scope: bool = False
    """The student had left the author's caseload when this arrived. It counts all the same."""
