"""Plans one mutation against what is known, or declines it. Pure."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from schemas.base import CaseId
from schemas.contacts import Contact
from schemas.people import Role
from schemas.vocabulary import Outcome
from server.contacts import rules as contact_rules
from server.contacts import service as contacts
from server.contacts.store import Belonging
from server.contacts.store.many import New
from server.feed.batch import Change
from server.problems import Problem
from server.syncing import rows
from server.syncing.batch.candidates import Candidate
from server.syncing.batch.known import Known
from server.syncing.rules import Deed, Item, Parked, Visit
from server.syncing.store.batch import Case, Student
from sync.merge import BadChange, Held, Merge, merge
from sync.policy import POLICY, Rule, moved
from sync.skew import Estimate

_DIRECTS = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
_NONE: frozenset[str] = frozenset()


class Plan(Struct, frozen=True, kw_only=True):
    """What one mutation will do."""

    item: Item
    deed: Deed
    told: Estimate
    """When it was done."""
    ver: int
    out: Literal["applied", "merged", "conflict"] = "applied"
    change: Change | None = None
    """The new version of its row."""
    new: New | None = None
    edited: Contact | None = None
    held: Mapping[str, Held] = {}
    """Values that somebody must decide."""


def plan(one: Candidate, visit: Visit, known: Known) -> Plan | None:
    """Return what becomes of a mutation; None: not for the quick road."""
    item = one.item
    if item.mut is None or item.id in known.mutations:
        return None
    deed = Deed(mut=item.mut, person=visit.person, sent=visit.sent)
    try:
        if one.draft is not None:
            return _create(item, deed, one.draft, known)
        return _amend(item, deed, known)
    except (Problem, Parked, BadChange, OverflowError):
        return None


def _create(item: Item, deed: Deed, draft: Contact, known: Known) -> Plan | None:
    student = known.students.get(draft.student_id)
    if student is None:
        return None
    user_id = deed.person.user_id
    calls = user_id in known.callers.get(draft.student_id, ())
    is_late = not (calls or user_id in student.carers)
    if is_late and deed.person.role in _DIRECTS:
        return None  # whoever directs schools reaches their students too
    case = _case(draft, student)
    if case is None and draft.case_id is not None:
        return None
    if case is not None and _moves(case.status, draft.outcome):
        return None
    case_id = draft.case_id if case is None else CaseId(case.id)
    if case_id != draft.case_id or is_late:
        draft = msgspec.structs.replace(draft, case_id=case_id, late_scope=is_late)
    told = deed.times(known.at)
    contact, timing = contacts.timed(draft, told, at=known.at)
    belonging = Belonging(by_role=deed.person.role, school_id=_school(contact, case, known))
    return Plan(
        item=item,
        deed=deed,
        told=told,
        ver=1,
        change=_change(deed, contact, 1, student.roots, _NONE),
        new=New(contact, timing, belonging),
    )


def _case(draft: Contact, student: Student) -> Case | None:
    """Return the case that a contact names, or else the newest open one."""
    if draft.case_id is not None:
        return next((one for one in student.cases if one.id == draft.case_id), None)
    return student.newest


def _school(contact: Contact, case: Case | None, known: Known) -> UUID | None:
    stays = known.stays.get(contact.student_id, ())
    school_id = contacts.school_at(stays, contact.occurred_at, known.zone)
    return case.school_id if school_id is None and case is not None else school_id


def _amend(item: Item, deed: Deed, known: Known) -> Plan | None:
    key = deed.mut.key
    found, held = known.contacts.get(key), known.published.get(key)
    if found is None or held is None or held.gone or key in known.disputed:
        return None
    if found.contact.by != deed.person.user_id or held.roots != frozenset({found.root}):
        return None
    met = _merged(deed, held.text)
    changes = met.changes
    after = msgspec.structs.replace(found.contact, **rows.typed("contact", changes))
    contact_rules.check_outcome(after.method, after.outcome)
    if found.status and _moves(found.status, after.outcome):
        return None
    change = _change(deed, after, held.ver + 1, held.roots, held.roots) if changes else None
    if change is not None and change.text == held.text:
        change = None
    return Plan(
        item=item,
        deed=deed,
        told=deed.times(known.at),
        ver=held.ver if change is None else change.ver,
        out=met.out,
        change=change,
        edited=after if changes else None,
        held=met.held,
    )


def _merged(deed: Deed, text: str) -> Merge:
    mut = deed.mut
    rows.check_editable(mut.op, mut.ent, mut.set)
    wanted = {
        name: value for name, value in mut.set.items() if POLICY[mut.ent][name] is not Rule.DERIVED
    }
    rows.typed(mut.ent, {name: one for name, one in wanted.items() if not isinstance(one, dict)})
    current: dict[str, Any] = msgspec.json.decode(text)
    return merge(POLICY[mut.ent], current, was=mut.was, changes=wanted)


def _moves(status: str, outcome: Outcome) -> bool:
    """Tell whether a contact would move its case: that is not common."""
    is_elsewhere = moved("case", "case.reach", status) not in {None, status}
    return is_elsewhere and contact_rules.is_success(outcome)


def _change(
    deed: Deed, contact: Contact, ver: int, roots: frozenset[str], linked: frozenset[str]
) -> Change:
    text = msgspec.json.encode(contact).decode()
    return Change("contact", contact.id, ver, text, roots, linked, deed.author)
