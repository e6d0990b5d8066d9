"""Checks staged records against each other and against what is known, before anything changes.

What fails is taken out of the staging file and into the report; the rest of the file goes on.
"""

from collections.abc import Callable, Sequence
from datetime import date

import msgspec

from server.attendance.rules import school_year_of
from server.intake.records import (
    CalendarRecord,
    EventRecord,
    Origin,
    PlaceRecord,
    TieRecord,
)
from server.intake.staging import KEYS, TABLES, Staged

_STUDENT_KNOWN = (
    "(number in (select number from student) or number in (select number from known_student))"
)
_SCHOOL_KNOWN = (
    "(school_code in (select code from school) or school_code in (select code from known_school))"
)
_GUARDIAN_KNOWN = (
    "(source_id in (select source_id from guardian) "
    "or source_id in (select source_id from known_guardian))"
)


def check(staged: Staged, *, today: date) -> None:
    """Run every check; what fails is in ``staged.faults`` afterwards."""
    _name_guardians(staged)
    _drop_earlier_places(staged)
    for kind in TABLES:
        _check_twice(staged, kind)
    _check_references(staged)
    _check_days(staged, today)


def _name_guardians(staged: Staged) -> None:
    db = staged.staging.db
    db.execute(
        "update tie set source_id = coalesce((select source_id from guardian "
        "where guardian.xml_id = tie.xml_id), '') where source_id = ''"
    )
    _refuse(
        staged,
        TieRecord,
        "source_id = ''",
        _xml_id,
        reason="No contact of the file has this id.",
        mend="Export Contact and StudentContactAssociation together.",
    )


def _drop_earlier_places(staged: Staged) -> None:
    """Keep the latest stay of a student in one school and year."""
    later = (
        "exists (select 1 from place later where later.number = place.number "
        "and later.school_code = place.school_code and later.school_year = place.school_year "
        "and later.entry_on > place.entry_on)"
    )
    for place in staged.staging.take(PlaceRecord, later):
        _repeat(staged, place.at)


def _check_twice(staged: Staged, kind: type[msgspec.Struct]) -> None:
    """Drop what says the same again; refuse what says something else under the same key."""
    table = TABLES[kind]
    columns = [name for name in kind.__struct_fields__ if name != "at"]
    again = _earlier(table, columns)
    for origin in _origins(staged, table, again):
        _repeat(staged, origin)
    _remove(staged, table, again)
    if kind is EventRecord:
        return
    other = _earlier(table, KEYS[table])
    for origin in _origins(staged, table, other):
        staged.faults.append(
            origin.fault(
                ", ".join(KEYS[table]),
                "",
                reason="It is in the files twice, and they differ. The first was taken.",
                mend="Correct one of the two at the source.",
            )
        )
    _remove(staged, table, other)


def _earlier(table: str, columns: Sequence[str]) -> str:
    same = " and ".join(f"first.{name} is {table}.{name}" for name in columns)
    return f"exists (select 1 from {table} first where first.n < {table}.n and {same})"  # noqa: S608


def _origins(staged: Staged, table: str, where: str) -> list[Origin]:
    found = staged.staging.values(f"select at from {table} where {where} order by n")  # noqa: S608
    return [msgspec.json.decode(text, type=Origin) for text in found]


def _remove(staged: Staged, table: str, where: str) -> None:
    doomed = staged.staging.values(f"select n from {table} where {where}")  # noqa: S608
    for n in doomed:
        staged.staging.db.execute(f"delete from {table} where n = ?", [n])  # noqa: S608


def _check_references(staged: Staged) -> None:
    unknown_student = {
        "reason": "No student has this number.",
        "mend": "Export the students too, or correct the number.",
    }
    unknown_school = {
        "reason": "No school has this identifier.",
        "mend": "Export the schools too, or correct the identifier.",
    }
    for kind in (TieRecord, PlaceRecord, EventRecord):
        _refuse(staged, kind, f"not {_STUDENT_KNOWN}", _number, **unknown_student)
    for placed in (PlaceRecord, CalendarRecord, EventRecord):
        _refuse(staged, placed, f"not {_SCHOOL_KNOWN}", _school_code, **unknown_school)
    _refuse(
        staged,
        TieRecord,
        f"not {_GUARDIAN_KNOWN}",
        _source_id,
        reason="No contact has this identifier.",
        mend="Export the contacts too, or correct the identifier.",
    )


def _check_days(staged: Staged, today: date) -> None:
    db = staged.staging.db
    db.register_function(_year, name="school_year", deterministic=True)
    db.execute(
        "create temp table day as select school_code, on_date, school_year(on_date) as year, "
        "cast(is_instructional as int) as in_session from calendar union all "
        "select school_code, on_date, school_year(on_date), is_instructional from known_day "
        "where not exists (select 1 from calendar where calendar.on_date = known_day.on_date "
        "and calendar.school_code = known_day.school_code)"
    )
    db.execute("create index temp.day_key on day (school_code, on_date)")
    db.execute("create temp table planned as select distinct school_code, year from day")
    _refuse(
        staged,
        EventRecord,
        "on_date > ?",
        _date,
        [today.isoformat()],
        reason="The date has not come yet.",
        mend="Correct the date at the source.",
    )
    _refuse(
        staged,
        EventRecord,
        "exists (select 1 from planned where planned.school_code = event.school_code "
        "and planned.year = school_year(event.on_date)) and not exists (select 1 from day where "
        "day.school_code = event.school_code and day.on_date = event.on_date and in_session = 1)",
        _date,
        reason="The school's calendar has no school on this date.",
        mend="Correct the date, or the calendar if there was school.",
    )
    _note_no_calendar(staged)


def _note_no_calendar(staged: Staged) -> None:
    for code in staged.staging.values(
        "select distinct school_code from event where not exists (select 1 from planned where "
        "planned.school_code = event.school_code and planned.year = school_year(event.on_date))"
    ):
        first = next(staged.staging.find(EventRecord, "school_code = ?", [code]))
        staged.notes.append(
            first.at.fault(
                "SchoolId",
                code,
                reason="The school has no calendar for this year: its dates were not checked.",
                mend="Export the calendar too. Day counts need it.",
            )
        )


def _refuse(  # noqa: PLR0913  (one check in one call)
    staged: Staged,
    kind: type[TieRecord] | type[PlaceRecord] | type[EventRecord] | type[CalendarRecord],
    where: str,
    name: Callable[..., tuple[str, str]],
    values: Sequence[object] = (),
    *,
    reason: str,
    mend: str,
) -> None:
    for record in staged.staging.take(kind, where, values):
        field, value = name(record)
        staged.faults.append(record.at.fault(field, value, reason=reason, mend=mend))
        if isinstance(record, TieRecord):
            staged.held_ties.add(record.number)
        if isinstance(record, EventRecord):
            staged.staging.hold(
                record.school_code,
                record.number,
                record.on_date.isoformat(),
                by_class=bool(record.period),
            )


def _number(record: TieRecord | PlaceRecord | EventRecord) -> tuple[str, str]:
    return "StudentUniqueId", record.number


def _school_code(record: PlaceRecord | EventRecord | CalendarRecord) -> tuple[str, str]:
    return "SchoolId", record.school_code


def _date(event: EventRecord) -> tuple[str, str]:
    return "EventDate", event.on_date.isoformat()


def _xml_id(tie: TieRecord) -> tuple[str, str]:
    return "ContactReference", tie.xml_id


def _source_id(tie: TieRecord) -> tuple[str, str]:
    return "ContactReference", tie.source_id


def _repeat(staged: Staged, origin: Origin) -> None:
    staged.repeated[origin.file] = staged.repeated.get(origin.file, 0) + 1


def _year(day: str) -> str:
    return school_year_of(date.fromisoformat(day))
