"""Calendars, attendance facts (bitemporal) and the ladder's crossings."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
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
    periods: Mapped[int | None]
    """Classes held that day, where they differ from the school's usual number."""
    minutes: Mapped[int | None]
    """Minutes of instruction that day, where they differ from the school's usual number."""


class TermRow(Base):
    """A semester or another part of a school year; ``school_id`` empty: of every school."""

    __tablename__ = "term"
    __table_args__ = (UniqueConstraint("school_id", "school_year", "kind", "begin_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("school.id"))
    school_year: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    """``semester``, ``term`` or ``grading_period``."""
    title: Mapped[str] = mapped_column(default="")
    begin_on: Mapped[date]
    end_on: Mapped[date]


class RecordingRow(Base):
    """One moment at which attendance facts were written down or taken back: a transaction.

    Its number rises with time, so that a fact's known interval is two whole numbers: as known at
    a moment means opened by no later recording and not closed by an earlier one. A transaction
    that writes the facts of several files has one for each, all of one moment.
    """

    __tablename__ = "recording"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    run_id: Mapped[UUID | None] = mapped_column(index=True)
    """The import that did it; empty: a person's mutation."""
    mutation_id: Mapped[UUID | None]
    file: Mapped[str] = mapped_column(default="", server_default="")
    """The file in which its facts stood. Empty: in no one file, or written before this was kept."""


class AttendanceEventRow(Base):
    """One attendance fact: true of ``on_date``, known from one recording until another.

    A correction closes the old fact and opens a new one; nothing is ever rewritten. A fact hangs
    on its enrolment (student, school, school year), so that no year leaks into another.
    """

    __tablename__ = "attendance_event"
    __table_args__ = (Index("ix_attendance_event_place_id_on_date", "place_id", "on_date"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    on_date: Mapped[date]
    period: Mapped[str] = mapped_column(default="")
    """The class that was missed, as the file names it. Empty: the whole day."""
    kind: Mapped[str]
    units: Mapped[int]
    """The share of the day that a whole-day record takes. A record by class takes what the day
    rule says of the number of classes: 0 here."""
    minutes: Mapped[int | None]
    source_code: Mapped[str]
    """The file's own category or code."""
    reason: Mapped[str] = mapped_column(default="")
    source_at: Mapped[int | None] = mapped_column(BigInteger)
    """When the source last changed it (seconds since 1970 UTC): an older word never wins."""
    opened_by: Mapped[int] = mapped_column(ForeignKey("recording.id"))
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("recording.id"))
    gone_at: Mapped[int | None] = mapped_column(BigInteger)
    """When the source had taken it back (seconds since 1970 UTC), where its files tell: an older
    word never brings it back."""


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
    due_on: Mapped[date | None]
    """By when the step's actions are owed, where the ladder says."""


class StepActionRow(Base):
    """Something a step asks for was done, or a person decided about a step (never a machine)."""

    __tablename__ = "step_action"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id"), index=True)
    school_year: Mapped[str]
    ladder: Mapped[str]
    step: Mapped[str]
    action: Mapped[str]
    """The action's kind ("written_notice"), a condition ("conscientious_effort_conference"), or
    ``decision``."""
    decision: Mapped[str] = mapped_column(default="")
    """For ``decision``: ``approved``, ``declined`` or ``delayed``."""
    done_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    by_user_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"))
    recorded_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]


class ExemptionRow(Base):
    """Why a step is barred for a student (a ladder's ``exemptions``), and while it holds."""

    __tablename__ = "exemption"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id"), index=True)
    kind: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    by_user_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    recorded_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]


class SettingRow(Base):
    """A district's setting by key: name, ladder, languages, demo."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[object] = mapped_column(Json)


class ImportRunRow(Base):
    """One run of an import: what came in, how far it is, what it did, and what it refused."""

    __tablename__ = "import_run"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(index=True)
    """SHA-256 over the files' contents."""
    state: Mapped[str]
    """``running``, ``done``, ``failed``, ``undoing`` or ``undone``."""
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    by_user_id: Mapped[UUID | None]
    schools_done: Mapped[object] = mapped_column(Json)
    """Codes of the schools already committed, so that a cut-off run goes on where it stopped."""
    report: Mapped[object] = mapped_column(Json)
    format: Mapped[str] = mapped_column(default="", server_default="")
    """What the files were: ``edfi``, ``oneroster``, ``sds``, ``presente`` or ``profile``."""
    files: Mapped[object] = mapped_column(Json, default=list, server_default="[]")
    """Name and digest of each file."""
    progress: Mapped[object] = mapped_column(Json, default=dict, server_default="{}")
    """Phase, how many of how many, for whoever watches."""
    undone_at: Mapped[datetime | None]
    undone_by_user_id: Mapped[UUID | None]
    remembers_told: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """What it told again unchanged is kept (``ImportToldRow``). False: an older version's run."""


class ImportToldRow(Base):
    """Enrolments that an import told as they were already: they stay when another is taken back."""

    __tablename__ = "import_told"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("import_run.id"), index=True)
    places: Mapped[bytes]
    """Their ids, packed (``intake.store.told``)."""


class ImportChangeRow(Base):
    """What one transaction of an import did to rows other than facts: by this it is taken back.

    Read backwards from now, these lines also say who was enrolled where, and what the calendars
    were, as it was known at an earlier moment (``server.attendance.store.then``).
    """

    __tablename__ = "import_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("import_run.id"), index=True)
    added: Mapped[object] = mapped_column(Json)
    """Table -> primary keys (each a list of its parts)."""
    changed: Mapped[object] = mapped_column(Json)
    """Table, primary key, and by field what it was and what it became."""
    is_undone: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime | None] = mapped_column(index=True)
    """When it was written. Empty: taken back before this was kept."""
    is_undoing: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """What taking an import back did: the change from what the run had made of the rows."""


class QuarantineRow(Base):
    """A line of a file that could not be taken, kept until somebody mends or dismisses it."""

    __tablename__ = "quarantine"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("import_run.id"), index=True)
    file: Mapped[str]
    line: Mapped[int]
    element: Mapped[str]
    field: Mapped[str]
    value: Mapped[str]
    reason: Mapped[str]
    mend: Mapped[str]
    code: Mapped[str] = mapped_column(default="", server_default="")
    """Of ``intake.words.lines``; empty: kept by a version that had the English words only."""
    parts: Mapped[object] = mapped_column(Json, default=dict, server_default="{}")
    """What stands in the sentences."""
    columns: Mapped[object] = mapped_column(Json)
    """The line's own columns and values, so that it can be mended here and read again; empty for
    an element of XML."""
    school_code: Mapped[str] = mapped_column(default="", index=True)
    state: Mapped[str] = mapped_column(default="open", index=True)
    """``open``, ``mended`` or ``dismissed``."""
    closed_at: Mapped[datetime | None]
    closed_by_user_id: Mapped[UUID | None]
    closed_because: Mapped[str] = mapped_column(default="", server_default="")
    """Why somebody dismissed it; of a mended line the id of the import that took it in."""


class CodeMapRow(Base):
    """What a district's own attendance code means. The most specific entry holds."""

    __tablename__ = "code_map"
    __table_args__ = (UniqueConstraint("school_code", "school_year", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    school_code: Mapped[str] = mapped_column(default="")
    """Empty: in every school."""
    school_year: Mapped[str] = mapped_column(default="")
    """Empty: in every year."""
    code: Mapped[str]
    """As the file writes it, folded."""
    kind: Mapped[str]
    units: Mapped[int | None]
    """Share of a day that a whole-day record takes; empty: a whole day where the kind is one."""
    set_at: Mapped[datetime]
    set_by_user_id: Mapped[UUID | None]


class DateReadingRow(Base):
    """How a source writes dates that can be read in two ways, as a person said with an import.

    What was said last holds, as long as its import is not taken back.
    """

    __tablename__ = "date_reading"

    key: Mapped[str] = mapped_column(primary_key=True)
    """Of the source: its columns, the names it comes under, and for which schools it speaks."""
    run_id: Mapped[UUID] = mapped_column(ForeignKey("import_run.id"), primary_key=True)
    order: Mapped[str]
    """``mdy`` or ``dmy``."""
    file: Mapped[str]
    """In which it stood then."""
    said_at: Mapped[datetime]
    said_by_user_id: Mapped[UUID | None]


class SourceKeyRow(Base):
    """How a source system names what we know by the district's own number (OneRoster sourcedId)."""

    __tablename__ = "source_key"

    ent: Mapped[str] = mapped_column(primary_key=True)
    """``school``, ``student``, ``guardian`` or ``staff``."""
    source_id: Mapped[str] = mapped_column(primary_key=True)
    ours: Mapped[str] = mapped_column(index=True)
    """School code, student number, guardian ``source_id`` or login."""


class SubmissionRow(Base):
    """Up to which day a school has told its attendance."""

    __tablename__ = "submission"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    school_year: Mapped[str] = mapped_column(primary_key=True)
    data_as_of: Mapped[date]
    submitted_at: Mapped[datetime]


class SubmissionToldRow(Base):
    """How far a school's year was told, by recording: so that a share can be counted as it was."""

    __tablename__ = "submission_told"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    school_year: Mapped[str] = mapped_column(primary_key=True)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id"), primary_key=True)
    data_as_of: Mapped[date | None]
    """Empty: an import was taken back, and nothing was told any more."""
