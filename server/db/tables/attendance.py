"""Calendars, attendance facts (bitemporal) and the ladder's crossings."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base
from server.db.types import Json


class CalendarDayRow(Base):
    """A day of a school's calendar. Day N counts the instructional ones of a school year."""

    __tablename__ = "calendar_day"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    on_date: Mapped[date] = mapped_column(primary_key=True)
    school_year: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    """The file's word ("Instructional day", "Holiday", ...)."""
    is_instructional: Mapped[bool]


class AttendanceEventRow(Base):
    """One attendance fact: true of ``on_date``, known from ``known_from`` until ``known_to``.

    A correction closes the old fact and opens a new one; nothing is ever rewritten.
    """

    __tablename__ = "attendance_event"
    __table_args__ = (
        Index("ix_attendance_event_student_id_on_date", "student_id", "on_date"),
        Index("ix_attendance_event_school_id_on_date", "school_id", "on_date"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    school_year: Mapped[str]
    on_date: Mapped[date]
    period: Mapped[str] = mapped_column(default="")
    """Empty: the whole day."""
    kind: Mapped[str]
    units: Mapped[int]
    minutes: Mapped[int | None]
    source_code: Mapped[str]
    """The file's own category or code."""
    reason: Mapped[str] = mapped_column(default="")
    known_from: Mapped[datetime]
    known_to: Mapped[datetime | None] = mapped_column(index=True)
    import_run_id: Mapped[UUID]
    closed_by_run_id: Mapped[UUID | None]


class CrossingRow(Base):
    """A student reached a step. Keyed so that last year's flags never leak (domain.md 0)."""

    __tablename__ = "crossing"
    __table_args__ = (
        UniqueConstraint("student_id", "school_year", "ladder", "step", "first_seen_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id"), index=True)
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    school_year: Mapped[str]
    ladder: Mapped[str]
    step: Mapped[str]
    crossed_on: Mapped[date]
    value: Mapped[int]
    first_seen_at: Mapped[datetime]
    no_longer_met_at: Mapped[datetime | None]
    passed_over: Mapped[bool] = mapped_column(default=False)
    """A higher step was seen at the same time: this one asks for nothing."""


class SettingRow(Base):
    """A district's setting by key: name, ladder, languages, demo."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[object] = mapped_column(Json)


class ImportRunRow(Base):
    """One run of ``presente import``: what came in, what it did, and what it refused."""

    __tablename__ = "import_run"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(index=True)
    """SHA-256 over the files' contents."""
    state: Mapped[str]
    """``running``, ``done`` or ``failed``."""
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    by_user_id: Mapped[UUID | None]
    schools_done: Mapped[object] = mapped_column(Json)
    """Codes of the schools already committed, so that a cut-off run goes on where it stopped."""
    report: Mapped[object] = mapped_column(Json)


class SubmissionRow(Base):
    """Up to which day a school has told its attendance."""

    __tablename__ = "submission"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    school_year: Mapped[str] = mapped_column(primary_key=True)
    data_as_of: Mapped[date]
    submitted_at: Mapped[datetime]
