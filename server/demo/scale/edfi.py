"""Writes a part of the schools as Ed-Fi XML: students, contacts, enrolments and attendance."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from server.demo.markup import element, interchange, text, word
from server.demo.scale import writing
from server.demo.scale.model import (
    ACTIVITY,
    EXCUSED,
    MEDICAL,
    TARDY,
    UNEXCUSED,
    Delivery,
    District,
    Event,
    Guardian,
    Pupil,
    School,
    Stay,
)
from server.demo.scale.tables import EventIndex, is_told_as_half

_CATEGORY = {
    UNEXCUSED: "Unexcused Absence",
    EXCUSED: "Excused Absence",
    MEDICAL: "Excused Absence",
    TARDY: "Tardy",
    ACTIVITY: "In Attendance",
}
_GRADES = ("Kindergarten", "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh")
_GRADE_OF_EIGHT = "Eighth grade"
_LEVELS = {"elementary": "Elementary School", "middle": "Middle School", "high": "High School"}


def write(
    district: District, delivery: Delivery, index: EventIndex, folder: Path, *, is_start: bool
) -> None:
    """Write the Ed-Fi schools' part of a delivery."""
    schools = [school for school in district.schools if school.is_edfi]
    if not schools:
        return
    if is_start:
        _save(folder, "EducationOrganization", "EducationOrganization", map(_school, schools))
    members = [
        (pupil, stay)
        for pupil in district.pupils
        for stay in pupil.stays
        if district.schools[stay.school].is_edfi
        and stay.year == delivery.year
        and stay.told <= delivery.number
    ]
    if is_start or any(delivery.number in {stay.told, stay.exit_told} for _, stay in members):
        _write_people(district, delivery, members, folder)
    events = [
        _event(district.pupils[event.pupil], school, event, delivery)
        for school in schools
        for event in index.told(school, delivery)
    ]
    _save(folder, "StudentSchoolAttendance", "StudentAttendance", events)


def _write_people(
    district: District, delivery: Delivery, members: list[tuple[Pupil, Stay]], folder: Path
) -> None:
    pupils = {pupil.place: pupil for pupil, _ in members}
    guardians = {one.id: one for pupil in pupils.values() for one in pupil.guardians}
    _save(folder, "Student", "Student", map(_student, pupils.values()))
    _save(
        folder,
        "Contact",
        "Contact",
        [
            *map(_contact, guardians.values()),
            *(tie for pupil in pupils.values() for tie in _ties(pupil)),
        ],
    )
    _save(
        folder,
        "StudentEnrollment",
        "StudentEnrollment",
        (_stay(district, delivery, pupil, stay) for pupil, stay in members),
    )


def _save(folder: Path, name: str, kind: str, records: Iterable[str]) -> None:
    writing.save(folder / f"{name}.xml", interchange(kind, records))


def _school(school: School) -> str:
    return element(
        "School",
        text("NameOfInstitution", school.name),
        text("SchoolId", school.code),
        word("SchoolCategory", "SchoolCategory", _LEVELS[school.level]),
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
        element("BirthData", text("BirthDate", pupil.birth)),
    )


def _contact(guardian: Guardian) -> str:
    phones = [(guardian.mobile, "Mobile"), (guardian.work, "Work")]
    name = element(
        "Name",
        text("FirstName", guardian.first_name),
        text("LastSurname", guardian.last_name),
    )
    address = element(
        "Address",
        text("StreetNumberName", guardian.street),
        text("City", "Llano Alto"),
        word("StateAbbreviation", "StateAbbreviation", "NM"),
        text("PostalCode", "87999"),
        word("AddressType", "AddressType", "Home"),
    )
    numbers = [
        element(
            "Telephone",
            text("TelephoneNumber", number),
            word("TelephoneNumberType", "TelephoneNumberType", kind),
            text("OrderOfPriority", place),
        )
        for place, (number, kind) in enumerate(phones, start=1)
        if number
    ]
    mail = element("ElectronicMail", text("ElectronicMailAddress", guardian.email))
    return (
        f'<Contact id="PRNT_{guardian.id}">'
        + text("ContactUniqueId", guardian.id)
        + name
        + address
        + "".join(numbers)
        + (mail if guardian.email else "")
        + element("Language", word("Language", "Language", guardian.language))
        + "</Contact>"
    )


def _ties(pupil: Pupil) -> Iterator[str]:
    for place, guardian in enumerate(pupil.guardians):
        yield element(
            "StudentContactAssociation",
            _of_student(pupil),
            f'<ContactReference ref="PRNT_{guardian.id}"/>',
            word("Relation", "Relation", guardian.relation),
            text("PrimaryContactStatus", str(place == 0).lower()),
            text("LivesWith", "true"),
            text("EmergencyContactStatus", str(place == 0).lower()),
            text("ContactPriority", place + 1),
            text("ContactRestrictions", guardian.restriction),
        )


def _stay(district: District, delivery: Delivery, pupil: Pupil, stay: Stay) -> str:
    grade = 0 if stay.grade == "KG" else int(stay.grade)
    words = (
        _GRADES[grade] + (" grade" if grade else "") if grade < len(_GRADES) else _GRADE_OF_EIGHT
    )
    ending = ""
    if stay.exit is not None and stay.exit_told <= delivery.number:
        ending = text("ExitWithdrawDate", stay.exit) + word(
            "ExitWithdrawType", "ExitWithdrawType", "Transferred"
        )
    return element(
        "StudentSchoolAssociation",
        _of_student(pupil),
        _in_school(district.schools[stay.school]),
        text("EntryDate", stay.entry),
        word("EntryGradeLevel", "GradeLevel", words),
        ending,
    )


def _event(pupil: Pupil, school: School, event: Event, delivery: Delivery) -> str:
    told = event.as_of(delivery.number)
    if told is None:
        return ""
    is_half = is_told_as_half(school, event.pupil, told)
    duration = "" if told.code == TARDY else text("EventDuration", "0.5" if is_half else "1")
    return element(
        "StudentSchoolAttendanceEvent",
        element(
            "AttendanceEvent",
            text("EventDate", event.on),
            word("AttendanceEventCategory", "AttendanceEventCategory", _CATEGORY[told.code]),
            duration,
        ),
        _of_student(pupil),
        _in_school(school),
    )


def _of_student(pupil: Pupil) -> str:
    return element(
        "StudentReference",
        element("StudentIdentity", text("StudentUniqueId", pupil.number)),
    )


def _in_school(school: School) -> str:
    return element("SchoolReference", element("SchoolIdentity", text("SchoolId", school.code)))
