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
from server.db.database import Transaction
from server.db.tables.cases import CaseRow
from server.ids import new_id
from server.ladder import service as ladder_service
from server.ladder import store as ladder_store
from server.ladder.catalog import Ladder
from server.ladder.rules import Reached
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
    for movement in movements:
        newly = movement.opening is not None and movement.opening in movement.newly
        if not newly and opening.key not in movement.taken_back:
            continue
        case = store.case_of_year(tx, movement.student_id, movement.school_year)
        if newly and movement.opening is not None and case is None:
            _open(tx, ladder, movement, movement.opening, followed)
        elif newly and movement.opening is not None and case is not None:
            _meet_again(tx, ladder, case, movement.opening, followed)
        elif case is not None:
            store.save(tx, case.id, {"no_longer_met_on": today_of(tx)})
            store.publish_case(tx, case.id)
            followed.no_longer_met += 1


def follow_students(tx: Transaction, students: Iterable[UUID], followed: Followed) -> None:
    """Bring open cases to where their students are now: left, returned or in another school."""
    today = today_of(tx)
    for case in store.open_cases_of(tx, students):
        place = _place(tx, case.student_id)
        if place is None:
            continue
        left_on = rules.left_on(place, today)
        changes = {"left_on": left_on, "school_id": place.school_id}
        if (case.left_on, case.school_id) == (left_on, place.school_id):
            continue
        followed.left += left_on is not None and case.left_on is None
        store.save(tx, case.id, changes)
        people.publish_student(tx, case.student_id)
        store.publish_case(tx, case.id)


def publish_standings(
    tx: Transaction, ladder: Ladder, school_year: str, students: Sequence[UUID]
) -> None:
    """Publish where these students stand. For active students only."""
    places = {one: row.school_id for one, row in people.enrollments_of(tx, students).items()}
    for standing in ladder_service.standings_of(tx, ladder, school_year, places):
        root = people.root_of(tx, standing.student_id)
        ladder_store.publish_standing(tx, standing, root=root)


def _open(
    tx: Transaction, ladder: Ladder, movement: Movement, crossed: Reached, followed: Followed
) -> None:
    today = today_of(tx)
    place = _place(tx, movement.student_id)
    left_on = rules.left_on(place, today) if place else None
    case = CaseRow(
        id=new_id(),
        student_id=movement.student_id,
        school_id=movement.school_id,
        school_year=movement.school_year,
        step=crossed.step,
        crossed_on=crossed.crossed_on,
        opened_on=today,
        opened_at=tx.at,
        due_on=_due_on(tx, ladder, crossed.step, movement.school_id),
        status=CaseStatus.NEW,
        assignee_id=None,
        partner_id=None,
        left_on=left_on,
        no_longer_met_on=None,
    )
    store.add(tx, case)
    people.publish_student(tx, case.student_id)
    store.publish_case(tx, case.id)
    followed.opened += 1
    if left_on is None:
        followed.told += alerts.case_opened(tx, case_id=case.id, school_id=case.school_id)


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
    return rules.due_on(
        attendance.school_days(tx, school_id),
        today_of(tx),
        within=step.due_school_days if step else None,
    )


def _place(tx: Transaction, student_id: UUID) -> Place | None:
    row = people.enrollment_of(tx, student_id)
    return None if row is None else Place(school_id=row.school_id, exit_on=row.exit_on)
