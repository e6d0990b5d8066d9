"""Decides what a file changes about one school: name, calendar, enrolments and attendance."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct

from server.attendance import rules as attendance_rules
from server.attendance import store as attendance
from server.attendance.rules import Fact, school_year_of
from server.attendance.store import CalendarDay
from server.cases import service as cases
from server.cases import store as case_store
from server.cases.service import Followed
from server.db.database import Transaction
from server.db.tables.people import EnrollmentRow, SchoolRow
from server.ids import new_id
from server.intake import rules, store
from server.intake.reach import Changes, Outcome
from server.intake.records import CalendarRecord, EventRecord, PlaceRecord, SchoolRecord
from server.intake.rules import AttendanceChanges, SchoolFact
from server.intake.staging import Staging
from server.ladder import service as ladder
from server.people import store as people

FROM_FILE, FROM_ATTENDANCE = "enrollment_file", "attendance"


class SchoolChanges(Struct, kw_only=True):
    """What the files change about one school's students."""

    code: str
    places: Changes
    attendance: list[AttendanceChanges]
    """Whole-day records and records by class, each with its own window."""
    last_on_by_year: dict[str, date]
    is_news: bool
    """The school has told more days than before."""

    @property
    def is_empty(self) -> bool:
        """Tell whether everything is as the files say already."""
        changed = any(one.opens or one.closes for one in self.attendance)
        return self.places.is_empty and not changed and not self.is_news


class _Filed(Struct, frozen=True, kw_only=True):
    """What the files say of one school, beside what is known of it."""

    staging: Staging
    code: str
    school: SchoolRow | None
    """None in a dry run of a new school."""
    students: dict[str, UUID]
    """Known students by number."""
    events: list[EventRecord]


def codes_of(staging: Staging) -> list[str]:
    """Return the schools that the files say anything about."""
    return staging.values(
        "select code from school union select school_code from calendar "
        "union select school_code from place union select school_code from event order by 1"
    )


def change_directory(tx: Transaction, staging: Staging, code: str) -> Changes:
    """Return what changes about a school's own row."""
    changes = Changes()
    row = store.schools_by_code(tx).get(code)
    for record in staging.find(SchoolRecord, "code = ?", [code]):
        fields = {"name": record.name, "level": record.level}
        if row is None:
            changes.adds.append(SchoolRow(id=new_id(), code=code, **fields))
            changes.told(record.at, "added")
        else:
            is_changed = changes.set(row, fields)
            changes.told(record.at, "changed" if is_changed else "unchanged")
    return changes


def change_calendar(
    tx: Transaction, staging: Staging, code: str
) -> tuple[list[tuple[str, CalendarDay]], Changes]:
    """Return the calendar days that change, and what becomes of each record."""
    changes = Changes()
    school = store.schools_by_code(tx).get(code)
    known = attendance.calendar_of(tx, school.id) if school else {}
    days: list[tuple[str, CalendarDay]] = []
    for record in staging.find(CalendarRecord, "school_code = ?", [code]):
        day = CalendarDay(record.on_date, record.kind, record.is_instructional)
        before = known.get(record.on_date)
        if before == day:
            changes.told(record.at, "unchanged")
            continue
        changes.told(record.at, "added" if before is None else "changed")
        days.append((school_year_of(record.on_date), day))
    return days, changes


def change_school(tx: Transaction, staging: Staging, code: str) -> SchoolChanges:
    """Return what the files change about a school's enrolments and attendance."""
    school = store.schools_by_code(tx).get(code)
    events = list(staging.find(EventRecord, "school_code = ?", [code]))
    numbers = {event.number for event in events}
    numbers.update(staging.values("select number from place where school_code = ?", [code]))
    students = {number: row.id for number, row in store.students_by_number(tx, numbers).items()}
    filed = _Filed(staging=staging, code=code, school=school, students=students, events=events)
    last_on_by_year: dict[str, date] = {}
    for event in events:
        year = school_year_of(event.on_date)
        last_on_by_year[year] = max(last_on_by_year.get(year, event.on_date), event.on_date)
    return SchoolChanges(
        code=code,
        places=_change_places(tx, filed),
        attendance=[
            _change_attendance(tx, filed, part, by_class=by_class)
            for by_class in (False, True)
            if (part := [event for event in events if bool(event.period) is by_class])
        ],
        last_on_by_year=last_on_by_year,
        is_news=any(
            school is None or (attendance.data_as_of(tx, school.id, year) or date.min) < last_on
            for year, last_on in last_on_by_year.items()
        ),
    )


def apply(tx: Transaction, changes: SchoolChanges, *, run_id: UUID) -> Followed:
    """Write one school's changes with crossings, cases, alerts and feed, all or nothing."""
    school = store.schools_by_code(tx)[changes.code]
    store.write(tx, changes.places.adds, changes.places.changes)
    touched: dict[str, set[UUID]] = {}
    students = {one.student for part in changes.attendance for one in part.opens}
    places = attendance.places_of_school(
        tx, school.id, (one for one in students if isinstance(one, UUID))
    )
    for part in changes.attendance:
        opens = [
            (one.student, school_year_of(one.fact.on_date), one.fact)
            for one in part.opens
            if isinstance(one.student, UUID)
        ]
        recording = attendance.record(tx, run_id=run_id)
        attendance.close_facts(tx, recording, [one.id for one in part.closes])
        attendance.open_facts(
            tx, recording, ((places[student_id, year], fact) for student_id, year, fact in opens)
        )
        for student_id, year, _ in opens:
            touched.setdefault(year, set()).add(student_id)
        for one in part.closes:
            touched.setdefault(school_year_of(one.fact.on_date), set()).add(one.student_id)
    for year, last_on in changes.last_on_by_year.items():
        attendance.save_submission(tx, school.id, year, until=last_on)
    return follow(tx, school.id, touched, changes.places.students)


def event_outcomes(changes: SchoolChanges) -> Iterable[tuple[str, Outcome]]:
    """Yield what becomes of each attendance event: its file and the outcome."""
    for part in changes.attendance:
        closed = {(one.student_id, one.fact.on_date) for one in part.closes}
        for one in part.opens:
            is_correction = (one.student, one.fact.on_date) in closed
            yield one.at.file, "changed" if is_correction else "added"
        for one in part.same:
            yield one.at.file, "unchanged"


def save_calendar(
    tx: Transaction, school_id: UUID, days: Iterable[tuple[str, CalendarDay]]
) -> None:
    """Write calendar days that changed."""
    attendance.save_calendar_days(tx, school_id, days)


def name_of(tx: Transaction, staging: Staging, code: str) -> str:
    """Return a school's name, as the files have it or as it is known."""
    filed = next(staging.find(SchoolRecord, "code = ?", [code]), None)
    known = store.schools_by_code(tx).get(code)
    return filed.name if filed else known.name if known else code


def window_of(staging: Staging, code: str) -> tuple[date, date]:
    """Return the first and last date of a school's events in the files."""
    first, last = next(
        iter(
            staging.db.execute(
                "select min(on_date), max(on_date) from event where school_code = ?", [code]
            )
        )
    )
    return date.fromisoformat(first), date.fromisoformat(last)


def follow(
    tx: Transaction, school_id: UUID, touched: Mapping[str, set[UUID]], moved: Iterable[UUID]
) -> Followed:
    """Bring crossings, cases and standings up to date.

    ``touched``: by school year the students of whom facts changed; ``moved``: students whose
    enrolment changed.
    """
    followed = Followed()
    steps = ladder.ladder_of_district(tx)
    newest = attendance.newest_year(tx)
    for year in sorted(touched):
        places = _places(tx, sorted(touched[year]), otherwise=school_id)
        movements = ladder.recompute(tx, steps, year, places)
        if year == newest:
            cases.follow(tx, steps, movements, followed)
    active = set(case_store.open_students_of_school(tx, school_id))
    cases.follow_students(tx, active | set(moved), followed)
    others = {case.student_id for case in case_store.open_cases_of(tx, touched.get(newest, ()))}
    cases.publish_standings(tx, steps, newest, sorted(active | others))
    return followed


def _places(tx: Transaction, students: Sequence[UUID], *, otherwise: UUID) -> dict[UUID, UUID]:
    places = people.enrollments_of(tx, students)
    return {one: places[one].school_id if one in places else otherwise for one in students}


def _change_places(tx: Transaction, filed: _Filed) -> Changes:
    school, students = filed.school, filed.students
    changes = Changes()
    known = {
        (row.student_id, row.school_year): row
        for rows in store.places_of(tx, students.values()).values()
        for row in rows
        if school is not None and row.school_id == school.id
    }
    told = set(known)
    for record in filed.staging.find(PlaceRecord, "school_code = ?", [filed.code]):
        student_id = students.get(record.number)
        key = (student_id, record.school_year) if student_id else None
        row = known.get(key) if key else None
        fields = {
            "grade": record.grade,
            "entry_on": record.entry_on,
            "exit_on": record.exit_on,
            "exit_reason": record.exit_reason,
            "source": FROM_FILE,
        }
        if key is not None:
            told.add(key)
        if row is None:
            changes.told(record.at, "added")
            if school is not None and student_id is not None:
                _add_place(changes, school.id, student_id, record.school_year, fields)
        else:
            is_changed = changes.set(row, fields)
            changes.told(record.at, "changed" if is_changed else "unchanged")
            if is_changed:
                changes.students.append(row.student_id)
    _add_suggested(changes, filed, told)
    return changes


def _add_suggested(changes: Changes, filed: _Filed, told: set[tuple[UUID, str]]) -> None:
    """Enrol students who are known here in a year only because events name them."""
    school = filed.school
    for event in filed.events:
        student_id = filed.students.get(event.number)
        if school is None or student_id is None:
            continue
        key = (student_id, school_year_of(event.on_date))
        if key not in told:
            told.add(key)
            _add_place(changes, school.id, *key, {"source": FROM_ATTENDANCE})


def _add_place(
    changes: Changes,
    school_id: UUID,
    student_id: UUID,
    school_year: str,
    fields: Mapping[str, Any],
) -> None:
    changes.adds.append(
        EnrollmentRow(
            student_id=student_id,
            school_id=school_id,
            school_year=school_year,
            **fields,
        )
    )
    changes.students.append(student_id)


def _change_attendance(
    tx: Transaction, source: _Filed, events: list[EventRecord], *, by_class: bool
) -> AttendanceChanges:
    school, students = source.school, source.students
    first, last = min(one.on_date for one in events), max(one.on_date for one in events)
    filed = [
        SchoolFact(student=students.get(event.number, event.number), fact=_fact(event), at=event.at)
        for event in events
    ]
    held: set[tuple[UUID | str, date]] = {
        (students.get(str(number), str(number)), date.fromisoformat(day))
        for number, day in source.staging.db.execute(
            "select number, on_date from held_event where school_code = ? and by_class = ? "
            "and on_date glob '????-??-??'",
            [source.code, int(by_class)],
        )
    }
    if school is None:
        return rules.change_attendance([], filed, held=held, whole=True)
    known = [
        one
        for one in attendance.facts_of_school(tx, school.id, first=first, last=last)
        if bool(one.fact.period) is by_class
    ]
    school_days = [
        day
        for day, known_day in attendance.calendar_of(tx, school.id).items()
        if known_day.is_instructional and first <= day <= last
    ]
    whole = rules.is_whole(
        known_count=len(known),
        filed_count=len(filed),
        school_day_count=len(school_days)
        or attendance_rules.school_days_until(sorted({one.on_date for one in events}), last),
    )
    return rules.change_attendance(known, filed, held=held, whole=whole)


def _fact(event: EventRecord) -> Fact:
    return Fact(
        on_date=event.on_date,
        period=event.period,
        kind=event.kind,
        units=event.units,
        minutes=event.minutes,
        source_code=event.source_code,
        reason=event.reason,
    )
