"""Who may see which roots, and who may edit which rows. Follows a row's links, never a claim."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from schemas.people import Role
from schemas.sync import Lens
from server.calls import store as calls
from server.cases import store as cases
from server.db.database import Transaction
from server.feed import reader
from server.people import store as people
from server.syncing import store
from server.syncing.rules import Person
from sync.lens import LENS_BY_ROLE
from sync.scope import Why

REFERENCE = "ref"


def scope_of(tx: Transaction, person: Person) -> dict[str, Lens]:
    """Return the roots a person's phone may hold, and through which lens.

    It hangs on the moment of the transaction as well: a lease runs out without anything being
    written. A lease shows a student as a caller sees him; an open case of one's own shows more.
    """
    scope = {REFERENCE: Lens.ALL, person.root: Lens.SELF}
    schools = person.call_schools
    if schools is None or schools:
        scope |= dict.fromkeys(calls.pool_roots(tx, schools), Lens.POOL)
    scope |= dict.fromkeys(calls.roots_leased_to(tx, person.user_id), Lens.CALLER)
    lens = LENS_BY_ROLE[person.role]
    return scope | dict.fromkeys(cases.roots_assigned_to(tx, person.user_id), lens)


def why_lost(tx: Transaction, person: Person, lost: Mapping[str, str]) -> dict[str, Why]:
    """Return why roots a phone holds (with their lens) are not in scope, where it is known."""
    if not lost:
        return {}
    why: dict[str, Why] = {}
    through_lease = {root for root, lens in lost.items() if lens == Lens.CALLER}
    if through_lease:
        over = through_lease & calls.roots_once_leased_to(tx, person.user_id)
        why.update((root, "lease_over") for root in over)
    why.update((root, "closed") for root in store.closed_roots_of(tx, person.user_id))
    return why


def may_edit(tx: Transaction, person: Person, ent: str, key: UUID) -> bool:
    """Tell whether a row belongs to a student in a person's care or schools."""
    return may_reach(tx, person, reader.roots_ever_of(tx, ent, key))


def may_reach(tx: Transaction, person: Person, roots: Iterable[str]) -> bool:
    """Tell whether any of these students' roots is in a person's care or schools."""
    wanted = set(roots)
    if wanted & set(cases.roots_assigned_to(tx, person.user_id)):
        return True
    if wanted & set(calls.roots_leased_to(tx, person.user_id)):
        return True
    if person.role not in {Role.COORDINATOR, Role.ADMINISTRATOR}:
        return False
    students = store.students_of_roots(tx, wanted)
    return any(person.runs_school(school) for school in _schools_of(tx, students))


def _schools_of(tx: Transaction, student_ids: list[UUID]) -> set[UUID]:
    schools = {case.school_id for case in cases.open_cases_of(tx, student_ids)}
    for student_id in student_ids:
        place = people.enrollment_of(tx, student_id)
        if place is not None:
            schools.add(place.school_id)
    return schools
