"""Decides when a case opens, rests and follows its student. Never closes or deletes one.

A case opens when a student reaches the ladder's opening step or jumps past it, once per school
year. Records that excuse the absence later mark it "no longer met"; reaching the step again takes
the mark away. A student who leaves takes no history along: the case goes to the "left" list.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas.cases import CaseStatus
from server.alerts import service as alerts
from server.attendance import store as attendance
from server.cases import rules, store
from server.cases.rules import Place
from server.contacts import store as contacts
from server.db.database import Transaction
from server.db.tables.cases import CaseRow
from server.ids import new_id
from server.ladder import service as ladder_service
from server.ladder import store as ladder_store
from server.ladder.catalog import Ladder
from server.ladder.rules.thresholds import Reached
from server.ladder.service import Movement
from server.people import store as people

DEFAULT_ZONE = "America/Denver"


class Followed(Struct, kw_only=True):
    """What became of cases."""

    opened: int = 0
    met_again: int = 0
    no_longer_met: int = 0
    left: int = 0
    told: int = 0
    """Coordinators who were alerted."""

    def add(self, more: "Followed") -> None:
        """Add another school's."""
        for field in self.__struct_fields__:
            setattr(self, field, getattr(self, field) + getattr(more, field))


def today_of(tx: Transaction) -> date:
    """Return the district's date at this moment."""
    zone = attendance.find_setting(tx, "time_zone", DEFAULT_ZONE)
    return tx.at.astimezone(ZoneInfo(zone)).date()


def follow(
    tx: Transaction, ladder: Ladder, movements: Iterable[Movement], followed: Followed
) -> None:
    """Open, mark and un-mark cases as the ladder moved; publish the families; alert."""
    opening = next((step for step in ladder.steps if step.opens_case), None)
    if opening is None:
        return
    moved = [
        movement
        for movement in movements
        if _is_newly_owed(movement) or opening.key in movement.taken_back
    ]
    cases: dict[str, dict[UUID, CaseRow]] = {}
    for year in {movement.school_year for movement in moved}:
        students = [one.student_id for one in moved if one.school_year == year]
        cases[year] = store.cases_of_year(tx, students, year)
    opens: list[Movement] = []
    for movement in moved:
        case = cases[movement.school_year].get(movement.student_id)
        if case is None and _is_newly_owed(movement):
            opens.append(movement)
        elif case is not None and movement.opening is not None and _is_newly_owed(movement):
            _meet_again(tx, ladder, case, movement.opening, followed)
        elif case is not None:
            store.save(tx, case.id, {"no_longer_met_on": today_of(tx)})
            store.publish_case(tx, case.id)
            followed.no_longer_met += 1
    _open(tx, ladder, opens, followed)


def _is_newly_owed(movement: Movement) -> bool:
    return movement.opening is not None and movement.opening in movement.newly


def follow_students(tx: Transaction, students: Iterable[UUID], followed: Followed) -> None:
    """Bring open cases to where their students are now: left, returned or in another school."""
    today = today_of(tx)
    cases = store.open_cases_of(tx, students)
    places = people.enrollments_of(tx, {case.student_id for case in cases})
    for case in cases:
        row = places.get(case.student_id)
        if row is None:
            continue
        left_on = rules.left_on(Place(school_id=row.school_id, exit_on=row.exit_on), today)
        changes = {"left_on": left_on, "school_id": row.school_id}
        if (case.left_on, case.school_id) == (left_on, row.school_id):
            continue
        followed.left += left_on is not None and case.left_on is None
        store.save(tx, case.id, changes)
        people.publish_student(tx, case.student_id)
        store.publish_case(tx, case.id)


def publish_standings(
    tx: Transaction, ladder: Ladder, school_year: str, students: Sequence[UUID]
) -> None:
    """Publish where these students stand. For active students only.

    Who is enrolled nowhere any more stands where the school of his case has him.
    """
    places = store.schools_of_open_cases(tx, students)
    places |= {one: row.school_id for one, row in people.enrollments_of(tx, students).items()}
    ladder_store.publish_standings(tx, ladder_service.standings_of(tx, ladder, school_year, places))


def _open(
    tx: Transaction, ladder: Ladder, movements: Sequence[Movement], followed: Followed
) -> None:
    """Open cases together: an import may open hundreds while phones wait for the writer."""
    today = today_of(tx)
    places = people.enrollments_of(tx, [movement.student_id for movement in movements])
    due_on: dict[tuple[str, UUID], date] = {}
    opened: list[CaseRow] = []
    for movement in movements:
        crossed = movement.opening
        if crossed is None:
            continue
        place, owed = places.get(movement.student_id), (crossed.step, movement.school_id)
        if owed not in due_on:
            due_on[owed] = _due_on(tx, ladder, *owed)
        opened.append(
            CaseRow(
                id=new_id(),
                student_id=movement.student_id,
                school_id=movement.school_id,
                school_year=movement.school_year,
                step=crossed.step,
                crossed_on=crossed.crossed_on,
                opened_on=today,
                opened_at=tx.at,
                due_on=due_on[owed],
                status=CaseStatus.NEW,
                assignee_id=None,
                partner_id=None,
                left_on=_left_on(place, today),
                no_longer_met_on=None,
            )
        )
    store.add(tx, opened)
    people.publish_students(tx, [case.student_id for case in opened])
    contacts.publish_of_students(tx, [case.student_id for case in opened])
    store.publish_cases(tx, opened)
    followed.opened += len(opened)
    told = [(case.id, case.school_id) for case in opened if case.left_on is None]
    followed.told += alerts.cases_opened(tx, told)


def _left_on(place: people.Enrolled | None, today: date) -> date | None:
    if place is None:
        return None
    return rules.left_on(Place(school_id=place.school_id, exit_on=place.exit_on), today)


def _meet_again(
    tx: Transaction, ladder: Ladder, case: CaseRow, crossed: Reached, followed: Followed
) -> None:
    changes: dict[str, object] = {"no_longer_met_on": None, "crossed_on": crossed.crossed_on}
    if case.status == CaseStatus.NEW:
        changes["due_on"] = _due_on(tx, ladder, crossed.step, case.school_id)
    store.save(tx, case.id, changes)
    store.publish_case(tx, case.id)
    followed.met_again += 1


def _due_on(tx: Transaction, ladder: Ladder, step_key: str, school_id: UUID) -> date:
    step = ladder.step(step_key)
    today = today_of(tx)
    return rules.due_on(
        attendance.school_days(tx, school_id, since=today),
        today,
        within=step.due_school_days if step else None,
    )
