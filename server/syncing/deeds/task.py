"""Calls: asked for, taken, given back, made. Only ownership is refused; work done never is."""

from typing import Any
from uuid import UUID

from schemas.base import SchoolId, TaskId
from schemas.tasks import Task, TaskStatus
from server.calls import service as calls
from server.calls import store
from server.calls.rules import Effort
from server.db.database import Transaction
from server.db.tables.calls import TaskRow
from server.feed import store as feed
from server.people import store as people
from server.syncing import rows
from server.syncing.rules import Deed, Done, Refused
from sync.policy import POLICY, Rule

_UNKNOWN = "This call is not known here."
_FACTS = frozenset(name for name, rule in POLICY["task"].items() if rule is Rule.FACT) - {"id"}
"""What is said of a call when it is asked for."""
_TELLS = frozenset({"contact_id"})
"""What is said when it was made."""


def create(tx: Transaction, deed: Deed) -> Done:
    """Ask for a call to a family of one's own school."""
    values = rows.typed("task", _said(deed, _FACTS))
    student = people.find_student(tx, values["student_id"]) if "student_id" in values else None
    if student is None:
        raise Refused("This student is not known here.", code="unknown_student")
    school_id = calls.school_of(tx, student.id)
    if school_id is None or not deed.person.runs_school(school_id):
        raise Refused("Only the school's coordinator can ask for its calls.", code="forbidden")
    if store.find(tx, deed.mut.key) is not None:
        raise Refused("This call was asked for before.", code="row_exists")
    values["case_id"] = rows.case_of(tx, student.id, values.get("case_id"))
    task = Task(**values, id=TaskId(deed.mut.key), school_id=SchoolId(school_id))
    return Done(ver=calls.create(tx, task, by=deed.author))


def claim(tx: Transaction, deed: Deed) -> Done:
    """Take a call, if nobody else has it: until the lease is over, by the server's clock."""
    row = _found(tx, deed)
    if not deed.person.calls_for(row.school_id):
        raise Refused("These calls are for the callers of the school.", code="forbidden")
    return Done(ver=calls.claim(tx, row, deed.person.user_id, by=deed.author))


def release(tx: Transaction, deed: Deed) -> Done:
    """Give a call back before the lease is over."""
    row = _found(tx, deed)
    fence = deed.mut.fence
    return Done(ver=calls.release(tx, row, deed.person.user_id, fence=fence, by=deed.author))


def cancel(tx: Transaction, deed: Deed) -> Done:
    """Say that a call need not be made."""
    row = _found(tx, deed)
    if not deed.person.runs_school(row.school_id):
        raise Refused("Only the school's coordinator can cancel its calls.", code="forbidden")
    return Done(ver=calls.cancel(tx, row, by=deed.author))


def complete(tx: Transaction, deed: Deed) -> Done:
    """Say that a call was made. It is always taken, whoever holds the call now.

    From somebody who never held it and has nothing to do with the school (any more) it is kept,
    and the task stays as it is.
    """
    row = _found(tx, deed, uses=_TELLS)
    said = rows.typed("task", {"contact_id": None, **_said(deed, _TELLS)})
    effort = Effort(
        mutation_id=deed.mut.id,
        by_user_id=deed.person.user_id,
        contact_id=said["contact_id"],
        fence=deed.mut.fence,
    )
    est_at = deed.times(tx.at).at
    if not _has_to_do_with_it(tx, deed, row):
        calls.keep_work(tx, row, effort, est_at=est_at, late_scope=True)
        return Done(ver=0, out="merged", code="late_scope")
    was_cancelled = row.status == TaskStatus.CANCELLED
    met = calls.complete(tx, row, effort, est_at=est_at, by=deed.author)
    ver = _version(tx, row.id)
    if met.is_first:
        code = "was_cancelled" if was_cancelled else ""
        return Done(ver=ver, out="merged" if was_cancelled else "applied", code=code)
    is_own = row.done_by == deed.person.user_id
    return Done(ver=ver, out="merged", code="" if is_own else "duplicate_effort")


def _said(deed: Deed, uses: frozenset[str]) -> dict[str, Any]:
    rows.check_useful("task", deed.mut.set, key=deed.mut.key, uses=uses)
    return {name: value for name, value in deed.mut.set.items() if name in uses}


def _found(tx: Transaction, deed: Deed, uses: frozenset[str] = frozenset()) -> TaskRow:
    _said(deed, uses)
    row = store.lock(tx, deed.mut.key)
    if row is None:
        raise Refused(_UNKNOWN, code="unknown_row")
    return row


def _has_to_do_with_it(tx: Transaction, deed: Deed, row: TaskRow) -> bool:
    who = deed.person
    return who.calls_for(row.school_id) or store.has_held(tx, row.id, who.user_id)


def _version(tx: Transaction, task_id: UUID) -> int:
    present = feed.find(tx, "task", task_id)
    return present.ver if present else 0
