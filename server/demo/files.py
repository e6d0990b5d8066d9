"""Writes an invented district as the files a real one sends: Ed-Fi XML and a calendar CSV."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from server.demo.district import District, Parent, Pupil
from server.demo.markup import element, interchange, is_true, text, word


def write(district: District, folder: Path, *, until: int, is_last: bool) -> None:
    """Write the district as its office knew it after ``until`` school days.

    ``is_last``: the office has written down who left and what was excused late.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parents = {parent.id: parent for pupil in district.pupils for parent in pupil.parents}
    _save(folder / "EducationOrganization.xml", "EducationOrganization", _schools(district))
    _save(folder / "Student.xml", "Student", map(_student, district.pupils))
    _save(
        folder / "Contact.xml",
        "Contact",
        [*map(_contact, parents.values()), *(tie for one in district.pupils for tie in _ties(one))],
    )
    _save(
        folder / "StudentEnrollment.xml",
        "StudentEnrollment",
        (_enrollment(district, pupil, is_last=is_last) for pupil in district.pupils),
    )
    _save(
        folder / "StudentSchoolAttendance.xml",
        "StudentAttendance",
        (
            event
            for pupil in district.pupils
            for event in _events(district, pupil, until=until, is_last=is_last)
        ),
    )
    rows = [
        f"{school.code},{day},{kind}" for school in district.schools for day, kind in district.days
    ]
    calendar = "\n".join(["school_id,date,event", *rows, ""])
    (folder / "calendar.csv").write_text(calendar, encoding="utf-8")


def _save(file: Path, name: str, records: Iterable[str]) -> None:
    file.write_text(interchange(name, records), encoding="utf-8")


def _schools(district: District) -> Iterable[str]:
    for school in district.schools:
        yield element(
            "School",
            text("NameOfInstitution", school.name),
            text("SchoolId", school.code),
            word("SchoolCategory", "SchoolCategory", school.category),
        )


def _student(pupil: Pupil) -> str:
    return element(
        "Student",
        text("StudentUniqueId", pupil.number),
        element(
            "Name",
            text("FirstName", pupil.first_name),
            text("LastSurname", pupil.last_name),
            text("PreferredFirstName", pupil.preferred_name),
        ),
        element("BirthData", text("BirthDate", pupil.birth_on)),
    )


def _contact(parent: Parent) -> str:
    return element(
        "Contact",
        text("ContactUniqueId", parent.id),
        element(
            "Name",
            text("FirstName", parent.first_name),
            text("LastSurname", parent.last_name),
        ),
        element(
            "Address",
            text("StreetNumberName", parent.street),
            text("City", "Piñon Valley"),
            word("StateAbbreviation", "StateAbbreviation", "NM"),
            text("PostalCode", "87999"),
            word("AddressType", "AddressType", "Home"),
        ),
        *(
            element(
                "Telephone",
                text("TelephoneNumber", phone.number),
                word("TelephoneNumberType", "TelephoneNumberType", phone.kind),
                text("OrderOfPriority", place),
            )
            for place, phone in enumerate(parent.phones, start=1)
        ),
        element("ElectronicMail", text("ElectronicMailAddress", parent.mail))
        if parent.mail
        else "",
        element("Language", word("Language", "Language", parent.language)),
        attributes=f' id="PRNT_{parent.id}"',
    )


def _ties(pupil: Pupil) -> Iterable[str]:
    for place, parent in enumerate(pupil.parents):
        yield element(
            "StudentContactAssociation",
            _of_student(pupil),
            f'<ContactReference ref="PRNT_{parent.id}"/>',
            word("Relation", "Relation", parent.relation),
            is_true("PrimaryContactStatus", value=place == 0),
            is_true("LivesWith", value=True),
            is_true("EmergencyContactStatus", value=place == 0),
            text("ContactPriority", place + 1),
            text("ContactRestrictions", parent.restriction),
        )


def _enrollment(district: District, pupil: Pupil, *, is_last: bool) -> str:
    exit_text = ""
    if is_last and pupil.leaves_at is not None:
        left = district.school_days[pupil.leaves_at]
        exit_text = text("ExitWithdrawDate", left) + word(
            "ExitWithdrawType", "ExitWithdrawType", "Transferred"
        )
    return element(
        "StudentSchoolAssociation",
        _of_student(pupil),
        _in_school(pupil),
        text("EntryDate", district.school_days[0]),
        word("EntryGradeLevel", "GradeLevel", pupil.grade),
        exit_text,
    )


def _events(district: District, pupil: Pupil, *, until: int, is_last: bool) -> Iterable[str]:
    for place in pupil.unexcused:
        is_excused = is_last and place == pupil.excused_later
        kind = "Excused Absence" if is_excused else "Unexcused Absence"
        reason = "Note from a doctor" if is_excused else "No word from home"
        if place < until:
            yield _event(pupil, district.school_days[place], kind, reason)
    for place in pupil.excused:
        if place < until:
            yield _event(pupil, district.school_days[place], "Excused Absence", "Illness")
    for place in pupil.late:
        if place < until:
            yield _event(pupil, district.school_days[place], "Tardy", "Late bus")


def _event(pupil: Pupil, on_date: date, kind: str, reason: str) -> str:
    return element(
        "StudentSchoolAttendanceEvent",
        element(
            "AttendanceEvent",
            text("EventDate", on_date),
            word("AttendanceEventCategory", "AttendanceEventCategory", kind),
            text("AttendanceEventReason", reason),
            "" if kind == "Tardy" else text("EventDuration", "1"),
        ),
        _of_student(pupil),
        _in_school(pupil),
    )


def _of_student(pupil: Pupil) -> str:
    return element(
        "StudentReference",
        element("StudentIdentity", text("StudentUniqueId", pupil.number)),
    )


def _in_school(pupil: Pupil) -> str:
    return element("SchoolReference", element("SchoolIdentity", text("SchoolId", pupil.school)))
