"""The rows behind a figure, as a person reads them: who, where, and why he is counted."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from schemas.attendance import UNITS_PER_DAY
from schemas.snapshot import SnapshotRow
from server.attendance.store.former import called
from server.db.database import Transaction
from server.languages import Language
from server.snapshot import store
from server.snapshot.figures import Figure, Spent, State
from server.snapshot.hearing import Counted
from server.snapshot.store import StudentLine
from server.snapshot.words import Said, level, say


def of(tx: Transaction, state: State, figure: Figure, language: Language) -> list[SnapshotRow]:
    """Return the rows of a figure, by student number."""
    if figure.kind == "school":
        return [_school(state, one, language) for one in figure.rows]
    named = _named(tx, state, {_student(one) for one in figure.rows})
    rows = [_row(state, one, named, language) for one in figure.rows]
    if figure.kind in {"student", "missed"}:
        rows.sort(key=lambda row: (row.number, row.school_year))
    return rows


def _named(tx: Transaction, state: State, ids: Collection[UUID]) -> dict[UUID, StudentLine]:
    """Return who students are, called as they were at the moment asked for."""
    found = store.students(tx, ids)
    for key, one in found.items():
        was = called(state.this.year.were, key)
        found[key] = one._replace(
            first_name=was.get("first_name", one.first_name),
            last_name=was.get("last_name", one.last_name),
        )
    return found


def _student(row: UUID | Spent | Counted | Sequence[Counted]) -> UUID:
    if isinstance(row, UUID):
        return row
    if isinstance(row, Spent):
        return row.student_id
    first = row if isinstance(row, Counted) else row[0]
    return first.line.student_id


def _row(
    state: State,
    row: UUID | Spent | Counted | Sequence[Counted],
    named: dict[UUID, StudentLine],
    language: Language,
) -> SnapshotRow:
    who = named.get(_student(row))
    number = who.number if who else ""
    name = f"{who.first_name} {who.last_name}" if who else ""
    if isinstance(row, UUID):
        return SnapshotRow(
            number=number,
            name=name,
            school=_of_student(state, row),
            why=_why(state, row, language),
            units=state.this.missed.of(row),
        )
    if isinstance(row, Spent):
        return SnapshotRow(
            number=number,
            name=name,
            school=_of_stays(state, row),
            school_year=row.school_year,
            units=row.units,
        )
    first = row if isinstance(row, Counted) else row[0]
    more = 0 if isinstance(row, Counted) else len(row) - 1
    return SnapshotRow(
        number=number,
        name=name,
        school=_name(state, [first.school_id]),
        why=say(Said("household", (more,)), language) if more else "",
        date=first.on_date,
        role=first.line.by_role,
        method=first.line.method,
        outcome=first.line.outcome,
        contact_id=str(first.line.id),
    )


def _why(state: State, student_id: UUID, language: Language) -> str:
    contacts = len(state.sorted.contacts[student_id])
    days = state.this.missed.of(student_id) / UNITS_PER_DAY
    said = [Said("contacted", (contacts, f"{days:g}")), *state.sorted.why.get(student_id, [])]
    return "; ".join(say(one, language) for one in said)


def _of_student(state: State, student_id: UUID) -> str:
    last = state.sorted.contacts[student_id][-1]
    return _name(state, [last.school_id])


def _of_stays(state: State, row: Spent) -> str:
    for one in (state.this, state.before):
        if one.year.school_year == row.school_year:
            return _name(state, sorted(one.year.schools_of.get(row.student_id, ()), key=str))
    return ""


def _name(state: State, schools: Iterable[UUID | None]) -> str:
    terms = [state.terms.get(one) for one in schools if one is not None]
    return ", ".join(term.school.name for term in terms if term is not None)


def _school(state: State, school_id: UUID, language: Language) -> SnapshotRow:
    term = state.terms[school_id]
    return SnapshotRow(
        number=term.school.code,
        school=term.school.name,
        why=level(term.level, language),
        date=term.day_n,
    )
