"""Students, their parents (``Contact`` since 5, ``Parent`` before) and what ties them."""

from xml.etree.ElementTree import Element

from schemas.people import ContactPointKind
from server.intake.columns import words
from server.intake.files.elements import word_of
from server.intake.formats.edfi.reading import CONTACT, STUDENT, Reading, inner, inner_word
from server.intake.records import (
    AddressRecord,
    GuardianRecord,
    PointRecord,
    StudentRecord,
    TieRecord,
)
from server.intake.words.saying import why

CONTACT_REFERENCES = ("ContactReference", "ParentReference")
_USES = ("correspondence language", "home language", "spoken language")
"""Which of a parent's languages is spoken with him, when several are given."""
_LAST = 99


def student(reading: Reading) -> StudentRecord:
    """Return a student."""
    return StudentRecord(
        number=reading.need(*STUDENT),
        first_name=reading.need("Name/FirstName", "FirstName"),
        middle_name=reading.text("Name/MiddleName", "MiddleName"),
        last_name=reading.need("Name/LastSurname", "LastSurname"),
        suffix=reading.word("Name/GenerationCodeSuffix", "GenerationCodeSuffix"),
        preferred_name=reading.text("Name/PreferredFirstName", "PreferredFirstName"),
        birth_on=reading.find_date("BirthData/BirthDate", "BirthDate"),
        at=reading.origin,
    )


def guardian(reading: Reading) -> GuardianRecord:
    """Return a parent or guardian."""
    element = reading.element
    return GuardianRecord(
        source_id=reading.need(*CONTACT),
        xml_id=element.get("id", ""),
        first_name=reading.need("Name/FirstName", "FirstName"),
        last_name=reading.need("Name/LastSurname", "LastSurname"),
        language=_language(element),
        points=_points(element),
        addresses=[_address(address) for address in element.findall("Address")],
        at=reading.origin,
    )


def tie(reading: Reading) -> TieRecord:
    """Return how a guardian stands to a student."""
    reference = reading.reference(CONTACT_REFERENCES)
    identity = "" if reference is None else _identity(reading)
    xml_id = "" if reference is None else reference.get("ref", "")
    if not identity and not xml_id:
        raise reading.refuse("ContactReference", "", why("contact_unnamed"))
    order = reading.text("ContactPriority")
    is_primary = reading.is_true("PrimaryContactStatus")
    return TieRecord(
        number=reading.student(),
        source_id=identity,
        xml_id=xml_id,
        relation=reading.word("Relation"),
        is_primary=is_primary,
        is_emergency=reading.is_true("EmergencyContactStatus"),
        lives_with=reading.is_true("LivesWith"),
        restriction=reading.text("ContactRestrictions"),
        position=int(order) if order.isdecimal() else int(not is_primary),
        at=reading.origin,
    )


def _identity(reading: Reading) -> str:
    return next(
        (
            found[name]
            for reference in CONTACT_REFERENCES
            for found in reading.identities(reference)
            for name in CONTACT
            if name in found
        ),
        "",
    )


def _points(element: Element) -> list[PointRecord]:
    phones = [phone for phone in element.findall("Telephone") if inner(phone, "TelephoneNumber")]
    phones.sort(key=_priority)
    points = [
        PointRecord(
            kind=words.PHONES.get(kind.casefold(), ContactPointKind.OTHER_PHONE),
            source_kind=kind,
            value=inner(phone, "TelephoneNumber"),
            position=position,
        )
        for position, phone in enumerate(phones)
        for kind in [inner_word(phone, "TelephoneNumberType")]
    ]
    mails = [inner(mail, "ElectronicMailAddress") for mail in element.findall("ElectronicMail")]
    return points + [
        PointRecord(
            kind=ContactPointKind.EMAIL,
            source_kind="e-mail",
            value=mail,
            position=len(points) + position,
        )
        for position, mail in enumerate(filter(None, mails))
    ]


def _priority(phone: Element) -> tuple[bool, int]:
    is_last = inner_word(phone, "TelephoneNumberType").casefold() in words.LAST_PHONES
    order = inner(phone, "OrderOfPriority")
    if order.isdecimal():
        return is_last, int(order)
    is_primary = inner(phone, "PrimaryTelephoneNumberIndicator").casefold() in {"true", "1"}
    return is_last, 0 if is_primary else _LAST


def _address(address: Element) -> AddressRecord:
    return AddressRecord(
        kind=inner_word(address, "AddressType"),
        street=inner(address, "StreetNumberName"),
        unit=inner(address, "ApartmentRoomSuiteNumber"),
        city=inner(address, "City"),
        state=inner_word(address, "StateAbbreviation"),
        postal_code=inner(address, "PostalCode"),
    )


def _language(element: Element) -> str:
    spoken: dict[str, str] = {}
    for entry in (*element.findall("Language"), *element.findall("Languages/Language")):
        word = inner_word(entry, "Language") or word_of(entry)
        uses = [word_of(use).casefold() for use in entry.findall("LanguageUse")] or [""]
        for use in uses:
            spoken.setdefault(use, word)
    known = [spoken[use] for use in _USES if use in spoken] or list(spoken.values())
    return words.LANGUAGES.get(known[0].casefold(), known[0]) if known else ""
