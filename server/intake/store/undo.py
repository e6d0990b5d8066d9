"""Speaks SQL for taking an import back: its facts, and what still refers to its rows."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import insert, or_, select, update

from server.db.base import Base
from server.db.database import Transaction
from server.db.parts import parts
from server.db.tables.attendance import AttendanceEventRow, RecordingRow
from server.db.tables.people import TAKEN_BACK, EnrollmentRow, SchoolRow, StayRow
from server.intake.store import journal
from server.intake.store.journal import Key

_COPIED = (
    *("place_id", "on_date", "period", "kind", "units", "minutes"),
    *("source_code", "reason", "source_at"),
)


class Slot(NamedTuple):
    """Where a correction takes another fact's place: an enrolment's day, whole or by class."""

    place_id: int
    on_date: date
    by_class: bool


class Held(NamedTuple):
    """A fact that a run opened or closed."""

    id: int
    student_id: UUID
    school_year: str
    slot: Slot
    content: tuple[Any, ...]
    """The columns that say what is true."""
    opened_by: int
    closed_by: int | None


def schools_of(tx: Transaction, recordings: Sequence[int]) -> list[SchoolRow]:
    """Return the schools of which these recordings opened or closed facts."""
    event = AttendanceEventRow
    places = select(event.place_id).where(
        or_(event.opened_by.in_(recordings), event.closed_by.in_(recordings))
    )
    query = select(EnrollmentRow.school_id).where(EnrollmentRow.id.in_(places)).distinct()
    found = select(SchoolRow).where(SchoolRow.id.in_(query))
    return list(tx.session.scalars(found.order_by(SchoolRow.code)))


def schools_of_places(tx: Transaction, place_ids: Collection[int]) -> list[SchoolRow]:
    """Return the schools of these enrolments, as far as they are still there."""
    found: dict[UUID, SchoolRow] = {}
    for part in parts(sorted(place_ids)):
        ours = select(EnrollmentRow.school_id).where(EnrollmentRow.id.in_(part))
        for row in tx.session.scalars(select(SchoolRow).where(SchoolRow.id.in_(ours))):
            found[row.id] = row
    return list(found.values())


def facts_of(tx: Transaction, school_id: UUID, recordings: Sequence[int]) -> list[Held]:
    """Return a school's facts that these recordings opened or closed."""
    event = AttendanceEventRow
    query = _held(school_id).where(
        or_(event.opened_by.in_(recordings), event.closed_by.in_(recordings))
    )
    return [_of(row) for row in tx.session.execute(query.order_by(event.id))]


def files_of(tx: Transaction, recordings: Iterable[int]) -> dict[int, str]:
    """Return of which file these recordings are; empty: of no one file."""
    return {
        row.id: row.file
        for part in parts(sorted(recordings))
        for row in tx.run(
            select(RecordingRow.id, RecordingRow.file).where(RecordingRow.id.in_(part))
        )
    }


def facts_between(tx: Transaction, school_id: UUID, first: date, last: date) -> list[Held]:
    """Return everything that was ever known of a school between two dates."""
    event = AttendanceEventRow
    query = _held(school_id).where(event.on_date.between(first, last)).order_by(event.id)
    return [_of(row) for row in tx.session.execute(query)]


def forget_gone(tx: Transaction, ids: Sequence[int]) -> None:
    """Unsay when the source had taken these facts back: the file that said so was wrong."""
    for part in parts(ids):
        tx.session.execute(
            update(AttendanceEventRow).where(AttendanceEventRow.id.in_(part)).values(gone_at=None)
        )


def reopen(tx: Transaction, recording: int, contents: Iterable[tuple[Any, ...]]) -> None:
    """Say again what was known before, as new facts."""
    rows = [
        {**dict(zip(_COPIED, content, strict=True)), "opened_by": recording, "closed_by": None}
        for content in contents
    ]
    if rows:
        tx.session.execute(insert(AttendanceEventRow), rows)


def close(tx: Transaction, recording: int, ids: Sequence[int]) -> None:
    """Say that these facts are known to be wrong from this recording on."""
    for part in parts(ids):
        tx.session.execute(
            update(AttendanceEventRow)
            .where(
                AttendanceEventRow.id.in_(part),
                AttendanceEventRow.closed_by.is_(None),
            )
            .values(closed_by=recording)
        )


def referred(
    tx: Transaction, table: str, keys: Sequence[Key], *, besides: Sequence[str] = ()
) -> set[Any]:
    """Return those of these rows (by their one-part key) that any other row refers to.

    Rows of the tables ``besides`` do not count.
    """
    kind = journal.class_of(table)
    own = list(kind.__table__.primary_key)
    if len(own) != 1:
        return set()
    values = [journal.typed(own[0], key[0]) for key in keys]
    found: set[Any] = set()
    for other in Base.metadata.tables.values():
        for link in () if other.name in besides else other.foreign_keys:
            if link.column is not own[0]:
                continue
            for part in parts(values):
                query = select(link.parent).where(link.parent.in_(part))
                found.update(tx.session.scalars(query.distinct()))
    return found


def remove(tx: Transaction, rows: Sequence[Base]) -> None:
    """Delete rows to which nothing refers."""
    for row in rows:
        tx.session.delete(row)
    tx.session.flush()


def remove_stays(tx: Transaction, place_ids: Sequence[int]) -> None:
    """Delete the stays of enrolments that are about to go."""
    for part in parts(place_ids):
        remove(tx, list(tx.session.scalars(select(StayRow).where(StayRow.place_id.in_(part)))))


def places_to_settle(
    tx: Transaction, school_id: UUID, added: Collection[int]
) -> list[EnrollmentRow]:
    """Return those of these enrolments that are a school's, and those of it taken back before."""
    before = select(EnrollmentRow).where(
        EnrollmentRow.school_id == school_id, EnrollmentRow.source == TAKEN_BACK
    )
    found = [*tx.session.scalars(before), *places_of(tx, school_id, added)]
    return list({row.id: row for row in found}.values())


def places_of(tx: Transaction, school_id: UUID, ids: Collection[int]) -> list[EnrollmentRow]:
    """Return those of these enrolments that are a school's."""
    return [
        row
        for part in parts(sorted(ids))
        for row in tx.session.scalars(
            select(EnrollmentRow).where(
                EnrollmentRow.school_id == school_id, EnrollmentRow.id.in_(part)
            )
        )
    ]


def places_with_facts(tx: Transaction, place_ids: Sequence[int]) -> set[int]:
    """Return on which of these enrolments any fact hangs that is known now."""
    event = AttendanceEventRow
    return {
        place_id
        for part in parts(place_ids)
        for place_id in tx.session.scalars(
            select(event.place_id)
            .where(event.place_id.in_(part), event.closed_by.is_(None))
            .distinct()
        )
    }


def students_of_school(tx: Transaction, school_id: UUID, school_year: str) -> list[UUID]:
    """Return who was ever enrolled in a school in a year."""
    query = select(EnrollmentRow.student_id).where(
        EnrollmentRow.school_id == school_id, EnrollmentRow.school_year == school_year
    )
    return list(tx.session.scalars(query))


def _held(school_id: UUID) -> Any:
    event = AttendanceEventRow
    return (
        select(
            event.id,
            event.opened_by,
            event.closed_by,
            EnrollmentRow.student_id,
            EnrollmentRow.school_year,
            *(getattr(event, name) for name in _COPIED),
        )
        .join(EnrollmentRow, EnrollmentRow.id == event.place_id)
        .where(EnrollmentRow.school_id == school_id)
    )


def _of(row: Any) -> Held:
    return Held(
        id=row.id,
        student_id=row.student_id,
        school_year=row.school_year,
        slot=Slot(row.place_id, row.on_date, bool(row.period)),
        content=tuple(getattr(row, name) for name in _COPIED),
        opened_by=row.opened_by,
        closed_by=row.closed_by,
    )
