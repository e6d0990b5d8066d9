"""A small school office that tests can have write its files, as often and as wrong as they like."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from server.db.database import Database, Transaction
from server.db.tables.cases import CaseRow
from server.db.tables.people import ContactPointRow, SchoolRow, StudentRow
from server.intake import service
from server.intake.report import Report
from server.intake.service import Order

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
CATEGORIES = UNEXCUSED, EXCUSED, TARDY = "Unexcused Absence", "Excused Absence", "Tardy"


def school_days(*, until: date = date(2026, 5, 22)) -> list[date]:
    """Every weekday of the school year 2025-26: this office knows no holidays."""
    first = date(2025, 8, 11)
    days = [first + timedelta(days=count) for count in range((until - first).days + 1)]
    return [day for day in days if day.weekday() < 5]


DAYS = school_days(until=date(2026, 2, 27))
"""Those that are over on ``MONDAY``."""


@dataclass(frozen=True)
class Event:
    number: str
    on_date: date
    category: str = UNEXCUSED
    school: str = "1"
    duration: str = "1"


@dataclass
class Parent:
    id: str
    students: list[str]
    phones: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    restriction: str = ""


@dataclass
class Office:
    """What the office believes. Change it and ``write`` again."""

    schools: list[str] = field(default_factory=lambda: ["1"])
    students: dict[str, str] = field(default_factory=dict[str, str])
    """Number -> school, for the enrolment file; a school of "" writes none."""
    parents: list[Parent] = field(default_factory=list[Parent])
    events: list[Event] = field(default_factory=list[Event])
    exits: dict[str, date] = field(default_factory=dict[str, date])
    has_calendar: bool = True

    def miss(self, number: str, days: Iterable[date], **fields: str) -> None:
        self.events += [Event(number, day, **fields) for day in days]

    def excuse(self, number: str, on_date: date) -> None:
        self.events = [
            Event(one.number, one.on_date, EXCUSED, one.school)
            if (one.number, one.on_date) == (number, on_date)
            else one
            for one in self.events
        ]

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        _save(folder / "schools.xml", "EducationOrganization", map(_school, self.schools))
        _save(folder / "students.xml", "Student", map(_student, self.students))
        contacts = [
            *map(_contact, self.parents),
            *(tie for one in self.parents for tie in _ties(one)),
        ]
        _save(folder / "contacts.xml", "Contact", contacts)
        places = [
            _place(number, school, self.exits.get(number))
            for number, school in self.students.items()
            if school
        ]
        _save(folder / "enrollment.xml", "StudentEnrollment", places)
        self.write_events(folder)
        if self.has_calendar:
            rows = [
                f"{one},{day},Instructional day" for one in self.schools for day in school_days()
            ]
            (folder / "days.csv").write_text("\n".join(["school_id,date,event", *rows, ""]))
        return folder

    def write_events(self, folder: Path) -> Path:
        """Write the attendance file alone."""
        folder.mkdir(parents=True, exist_ok=True)
        _save(folder / "attendance.xml", "StudentAttendance", map(_event, self.events))
        return folder


def take_in(
    db: Database, folder: Path, *, at: datetime = MONDAY, confirm_drop: bool = False
) -> Report:
    """Import a folder at a moment."""
    order = Order(folder=folder, data_dir=folder.parent / "data", confirm_drop=confirm_drop)
    return service.import_folder(db, order, clock=lambda: at, say=lambda _text: None)


def student_of(tx: Transaction, number: str) -> StudentRow:
    return tx.session.query(StudentRow).filter_by(number=number).one()


def case_of(tx: Transaction, number: str) -> CaseRow | None:
    student = student_of(tx, number)
    return tx.session.query(CaseRow).filter_by(student_id=student.id).one_or_none()


def school_of(tx: Transaction, code: str) -> SchoolRow:
    return tx.session.query(SchoolRow).filter_by(code=code).one()


def points_of(tx: Transaction) -> list[ContactPointRow]:
    return tx.session.query(ContactPointRow).order_by(ContactPointRow.position).all()


def _save(file: Path, interchange: str, records: Iterable[str]) -> None:
    name = f"Interchange{interchange}"
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{name} xmlns="http://ed-fi.org/5.2.0">']
    file.write_text("\n".join([*lines, *records, f"</{name}>", ""]), encoding="utf-8")


def _school(code: str) -> str:
    return (
        f"<School><NameOfInstitution>School {code}</NameOfInstitution>"
        f"<SchoolId>{code}</SchoolId></School>"
    )


def _student(number: str) -> str:
    return (
        f"<Student><StudentUniqueId>{number}</StudentUniqueId><Name><FirstName>Ana</FirstName>"
        f"<LastSurname>Pen\u0303a {number}</LastSurname></Name></Student>"
    )


def _contact(parent: Parent) -> str:
    phones = "".join(
        f"<Telephone><TelephoneNumber>{number}</TelephoneNumber><TelephoneNumberType>uri://x#{kind}"
        f"</TelephoneNumberType><OrderOfPriority>{place}</OrderOfPriority></Telephone>"
        for place, (number, kind) in enumerate(parent.phones, start=1)
    )
    return (
        f'<Contact id="P{parent.id}"><ContactUniqueId>{parent.id}</ContactUniqueId><Name>'
        f"<FirstName>Rosa</FirstName><LastSurname>Peña</LastSurname></Name>{phones}</Contact>"
    )


def _ties(parent: Parent) -> Iterable[str]:
    for number in parent.students:
        yield (
            f"<StudentContactAssociation>{_of(number)}"
            f'<ContactReference ref="P{parent.id}"/><Relation>uri://x#Mother</Relation>'
            "<PrimaryContactStatus>true</PrimaryContactStatus><LivesWith>true</LivesWith>"
            f"<ContactRestrictions>{parent.restriction}</ContactRestrictions>"
            "</StudentContactAssociation>"
        )


def _place(number: str, school: str, exit_on: date | None) -> str:
    left = f"<ExitWithdrawDate>{exit_on}</ExitWithdrawDate>" if exit_on else ""
    return (
        f"<StudentSchoolAssociation>{_of(number)}{_in(school)}<EntryDate>2025-08-11</EntryDate>"
        f"<EntryGradeLevel>uri://x#Ninth grade</EntryGradeLevel>{left}</StudentSchoolAssociation>"
    )


def _event(one: Event) -> str:
    duration = f"<EventDuration>{one.duration}</EventDuration>" if one.category != TARDY else ""
    return (
        "<StudentSchoolAttendanceEvent><AttendanceEvent>"
        f"<EventDate>{one.on_date}</EventDate><AttendanceEventCategory>uri://x#{one.category}"
        f"</AttendanceEventCategory>{duration}</AttendanceEvent>{_of(one.number)}{_in(one.school)}"
        "</StudentSchoolAttendanceEvent>"
    )


def _of(number: str) -> str:
    return (
        "<StudentReference><StudentIdentity><StudentUniqueId>"
        f"{number}</StudentUniqueId></StudentIdentity></StudentReference>"
    )


def _in(school: str) -> str:
    return (
        f"<SchoolReference><SchoolIdentity><SchoolId>{school}</SchoolId></SchoolIdentity>"
        "</SchoolReference>"
    )
