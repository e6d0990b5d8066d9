"""Schools, students and their families, as the school's files tell them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base
from server.ids import new_root


class SchoolRow(Base):
    """A school. ``code`` is the district's own identifier."""

    __tablename__ = "school"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    level: Mapped[str] = mapped_column(default="")
    """``elementary``, ``middle`` or ``high`` where the file says so, else the file's word."""
    mode: Mapped[str] = mapped_column(default="daily", server_default="daily")
    """How attendance is taken: ``daily`` or ``period`` (by class)."""
    periods_per_day: Mapped[int | None]
    minutes_per_day: Mapped[int | None]
    source_at: Mapped[datetime | None]
    """When the source last changed it (OneRoster dateLastModified); so in the tables below."""
    pool_root: Mapped[str | None] = mapped_column(unique=True, default=lambda: new_root("p"))
    """Where the tasks lie that wait for somebody. None only between two releases."""


class StudentRow(Base):
    """A student. ``number`` is the district's own identifier (Ed-Fi studentUniqueId)."""

    __tablename__ = "student"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    root: Mapped[str] = mapped_column(unique=True)
    number: Mapped[str] = mapped_column(unique=True)
    first_name: Mapped[str]
    middle_name: Mapped[str] = mapped_column(default="")
    last_name: Mapped[str]
    suffix: Mapped[str] = mapped_column(default="")
    preferred_name: Mapped[str] = mapped_column(default="")
    birth_on: Mapped[date | None]
    """Never leaves the server: only for the rights that move at 18."""
    name_key: Mapped[str] = mapped_column(index=True, default="")
    """Folded "last first" for search: lower case, no accents."""
    source_at: Mapped[datetime | None]


TAKEN_BACK = "taken_back"
"""Of an enrolment that only an import told which was taken back: nobody is enrolled by it. It stays
for the facts that hung on it, so that what was believed in between can still be told."""


class EnrollmentRow(Base):
    """A student at a school in a school year: what attendance facts hang on."""

    __tablename__ = "enrollment"
    __table_args__ = (
        UniqueConstraint("student_id", "school_id", "school_year"),
        Index("ix_enrollment_school_id_school_year", "school_id", "school_year"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id"))
    school_id: Mapped[UUID] = mapped_column(ForeignKey("school.id"))
    school_year: Mapped[str]
    grade: Mapped[str] = mapped_column(default="")
    entry_on: Mapped[date | None]
    exit_on: Mapped[date | None]
    exit_reason: Mapped[str] = mapped_column(default="")
    source: Mapped[str]
    """``enrollment_file``, ``attendance`` (known only because events name the school) or
    ``TAKEN_BACK``."""
    periods: Mapped[int | None]
    """The student's scheduled classes a day, where the file says."""
    source_at: Mapped[datetime | None]


ENROLLED = EnrollmentRow.source != TAKEN_BACK
"""Whom an enrolment still places in a school. Every query of who is enrolled asks for it; where it
is not needed, ``tests/contract/test_enrolled.py`` knows why."""


class StayRow(Base):
    """One stay within an enrolment: a student may leave a school and come back in one year.

    ``enrollment.entry_on`` and ``exit_on`` are the first entry and the last exit.
    """

    __tablename__ = "stay"

    place_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), primary_key=True)
    entry_on: Mapped[date] = mapped_column(primary_key=True)
    exit_on: Mapped[date | None]
    """Last day enrolled, inclusive."""
    exit_reason: Mapped[str] = mapped_column(default="")


class GuardianRow(Base):
    """A parent or guardian. ``source_id`` is the file's identifier (Ed-Fi contactUniqueId)."""

    __tablename__ = "guardian"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(unique=True)
    first_name: Mapped[str]
    last_name: Mapped[str]
    language: Mapped[str] = mapped_column(default="")
    needs_interpreter: Mapped[bool] = mapped_column(default=False)
    source_at: Mapped[datetime | None]


class GuardianshipRow(Base):
    """How one guardian stands to one student. ``ended_at``: a later file no longer has it."""

    __tablename__ = "guardianship"
    __table_args__ = (UniqueConstraint("student_id", "guardian_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    student_id: Mapped[UUID] = mapped_column(ForeignKey("student.id"), index=True)
    guardian_id: Mapped[UUID] = mapped_column(ForeignKey("guardian.id"), index=True)
    relation: Mapped[str] = mapped_column(default="")
    is_primary: Mapped[bool] = mapped_column(default=False)
    is_emergency: Mapped[bool] = mapped_column(default=False)
    lives_with: Mapped[bool] = mapped_column(default=False)
    restriction: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
    source_at: Mapped[datetime | None]


class ContactPointRow(Base):
    """A phone number or e-mail.

    ``source_value`` is what the file last said; ``value`` may have been corrected by a person
    since, and then a file never overwrites it (three-way merge).
    """

    __tablename__ = "contact_point"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    guardian_id: Mapped[UUID] = mapped_column(ForeignKey("guardian.id"), index=True)
    kind: Mapped[str]
    value: Mapped[str]
    value_e164: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="unverified")
    position: Mapped[int] = mapped_column(default=0)
    source_kind: Mapped[str] = mapped_column(default="")
    source_value: Mapped[str | None]
    """None: added by a person. Empty: the file no longer has it."""
    ended_at: Mapped[datetime | None]
    """A later file no longer has it, and no person ever touched it: gone from the phones."""


class AddressRow(Base):
    """Where a guardian lives."""

    __tablename__ = "address"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    guardian_id: Mapped[UUID] = mapped_column(ForeignKey("guardian.id"), index=True)
    kind: Mapped[str] = mapped_column(default="")
    street: Mapped[str]
    unit: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")
    postal_code: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    """A later file no longer has it."""
