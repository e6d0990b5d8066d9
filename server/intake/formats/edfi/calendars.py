"""Which of a school's calendars counts, and what a date is when they differ."""

from collections.abc import Iterator

from msgspec.structs import replace

from server.intake.formats import Sink
from server.intake.formats.edfi import places
from server.intake.formats.edfi.reading import SCHOOL, SCHOOL_REFERENCES, Reading
from server.intake.records import CalendarRecord
from server.intake.words.saying import why

_REFERENCES = ("CalendarReference", *SCHOOL_REFERENCES)
_CODE = ("CalendarCode",)
_NOT_THE_SCHOOLS = frozenset({"iep", "student specific", "staff"})
"""Types of calendars by which the school as a whole does not go."""


class Calendars:
    """The calendars of an export, while they are being read."""

    def __init__(self) -> None:
        self._apart: set[tuple[str, str]] = set()
        self._days: dict[tuple[str, str], list[CalendarRecord]] = {}

    def calendar(self, reading: Reading) -> None:
        """Take what a calendar is for."""
        if reading.word("CalendarType", "CalendarTypeDescriptor").casefold() in _NOT_THE_SCHOOLS:
            self._apart.add((reading.school(), reading.need(*_CODE)))

    def is_apart(self, reading: Reading) -> bool:
        """Tell whether a date is of a calendar for a few, not for the school."""
        reference = reading.reference(_REFERENCES)
        if reference is None or reference.tag != _REFERENCES[0]:
            return False
        school_code = reading.named(_REFERENCES, SCHOOL)
        return (school_code, reading.named(_REFERENCES, _CODE)) in self._apart

    def day(self, reading: Reading) -> None:
        """Take a date of a calendar."""
        record = places.calendar_date(reading)
        key = (record.school_code, record.on_date.isoformat())
        self._days.setdefault(key, []).append(record)

    def tell(self, out: Sink) -> None:
        """Hand the days over. Where a school's calendars differ, one that has school counts."""
        noted: set[str] = set()
        for (school_code, _), records in self._days.items():
            chosen = next((one for one in records if one.is_instructional), records[0])
            for record in records:
                out.add(replace(chosen, at=record.at))
            other = next(_differing(chosen, records), None)
            if other is not None and school_code not in noted:
                noted.add(school_code)
                out.note(
                    other.at.fault(
                        "CalendarEvent",
                        other.kind,
                        why("calendars_differ"),
                    )
                )
        self._days.clear()


def _differing(chosen: CalendarRecord, records: list[CalendarRecord]) -> Iterator[CalendarRecord]:
    return (one for one in records if one.is_instructional is not chosen.is_instructional)
