"""Speaks SQL for staff and contacts that come from files."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from server.contacts import store as contacts
from server.contacts.rules import Stay
from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.cases import CaseRow, ContactRow
from server.db.tables.identity import InvitationRow, UserRow, UserSchoolRow
from server.db.tables.people import StudentRow
from server.db.tables.syncing import RowVersionRow
from server.identity import store as identity


def users_by_login(tx: Transaction, logins: Iterable[str]) -> dict[str, UserRow]:
    """Return the people who are known already."""
    return {
        row.login: row
        for part in parts(sorted(set(logins)))
        for row in tx.session.scalars(select(UserRow).where(UserRow.login.in_(part)))
    }


def schools_of_users(tx: Transaction) -> dict[UUID, set[UUID]]:
    """Return everybody's schools."""
    return {user: set(schools) for user, schools in identity.schools_by_user(tx).items()}


def invited(tx: Transaction) -> set[UUID]:
    """Return whom anybody ever gave a link."""
    return set(tx.session.scalars(select(InvitationRow.user_id).distinct()))


def tie_users(tx: Transaction, ties: Iterable[tuple[UUID, UUID]]) -> None:
    """Tie people to schools: pairs of person and school."""
    tx.session.add_all(UserSchoolRow(user_id=user, school_id=school) for user, school in ties)
    tx.session.flush()


def publish_staff(tx: Transaction, users: Collection[UUID]) -> None:
    """Tell the phones of people's names and roles."""
    for user in users:
        identity.publish_staff(tx, user)


def students_by_number(tx: Transaction, numbers: Iterable[str]) -> dict[str, UUID]:
    """Return the ids of the students who are known."""
    return {
        number: student_id
        for part in parts(sorted(set(numbers)))
        for number, student_id in tx.session.execute(
            select(StudentRow.number, StudentRow.id).where(StudentRow.number.in_(part))
        )
    }


def contacts_by_id(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, ContactRow]:
    """Return the contacts that were imported before."""
    return {
        row.id: row
        for part in parts(sorted(set(ids)))
        for row in tx.session.scalars(select(ContactRow).where(ContactRow.id.in_(part)))
    }


def edited_by_people(tx: Transaction, ids: Iterable[UUID]) -> set[UUID]:
    """Return the contacts that somebody changed in Presente."""
    return {
        key
        for part in parts(sorted(set(ids)))
        for key in tx.session.scalars(
            select(RowVersionRow.key).where(
                RowVersionRow.ent == "contact",
                RowVersionRow.key.in_(part),
                RowVersionRow.by_user_id.is_not(None),
            )
        )
    }


def cases_by_student(tx: Transaction, students: Iterable[UUID]) -> dict[tuple[UUID, str], UUID]:
    """Return cases by student and school year."""
    return {
        (student_id, school_year): case_id
        for part in parts(sorted(set(students)))
        for student_id, school_year, case_id in tx.session.execute(
            select(CaseRow.student_id, CaseRow.school_year, CaseRow.id).where(
                CaseRow.student_id.in_(part)
            )
        )
    }


def stays_by_student(tx: Transaction, students: Iterable[UUID]) -> Mapping[UUID, Sequence[Stay]]:
    """Return every stay of these students in any school and year."""
    return contacts.stays_of_all(tx, sorted(set(students)))
