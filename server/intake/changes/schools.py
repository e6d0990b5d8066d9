"""What the files change about one school's students: enrolments and attendance."""

from array import array
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct

from server.attendance import store as attendance
from server.attendance.rules.calendar import school_year_of
from server.db.database import Transaction
from server.db.tables.attendance import SubmissionRow
from server.intake.changes import fact_writing, facts, places
from server.intake.changes.facts import Part, SchoolYear, Window
from server.intake.changes.following import Written
from server.intake.changes.places import PlaceChanges
from server.intake.records import SchoolRecord, SubmissionRecord
from server.intake.staged.codes import Meanings
from server.intake.staged.staging import Staging
from server.intake.store import facts as fact_store
from server.intake.store import journal, known
from server.intake.store import told as told_again

_MOST_KEPT = 50_000
"""Facts to open or close that are kept from planning until they are written."""


class School(Struct, frozen=True, kw_only=True):
    """A school that is stored."""

    id: UUID
    name: str
    periods_per_day: int | None


class Import(Struct, kw_only=True):
    """What every school's part of an import shares."""

    space: Staging
    meanings: Meanings
    window: Window
    today: date
    school_years: list[str]
    """Of the events."""
    submissions: dict[str, date]
    """Up to which day a school's silence says that everybody was there."""
    schools: dict[str, School]
    """Those that are stored, by code."""
    told: dict[tuple[UUID, str], date]
    """Up to which day schools had told their years before."""
    place_counts: dict[str, int]
    """Enrolments in the files, by school."""
    years: dict[tuple[str, str], SchoolYear] = {}
    """What was looked up when it was planned, by school code and school year."""
    planned: dict[str, list[Part]] = {}
    """What was planned of schools' attendance, as far as it is little enough to be kept: nobody
    else writes attendance or enrolments while an import is in hand."""
    planned_count: int = 0
    same: dict[str, "array[int]"] = {}
    """Enrolments that the files tell as they are, by school."""


class SchoolChanges(Struct, kw_only=True):
    """What the files change about one school."""

    code: str
    places: PlaceChanges
    parts: list[Part]
    is_news: bool
    """The school has told more days than before."""
    outside_count: int
    """Students with an event on a day on which they were not enrolled."""

    @property
    def is_empty(self) -> bool:
        """Tell whether everything is as the files say already."""
        return (
            self.places.is_empty and not self.is_news and not any(map(facts.is_change, self.parts))
        )


def begin(
    tx: Transaction, space: Staging, meanings: Meanings, *, window: Window, today: date
) -> Import:
    """Return what every school's part of an import shares."""
    days = {date.fromordinal(day) for _, day in space.events_told.pairs}
    rows = known.schools(tx, codes_of(space))
    schools = {
        code: School(id=row.id, name=row.name, periods_per_day=row.periods_per_day)
        for code, row in rows.items()
    }
    return Import(
        space=space,
        meanings=meanings,
        window=window,
        today=today,
        school_years=sorted({school_year_of(day) for day in days}),
        submissions={
            one.school_code: min(one.through_on, today) for one in space.find(SubmissionRecord)
        },
        schools=schools,
        place_counts=dict(
            space.rows("select school_code, count(*) from place group by school_code")
        ),
        told=known.submissions(tx, [school.id for school in schools.values()]),
    )


def codes_of(space: Staging) -> list[str]:
    """Return the schools about which the files say anything."""
    events = space.events_told
    codes = {events.schools.texts[school] for school in events.school_places()}
    codes.update(
        space.values(
            "select code from school union select school_code from calendar "
            "union select school_code from place union select school_code from submission"
        )
    )
    return sorted(codes - {""})


def change(tx: Transaction, imported: Import, code: str) -> SchoolChanges:
    """Return what the files change about a school's enrolments and attendance."""
    school_id = _school(tx, imported, code)
    found = places.change_places(tx, imported.space, code, school_id, today=imported.today)
    years = _years(tx, imported, code, school_id)
    parts = [part for year in years for part in facts.plan(tx, year, window=imported.window)]
    told_until = _told_until(imported, code, parts)
    return SchoolChanges(
        code=code,
        places=found,
        parts=parts,
        outside_count=sum(_look_around(imported.space, year, found) for year in years),
        is_news=any(
            school_id is None or imported.told.get((school_id, school_year), date.min) < until
            for school_year, until in told_until.items()
        ),
    )


def keep(imported: Import, planned: SchoolChanges) -> None:
    """Remember what was planned until it is written."""
    places.note_due(imported.space, planned.places)
    if planned.places.same:
        imported.same[planned.code] = array("q", planned.places.same)
    size = sum(facts.size_of(part) for part in planned.parts)
    if imported.planned_count + size <= _MOST_KEPT:
        imported.planned[planned.code] = planned.parts
        imported.planned_count += size


def begin_part(tx: Transaction, imported: Import, codes: Iterable[str]) -> Written:
    """Begin to write some schools in one transaction."""
    ids = [school_id for code in codes if (school_id := _school(tx, imported, code)) is not None]
    return Written(held=known.hold_submissions(tx, ids, imported.school_years))


def write(  # noqa: PLR0913  (one school in one call)
    tx: Transaction,
    imported: Import,
    code: str,
    written: Written,
    *,
    run_id: UUID,
    recount: Iterable[str] = (),
) -> None:
    """Write one school's enrolments and attendance, to be followed in the same transaction.

    ``recount``: school years whose calendar changed, so that everybody is counted again.
    """
    school_id = _school(tx, imported, code)
    if school_id is None:
        return
    written.same.extend(imported.same.pop(code, ()))
    found = places.change_due(tx, imported.space, code, school_id, today=imported.today)
    places.apply(tx, found, run_id=run_id)
    written.moved.update(found.changes.students)
    for school_year, student_id in found.recounted:
        written.touch(school_year, [student_id])
    parts = _parts(tx, imported, code, school_id, run_id=run_id)
    recordings = fact_writing.Recordings(tx, imported.space, run_id=run_id)
    for part in filter(facts.is_change, parts):
        written.touch(part.year.school_year, *fact_writing.write(tx, part, recordings))
    for school_year in recount:
        again = fact_store.students_with_facts(tx, school_id, school_year)
        written.touch(school_year, again)
        told = known.submission_of(tx, school_id, school_year)
        written.told += [told] if told is not None else []
    for school_year, until in _told_until(imported, code, parts).items():
        written.until[school_id, school_year] = until


def end_part(tx: Transaction, written: Written, *, run_id: UUID) -> None:
    """Write up to which day the schools of a part have told their years, where that is news.

    And which enrolments the files told as they were.
    """
    told_again.keep(tx, run_id, written.same)
    told: list[SubmissionRow] = []
    news: list[SubmissionRow] = []
    changes: list[tuple[SubmissionRow, dict[str, Any]]] = []
    for (school_id, school_year), until in written.until.items():
        row = known.submission_of(tx, school_id, school_year)
        fields = {"data_as_of": until, "submitted_at": tx.at}
        if row is None:
            row = SubmissionRow(school_id=school_id, school_year=school_year, **fields)
            news.append(row)
        elif row.data_as_of < until:
            changes.append((row, fields))
        else:
            continue
        told.append(row)
    if told:
        journal.write(tx, run_id, news, changes)
        years = [(row.school_id, row.school_year) for row in told]
        attendance.remember_told(tx, years, run_id=run_id)
        written.told += told


def _parts(
    tx: Transaction, imported: Import, code: str, school_id: UUID, *, run_id: UUID
) -> list[Part]:
    """Return what changes about a school's attendance, with everybody enrolled whom it names."""
    years = _years(tx, imported, code, school_id)
    for year in years:
        _suggest(tx, year, run_id)
    planned = imported.planned.pop(code, None)
    if planned is not None:
        return planned
    return [part for year in years for part in facts.plan(tx, year, window=imported.window)]


def name_of(imported: Import, code: str) -> str:
    """Return a school's name, as the files have it or as it is known."""
    filed = next(imported.space.find(SchoolRecord, "code = ?", [code]), None)
    if filed is not None:
        return filed.name
    return imported.schools[code].name if code in imported.schools else code


def lacks_class_counts(tx: Transaction, imported: Import, code: str, school_year: str) -> bool:
    """Tell whether nobody says how many classes a day of a school has."""
    school, space = imported.schools.get(code), imported.space
    if school is not None and school.periods_per_day is not None:
        return False
    filed = space.values(
        "select 1 from school where code = ? and periods_per_day is not null union all "
        "select 1 from calendar where school_code = ? and periods is not null union all "
        "select 1 from place where school_code = ? and periods is not null limit 1",
        [code, code, code],
    )
    return not filed and (school is None or not known.has_periods(tx, school.id, school_year))


def work_of(imported: Import, code: str) -> int:
    """Return about how much a school's part is: students with events or enrolments."""
    return (
        1
        + imported.place_counts.get(code, 0)
        + sum(
            len(imported.years[code, year].named)
            for year in imported.school_years
            if (code, year) in imported.years
        )
    )


def _told_until(imported: Import, code: str, parts: Iterable[Part]) -> dict[str, date]:
    """Return up to which day a school has told its attendance, by school year."""
    told: dict[str, date] = {}
    for part in parts:
        year = part.year.school_year
        told[year] = max(told.get(year, date.min), part.last_on)
    through = imported.submissions.get(code)
    if through is not None:
        year = school_year_of(through)
        told[year] = max(told.get(year, date.min), through)
    return told


def _years(
    tx: Transaction, imported: Import, code: str, school_id: UUID | None
) -> Sequence[SchoolYear]:
    space = imported.space
    place = space.events_told.schools.get(code)
    if place is None:
        return []
    found: list[SchoolYear] = []
    for school_year in imported.school_years:
        year = imported.years.get((code, school_year))
        if year is None:
            year = SchoolYear(
                space=space,
                meanings=imported.meanings,
                school=place,
                code=code,
                school_id=school_id,
                school_year=school_year,
                through_on=imported.submissions.get(code),
            )
            imported.years[code, school_year] = year
        year.school_id = school_id
        facts.load_places(tx, year)
        found.append(year)
    return found


def _look_around(space: Staging, year: SchoolYear, found: PlaceChanges) -> int:
    """Note who has no enrolment here, and count who has an event outside of it."""
    events = space.events_told
    filed: dict[str, list[tuple[str | None, str | None]]] = {}
    for number, entry_on, exit_on in space.rows(
        "select number, entry_on, exit_on from place where school_code = ? and school_year = ?",
        [year.code, year.school_year],
    ):
        filed.setdefault(number, []).append((entry_on, exit_on))
    outside = 0
    for one in year.named:
        number = events.students.texts[one.student]
        place = year.places.get(one.student)
        if number in filed:
            outside += _is_outside(filed[number], one.first, one.last)
        elif place is None or place.place_id is None:
            found.suggested.append((number, year.school_year))
        elif (place.entry_on is not None and one.first < place.entry_on.toordinal()) or (
            place.exit_on is not None and one.last > place.exit_on.toordinal()
        ):
            outside += 1
    return outside


def _is_outside(stays: Sequence[tuple[str | None, str | None]], first: int, last: int) -> bool:
    begins = [entry_on for entry_on, _ in stays]
    ends = [exit_on for _, exit_on in stays]
    begun = date.min if None in begins else date.fromisoformat(min(filter(None, begins)))
    ended = date.max if None in ends else date.fromisoformat(max(filter(None, ends)))
    return first < begun.toordinal() or last > ended.toordinal()


def _suggest(tx: Transaction, year: SchoolYear, run_id: UUID) -> None:
    """Enrol those who are known here only because events name them."""
    lacking = [place.student_id for place in year.places.values() if place.place_id is None]
    if lacking and year.school_id is not None:
        places.suggest(tx, year.school_id, year.school_year, sorted(lacking), run_id=run_id)
        facts.load_places(tx, year)


def _school(tx: Transaction, imported: Import, code: str) -> UUID | None:
    """Return a school's id, and remember it; None: it is not stored yet."""
    if code not in imported.schools:
        row = known.schools(tx, [code]).get(code)
        if row is None:
            return None
        imported.schools[code] = School(
            id=row.id, name=row.name, periods_per_day=row.periods_per_day
        )
    return imported.schools[code].id
