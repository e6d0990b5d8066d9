"""What the files change about one school's students: enrolments, attendance, and what follows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct

from server.attendance import store as attendance
from server.attendance.rules import school_year_of
from server.cases import service as cases
from server.cases import store as case_store
from server.cases.service import Followed
from server.db.database import Transaction
from server.db.tables.attendance import SubmissionRow
from server.intake import facts, places
from server.intake.codes import Meanings
from server.intake.facts import Part, SchoolYear, Window
from server.intake.places import PlaceChanges
from server.intake.records import SchoolRecord, SubmissionRecord
from server.intake.staging import Staging
from server.intake.store import facts as fact_store
from server.intake.store import journal, known
from server.ladder import service as ladder
from server.people import store as people


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
    years: dict[tuple[str, str], SchoolYear] = {}
    """What was looked up when it was planned, by school code and school year."""


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


def begin(space: Staging, meanings: Meanings, *, window: Window, today: date) -> Import:
    """Return what every school's part of an import shares."""
    days = {date.fromordinal(day) for _, day in space.events_told.pairs}
    return Import(
        space=space,
        meanings=meanings,
        window=window,
        today=today,
        school_years=sorted({school_year_of(day) for day in days}),
        submissions={
            one.school_code: min(one.through_on, today) for one in space.find(SubmissionRecord)
        },
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
    school = known.schools(tx, [code]).get(code)
    school_id = school.id if school is not None else None
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
            school_id is None
            or (attendance.data_as_of(tx, school_id, school_year) or date.min) < until
            for school_year, until in told_until.items()
        ),
    )


def apply(  # noqa: PLR0913  (one school in one call)
    tx: Transaction,
    imported: Import,
    code: str,
    *,
    run_id: UUID,
    newest_year: str,
    recount: Iterable[str] = (),
) -> Followed:
    """Write one school's changes with crossings, cases, alerts and feed, all or nothing.

    ``recount``: school years whose calendar changed, so that everybody is counted again.
    """
    school = known.schools(tx, [code])[code]
    found = places.change_places(tx, imported.space, code, school.id, today=imported.today)
    places.apply(tx, found, run_id=run_id)
    touched: dict[str, set[UUID]] = {}
    parts: list[Part] = []
    for year in _years(tx, imported, code, school.id):
        _suggest(tx, year, run_id)
        parts += facts.plan(tx, year, window=imported.window)
    for part in filter(facts.is_change, parts):
        recording = attendance.record(tx, run_id=run_id)
        students = touched.setdefault(part.year.school_year, set())
        students.update(facts.write(tx, part, recording))
    for school_year in recount:
        again = fact_store.students_with_facts(tx, school.id, school_year)
        touched.setdefault(school_year, set()).update(again)
    for school_year, until in _told_until(imported, code, parts).items():
        _save_submission(tx, school.id, school_year, until, run_id)
    return follow(tx, school.id, touched, found.changes.students, newest_year=newest_year)


def name_of(tx: Transaction, space: Staging, code: str) -> str:
    """Return a school's name, as the files have it or as it is known."""
    filed = next(space.find(SchoolRecord, "code = ?", [code]), None)
    row = known.schools(tx, [code]).get(code)
    return filed.name if filed else row.name if row else code


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


def _save_submission(
    tx: Transaction, school_id: UUID, school_year: str, until: date, run_id: UUID
) -> None:
    row = known.submission_of(tx, school_id, school_year)
    fields = {"data_as_of": until, "submitted_at": tx.at}
    if row is None:
        row = SubmissionRow(school_id=school_id, school_year=school_year, **fields)
        journal.write(tx, run_id, [row], [])
    elif row.data_as_of < until:
        journal.write(tx, run_id, [], [(row, fields)])


def _suggest(tx: Transaction, year: SchoolYear, run_id: UUID) -> None:
    """Enrol those who are known here only because events name them."""
    lacking = [place.student_id for place in year.places.values() if place.place_id is None]
    if lacking and year.school_id is not None:
        places.suggest(tx, year.school_id, year.school_year, sorted(lacking), run_id=run_id)
        facts.load_places(tx, year)


def follow(
    tx: Transaction,
    school_id: UUID,
    touched: Mapping[str, set[UUID]],
    moved: Iterable[UUID],
    *,
    newest_year: str | None = None,
) -> Followed:
    """Bring crossings, cases and standings up to date.

    ``touched``: by school year the students of whom facts changed; ``moved``: students whose
    enrolment changed. ``newest_year``: of the district, where the caller knows it.
    """
    followed = Followed()
    newest = known.newest_year(tx) if newest_year is None else newest_year
    steps = ladder.ladder_of_district(tx)
    for year in sorted(touched):
        where = _places(tx, sorted(touched[year]), otherwise=school_id)
        movements = ladder.recompute(tx, steps, year, where)
        if year == newest:
            cases.follow(tx, steps, movements, followed)
    active = set(case_store.open_students_of_school(tx, school_id))
    cases.follow_students(tx, active | set(moved), followed)
    others = {case.student_id for case in case_store.open_cases_of(tx, touched.get(newest, ()))}
    cases.publish_standings(tx, steps, newest, sorted(active | others))
    return followed


def _places(tx: Transaction, students: Sequence[UUID], *, otherwise: UUID) -> dict[UUID, UUID]:
    where = people.enrollments_of(tx, students)
    return {one: where[one].school_id if one in where else otherwise for one in students}
