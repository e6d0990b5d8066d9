"""Decides who may make which call, and what becomes of calls made. Never commits.

A task is free again by the mere passing of time (``sync.leases``): nothing has to run for it.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from schemas.base import SchoolId, StudentId, TaskId
from schemas.tasks import Task, TaskKind, TaskStatus
from server.attendance import store as attendance
from server.calls import rules, store
from server.calls.rules import Effort, Opened
from server.cases import rules as case_rules
from server.cases import service as cases
from server.cases import store as case_store
from server.contacts import store as contacts
from server.db.database import Transaction
from server.db.tables.calls import TaskRow, TaskWorkRow
from server.feed.store import Author
from server.ids import new_id
from server.ladder import catalog
from server.ladder import service as ladders
from server.people import store as people
from server.problems import NotFound
from sync import leases
from sync.leases import Completed, Denied, Lease
from sync.policy import moved


def open_calls(tx: Transaction, school_code: str, step: str) -> Opened:
    """Open a call for each student of a school whose crossing of a step stands and has none.

    Running it again opens nothing, whatever became of the calls; a step that was taken back and
    reached again asks for a new one.
    """
    school = store.lock_school(tx, school_code)
    if school is None:
        raise NotFound(
            f"There is no school with the code {school_code!r}.",
            code="no_school",
            detail_es=f"No hay ninguna escuela con el código {school_code!r}.",
        )
    year = attendance.newest_year(tx)
    ladder = ladders.ladder_of_district(tx, year)
    if ladder.step(step) is None:
        known = ", ".join(one.key for one in ladder.steps)
        raise NotFound(
            f"Ladder {ladder.key} has no step {step!r}. There are: {known}.",
            detail_es=f"La escalera {ladder.key} no tiene el paso {step!r}. Tiene: {known}.",
        )
    standing = store.crossings_standing(
        tx, school.id, step, school_year=year, ladder=catalog.version_of(ladder)
    )
    opened_at = store.last_opened(tx, school.id, step)
    here = _still_at(tx, school.id, [one.student_id for one in standing])
    due = [one for one in standing if one.student_id in here]
    wanted = [
        one
        for one in due
        if one.student_id not in opened_at or opened_at[one.student_id] < one.first_seen_at
    ]
    rows = [
        _task(
            Task(
                id=TaskId(new_id()),
                student_id=StudentId(one.student_id),
                school_id=SchoolId(school.id),
                step=step,
                due_on=one.due_on,
            ),
            tx.at,
        )
        for one in wanted
    ]
    open_tasks(tx, rows)
    return Opened(
        school=school_code,
        step=step,
        opened=len(rows),
        known=len(due) - len(rows),
        tasks=[row.id for row in rows],
    )


def create(tx: Transaction, task: Task, *, by: Author) -> int:
    """Open one call that somebody asked for; return its version."""
    row = _task(task, tx.at)
    row.opened_by = by.user_id
    open_tasks(tx, [row], by=by)
    return store.publish(tx, row, by=by)


def open_tasks(tx: Transaction, rows: list[TaskRow], *, by: Author = Author()) -> None:  # noqa: B008  (immutable)
    """Write tasks, each with the student's open case; make the families ready to be shown.

    Whoever takes a call is given the student's root at once, so it must hold the family.
    """
    students = [row.student_id for row in rows]
    open_cases = {case.student_id: case.id for case in case_store.open_cases_of(tx, students)}
    for row in rows:
        row.case_id = row.case_id or open_cases.get(row.student_id)
    store.add(tx, rows, by=by)
    people.publish_students(tx, students)
    contacts.publish_of_students(tx, students)


def school_of(tx: Transaction, student_id: UUID) -> UUID | None:
    """Return the school that is to call a family: its open case's, else where the student is."""
    case = case_store.open_case_of(tx, student_id)
    if case is not None:
        return case.school_id
    place = people.enrollment_of(tx, student_id)
    return place.school_id if place else None


def follow_students(tx: Transaction, students: Iterable[UUID]) -> None:
    """Bring open calls to the list of the school that is to call the family now.

    Callers of the school that a student left are not shown them any longer. Whoever holds one may
    finish: work that was done is never refused.
    """
    for row in store.open_tasks_of(tx, set(students)):
        school_id = school_of(tx, row.student_id)
        if school_id is not None and school_id != row.school_id:
            row.school_id = school_id
            store.publish(tx, row, by=Author())


def claim(tx: Transaction, row: TaskRow, who: UUID, *, by: Author) -> int:
    """Give a task to whoever asks for it first; return its version. Raises ``NotYours``."""
    given = leases.claim(_lease(row), who, at=tx.at)
    if isinstance(given, Denied):
        raise rules.refusal(given)
    store.grant(tx, row, who, until=given.until, token=given.token)
    return store.publish(tx, row, by=by)


def release(tx: Transaction, row: TaskRow, who: UUID, *, fence: int, by: Author) -> int:
    """Take a task back from its holder; return its version. Raises ``NotYours``."""
    denied = leases.release(_lease(row), who, fence=fence, at=tx.at)
    if denied is not None:
        raise rules.refusal(denied)
    store.end_lease(tx, row, "released")
    return store.publish(tx, row, by=by)


def cancel(tx: Transaction, row: TaskRow, *, by: Author) -> int:
    """Say that a call need not be made; return its version. Raises ``NotYours``."""
    status = moved("task", "task.cancel", row.status)
    if status is None:
        raise rules.refusal(Denied("not_open"))
    row.status = TaskStatus(status)
    store.end_lease(tx, row, "cancelled")
    return store.publish(tx, row, by=by)


def complete(
    tx: Transaction, row: TaskRow, effort: Effort, *, est_at: datetime, by: Author
) -> Completed:
    """Take work that was done: the first completes the task, each later one is kept beside it.

    Another person's second completion marks the task ``duplicate_effort``. Publishes the task.
    """
    met = leases.complete(_lease(row), effort.by_user_id, fence=effort.fence, at=tx.at)
    is_duplicate = not met.is_first and row.done_by != effort.by_user_id
    keep_work(tx, row, effort, est_at=est_at, is_duplicate=is_duplicate)
    if met.is_first:
        store.end_lease(tx, row, "completed")
        row.status = TaskStatus(moved("task", "task.complete", row.status) or row.status)
        row.done_by, row.done_at = effort.by_user_id, tx.at
    row.duplicate_effort = row.duplicate_effort or is_duplicate
    row.contact_id = row.contact_id or (None if is_duplicate else effort.contact_id)
    store.publish(tx, row, by=by)
    return met


def keep_work(  # noqa: PLR0913  (what is kept of a completion)
    tx: Transaction,
    row: TaskRow,
    effort: Effort,
    *,
    est_at: datetime,
    is_duplicate: bool = False,
    late_scope: bool = False,
) -> None:
    """Keep a completion beside the task, whatever becomes of the task itself."""
    store.add_work(
        tx,
        TaskWorkRow(
            mutation_id=effort.mutation_id,
            task_id=row.id,
            by_user_id=effort.by_user_id,
            at=tx.at,
            est_at=est_at,
            contact_id=effort.contact_id,
            fence=effort.fence,
            is_duplicate=is_duplicate,
            late_scope=late_scope,
        ),
    )


def _still_at(tx: Transaction, school_id: UUID, students: list[UUID]) -> set[UUID]:
    today = cases.today_of(tx)
    return {
        student_id
        for student_id, place in people.enrollments_of(tx, students).items()
        if place.school_id == school_id
        and case_rules.left_on(
            case_rules.Place(school_id=place.school_id, exit_on=place.exit_on), today
        )
        is None
    }


def _lease(row: TaskRow) -> Lease:
    return Lease(
        status=TaskStatus(row.status), holder_id=row.holder_id, until=row.until, token=row.token
    )


def _task(task: Task, opened_at: datetime) -> TaskRow:
    return TaskRow(
        id=task.id,
        kind=TaskKind(task.kind),
        student_id=task.student_id,
        school_id=task.school_id,
        case_id=task.case_id,
        step=task.step,
        due_on=task.due_on,
        status=TaskStatus.OPEN,
        holder_id=None,
        until=None,
        done_by=None,
        done_at=None,
        contact_id=None,
        opened_at=opened_at,
        opened_by=None,
    )
