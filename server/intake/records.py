"""What a line or an element of a file says, once it is understood; and what it says wrongly."""

from datetime import date

from msgspec import Struct


class Fault(Struct, frozen=True, kw_only=True):
    """Something in a file that was not taken, and how to mend it."""

    file: str
    line: int
    element: str
    """"Contact 12", "row 7"."""
    field: str
    value: str
    reason: str
    mend: str


class Origin(Struct, frozen=True, kw_only=True):
    """Where a record stands in its file."""

    file: str
    line: int
    element: str

    def fault(self, field: str, value: str, *, reason: str, mend: str) -> Fault:
        """Return a fault at this place."""
        return Fault(
            file=self.file,
            line=self.line,
            element=self.element,
            field=field,
            value=value,
            reason=reason,
            mend=mend,
        )


class SchoolRecord(Struct, frozen=True, kw_only=True):
    """A school."""

    at: Origin
    code: str
    name: str
    level: str = ""


class StudentRecord(Struct, frozen=True, kw_only=True):
    """A student."""

    at: Origin
    number: str
    first_name: str
    middle_name: str = ""
    last_name: str
    suffix: str = ""
    preferred_name: str = ""
    birth_on: date | None = None


class PointRecord(Struct, frozen=True, kw_only=True):
    """A phone number or e-mail of a guardian, in the file's order of priority."""

    kind: str
    source_kind: str
    value: str
    position: int


class AddressRecord(Struct, frozen=True, kw_only=True):
    """An address of a guardian."""

    kind: str
    street: str
    unit: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""


class GuardianRecord(Struct, frozen=True, kw_only=True):
    """A parent or guardian with everything by which to reach him or her."""

    at: Origin
    source_id: str
    xml_id: str = ""
    first_name: str
    last_name: str
    language: str = ""
    needs_interpreter: bool = False
    points: list[PointRecord] = []
    addresses: list[AddressRecord] = []


class TieRecord(Struct, frozen=True, kw_only=True):
    """How a guardian stands to a student."""

    at: Origin
    number: str
    source_id: str
    """Empty while only ``xml_id`` names the guardian."""
    xml_id: str = ""
    relation: str = ""
    is_primary: bool = False
    is_emergency: bool = False
    lives_with: bool = False
    restriction: str = ""
    position: int = 0


class PlaceRecord(Struct, frozen=True, kw_only=True):
    """A student's enrolment in a school."""

    at: Origin
    number: str
    school_code: str
    school_year: str
    grade: str = ""
    entry_on: date
    exit_on: date | None = None
    exit_reason: str = ""


class CalendarRecord(Struct, frozen=True, kw_only=True):
    """What one day is in a school's calendar."""

    at: Origin
    school_code: str
    on_date: date
    kind: str
    is_instructional: bool


class EventRecord(Struct, frozen=True, kw_only=True):
    """An attendance event. ``period`` empty: of the whole day."""

    at: Origin
    number: str
    school_code: str
    on_date: date
    period: str = ""
    kind: str
    units: int
    minutes: int | None = None
    source_code: str
    reason: str = ""


Record = (
    SchoolRecord
    | StudentRecord
    | GuardianRecord
    | TieRecord
    | PlaceRecord
    | CalendarRecord
    | EventRecord
)
