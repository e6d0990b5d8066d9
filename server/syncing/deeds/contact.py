"""Logging and amending contacts. Work that was done is never refused for whose student it is."""

from datetime import datetime
from uuid import UUID

from schemas.base import ContactId, UserId
from schemas.contacts import Contact
from schemas.vocabulary import Outcome
from server.cases import store as cases
from server.contacts import rules as contact_rules
from server.contacts import service as contacts
from server.contacts import store as contact_store
from server.db.database import Transaction
from server.people import store as people
from server.syncing import authority, rows, store
from server.syncing.deeds.edit import edit
from server.syncing.rules import Deed, Done, Refused
from sync.policy import POLICY, Rule, moved


def create(tx: Transaction, deed: Deed) -> Done:
    """Record a contact. One for a student who left the caseload meanwhile is marked, and counts."""
    rows.check_useful("contact", deed.mut.set, key=deed.mut.key, uses=POLICY["contact"].keys())
    said = {
        name: rows.joined("contact", name, value, None) if isinstance(value, dict) else value  # pyright: ignore[reportUnknownArgumentType]  # JSON has no types
        for name, value in deed.mut.set.items()
        if POLICY["contact"][name] is not Rule.DERIVED and name != "id"
    }
    if not said.get("occurred_at"):
        said["occurred_at"] = _when(tx, deed)
    values = rows.typed("contact", said)
    missing = {"student_id", "method", "outcome"} - values.keys()
    if missing:
        raise rows.bad_value(min(missing))
    student = people.find_student(tx, values["student_id"])
    if student is None:
        raise Refused("This student is not known here.", code="unknown_student")
    if contact_store.find(tx, deed.mut.key) is not None:
        raise Refused("This contact was recorded before.", code="row_exists")
    values["case_id"] = rows.case_of(tx, student.id, values.get("case_id"))
    contact = Contact(
        **values,
        id=ContactId(deed.mut.key),
        by=UserId(deed.person.user_id),
        late_scope=not authority.may_reach(tx, deed.person, {student.root}),
    )
    ver = contacts.log_contact(
        tx, contact, deed.times(tx.at), by=deed.author, role=deed.person.role
    )
    _move_case(tx, contact.case_id, contact.outcome, deed)
    return Done(ver=ver)


def _when(tx: Transaction, deed: Deed) -> datetime:
    """Return when it was, of which its author says nothing but what his phone's clock did."""
    try:
        told: datetime = rows.typed("contact", {"occurred_at": deed.mut.at})["occurred_at"]
    except Refused:
        return deed.times(tx.at).at
    return told


def amend(tx: Transaction, deed: Deed) -> Done:
    """Amend a contact: its author may, and who directs the school. Others propose."""
    done = edit(tx, deed, is_allowed=may_amend(tx, deed, deed.mut.key))
    after = contact_store.find(tx, deed.mut.key)
    if after is not None:
        _move_case(tx, after.case_id, Outcome(after.outcome), deed)
    return done


def may_amend(tx: Transaction, deed: Deed, contact_id: UUID) -> bool:
    """Tell whether a contact's words are this person's to change."""
    row = contact_store.find(tx, contact_id)
    if row is None:
        return False
    return row.by_user_id == deed.person.user_id or _directs(tx, deed, row.student_id)


def _directs(tx: Transaction, deed: Deed, student_id: UUID) -> bool:
    case = cases.open_case_of(tx, student_id)
    return case is not None and deed.person.runs_school(case.school_id)


def _move_case(tx: Transaction, case_id: UUID | None, outcome: Outcome, deed: Deed) -> None:
    """Put the case in contact when the family was reached, whoever reached it."""
    case = store.lock_case(tx, case_id) if case_id else None
    if case is None or not contact_rules.is_success(outcome):
        return
    status = moved("case", "case.reach", case.status)
    if status not in {None, case.status}:
        cases.save(tx, case.id, {"status": status})
        cases.publish_case(tx, case.id, by=deed.author)
