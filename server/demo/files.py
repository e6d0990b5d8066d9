"""Writes an invented district as the files a real one sends: Ed-Fi XML and a calendar CSV."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

from server.demo.district import District, Parent, Pupil

_NAMESPACE = "http://ed-fi.org/5.2.0"


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
    text = "\n".join(["school_id,date,event", *rows, ""])
    (folder / "calendar.csv").write_text(text, encoding="utf-8")


def _save(file: Path, interchange: str, records: Iterable[str]) -> None:
    name = f"Interchange{interchange}"
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{name} xmlns="{_NAMESPACE}">']
    file.write_text("\n".join([*lines, *records, f"</{name}>", ""]), encoding="utf-8")


def _element(name: str, *inside: str, attributes: str = "") -> str:
    return f"<{name}{attributes}>{''.join(inside)}</{name}>"


def _text(name: str, value: object) -> str:
    return _element(name, escape(str(value))) if value not in {"", None} else ""


def _word(name: str, descriptor: str, value: str) -> str:
    return _text(name, f"uri://ed-fi.org/{descriptor}Descriptor#{value}")


def _is_true(name: str, *, value: bool) -> str:
    return _text(name, str(value).lower())


def _schools(district: District) -> Iterable[str]:
    for school in district.schools:
        yield _element(
            "School",
            _text("NameOfInstitution", school.name),
            _text("SchoolId", school.code),
            _word("SchoolCategory", "SchoolCategory", school.category),
        )


def _student(pupil: Pupil) -> str:
    return _element(
        "Student",
        _text("StudentUniqueId", pupil.number),
        _element(
            "Name",
            _text("FirstName", pupil.first_name),
            _text("LastSurname", pupil.last_name),
            _text("PreferredFirstName", pupil.preferred_name),
        ),
        _element("BirthData", _text("BirthDate", pupil.birth_on)),
    )


def _contact(parent: Parent) -> str:
    return _element(
        "Contact",
        _text("ContactUniqueId", parent.id),
        _element(
            "Name",
            _text("FirstName", parent.first_name),
            _text("LastSurname", parent.last_name),
        ),
        _element(
            "Address",
            _text("StreetNumberName", parent.street),
            _text("City", "Piñon Valley"),
            _word("StateAbbreviation", "StateAbbreviation", "NM"),
            _text("PostalCode", "87999"),
            _word("AddressType", "AddressType", "Home"),
        ),
        *(
            _element(
                "Telephone",
                _text("TelephoneNumber", phone.number),
                _word("TelephoneNumberType", "TelephoneNumberType", phone.kind),
                _text("OrderOfPriority", place),
            )
            for place, phone in enumerate(parent.phones, start=1)
        ),
        _element("ElectronicMail", _text("ElectronicMailAddress", parent.mail))
        if parent.mail
        else "",
        _element("Language", _word("Language", "Language", parent.language)),
        attributes=f' id="PRNT_{parent.id}"',
    )


def _ties(pupil: Pupil) -> Iterable[str]:
    for place, parent in enumerate(pupil.parents):
        yield _element(
            "StudentContactAssociation",
            _of_student(pupil),
            f'<ContactReference ref="PRNT_{parent.id}"/>',
            _word("Relation", "Relation", parent.relation),
            _is_true("PrimaryContactStatus", value=place == 0),
            _is_true("LivesWith", value=True),
            _is_true("EmergencyContactStatus", value=place == 0),
            _text("ContactPriority", place + 1),
            _text("ContactRestrictions", parent.restriction),
        )


def _enrollment(district: District, pupil: Pupil, *, is_last: bool) -> str:
    exit_text = ""
    if is_last and pupil.leaves_at is not None:
        left = district.school_days[pupil.leaves_at]
        exit_text = _text("ExitWithdrawDate", left) + _word(
            "ExitWithdrawType", "ExitWithdrawType", "Transferred"
        )
    return _element(
        "StudentSchoolAssociation",
        _of_student(pupil),
        _in_school(pupil),
        _text("EntryDate", district.school_days[0]),
        _word("EntryGradeLevel", "GradeLevel", pupil.grade),
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
    return _element(
        "StudentSchoolAttendanceEvent",
        _element(
            "AttendanceEvent",
            _text("EventDate", on_date),
            _word("AttendanceEventCategory", "AttendanceEventCategory", kind),
            _text("AttendanceEventReason", reason),
            "" if kind == "Tardy" else _text("EventDuration", "1"),
        ),
        _of_student(pupil),
        _in_school(pupil),
    )


def _of_student(pupil: Pupil) -> str:
    return _element(
        "StudentReference",
        _element("StudentIdentity", _text("StudentUniqueId", pupil.number)),
    )


def _in_school(pupil: Pupil) -> str:
    return _element("SchoolReference", _element("SchoolIdentity", _text("SchoolId", pupil.school)))
