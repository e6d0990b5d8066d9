"""Cases and contacts."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base
from server.db.types import Json


class CaseRow(Base):
    """A student whom the truancy team owes outreach. Wire: ``schemas.cases.Case``."""

    __tablename__ = "case_file"
    __table_args__ = (UniqueConstraint("student_id", "school_year"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id"), index=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), index=True)
    school_year: Mapped[str]
    step: Mapped[str]
    crossed_on: Mapped[date]
    opened_on: Mapped[date]
    opened_at: Mapped[datetime]
    due_on: Mapped[date]
    status: Mapped[str] = mapped_column(index=True)
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    left_on: Mapped[date | None]
    no_longer_met_on: Mapped[date | None]


class ContactRow(Base):
    """A contact or an attempt. Wire: ``schemas.contacts.Contact``."""

    __tablename__ = "contact"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id"), index=True)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    by_user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    method: Mapped[str]
    direction: Mapped[str]
    outcome: Mapped[str]
    party: Mapped[str]
    met: Mapped[str]
    contact_point_id: Mapped[UUID | None]
    causes: Mapped[object] = mapped_column(Json)
    note: Mapped[str]
    referrals: Mapped[object] = mapped_column(Json)
    follow_up_kind: Mapped[str]
    follow_up_on: Mapped[date | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(index=True)
    est_at: Mapped[datetime]
    skew_ms: Mapped[int | None] = mapped_column(BigInteger)
    time_flags: Mapped[str] = mapped_column(default="")
    """What is odd about the claimed time (``sync.skew``), separated by spaces."""
    late_scope: Mapped[bool]
    by_role: Mapped[str] = mapped_column(default="", server_default="")
    """The author's role when it was written: a later promotion changes no report."""
    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("school.id"), index=True)
    """The student's school when it happened."""
    voided_at: Mapped[datetime | None]
    """It never was: entered by mistake. Counts nowhere, stays for ever."""
    source: Mapped[str] = mapped_column(default="", server_default="")
    """Empty: written in Presente. Else the file's own identifier of an imported contact."""
