"""Decides what a reader at the desk gets to see. Reads only."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from schemas.base import DeviceId, SchoolId, UserId
from schemas.desk import (
    DeskCaseDetail,
    DeskCases,
    DeskConflicts,
    DeskContacts,
    DeskCounts,
    DeskPhone,
    DeskPhones,
    DeskReference,
    FoundStudent,
    FoundStudents,
)
from schemas.people import Role
from server.attendance import store as attendance
from server.backup import service as backups
from server.db.database import Transaction
from server.db.tables.syncing import DeviceRow
from server.desk import former, upkeep
from server.desk.store import arrivals, families, programme, students
from server.desk.store import cases as case_store
from server.desk.store.cases import CaseList
from server.desk.store.scope import Scope
from server.feed import reader
from server.feed import store as feed
from server.ladder import service as ladder
from server.people.rules import folded
from server.problems import NotFound

ASSIGNABLE = frozenset({Role.ADVISOR, Role.SOCIAL_WORKER, Role.CALLER})
"""As ``case.assign`` has it."""
SHORTEST_SEARCH = 2


def cases(  # noqa: PLR0913  (what a list can be asked by)
    tx: Transaction,
    scope: Scope,
    *,
    which: CaseList,
    school_id: UUID | None,
    q: str,
    known_at: datetime | None = None,
) -> DeskCases:
    """Return a list of cases, as known now or at a moment.

    The counts are of all the reader's schools, unfiltered.
    """
    asked = narrowed(scope, school_id)
    if known_at is not None:
        numbers = former.numbers(tx, scope, known_at)
        return DeskCases(
            head=feed.head(tx)[1],
            counts=msgspec.structs.replace(counts(tx, scope), **numbers._asdict()),
            cases=former.cases(tx, asked, known_at, which=which, words=words_of(q)),
            known_at=known_at,
        )
    return DeskCases(
        head=feed.head(tx)[1],
        counts=counts(tx, scope),
        cases=case_store.lines(tx, asked, which=which, words=words_of(q)),
    )


def counts(tx: Transaction, scope: Scope) -> DeskCounts:
    """Return the overview's numbers, each the length of a list that the reader can open."""
    numbers = case_store.numbers(tx, scope)
    return DeskCounts(
        new=numbers.new,
        open=numbers.open,
        left=numbers.left,
        conflicts=arrivals.conflict_count(tx, scope),
        phones_stale=stale_count(tx, scope),
        parked=upkeep.parked_count(tx, scope),
        backups=backups.standing(tx),
    )


def case(tx: Transaction, scope: Scope, case_id: UUID) -> DeskCaseDetail:
    """Return everything about one case. ``NotFound`` also when it is in another's school."""
    line = case_store.line(tx, scope, case_id)
    if line is None:
        raise NotFound("There is no such case in your schools.")
    root = families.read(tx, line.root)
    student = root.student()
    return DeskCaseDetail(
        line=line,
        student=student,
        standing=root.standing(student),
        submission=attendance.find_submission(tx, line.case.school_id),
        families=root.families(),
        contacts=root.contacts(case_id),
        conflicts=root.conflicts(),
    )


def contacts(tx: Transaction, scope: Scope) -> DeskContacts:
    """Return the latest contacts as they arrived."""
    return DeskContacts(contacts=arrivals.contacts(tx, scope))


def conflicts(tx: Transaction, scope: Scope) -> DeskConflicts:
    """Return what two people changed apart and nobody has decided yet."""
    return DeskConflicts(conflicts=arrivals.conflicts(tx, scope))


def phones(tx: Transaction, scope: Scope) -> DeskPhones:
    """Return the phones of the people the reader works with."""
    unseen_since = tx.at - timedelta(days=programme.stale_days(tx))
    parked = reader.parked(tx)
    return DeskPhones(
        phones=[
            DeskPhone(
                device_id=DeviceId(phone.device.id),
                user_id=UserId(phone.device.user_id),
                user_name=phone.user_name,
                label=phone.device.label,
                state=phone.device.state,
                last_seen_at=phone.device.last_seen_at,
                waiting=phone.device.waiting,
                parked=parked.get(phone.device.id, 0),
                is_stale=is_stale(phone.device, unseen_since),
            )
            for phone in programme.phones(tx, scope)
        ]
    )


def stale_count(tx: Transaction, scope: Scope) -> int:
    """Return how many of ``phones`` are stale."""
    unseen_since = tx.at - timedelta(days=programme.stale_days(tx))
    found = programme.phones(tx, scope)
    return sum(is_stale(phone.device, unseen_since) for phone in found)


def unfed(tx: Transaction, scope: Scope) -> object:
    """Return what ``counts`` hangs on beside the feed: phones, parked records, backups."""
    return stale_count(tx, scope), upkeep.parked_count(tx, scope), backups.standing(tx)


def is_stale(device: DeviceRow, unseen_since: datetime) -> bool:
    """Tell whether somebody should ask after a phone: unsent work on it, or unseen for days."""
    return device.waiting > 0 or (device.last_seen_at or device.registered_at) < unseen_since


def reference(tx: Transaction, scope: Scope, *, role: Role) -> DeskReference:
    """Return what lists and menus are filled from. A clerk gives no cases, so has no menu."""
    workers = {} if role is Role.CLERK else programme.schools_by_worker(tx, ASSIGNABLE)
    return DeskReference(
        schools=programme.schools(tx, scope),
        staff=programme.staff(tx),
        assignable={
            UserId(user_id): [SchoolId(one) for one in sorted(theirs) if _sees(scope, one)]
            for user_id, theirs in workers.items()
            if not theirs or any(_sees(scope, one) for one in theirs)
        },
    )


def find_students(tx: Transaction, scope: Scope, q: str) -> FoundStudents:
    """Return whom a search finds in the reader's schools; too short a search finds nobody."""
    words = words_of(q)
    if len("".join(words)) < SHORTEST_SEARCH:
        return FoundStudents(students=[])
    found = students.find(tx, scope, words)
    this_year = max((one.school_year for one in found), default="")
    units = ladder.unexcused_units(tx, this_year, {one.student.id for one in found})
    return FoundStudents(
        students=[
            FoundStudent(
                student=one.student,
                school_name=one.school_name,
                unexcused_units=units[one.student.id],
                case_id=one.case_id,
            )
            for one in found
        ]
    )


def words_of(q: str) -> list[str]:
    """Return what to search for. PostgreSQL cannot be asked for a NUL."""
    return folded(q.replace("\0", " ")).split()


def narrowed(scope: Scope, school_id: UUID | None) -> Scope:
    """Return the scope, of one school only if that is asked for and within it."""
    if school_id is None:
        return scope
    asked = frozenset({school_id})
    return asked if scope is None else scope & asked


def _sees(scope: Scope, school_id: UUID) -> bool:
    return scope is None or school_id in scope
