"""Giving a case to somebody. Who holds a case is a decision, not a merge: it can be refused."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec import structs

from schemas.people import Role
from server.alerts import service as alerts
from server.cases import store as cases
from server.db.database import Transaction
from server.db.tables.cases import CaseRow
from server.syncing import rows, store
from server.syncing.deeds.edit import edit
from server.syncing.rules import Deed, Done, Refused
from sync.policy import moved

_ASSIGNABLE = frozenset({Role.ADVISOR, Role.SOCIAL_WORKER, Role.CALLER})
_HOLDERS = ("assignee_id", "partner_id")


def assign(tx: Transaction, deed: Deed) -> Done:
    """Give a case to an advisor, social worker or caller, name who goes along, or take it back.

    The student appears on the new person's phone and leaves the old one's at the next pull.
    """
    case = _directed(tx, deed, deed.mut.key)
    named = {field: deed.mut.set[field] for field in _HOLDERS if field in deed.mut.set}
    if not named:
        raise rows.bad_value("assignee_id")
    _fitting(tx, case, named)
    before = {field: getattr(case, field) for field in _HOLDERS}
    done = edit(tx, deed, is_allowed=True)
    case = _directed(tx, deed, deed.mut.key)
    # One of the two may be held in a conflict: whoever the other names has the case all the same.
    changed = {field: getattr(case, field) for field in _HOLDERS}.items() - before.items()
    if changed:
        new = [who for _, who in sorted(changed) if who]
        done = structs.replace(done, ver=_follow_up(tx, deed, case.id, new))
    return done


def decide(tx: Transaction, deed: Deed, case_id: UUID, changes: Mapping[str, Any]) -> None:
    """Write what was chosen of two assignments made apart: by the same people, as an assignment."""
    case = _directed(tx, deed, case_id)
    wanted = _fitting(tx, case, changes)
    new = [who for field, who in wanted.items() if who and who != getattr(case, field)]
    rows.write(tx, "case", case_id, changes, by=deed.author)
    _follow_up(tx, deed, case_id, new)


def may_assign(tx: Transaction, deed: Deed, case_id: UUID) -> bool:
    """Tell whether it is this person's to say who holds a case."""
    case = store.lock_case(tx, case_id)
    return case is not None and deed.person.runs_school(case.school_id)


def _directed(tx: Transaction, deed: Deed, case_id: UUID) -> CaseRow:
    case = store.lock_case(tx, case_id)
    if case is None:
        raise Refused("This case is not known here.", code="unknown_row")
    if not deed.person.runs_school(case.school_id):
        raise Refused("Only the school's coordinator can assign its cases.", code="forbidden")
    return case


def _fitting(tx: Transaction, case: CaseRow, named: Mapping[str, Any]) -> dict[str, Any]:
    wanted = rows.typed("case", named)
    if moved("case", "case.assign", case.status) is None:
        raise Refused("This case is closed.", code="case_closed")
    for user_id in wanted.values():
        if user_id is not None:
            _check_assignee(tx, user_id, case)
    return wanted


def _check_assignee(tx: Transaction, user_id: UUID, case: CaseRow) -> None:
    found = store.find_user(tx, user_id)
    if found is None or found[0].state != "active" or Role(found[0].role) not in _ASSIGNABLE:
        raise Refused(
            "A case can be given to an active advisor, social worker or caller only.",
            code="bad_assignee",
        )
    if found[1] and case.school_id not in found[1]:
        raise Refused("This person does not work with the case's school.", code="bad_assignee")


def _follow_up(tx: Transaction, deed: Deed, case_id: UUID, new: list[UUID]) -> int:
    """Move the case's status along, and tell whoever has it now."""
    case = store.lock_case(tx, case_id)
    if case is not None:
        move = "case.assign" if case.assignee_id is not None else "case.take_back"
        status = moved("case", move, case.status)
        if status not in {None, case.status}:
            cases.save(tx, case_id, {"status": status})
            cases.publish_case(tx, case_id, by=deed.author)
    for user_id in new:
        alerts.case_assigned(tx, case_id=case_id, user_id=user_id)
    return rows.write(tx, "case", case_id, {}, by=deed.author)
