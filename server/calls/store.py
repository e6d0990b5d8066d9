"""Speaks SQL for tasks and their leases, and publishes tasks in pools. Decides nothing."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, select

from schemas.base import CaseId, ContactId, SchoolId, StudentId, TaskId, UserId
from schemas.tasks import Task, TaskKind, TaskStatus
from server.db.among import among
from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.attendance import CrossingRow
from server.db.tables.calls import TaskLeaseRow, TaskRow, TaskWorkRow
from server.db.tables.people import SchoolRow, StudentRow
from server.feed import bulk
from server.feed import store as feed
from server.feed.bulk import Row
from server.feed.store import Author
from server.ids import new_root

_NOBODY = Author()
_HOLDERS = select(TaskRow.student_id, TaskRow.holder_id).where(
    TaskRow.student_id.in_(bindparam("ids", expanding=True)),
    TaskRow.status == TaskStatus.OPEN,
    TaskRow.until > bindparam("at"),
)
_OPEN_OF = (
    select(TaskRow)
    .where(among(TaskRow.student_id, "ids"), TaskRow.status == TaskStatus.OPEN)
    .order_by(TaskRow.id)
    .with_for_update(key_share=True)
)


class Standing(NamedTuple):
    """A crossing that stands and asks for something."""

    student_id: UUID
    first_seen_at: datetime
    due_on: date | None


def find(tx: Transaction, task_id: UUID) -> TaskRow | None:
    """Return a task, or None."""
    return tx.session.get(TaskRow, task_id)


def lock(tx: Transaction, task_id: UUID) -> TaskRow | None:
    """Return a task as it is now; nobody else moves it until the transaction ends."""
    return tx.session.scalars(
        select(TaskRow)
        .where(TaskRow.id == task_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).first()


def lock_school(tx: Transaction, code: str) -> SchoolRow | None:
    """Return a school by the district's code; nobody else opens its calls until the end."""
    return tx.session.scalars(
        select(SchoolRow).where(SchoolRow.code == code).with_for_update(key_share=True)
    ).first()


def open_tasks_of(tx: Transaction, students: Collection[UUID]) -> list[TaskRow]:
    """Return the open tasks of these students; nobody else moves them until the end."""
    return [
        row
        for part in parts(sorted(students))
        for row in tx.session.scalars(_OPEN_OF, {"ids": part})
    ]


def add(tx: Transaction, rows: Sequence[TaskRow], *, by: Author = _NOBODY) -> None:
    """Write new tasks and publish them."""
    tx.session.add_all(rows)
    tx.session.flush()
    schools = sorted({row.school_id for row in rows})
    pools = {school_id: pool_of(tx, school_id) for school_id in schools}
    told = [Row(row.id, task_of(row), [pools[row.school_id]]) for row in rows]
    bulk.publish(tx, "task", told, by=by)


def publish(tx: Transaction, row: TaskRow, *, by: Author) -> int:
    """Publish a task as it is now; return its version."""
    tx.session.flush()
    roots = [pool_of(tx, row.school_id)]
    return feed.publish(tx, "task", task_of(row), key=row.id, roots=roots, by=by)


def pool_of(tx: Transaction, school_id: UUID) -> str:
    """Return the root of a school's tasks; one that a release before left without gets it now."""
    school = tx.session.get_one(SchoolRow, school_id)
    if school.pool_root is None:
        school.pool_root = new_root("p")
        tx.session.flush()
    return school.pool_root


def pool_roots(tx: Transaction, school_ids: Collection[UUID] | None) -> list[str]:
    """Return the pools of these schools; None: of every school. Empty pools as well."""
    query = select(SchoolRow.pool_root).where(SchoolRow.pool_root.is_not(None))
    if school_ids is not None:
        query = query.where(SchoolRow.id.in_(list(school_ids)))
    return [root for root in tx.session.scalars(query.order_by(SchoolRow.pool_root)) if root]


def roots_leased_to(tx: Transaction, user_id: UUID) -> list[str]:
    """Return the roots of the students whose call this person holds at this moment."""
    query = (
        select(StudentRow.root)
        .join(TaskRow, TaskRow.student_id == StudentRow.id)
        .where(
            TaskRow.holder_id == user_id,
            TaskRow.status == TaskStatus.OPEN,
            TaskRow.until > tx.at,
        )
        .distinct()
        .order_by(StudentRow.root)
    )
    return list(tx.session.scalars(query))


def holders_of(tx: Transaction, student_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Return who holds a call to each of these students at this moment; nobody: no entry."""
    held: dict[UUID, set[UUID]] = {}
    for part in parts(student_ids):
        for row in tx.run(_HOLDERS, {"ids": part, "at": tx.at}):
            held.setdefault(row.student_id, set()).add(row.holder_id)
    return held


def roots_once_leased_to(tx: Transaction, user_id: UUID) -> set[str]:
    """Return the roots of the students whose call this person ever held."""
    query = (
        select(StudentRow.root)
        .join(TaskRow, TaskRow.student_id == StudentRow.id)
        .join(TaskLeaseRow, TaskLeaseRow.task_id == TaskRow.id)
        .where(TaskLeaseRow.holder_id == user_id)
    )
    return set(tx.session.scalars(query))


def has_held(tx: Transaction, task_id: UUID, user_id: UUID) -> bool:
    """Tell whether a person ever held this task."""
    query = select(TaskLeaseRow.token).where(
        TaskLeaseRow.task_id == task_id, TaskLeaseRow.holder_id == user_id
    )
    return tx.session.scalars(query.limit(1)).first() is not None


def grant(tx: Transaction, row: TaskRow, who: UUID, *, until: datetime, token: int) -> None:
    """Write that a person holds a task, and remember it for ever."""
    lease = tx.session.get(TaskLeaseRow, (row.id, token))
    if lease is None:
        tx.session.add(
            TaskLeaseRow(
                task_id=row.id,
                token=token,
                holder_id=who,
                claimed_at=tx.at,
                until=until,
                ended_at=None,
            )
        )
    else:
        lease.until = until
    row.holder_id, row.until, row.token = who, until, token


def end_lease(tx: Transaction, row: TaskRow, how: str) -> None:
    """Write that nobody holds a task any more, and why."""
    lease = tx.session.get(TaskLeaseRow, (row.id, row.token))
    if lease is not None and lease.ended_at is None and lease.until > tx.at:
        lease.ended_at, lease.ended_by = tx.at, how
    row.holder_id = row.until = None


def add_work(tx: Transaction, work: TaskWorkRow) -> None:
    """Keep that a task was done."""
    tx.session.add(work)
    tx.session.flush()


def crossings_standing(
    tx: Transaction, school_id: UUID, step: str, *, school_year: str, ladder: str
) -> list[Standing]:
    """Return whose crossing of a step stands at a school and was not passed over."""
    query = select(CrossingRow.student_id, CrossingRow.first_seen_at, CrossingRow.due_on).where(
        CrossingRow.school_id == school_id,
        CrossingRow.school_year == school_year,
        CrossingRow.ladder == ladder,
        CrossingRow.step == step,
        CrossingRow.no_longer_met_at.is_(None),
        CrossingRow.passed_over.is_(False),
    )
    return [Standing(*row) for row in tx.session.execute(query.order_by(CrossingRow.student_id))]


def last_opened(tx: Transaction, school_id: UUID, step: str) -> dict[UUID, datetime]:
    """Return, by student, when a school's last task for a step was opened."""
    query = (
        select(TaskRow.student_id, func.max(TaskRow.opened_at))
        .where(TaskRow.school_id == school_id, TaskRow.step == step)
        .group_by(TaskRow.student_id)
    )
    return {row[0]: row[1] for row in tx.session.execute(query)}


def tasks_of(tx: Transaction, task_ids: Iterable[UUID]) -> list[TaskRow]:
    """Return these tasks."""
    return list(tx.session.scalars(select(TaskRow).where(TaskRow.id.in_(list(task_ids)))))


def task_of(row: TaskRow) -> Task:
    """Return a row as the wire spells it."""
    return Task(
        id=TaskId(row.id),
        kind=TaskKind(row.kind),
        student_id=StudentId(row.student_id),
        school_id=SchoolId(row.school_id),
        case_id=CaseId(row.case_id) if row.case_id else None,
        step=row.step,
        due_on=row.due_on,
        status=TaskStatus(row.status),
        holder_id=UserId(row.holder_id) if row.holder_id else None,
        until=row.until,
        token=row.token,
        done_by=UserId(row.done_by) if row.done_by else None,
        done_at=row.done_at,
        contact_id=ContactId(row.contact_id) if row.contact_id else None,
        duplicate_effort=row.duplicate_effort,
    )
