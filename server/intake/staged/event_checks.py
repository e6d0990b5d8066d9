"""Checks attendance events: whom, where and when they are of. Decided once per distinct value."""

from collections.abc import Mapping
from datetime import date

from server.attendance.rules.calendar import school_year_of
from server.db.database import Transaction
from server.intake.records import CalendarRecord, Origin
from server.intake.staged import resolve
from server.intake.staged.events import Events
from server.intake.staged.staging import Staging
from server.intake.staged.twice import EMPTY, line_of
from server.intake.store import known as store
from server.intake.words.saying import Why, why

_FIELDS: Mapping[str, str] = {
    "student_unknown": "student_id",
    "school_unknown": "school_id",
    "school_missing": "school_id",
    "future_date": "date",
    "no_session": "date",
}
"""What can be wrong with an event, and in which field."""


def check(tx: Transaction, space: Staging, *, today: date) -> None:
    """Take out events that cannot be right. Those left may still have unknown codes."""
    events = space.events_told
    if not events.count:
        return
    strange = _refuse_strangers(space)
    resolve.fill_schools(tx, space)
    if any(school == EMPTY for school, _ in events.pairs):
        events.refuse("school_missing", "school = 0")
    last = today.toordinal()
    if any(day > last for _, day in events.pairs):
        events.refuse("future_date", "day > ?", [last])
    _refuse_days(tx, space, strange)
    for wrong, file, line, student, school, day, _ in events.refused():
        field = _FIELDS[wrong]
        value = {"student_id": student, "school_id": school}.get(field, day)
        space.refuse(
            Origin(file=file, line=line, element="").fault(
                field,
                value,
                _why(space, wrong, value),
                school_code="" if field == "school_id" else school,
            )
        )


def _why(space: Staging, wrong: str, value: str) -> Why:
    ent, _, rest = wrong.partition("_")
    return resolve.why_unknown(space, ent, value) if rest == "unknown" else why(wrong)


def _refuse_strangers(space: Staging) -> frozenset[str]:
    """Take out events of students and schools that nobody knows; return those schools."""
    events = space.events_told
    students, schools = resolve.unknown_students(space), resolve.unknown_schools(space)
    if students:
        events.refuse_students("student_unknown", (events.students[text] for text in students))
    if schools:
        events.refuse_schools("school_unknown", (events.schools[text] for text in schools))
    return frozenset(schools)


def _refuse_days(tx: Transaction, space: Staging, strange: frozenset[str]) -> None:
    """Take out events on days without school, where the school has a calendar of that year.

    ``strange``: schools that nobody knows; a calendar is not what they lack.
    """
    events = space.events_told
    codes = events.schools.texts
    days = {date.fromordinal(day) for _, day in events.pairs}
    filed = {
        (day.school_code, day.on_date): day.is_instructional
        for day in space.find(CalendarRecord)
        if day.on_date in days
    }
    known = store.calendar_of(tx, sorted({codes[school] for school, _ in events.pairs}), days)
    in_session = {key for key, is_school in {**known, **filed}.items() if is_school}
    outside = [
        (school, day)
        for school, day in events.pairs
        if school
        and codes[school] not in strange
        and (codes[school], date.fromordinal(day)) not in in_session
    ]
    if not outside:
        return
    planned = store.calendar_years(tx, sorted({codes[school] for school, _ in outside}))
    planned |= {
        (code, school_year_of(date.fromisoformat(day)))
        for code, day in space.rows("select distinct school_code, on_date from calendar")
    }
    bad = {
        (school, day)
        for school, day in outside
        if (codes[school], school_year_of(date.fromordinal(day))) in planned
    }
    if bad:
        events.refuse_days("no_session", bad)
    _note_no_calendar(space, {school for school, _ in set(outside) - bad})


def _note_no_calendar(space: Staging, schools: set[int]) -> None:
    events: Events = space.events_told
    if not schools:
        return
    firsts = events.first_of_schools()
    for school in sorted(schools):
        if school not in firsts:
            continue
        code = events.schools.texts[school]
        space.remark(
            Origin(
                file=events.file_of(firsts[school]), line=line_of(firsts[school]), element=""
            ).fault("school_id", code, why("no_calendar"), school_code=code)
        )
