"""Students, their families and how to reach them, as a phone holds them."""

from enum import StrEnum
from uuid import UUID

from schemas.base import Day, GuardianId, Line, Root, Row, SchoolId, StudentId, Text, UserId


class Role(StrEnum):
    """What a person does in the programme. Decides what he may see and do."""

    ADVISOR = "advisor"
    SOCIAL_WORKER = "social_worker"
    CALLER = "caller"
    """A work-study student: sees names, phones and restrictions, nothing else of a family."""
    COORDINATOR = "coordinator"
    CLERK = "clerk"
    ADMINISTRATOR = "administrator"


class School(Row, frozen=True, kw_only=True):
    """Row ``school`` in root ``ref``."""

    id: SchoolId
    name: Line
    level: Line = ""


class StaffMember(Row, frozen=True, kw_only=True):
    """Row ``staff`` in root ``ref``: who a name on a contact or a conflict belongs to."""

    id: UserId
    name: Line
    role: Role
    is_active: bool = True


class Student(Row, frozen=True, kw_only=True):
    """Row ``student`` in the student's root."""

    id: StudentId
    root: Root
    number: Line
    first_name: Line
    last_name: Line
    preferred_name: Line = ""
    """How the programme calls the student; empty: the first name."""
    grade: Line = ""
    school_id: SchoolId | None = None
    left_on: Day | None = None


class Guardian(Row, frozen=True, kw_only=True):
    """Row ``guardian`` in the root of every student he or she answers for."""

    id: GuardianId
    first_name: Line
    last_name: Line
    language: Line = ""
    """BCP 47 tag of the language to speak, empty when unknown."""
    needs_interpreter: bool = False


class Guardianship(Row, frozen=True, kw_only=True):
    """Row ``guardianship``: how one guardian stands to one student."""

    id: UUID
    student_id: StudentId
    guardian_id: GuardianId
    relation: Line = ""
    is_primary: bool = False
    is_emergency: bool = False
    lives_with: bool = False
    restriction: Text = ""
    """Contact restriction (Ed-Fi contactRestrictions): shown before any call or visit."""
    position: int = 0


class ContactPointKind(StrEnum):
    """What a number or address is good for."""

    MOBILE = "mobile"
    HOME = "home"
    WORK = "work"
    OTHER_PHONE = "other_phone"
    EMAIL = "email"


class ContactPointStatus(StrEnum):
    """Whether the number still reaches the family."""

    UNVERIFIED = "unverified"
    WORKS = "works"
    WRONG = "wrong"
    DISCONNECTED = "disconnected"
    OPTED_OUT = "opted_out"


class ContactPoint(Row, frozen=True, kw_only=True):
    """Row ``contact_point``: one phone number or e-mail of a guardian. Edited on phones."""

    id: UUID
    guardian_id: GuardianId
    kind: ContactPointKind
    value: Line
    """As written. Never reformatted."""
    value_e164: Line = ""
    """The same as E.164 when it is a valid number, else empty."""
    status: ContactPointStatus = ContactPointStatus.UNVERIFIED
    position: int = 0


class Address(Row, frozen=True, kw_only=True):
    """Row ``address``: where a guardian lives."""

    id: UUID
    guardian_id: GuardianId
    street: Line
    unit: Line = ""
    city: Line = ""
    state: Line = ""
    postal_code: Line = ""
