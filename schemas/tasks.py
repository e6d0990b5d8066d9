"""Tasks: calls that a school wants made, waiting in its pool until somebody takes them."""

from enum import StrEnum

from schemas.base import (
    CaseId,
    Code,
    ContactId,
    Day,
    Instant,
    Row,
    SchoolId,
    StudentId,
    TaskId,
    UserId,
)


class TaskStatus(StrEnum):
    """Where a task stands. A machine: ``open`` to ``done`` or ``cancelled``, work done late too."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class TaskKind(StrEnum):
    """What is to be done."""

    CALL = "call"


class Task(Row, frozen=True, kw_only=True):
    """Row ``task`` in its school's pool root: a family to be called. Names nobody.

    Whoever claims it holds it until ``until`` by the server's clock, and is shown the student's
    root so long. When ``until`` has passed the task is free again, whatever ``holder_id`` says.
    """

    id: TaskId
    kind: TaskKind = TaskKind.CALL
    student_id: StudentId
    school_id: SchoolId
    case_id: CaseId | None = None
    step: Code = ""
    """The step whose crossing asks for the call. The office's alone: a pool tells it to nobody."""
    due_on: Day | None = None
    status: TaskStatus = TaskStatus.OPEN
    holder_id: UserId | None = None
    until: Instant | None = None
    token: int = 0
    """Counts the claims. ``task.release`` and ``task.complete`` name it as their ``fence``."""
    done_by: UserId | None = None
    done_at: Instant | None = None
    contact_id: ContactId | None = None
    """The contact that came of it."""
    duplicate_effort: bool = False
    """Two people did it, each without knowing of the other. Both did it; one is named."""
