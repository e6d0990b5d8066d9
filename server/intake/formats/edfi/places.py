"""Schools, their calendars and terms, and who goes to which."""

from datetime import date

from server.attendance.rules.calendar import school_year_of
from server.intake.columns import words
from server.intake.files.elements import word_of
from server.intake.formats.edfi.reading import SCHOOL, SCHOOL_REFERENCES, Reading
from server.intake.records import CalendarRecord, PlaceRecord, SchoolRecord, TermRecord
from server.intake.words.saying import why

_LEVELS = {
    "elementary school": "elementary",
    "primary school": "elementary",
    "middle school": "middle",
    "junior high school": "middle",
    "high school": "high",
}
_LAST_ELEMENTARY, _FIRST_MIDDLE, _LAST_MIDDLE, _FIRST_HIGH = 6, 5, 9, 9


def school(reading: Reading) -> SchoolRecord:
    """Return a school."""
    return SchoolRecord(
        code=reading.need(*SCHOOL),
        name=reading.need("NameOfInstitution"),
        level=_level(reading),
        at=reading.origin,
    )


def place(reading: Reading) -> PlaceRecord:
    """Return one stay of a student in a school."""
    entry_on = reading.need_date("EntryDate")
    exit_on = reading.find_date("ExitWithdraw/ExitWithdrawDate", "ExitWithdrawDate")
    if exit_on is not None and exit_on < entry_on:
        raise reading.refuse(
            "ExitWithdrawDate", exit_on.isoformat(), why("exit_before_entry", entry=entry_on)
        )
    return PlaceRecord(
        number=reading.student(),
        school_code=reading.school(),
        school_year=_year(reading, entry_on),
        grade=words.grade_code(reading.word("EntryGradeLevel", "EntryGradeLevelDescriptor")),
        entry_on=entry_on,
        exit_on=exit_on,
        exit_reason=reading.word("ExitWithdraw/ExitWithdrawType", "ExitWithdrawType"),
        at=reading.origin,
    )


def calendar_date(reading: Reading) -> CalendarRecord:
    """Return what one day is in a school's calendar."""
    kinds = [word_of(entry) for entry in reading.element.findall("CalendarEvent")]
    if not any(kinds):
        reading.need("CalendarEvent")
    kind = next((kind for kind in kinds if kind.casefold() in words.INSTRUCTIONAL), kinds[0])
    if kind.casefold() not in words.INSTRUCTIONAL | words.NO_INSTRUCTION:
        raise reading.refuse("CalendarEvent", kind, why("day_kind_unknown"))
    return CalendarRecord(
        school_code=reading.need_named(("CalendarReference", *SCHOOL_REFERENCES), SCHOOL),
        on_date=reading.need_date("Date"),
        kind=kind,
        is_instructional=kind.casefold() in words.INSTRUCTIONAL,
        untold=["periods", "minutes"],
        at=reading.origin,
    )


def session(reading: Reading) -> TermRecord:
    """Return a session: a semester, or another term."""
    term = reading.word("Term", "TermDescriptor", "TermType")
    begin_on, end_on = _span(reading)
    is_semester = term.casefold().endswith("semester") and "summer" not in term.casefold()
    return TermRecord(
        school_code=reading.school(),
        school_year=_year(reading, begin_on),
        kind="semester" if is_semester else "term",
        title=reading.text("SessionName") or term,
        begin_on=begin_on,
        end_on=end_on,
        at=reading.origin,
    )


def grading_period(reading: Reading) -> TermRecord:
    """Return a grading period."""
    begin_on, end_on = _span(reading)
    return TermRecord(
        school_code=reading.school(),
        school_year=_year(reading, begin_on),
        kind="grading_period",
        title=reading.text("GradingPeriodName")
        or reading.word("GradingPeriod", "GradingPeriodDescriptor"),
        begin_on=begin_on,
        end_on=end_on,
        at=reading.origin,
    )


def short_year(text: str) -> str:
    """Return a school year as "2021-22", from "2021-2022" or the year it ends in; else nothing."""
    first, dash, second = text.strip().partition("-")
    if first.isdecimal() and second.isdecimal():
        return f"{first}-{second[-2:]}"
    is_end = not dash and first.isdecimal() and len(first) == len("2022")
    return f"{int(first) - 1}-{first[-2:]}" if is_end else ""


def _year(reading: Reading, begin_on: date) -> str:
    calendar = ("CalendarReference/CalendarIdentity/SchoolYear", "CalendarReference/SchoolYear")
    stated = short_year(reading.text("SchoolYear", "SchoolYearTypeReference/SchoolYear", *calendar))
    return stated or school_year_of(begin_on)


def _span(reading: Reading) -> tuple[date, date]:
    begin_on, end_on = reading.need_date("BeginDate"), reading.need_date("EndDate")
    if end_on < begin_on:
        raise reading.refuse("EndDate", end_on.isoformat(), why("end_before_begin", begin=begin_on))
    return begin_on, end_on


def _level(reading: Reading) -> str:
    words_said = [word_of(one) for one in reading.element.iter("SchoolCategory")]
    levels = {_LEVELS[word.casefold()] for word in words_said if word.casefold() in _LEVELS}
    if len(levels) == 1:
        return levels.pop()
    offered = {
        code
        for name in ("GradeLevel", "GradesOffered")
        for one in reading.element.iter(name)
        if (code := words.grade_code(word_of(one)))
    }
    grades = sorted(int(code) if code.isdecimal() else 0 for code in offered)
    if not grades:
        return next(filter(None, words_said), "")
    if grades[0] >= _FIRST_HIGH:
        return "high"
    if grades[0] >= _FIRST_MIDDLE and grades[-1] <= _LAST_MIDDLE:
        return "middle"
    return "elementary" if grades[-1] <= _LAST_ELEMENTARY else next(filter(None, words_said), "")
