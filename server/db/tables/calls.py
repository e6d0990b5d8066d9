"""The tracked call list: tasks, who held them, and every time one was done."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base


class TaskRow(Base):
    """A call that a school wants made. Wire: ``schemas.tasks.Task``."""

    __tablename__ = "task"
    __table_args__ = (Index("ix_task_school_id_status", "school_id", "status"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id"), index=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    step: Mapped[str]
    due_on: Mapped[date | None]
    status: Mapped[str]
    holder_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    until: Mapped[datetime | None]
    token: Mapped[int] = mapped_column(default=0)
    done_by: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    done_at: Mapped[datetime | None]
    contact_id: Mapped[UUID | None]
    duplicate_effort: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID | None]
    """None: ``presente calls open``."""


class TaskLeaseRow(Base):
    """One claim: who held a task, from when until when. Never deleted."""

    __tablename__ = "task_lease"

    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"), primary_key=True)
    token: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    holder_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    claimed_at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When it ended before its time; None: it lasted, or lasts, until ``until``."""
    ended_by: Mapped[str] = mapped_column(default="")
    """``released``, ``completed`` (also by another person) or ``cancelled``."""


class TaskWorkRow(Base):
    """Every time a task was done, the second and later times as well. Never deleted."""

    __tablename__ = "task_work"

    mutation_id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"), index=True)
    by_user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    at: Mapped[datetime]
    est_at: Mapped[datetime]
    """When it was done, as well as the phone's clock tells (``sync.skew``)."""
    contact_id: Mapped[UUID | None]
    fence: Mapped[int]
    is_duplicate: Mapped[bool]
    late_scope: Mapped[bool]
    """Its author had nothing to do with the school any more: kept, and the task left as it is."""
