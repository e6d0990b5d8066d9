"""Understands Ed-Fi bulk XML (data standard 3 to 5): one element in, one record or fault out."""

from collections.abc import Callable, Mapping
from datetime import date
from xml.etree.ElementTree import Element

from schemas.people import ContactPointKind
from server.attendance.rules import school_year_of, units_of
from server.intake import words
from server.intake.elements import Item
from server.intake.records import (
    AddressRecord,
    CalendarRecord,
    EventRecord,
    Fault,
    GuardianRecord,
    Origin,
    PlaceRecord,
    PointRecord,
    Record,
    SchoolRecord,
    StudentRecord,
    TieRecord,
)
from server.people.rules import written

_MOST_MINUTES = 24 * 60


class NotUnderstood(Exception):
    """An element cannot be taken; it carries the fault for the report."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.reason)
        self.fault = fault


class Reading:
    """One element being read: its place, and checked access to its fields."""

    def __init__(self, item: Item, file: str) -> None:
        self.item = item
        self.origin = Origin(file=file, line=item.line, element=f"{item.name} {item.number}")

    def refuse(self, field: str, value: str, reason: str, mend: str) -> NotUnderstood:
        """Return what to raise about a field."""
        return NotUnderstood(self.origin.fault(field, value, reason=reason, mend=mend))

    def need(self, path: str) -> str:
        """Return a field that must be there."""
        text = written(self.item.text(path))
        if not text:
            raise self.refuse(path, "", "It is missing.", "Fill it in at the source and export.")
        return text

    def need_date(self, path: str) -> date:
        """Return a date that must be there."""
        return self._date(path, self.need(path))

    def find_date(self, path: str) -> date | None:
        """Return a date, if there is one."""
        text = self.item.text(path)
        return self._date(path, text) if text else None

    def is_true(self, path: str) -> bool:
        """Return a yes or no; nothing means no."""
        return self.item.text(path).casefold() in {"true", "1"}

    def _date(self, path: str, text: str) -> date:
        try:
            return date.fromisoformat(text[:10])
        except ValueError as fault:
            raise self.refuse(path, text, "This is no date.", "Write it as 2022-03-01.") from fault


def _school(reading: Reading) -> Record:
    return SchoolRecord(
        code=reading.need("SchoolId"),
        name=reading.need("NameOfInstitution"),
        level=reading.item.word("SchoolCategory"),
        at=reading.origin,
    )


def _student(reading: Reading) -> Record:
    item = reading.item
    return StudentRecord(
        number=reading.need("StudentUniqueId"),
        first_name=reading.need("Name/FirstName"),
        middle_name=written(item.text("Name/MiddleName")),
        last_name=reading.need("Name/LastSurname"),
        suffix=written(item.text("Name/GenerationCodeSuffix")),
        preferred_name=written(item.text("Name/PreferredFirstName")),
        birth_on=reading.find_date("BirthData/BirthDate"),
        at=reading.origin,
    )


def _guardian(reading: Reading) -> Record:
    element = reading.item.element
    source_id = reading.item.text("ContactUniqueId") or reading.need("ParentUniqueId")
    return GuardianRecord(
        source_id=source_id,
        xml_id=element.get("id", ""),
        first_name=reading.need("Name/FirstName"),
        last_name=reading.need("Name/LastSurname"),
        language=_language(element),
        points=_points(element),
        addresses=[_address(address) for address in element.findall("Address")],
        at=reading.origin,
    )


def _points(element: Element) -> list[PointRecord]:
    phones = [phone for phone in element.findall("Telephone") if _in(phone, "TelephoneNumber")]
    phones.sort(key=_priority)
    points = [
        PointRecord(
            kind=words.PHONES.get(kind.casefold(), ContactPointKind.OTHER_PHONE),
            source_kind=kind,
            value=written(_in(phone, "TelephoneNumber")),
            position=position,
        )
        for position, phone in enumerate(phones)
        for kind in [_word(phone, "TelephoneNumberType")]
    ]
    mails = [_in(mail, "ElectronicMailAddress") for mail in element.findall("ElectronicMail")]
    return points + [
        PointRecord(
            kind=ContactPointKind.EMAIL,
            source_kind="e-mail",
            value=written(mail),
            position=len(points) + position,
        )
        for position, mail in enumerate(filter(None, mails))
    ]


def _priority(phone: Element) -> tuple[bool, int]:
    is_last = _word(phone, "TelephoneNumberType").casefold() in words.LAST_PHONES
    order = _in(phone, "OrderOfPriority")
    return is_last, int(order) if order.isdigit() else 99


def _address(address: Element) -> AddressRecord:
    return AddressRecord(
        kind=_word(address, "AddressType"),
        street=written(_in(address, "StreetNumberName")),
        unit=written(_in(address, "ApartmentRoomSuiteNumber")),
        city=written(_in(address, "City")),
        state=_word(address, "StateAbbreviation"),
        postal_code=written(_in(address, "PostalCode")),
    )


def _language(element: Element) -> str:
    spoken = [_word(entry, "Language") for entry in element.findall("Language")]
    return words.LANGUAGES.get(spoken[0].casefold(), spoken[0]) if spoken else ""


def _tie(reading: Reading) -> Record:
    item = reading.item
    reference = item.element.find("ContactReference")
    if reference is None:
        reference = item.element.find("ParentReference")
    identity = item.text("ContactReference/ContactIdentity/ContactUniqueId") or item.text(
        "ParentReference/ParentIdentity/ParentUniqueId"
    )
    xml_id = "" if reference is None else reference.get("ref", "")
    if not identity and not xml_id:
        raise reading.refuse(
            "ContactReference", "", "It names no contact.", "Refer to a Contact of the export."
        )
    order = item.text("ContactPriority")
    is_primary = reading.is_true("PrimaryContactStatus")
    return TieRecord(
        number=reading.need("StudentReference/StudentIdentity/StudentUniqueId"),
        source_id=identity,
        xml_id=xml_id,
        relation=item.word("Relation"),
        is_primary=is_primary,
        is_emergency=reading.is_true("EmergencyContactStatus"),
        lives_with=reading.is_true("LivesWith"),
        restriction=written(item.text("ContactRestrictions")),
        position=int(order) if order.isdigit() else int(not is_primary),
        at=reading.origin,
    )


def _place(reading: Reading) -> Record:
    item = reading.item
    entry_on = reading.need_date("EntryDate")
    exit_on = reading.find_date("ExitWithdraw/ExitWithdrawDate") or reading.find_date(
        "ExitWithdrawDate"
    )
    if exit_on is not None and exit_on < entry_on:
        raise reading.refuse(
            "ExitWithdrawDate",
            exit_on.isoformat(),
            f"It lies before the entry ({entry_on}).",
            "Correct the entry or the exit at the source.",
        )
    return PlaceRecord(
        number=reading.need("StudentReference/StudentIdentity/StudentUniqueId"),
        school_code=reading.need("SchoolReference/SchoolIdentity/SchoolId"),
        school_year=_short_year(item.text("SchoolYear")) or school_year_of(entry_on),
        grade=words.grade_code(item.word("EntryGradeLevel")),
        entry_on=entry_on,
        exit_on=exit_on,
        exit_reason=item.word("ExitWithdrawType"),
        at=reading.origin,
    )


def _calendar_date(reading: Reading) -> Record:
    kinds = [_last(entry.text) for entry in reading.item.element.findall("CalendarEvent")]
    if not kinds:
        reading.need("CalendarEvent")
    kind = next((kind for kind in kinds if kind.casefold() in words.INSTRUCTIONAL), kinds[0])
    if kind.casefold() not in words.INSTRUCTIONAL | words.NO_INSTRUCTION:
        raise reading.refuse(
            "CalendarEvent",
            kind,
            "Whether such a day is a school day is not known.",
            "Use an Ed-Fi CalendarEvent, such as Instructional day or Holiday.",
        )
    school = "CalendarReference/CalendarIdentity/SchoolReference/SchoolIdentity/SchoolId"
    return CalendarRecord(
        school_code=reading.need(school),
        on_date=reading.need_date("Date"),
        kind=kind,
        is_instructional=kind.casefold() in words.INSTRUCTIONAL,
        at=reading.origin,
    )


def _school_event(reading: Reading) -> Record:
    return _event(
        reading,
        school_code=reading.need("SchoolReference/SchoolIdentity/SchoolId"),
        period="",
        minutes=_minutes(reading, "SchoolAttendanceDuration"),
    )


def _section_event(reading: Reading) -> Record:
    section = "SectionReference/SectionIdentity"
    offering = f"{section}/CourseOfferingReference/CourseOfferingIdentity"
    event = _event(
        reading,
        school_code=reading.need(f"{offering}/SchoolReference/SchoolIdentity/SchoolId"),
        period=reading.need(f"{section}/SectionIdentifier"),
        minutes=_minutes(reading, "SectionAttendanceDuration"),
    )
    if event.kind in words.DAY_TAKING:
        raise reading.refuse(
            "AttendanceEventCategory",
            event.source_code,
            "An absence from one class needs to know how many classes the day had; this version "
            "counts whole-day records only.",
            "Export StudentSchoolAttendanceEvent, which has one record per day.",
        )
    return event


def _event(reading: Reading, *, school_code: str, period: str, minutes: int | None) -> EventRecord:
    item = reading.item
    code = item.word("AttendanceEvent/AttendanceEventCategory")
    known = words.ATTENDANCE.get(code.casefold())
    if known is None:
        raise reading.refuse(
            "AttendanceEventCategory",
            code,
            "What this category means is not known.",
            "Use an Ed-Fi category, such as Unexcused Absence.",
        )
    kind, units = known
    duration = item.text("AttendanceEvent/EventDuration")
    if duration and kind in words.DAY_TAKING:
        share = units_of(duration)
        if share is None:
            raise reading.refuse(
                "EventDuration", duration, "This is no share of one day.", "Write 0 to 1."
            )
        units = share
    return EventRecord(
        number=reading.need("StudentReference/StudentIdentity/StudentUniqueId"),
        school_code=school_code,
        on_date=reading.need_date("AttendanceEvent/EventDate"),
        period=period,
        kind=kind,
        units=units if not period else 0,
        minutes=minutes,
        source_code=code,
        reason=written(item.text("AttendanceEvent/AttendanceEventReason")),
        at=reading.origin,
    )


def _minutes(reading: Reading, path: str) -> int | None:
    text = reading.item.text(path)
    if not text:
        return None
    if not text.isdigit() or int(text) > _MOST_MINUTES:
        raise reading.refuse(path, text, "These are no minutes of one day.", "Write whole minutes.")
    return int(text)


def _short_year(text: str) -> str:
    first, _, second = text.partition("-")
    return f"{first}-{second[-2:]}" if first.isdigit() and second.isdigit() else ""


def _in(element: Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


def _word(element: Element, name: str) -> str:
    return _last(element.findtext(name))


def _last(text: str | None) -> str:
    return (text or "").rpartition("#")[2].strip()


READERS: Mapping[str, Callable[[Reading], Record]] = {
    "School": _school,
    "Student": _student,
    "Contact": _guardian,
    "Parent": _guardian,
    "StudentContactAssociation": _tie,
    "StudentParentAssociation": _tie,
    "StudentSchoolAssociation": _place,
    "CalendarDate": _calendar_date,
    "StudentSchoolAttendanceEvent": _school_event,
    "StudentSectionAttendanceEvent": _section_event,
}
"""Elements that are read. All others of an interchange are counted and left alone."""
