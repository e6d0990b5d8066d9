"""Decides what a case list said at an earlier moment: its cases, their days and contacts, as known.

What a student was called, and in which grade, is as it was published then. What schools are called
and which phones are stale is as known now.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from schemas.desk import DeskCase
from server.attendance import store as attendance
from server.db.database import Transaction
from server.desk.store import former
from server.desk.store.cases import CaseList, Contacts, Numbers, name_of
from server.desk.store.former import CaseThen
from server.desk.store.scope import Scope
from server.ladder import service as ladder
from server.ladder.store import facts


def cases(
    tx: Transaction, scope: Scope, at: datetime, *, which: CaseList, words: Sequence[str]
) -> list[DeskCase]:
    """Return a list as it was, the most overdue first."""
    listed = [one for one in former.cases(tx, scope, at) if former.list_of(one) is which]
    people = former.students(tx, {one.case.student_id for one in listed}, at, words)
    found = [one for one in listed if one.case.student_id in people]
    found.sort(key=lambda one: (one.case.due_on, people[one.case.student_id][0], one.case.id))
    schools = former.school_names(tx)
    units = _units(tx, found, at)
    told = _told(tx, found, at)
    contacts = former.contacts(tx, people, at)
    conflicts = former.conflicts(tx, at)
    lines: list[DeskCase] = []
    for one in found:
        student = people[one.case.student_id][1]
        keys = [(one.case.student_id, case_id) for case_id in (one.case.id, None)]
        made = [contacts.get(key, Contacts()) for key in keys]
        lines.append(
            DeskCase(
                case=one.case,
                case_ver=one.ver,
                root=student.root,
                student_name=name_of(student),
                grade=student.grade,
                school_name=schools[one.case.school_id],
                unexcused_units=units.get((one.case.school_year, one.case.student_id), 0),
                data_as_of=told.get((one.case.school_year, one.case.school_id)),
                contact_count=sum(part.made for part in made),
                reached_count=sum(part.reached for part in made),
                last_contact_at=max((part.last_at for part in made if part.last_at), default=None),
                open_conflict_count=conflicts.get(student.root, 0),
            )
        )
    return lines


def numbers(tx: Transaction, scope: Scope, at: datetime) -> Numbers:
    """Return how long the lists were."""
    return former.numbers(former.cases(tx, scope, at))


def _units(tx: Transaction, found: Sequence[CaseThen], at: datetime) -> dict[tuple[str, UUID], int]:
    units: dict[tuple[str, UUID], int] = {}
    for year in {one.case.school_year for one in found}:
        students = {one.case.student_id for one in found if one.case.school_year == year}
        theirs = ladder.unexcused_units(tx, year, students, known_at=at)
        units |= {(year, student_id): count for student_id, count in theirs.items()}
    return units


def _told(tx: Transaction, found: Sequence[CaseThen], at: datetime) -> dict[tuple[str, UUID], date]:
    newest = attendance.newest_recording(tx, at)
    return {
        (year, school_id): day
        for year in {one.case.school_year for one in found}
        for school_id, day in facts.told_until_then(tx, year, newest).items()
    }
