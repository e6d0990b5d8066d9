"""Speaks SQL for crossings and publishes standings. Decides nothing."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select

from schemas.attendance import Crossing, Standing
from server.db.database import Transaction
from server.db.tables.attendance import CrossingRow
from server.db.tables.people import StudentRow
from server.feed import bulk
from server.feed.bulk import Row
from server.ids import new_id
from server.ladder.rules import Reached

_AT_ONCE = 400


def crossings_met(
    tx: Transaction, students: Iterable[UUID], *, school_year: str, ladder: str
) -> dict[UUID, dict[str, CrossingRow]]:
    """Return, by student and step, the crossings that are met now."""
    found: dict[UUID, dict[str, CrossingRow]] = {}
    query = select(CrossingRow).where(
        CrossingRow.student_id.in_(list(students)),
        CrossingRow.school_year == school_year,
        CrossingRow.ladder == ladder,
        CrossingRow.no_longer_met_at.is_(None),
    )
    for row in tx.session.scalars(query):
        found.setdefault(row.student_id, {})[row.step] = row
    return found


def crossings_of(
    tx: Transaction, student_id: UUID, *, school_year: str, ladder: str
) -> list[Crossing]:
    """Return every crossing of a year, those taken back as well, in the order they were seen."""
    query = (
        select(CrossingRow)
        .where(
            CrossingRow.student_id == student_id,
            CrossingRow.school_year == school_year,
            CrossingRow.ladder == ladder,
        )
        .order_by(CrossingRow.first_seen_at, CrossingRow.value, CrossingRow.step)
    )
    return [
        Crossing(
            step=row.step,
            crossed_on=row.crossed_on,
            value=row.value,
            first_seen_at=row.first_seen_at,
            no_longer_met_at=row.no_longer_met_at,
        )
        for row in tx.session.scalars(query)
    ]


def add_crossing(  # noqa: PLR0913  (the crossing's own key)
    tx: Transaction,
    reached: Reached,
    *,
    student_id: UUID,
    school_id: UUID,
    school_year: str,
    ladder: str,
    passed_over: bool,
) -> None:
    """Write that a student reached a step, first seen at this moment."""
    tx.session.add(
        CrossingRow(
            id=new_id(),
            student_id=student_id,
            school_id=school_id,
            school_year=school_year,
            ladder=ladder,
            step=reached.step,
            crossed_on=reached.crossed_on,
            value=reached.value,
            first_seen_at=tx.at,
            no_longer_met_at=None,
            passed_over=passed_over,
        )
    )


def publish_standings(tx: Transaction, standings: Sequence[Standing]) -> None:
    """Publish standings, each in its student's root."""
    roots = {
        student_id: root
        for at in range(0, len(standings), _AT_ONCE)
        for student_id, root in tx.session.execute(
            select(StudentRow.id, StudentRow.root).where(
                StudentRow.id.in_([one.student_id for one in standings[at : at + _AT_ONCE]])
            )
        )
    }
    rows = [Row(one.student_id, one, [roots[one.student_id]]) for one in standings]
    bulk.publish(tx, "standing", rows)
