"""Whom it concerns that an import is taken back: what has to be published and computed again."""

from uuid import UUID

from msgspec import Struct

from server.attendance import store as attendance
from server.db.base import Base
from server.db.database import Transaction
from server.db.tables.attendance import CalendarDayRow, SubmissionRow, TermRow
from server.db.tables.people import (
    AddressRow,
    ContactPointRow,
    EnrollmentRow,
    GuardianRow,
    GuardianshipRow,
    SchoolRow,
    StudentRow,
)
from server.feed import store as feed
from server.people import store as people


class Touched(Struct, kw_only=True):
    """What has to be published and computed again."""

    schools: set[UUID] = set()
    students: set[UUID] = set()
    guardians: set[UUID] = set()
    terms: set[tuple[UUID, str]] = set()
    """Schools and years whose calendar, terms or last submission changed."""
    moved: dict[UUID, dict[str, set[UUID]]] = {}
    """School -> year -> students whose enrolment changed."""
    added: set[int] = set()
    """Enrolments that the import had added."""

    def add(self, more: "Touched") -> None:
        """Add another transaction's."""
        self.schools |= more.schools
        self.students |= more.students
        self.guardians |= more.guardians
        self.terms |= more.terms
        self.added |= more.added
        for school_id, years in more.moved.items():
            for year, students in years.items():
                self.moved.setdefault(school_id, {}).setdefault(year, set()).update(students)

    def note(self, row: Base) -> None:
        """Note what a row means for others."""
        if isinstance(row, SchoolRow):
            self.schools.add(row.id)
        elif isinstance(row, StudentRow):
            self.students.add(row.id)
        elif isinstance(row, GuardianRow):
            self.guardians.add(row.id)
        elif isinstance(row, (ContactPointRow, AddressRow)):
            self.guardians.add(row.guardian_id)
        elif isinstance(row, GuardianshipRow):
            self.guardians.add(row.guardian_id)
            self.students.add(row.student_id)
        elif isinstance(row, EnrollmentRow):
            self.note_place(row)
        elif isinstance(row, (CalendarDayRow, SubmissionRow, TermRow)) and row.school_id:
            self.schools.add(row.school_id)
            self.terms.add((row.school_id, row.school_year))

    def note_place(self, row: EnrollmentRow) -> None:
        """Note that days count otherwise for whoever is enrolled."""
        self.schools.add(row.school_id)
        self.students.add(row.student_id)
        years = self.moved.setdefault(row.school_id, {})
        years.setdefault(row.school_year, set()).add(row.student_id)


def publish(tx: Transaction, touched: Touched) -> None:
    """Tell the phones. Rows that are gone were withdrawn already."""
    _publish_schools(tx, touched)
    for guardian_id in sorted(touched.guardians):
        if people.find_guardian(tx, guardian_id) is not None:
            people.publish_guardian(tx, guardian_id)
    for student_id in sorted(touched.students):
        row = people.find_student(tx, student_id)
        if row is not None and feed.is_active(tx, row.root):
            people.publish_student(tx, student_id)


def _publish_schools(tx: Transaction, touched: Touched) -> None:
    for school_id in sorted(touched.schools):
        if people.find_school(tx, school_id) is not None:
            people.publish_school(tx, school_id)
            attendance.tell_submission(tx, school_id)
    here = [one for one in sorted(touched.terms) if people.find_school(tx, one[0]) is not None]
    attendance.remember_told(tx, here)
