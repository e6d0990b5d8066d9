"""Brings the ladder, cases, standings and feed up to date with what an import wrote."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from uuid import UUID

from msgspec import Struct

from server.attendance import store as attendance
from server.calls import service as calls
from server.cases import service as cases
from server.cases import store as case_store
from server.cases.service import Followed
from server.db.database import Transaction
from server.db.tables.attendance import SubmissionRow
from server.intake.store import enrollments, known
from server.ladder import service as ladder
from server.ladder import settled
from server.people import store as people


class Written(Struct, kw_only=True):
    """What was written of schools in a transaction, before anything followed from it."""

    touched: dict[str, set[UUID]] = {}
    """Students by school year of whom facts or enrolments changed."""
    since: dict[str, dict[UUID, date]] = {}
    """Those of them who may have missed more or fewer days without an excuse: from when on."""
    moved: set[UUID] = set()
    """Students whose enrolment changed."""
    told: list[SubmissionRow] = []
    """Schools that have told more days than before."""
    until: dict[tuple[UUID, str], date] = {}
    """Up to which day the files tell these schools' years."""
    same: list[int] = []
    """Enrolments that the files tell as they were."""
    held: list[SubmissionRow] = []
    """What these schools had told, read together; each is asked for again."""

    def touch(
        self, school_year: str, students: Iterable[UUID], since: Mapping[UUID, date] | None = None
    ) -> None:
        """Note students of whom something changed. ``since`` None: any of their days."""
        known = list(students)
        self.touched.setdefault(school_year, set()).update(known)
        earliest = self.since.setdefault(school_year, {})
        for student, day in (dict.fromkeys(known, date.min) if since is None else since).items():
            earliest[student] = min(day, earliest.get(student, day))


def follow_written(tx: Transaction, written: Written, *, newest_year: str) -> Followed:
    """Bring crossings, cases, alerts and feed up to date with what was written."""
    attendance.publish_submissions(tx, written.told)
    schools = {row.school_id for row in written.told}
    return follow(
        tx,
        written.touched,
        written.moved,
        since=written.since,
        schools=schools,
        newest_year=newest_year,
    )


def follow(  # noqa: PLR0913  (whom it is about)
    tx: Transaction,
    touched: Mapping[str, Collection[UUID]],
    moved: Collection[UUID],
    *,
    since: Mapping[str, Mapping[UUID, date]] | None = None,
    schools: Collection[UUID] = (),
    newest_year: str | None = None,
) -> Followed:
    """Bring crossings, cases and standings up to date.

    ``touched``: by school year the students of whom records changed; ``since``: those of them who
    may have missed more or fewer days without an excuse, and from when on (None: all); ``moved``:
    students whose enrolment changed; ``schools``: those that have told more days.
    ``newest_year``: of the district, where the caller knows it.
    """
    followed, shown = Followed(), set(moved)
    if not (moved or schools or any(touched.values())):
        return followed
    newest = known.newest_year(tx) if newest_year is None else newest_year
    steps = ladder.ladder_of_district(tx, newest)
    for year in sorted(touched):
        rungs = ladder.ladder_of_district(tx, year)
        students = set(touched[year])
        if not rungs.is_plain:
            # Where a step counts percent, a day without an absence moves a whole school.
            students |= enrollments.schoolmates(tx, sorted(students), year)
        moving, met = settled.Moving(students, {})
        if since is not None:
            moving, met = settled.who_may_move(tx, rungs, year, students, since[year])
        where = people.enrollments_of(tx, sorted(moving))
        placed = {student: row.school_id for student, row in where.items()}
        placed |= enrollments.schools_once(tx, moving - placed.keys())
        movements = ladder.recompute(tx, rungs, year, placed, met)
        if year == newest:
            cases.follow(tx, rungs, movements, followed)
            shown |= students
    cases.follow_students(tx, sorted(moved), followed)
    calls.follow_students(tx, moved)
    told = case_store.students_with_open_case(tx, sorted(shown))
    if not steps.is_plain:  # where a step counts percent, a day without absence moves everybody
        for school_id in schools:
            told.update(case_store.open_students_of_school(tx, school_id))
    cases.publish_standings(tx, steps, newest, sorted(told))
    return followed


def follow_left(tx: Transaction, *, newest_year: str, today: date) -> Followed:
    """Bring open cases up to date of students whose last day has come since."""
    followed = Followed()
    students = enrollments.left_with_case(tx, newest_year, on=today)
    cases.follow_students(tx, sorted(students), followed)
    return followed
