"""Reads the interchanges of one export into a sink, an element at a time.

Interchanges are read in the order in which they refer to each other. What refers by ``ref`` to
something that comes later waits; enrolments wait for the class schedule.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from server.intake.files import elements
from server.intake.files.elements import Item
from server.intake.formats import Scope, Sink, Source
from server.intake.formats.edfi import codes, events, people, places
from server.intake.formats.edfi.calendars import Calendars
from server.intake.formats.edfi.reading import (
    CONTACT,
    SCHOOL,
    STUDENT,
    Identity,
    NotUnderstood,
    NotYet,
    Reading,
    identity_of,
)
from server.intake.formats.edfi.schedule import Schedule
from server.intake.records import EventLine, PlaceRecord, Record
from server.intake.words.saying import Both, Why

_AT_ONCE = 2000
_DAY = "CalendarDate"
_ORDER = (
    "InterchangeEducationOrganization",
    "InterchangeEducationOrgCalendar",
    "InterchangeMasterSchedule",
    "InterchangeStudent",
    "InterchangeContact",
    "InterchangeParent",
    "InterchangeStudentParent",
    "InterchangeStudentEnrollment",
)
_REFERRED = frozenset(
    {"School", "Student", "Contact", "Parent", "Section", "CourseOffering", "ClassPeriod"}
    | {"Session", "Calendar"}
)

_RECORDS: Mapping[str, Callable[[Reading], Record]] = {
    "School": places.school,
    "Student": people.student,
    "Contact": people.guardian,
    "Parent": people.guardian,
    "StudentContactAssociation": people.tie,
    "StudentParentAssociation": people.tie,
    "StudentSchoolAssociation": places.place,
    "Session": places.session,
    "GradingPeriod": places.grading_period,
}
_EVENTS: Mapping[str, Callable[[Reading], Iterator[EventLine]]] = {
    "StudentSchoolAttendanceEvent": events.school_event,
    "StudentSectionAttendanceEvent": events.section_event,
}
_SCHEDULE: Mapping[str, Callable[[Schedule, Reading], None]] = {
    "Section": Schedule.section,
    "BellSchedule": Schedule.bell,
    "StudentSectionAssociation": Schedule.takes,
}
"""All other elements of an interchange are counted and left alone."""


class Interchange(Struct, frozen=True, kw_only=True):
    """One file of the export."""

    root: str
    source: Source


class EdFiReader:
    """Reads the interchanges of one export."""

    format = "edfi"
    scope = Scope()
    skipped: Mapping[str, Both] = {}

    def __init__(self, interchanges: Sequence[Interchange]) -> None:
        self._interchanges = sorted(interchanges, key=_place)
        self.sources: Sequence[Source] = [one.source for one in interchanges]

    def read(self, out: Sink) -> None:
        """Read everything into the sink. Raises ``Problem`` for a file that is broken."""
        export = _Export(out)
        for code in codes.defaults():
            out.add(code)
        for interchange in self._interchanges:
            source = interchange.source
            with source.open() as content:
                for item in elements.items(source.name, content):
                    export.take(source.name, item)
            export.flush(source.name)
        export.finish()


_NAMES: Mapping[str, Sequence[str]] = {
    "student_id": STUDENT,
    "school_id": SCHOOL,
    "guardian_id": (*CONTACT, *people.CONTACT_REFERENCES),
    "guardian_ref": people.CONTACT_REFERENCES,
    "date": ("EventDate",),
    "entry_date": ("EntryDate",),
    "exit_date": ("ExitWithdrawDate",),
    "begin_date": ("BeginDate",),
}
"""How Ed-Fi calls Presente's fields, in one version or another."""


class _Export:
    """An export while it is being read."""

    def __init__(self, out: Sink) -> None:
        self._out = out
        self._ids: dict[str, Identity] = {}
        self._lines: list[EventLine] = []
        self._places: list[PlaceRecord] = []
        self._schedule = Schedule()
        self._calendars = Calendars()
        self._later: list[tuple[str, Item]] = []
        self._noted: set[str] = set()
        self._learned: set[tuple[str, str]] = set()
        self._takers: Mapping[str, Callable[[Reading], None]] = {
            **dict.fromkeys(_EVENTS, self._event),
            **dict.fromkeys(_RECORDS, self._record),
            **dict.fromkeys(_SCHEDULE, self._schedule_of),
            _DAY: self._day,
            "Calendar": self._calendars.calendar,
            "AttendanceEventCategoryDescriptor": self._described,
        }

    def take(self, file: str, item: Item, *, last: bool = False) -> None:
        """Take one element; one that refers to what is still to come is put aside."""
        if not last:
            self._count(file, item)
        if item.name in self._takers and (file, item.name) not in self._learned:
            self._learn(file, item)
        reading = Reading(item, file, self._ids, last=last)
        try:
            take = self._takers.get(item.name)
            if take is not None:
                take(reading)
        except NotYet:
            self._later.append((file, item))
            return
        except NotUnderstood as refused:
            self._hold(reading)
            self._out.fault(refused.fault)
            return
        if len(self._lines) >= _AT_ONCE:
            self.flush(file)

    def flush(self, file: str) -> None:
        """Hand over the events read so far: they are all of one file."""
        if self._lines:
            self._out.events(file, self._lines)
            self._lines = []

    def finish(self) -> None:
        """Read what waited, and hand over what was kept until everything is known."""
        waiting, self._later = self._later, []
        for file, item in waiting:
            self.take(file, item, last=True)
            self.flush(file)
        self._calendars.tell(self._out)
        for place in self._places:
            periods = self._schedule.count(place.number, place.school_code)
            self._out.add(replace(place, periods=periods) if periods else place)

    def _learn(self, file: str, item: Item) -> None:
        """Hear by the first element of a kind what the file calls what Presente calls otherwise."""
        self._learned.add((file, item.name))
        there = {one.tag.rpartition("}")[2] for one in item.element.iter()}
        names = {
            field: found
            for field, names in _NAMES.items()
            for found in [next((name for name in names if name in there), "")]
            if found
        }
        if names:
            self._out.called(file, names)

    def _count(self, file: str, item: Item) -> None:
        name = item.name
        xml_id = item.element.get("id", "")
        if xml_id and name in _REFERRED:
            self._ids[xml_id] = identity_of(item.element, self._ids)
        if name in _RECORDS or name in _EVENTS:
            self._out.read(file, name)
        elif name != _DAY:
            self._out.ignored(file, name)

    def _event(self, reading: Reading) -> None:
        name = reading.item.name
        lines = list(_EVENTS[name](reading))
        self._lines += lines
        if len(lines) > 1:  # a class in two periods
            self._out.read(reading.origin.file, name, len(lines) - 1)

    def _record(self, reading: Reading) -> None:
        record = _RECORDS[reading.item.name](reading)
        self._note_missing(reading, record)
        if isinstance(record, PlaceRecord):
            self._places.append(record)
        else:
            self._out.add(record)

    def _described(self, reading: Reading) -> None:
        code = codes.described(reading)
        if code is not None:
            self._out.add(code)

    def _day(self, reading: Reading) -> None:
        file = reading.origin.file
        if self._calendars.is_apart(reading):
            self._out.ignored(file, _DAY)
            return
        self._out.read(file, _DAY)
        self._calendars.day(reading)

    def _schedule_of(self, reading: Reading) -> None:
        """Take what a section says. Too little changes no count; the first such one is told."""
        name = reading.item.name
        try:
            _SCHEDULE[name](self._schedule, reading)
        except NotUnderstood as incomplete:
            if name not in self._noted:
                self._noted.add(name)
                self._out.note(incomplete.fault)

    def _hold(self, reading: Reading) -> None:
        name = reading.item.name
        if name in {"StudentContactAssociation", "StudentParentAssociation"}:
            identities = reading.identities("StudentReference")
            found = (one[key] for one in identities for key in STUDENT if key in one)
            self._out.hold_ties(next(found, ""))
        elif name in _EVENTS:
            school, number, on_date = events.held(reading)
            self._out.hold(school, number, on_date, by_class="Section" in name)

    def _note_missing(self, reading: Reading, record: Record) -> None:
        name, item = reading.item.name, reading.item
        if name in {"StudentContactAssociation", "StudentParentAssociation"}:
            if not item.text("LivesWith"):
                self._note(record, "LivesWith", "missing_taken_as_no")
        elif name in {"Contact", "Parent"} and item.element.find("Telephone") is None:
            self._note(record, "Telephone", "missing_phone")

    def _note(self, record: Record, field: str, code: str) -> None:
        self._out.note(record.at.fault(field, "", Why(code)))


def _place(interchange: Interchange) -> tuple[int, str]:
    order = _ORDER.index(interchange.root) if interchange.root in _ORDER else len(_ORDER)
    return order, interchange.source.name
