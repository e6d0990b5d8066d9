"""Speaks SQL for the import screens: runs and lines to mend, as far as somebody may see them."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import aliased

from server.db.database import Transaction
from server.db.parts import AT_ONCE, parts
from server.db.tables.attendance import CodeMapRow, ImportRunRow, QuarantineRow
from server.db.tables.identity import UserRow
from server.db.tables.people import (
    ENROLLED,
    TAKEN_BACK,
    EnrollmentRow,
    GuardianRow,
    GuardianshipRow,
    SchoolRow,
    StudentRow,
)


class Viewer(NamedTuple):
    """Who looks, and the codes of the only schools he sees; None: all."""

    user_id: UUID
    schools: frozenset[str] | None


def runs(tx: Transaction) -> Iterator[Any]:
    """Yield every run without its report, the newest first, with its author's name."""
    query = (
        select(
            ImportRunRow.id,
            ImportRunRow.state,
            ImportRunRow.format,
            ImportRunRow.started_at,
            ImportRunRow.finished_at,
            ImportRunRow.undone_at,
            ImportRunRow.files,
            ImportRunRow.schools_done,
            ImportRunRow.progress,
            ImportRunRow.by_user_id,
            UserRow.name.label("by_name"),
        )
        .outerjoin(UserRow, UserRow.id == ImportRunRow.by_user_id)
        .order_by(ImportRunRow.started_at.desc(), ImportRunRow.id.desc())
    )
    yield from tx.session.execute(query.execution_options(yield_per=AT_ONCE))


def open_by_run(tx: Transaction, viewer: Viewer) -> dict[UUID, int]:
    """Return how many lines of each run wait to be mended."""
    query = (
        select(QuarantineRow.run_id, func.count())
        .join(ImportRunRow, ImportRunRow.id == QuarantineRow.run_id)
        .where(QuarantineRow.state == "open", _seen(viewer))
        .group_by(QuarantineRow.run_id)
    )
    return {row[0]: row[1] for row in tx.session.execute(query)}


def quarantined(tx: Transaction, viewer: Viewer, *, most: int | None = None) -> list[QuarantineRow]:
    """Return the open lines, the newest import first."""
    query = (
        select(QuarantineRow)
        .join(ImportRunRow, ImportRunRow.id == QuarantineRow.run_id)
        .where(QuarantineRow.state == "open", _seen(viewer))
        .order_by(
            ImportRunRow.started_at.desc(),
            QuarantineRow.file,
            QuarantineRow.line,
            QuarantineRow.id,
        )
        .limit(most)
    )
    return list(tx.session.scalars(query))


def quarantined_count(tx: Transaction, viewer: Viewer) -> int:
    """Return how many lines are open."""
    return sum(open_by_run(tx, viewer).values())


def quarantined_by_id(
    tx: Transaction, viewer: Viewer, ids: Iterable[UUID]
) -> dict[UUID, QuarantineRow]:
    """Return those of these lines that this person may see, whatever became of them."""
    query = (
        select(QuarantineRow)
        .join(ImportRunRow, ImportRunRow.id == QuarantineRow.run_id)
        .where(QuarantineRow.id.in_(list(ids)), _seen(viewer))
    )
    return {row.id: row for row in tx.session.scalars(query)}


def codes(tx: Transaction, viewer: Viewer) -> list[CodeMapRow]:
    """Return what codes mean in general, and in the schools that this person sees."""
    query = select(CodeMapRow).order_by(
        CodeMapRow.code, CodeMapRow.school_code, CodeMapRow.school_year
    )
    if viewer.schools is not None:
        query = query.where(CodeMapRow.school_code.in_(["", *viewer.schools]))
    return list(tx.session.scalars(query))


def students_elsewhere(
    tx: Transaction, numbers: Iterable[str], schools: frozenset[str]
) -> set[str]:
    """Return those of these students who are known, and are none of these schools'."""
    here = _in_schools(schools)
    return {
        number
        for part in parts(sorted(numbers))
        for number in tx.session.scalars(
            select(StudentRow.number).where(StudentRow.number.in_(part), StudentRow.id.not_in(here))
        )
    }


def guardians_elsewhere(
    tx: Transaction, source_ids: Iterable[str], schools: frozenset[str]
) -> set[str]:
    """Return those of these guardians who are known, and of no student of these schools."""
    theirs = select(GuardianshipRow.guardian_id).where(
        GuardianshipRow.student_id.in_(_in_schools(schools))
    )
    return {
        name
        for part in parts(sorted(source_ids))
        for name in tx.session.scalars(
            select(GuardianRow.source_id).where(
                GuardianRow.source_id.in_(part), GuardianRow.id.not_in(theirs)
            )
        )
    }


def _in_schools(schools: frozenset[str]) -> Any:
    """Select who is or was in these schools.

    An enrolment that was taken back makes nobody theirs whom another school has. Whom none has
    stays theirs: their next file may name him again.
    """
    held = aliased(EnrollmentRow)
    somewhere = select(held.student_id).where(held.source != TAKEN_BACK)
    return (
        select(EnrollmentRow.student_id)
        .join(SchoolRow, SchoolRow.id == EnrollmentRow.school_id)
        .where(
            SchoolRow.code.in_(schools),
            or_(
                ENROLLED,
                ~somewhere.where(held.student_id == EnrollmentRow.student_id).exists(),
            ),
        )
    )


def _seen(viewer: Viewer) -> ColumnElement[bool]:
    """Return which lines somebody sees: also what he sent himself, where it names no school."""
    if viewer.schools is None:
        return true()
    return or_(
        QuarantineRow.school_code.in_(viewer.schools),
        ImportRunRow.by_user_id == viewer.user_id,
    )
