"""Attendance events: by school day (``StudentSchoolAttendanceEvent``) and by class."""

from collections.abc import Iterator
from functools import lru_cache

from server.attendance.rules.calendar import units_of
from server.intake.formats.edfi import codes
from server.intake.formats.edfi.reading import PERIOD, SCHOOL, SECTION, STUDENT, Identity, Reading
from server.intake.records import BY_MINUTES, EventLine
from server.intake.words.saying import why

_MOST_MINUTES = 24 * 60
_SECTION_REFERENCE = ("SectionReference",)
_units_of = lru_cache(maxsize=1024)(units_of)


def school_event(reading: Reading) -> Iterator[EventLine]:
    """Yield an event of a whole day, or of a part of one that no class names."""
    code = _code(reading)
    duration = reading.text("AttendanceEvent/EventDuration", "EventDuration")
    units = None
    if duration and codes.has_share(code):
        units = _units_of(duration)
        if units is None:
            raise reading.refuse("EventDuration", duration, why("no_share"))
    yield _line(
        reading,
        school_code=reading.school(),
        period="",
        code=code,
        units=units,
        minutes=_minutes(reading, "SchoolAttendanceDuration"),
    )


def section_event(reading: Reading) -> Iterator[EventLine]:
    """Yield an event of a class, once for each class period it names."""
    code = _code(reading)
    section = reading.need_named(_SECTION_REFERENCE, SECTION)
    school_code = reading.named(_SECTION_REFERENCE, SCHOOL) or reading.school()
    named = [one for found in _periods(reading) for name in PERIOD if (one := found.get(name))]
    for period in sorted(set(named)) or [""]:
        yield _line(
            reading,
            school_code=school_code,
            period=f"{section} {period}".strip(),
            code=code,
            units=0,
            minutes=_minutes(reading, "SectionAttendanceDuration"),
        )


def held(reading: Reading) -> tuple[str, str, str]:
    """Return school, student and date of an event that was not taken, as far as it names them."""
    references = ("SchoolReference", "SectionReference")
    found: dict[str, str] = {}
    for reference in (*references, "StudentReference"):
        for identity in reading.identities(reference):
            found = {**identity, **found}
    school = next((found[name] for name in SCHOOL if name in found), "")
    number = next((found[name] for name in STUDENT if name in found), "")
    return school, number, reading.text("AttendanceEvent/EventDate", "EventDate")


def _periods(reading: Reading) -> list[Identity]:
    named = reading.identities("ClassPeriodReference")
    return named or reading.identities("SectionReference")


def _code(reading: Reading) -> str:
    code = reading.word(
        "AttendanceEvent/AttendanceEventCategory",
        "AttendanceEventCategory",
        "AttendanceEvent/AttendanceEventCategoryDescriptor",
        "AttendanceEventCategoryDescriptor",
    )
    return code or reading.need("AttendanceEvent/AttendanceEventCategory")


def _line(  # noqa: PLR0913  (what differs between the two kinds)
    reading: Reading,
    *,
    school_code: str,
    period: str,
    code: str,
    units: int | None,
    minutes: int | None,
) -> EventLine:
    return EventLine(
        line=reading.item.line,
        number=reading.student(),
        school_code=school_code,
        on_date=reading.need_date("AttendanceEvent/EventDate", "EventDate").isoformat(),
        period=period,
        code=code,
        units=BY_MINUTES if minutes and units is None else units,
        minutes=minutes,
        reason=reading.word("AttendanceEvent/AttendanceEventReason", "AttendanceEventReason"),
        source_at=None,
    )


def _minutes(reading: Reading, path: str) -> int | None:
    text = reading.text(path)
    if not text:
        return None
    if not text.isdecimal() or int(text) > _MOST_MINUTES:
        raise reading.refuse(path, text, why("no_minutes"))
    return int(text)
