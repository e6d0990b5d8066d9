"""Speaks SQL for crossings and publishes standings. Decides nothing."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import Struct
from sqlalchemy import bindparam, insert, select, update

from schemas.attendance import Crossing, Standing
from server.db.among import among
from server.db.database import Transaction
from server.db.parts import parts
from server.db.prepared import Many
from server.db.tables.attendance import CrossingRow
from server.db.tables.people import StudentRow
from server.feed import bulk
from server.ids import new_id
from server.ladder.store.raw import Dates, Ids, Moments, id_of, rows

_AT_ONCE = 1000
_MANY = 20_000


class Crossed(NamedTuple):
    """A crossing that is met now."""

    key: Any
    """The row's id as the driver spells it: few are ever needed."""
    student_id: UUID
    step: str
    crossed_on: date
    value: int
    passed_over: bool
    due_on: date | None


class NewCrossing(Struct, frozen=True, kw_only=True):
    """A crossing to write, first seen at this moment."""

    student_id: UUID
    school_id: UUID
    step: str
    crossed_on: date
    value: int
    passed_over: bool
    due_on: date | None


# Made once: a day's delta asks for these school by school.
_MET = select(
    CrossingRow.id,
    CrossingRow.student_id,
    CrossingRow.step,
    CrossingRow.crossed_on,
    CrossingRow.value,
    CrossingRow.passed_over,
    CrossingRow.due_on,
).where(
    CrossingRow.school_year == bindparam("year"),
    CrossingRow.ladder == bindparam("ladder"),
    CrossingRow.no_longer_met_at.is_(None),
)
_SEEN = (
    select(
        CrossingRow.student_id,
        CrossingRow.step,
        CrossingRow.crossed_on,
        CrossingRow.value,
        CrossingRow.first_seen_at,
        CrossingRow.no_longer_met_at,
    )
    .where(CrossingRow.school_year == bindparam("year"), CrossingRow.ladder == bindparam("ladder"))
    .order_by(CrossingRow.first_seen_at, CrossingRow.value, CrossingRow.step)
)
_NOW = ("crossed_on", "value", "passed_over", "due_on", "no_longer_met_at")
_ADD = Many(
    insert(CrossingRow),
    *("id", "student_id", "school_id", "school_year", "ladder", "step", "first_seen_at", *_NOW),
)
_STUDENT_ROOTS = select(StudentRow.id, StudentRow.root).where(among(StudentRow.id, "students"))
_THIS = update(CrossingRow).where(CrossingRow.id == bindparam("key"))
_TAKE_BACK = _THIS.values(no_longer_met_at=bindparam("no_longer_met_at"))
_MOVE = _THIS.values(
    {name: bindparam(name) for name in ("crossed_on", "value", "passed_over", "due_on")}
)
_NEW = select(CrossingRow.student_id, CrossingRow.step, CrossingRow.id).where(
    CrossingRow.school_year == bindparam("year"),
    CrossingRow.ladder == bindparam("ladder"),
    CrossingRow.first_seen_at == bindparam("at"),
)
_NEW_OF = _NEW.where(among(CrossingRow.student_id, "students"))
_SEEN_OF = _SEEN.where(among(CrossingRow.student_id, "students"))
_MET_OF = _MET.where(among(CrossingRow.student_id, "students"))


def crossings_met(
    tx: Transaction, students: Collection[UUID], *, school_year: str, ladder: str
) -> dict[UUID, dict[str, Crossed]]:
    """Return, by student and step, the crossings that are met now."""
    dates, ids = Dates(), Ids()
    found: dict[UUID, dict[str, Crossed]] = {}
    values = {"year": school_year, "ladder": ladder}
    for part in _parts(students):
        query = _MET if part is None else _MET_OF
        more = {} if part is None else {"students": part}
        for row in rows(tx, query, {**values, **more}):
            key, student, step, day, value, passed_over, due_on = row
            student_id = ids[student]
            found.setdefault(student_id, {})[step] = Crossed(
                key, student_id, step, dates[day], value, bool(passed_over), dates[due_on]
            )
    return found


def crossings_of(
    tx: Transaction, students: Collection[UUID], *, school_year: str, ladder: str
) -> dict[UUID, list[Crossing]]:
    """Return, by student, every crossing of a year, those taken back as well, as first seen."""
    dates, ids, moments = Dates(), Ids(), Moments()
    found: dict[UUID, list[Crossing]] = {}
    for part in _parts(students):
        query = _SEEN if part is None else _SEEN_OF
        values: dict[str, Any] = {"year": school_year, "ladder": ladder}
        values |= {} if part is None else {"students": part}
        for student, step, crossed_on, value, seen_at, gone_at in rows(tx, query, values):
            found.setdefault(ids[student], []).append(
                Crossing(
                    step=step,
                    crossed_on=dates[crossed_on],
                    value=value,
                    first_seen_at=moments[seen_at],
                    no_longer_met_at=moments[gone_at],
                )
            )
    return found


def add_crossings(
    tx: Transaction, crossings: Sequence[NewCrossing], *, school_year: str, ladder: str
) -> None:
    """Write that students reached steps, first seen at this moment.

    One that was seen and taken back at this very moment (two schools of one import) is met again.
    """
    again = _taken_back_now(tx, crossings, school_year=school_year, ladder=ladder)
    added: list[tuple[Any, ...]] = []
    for one in crossings:
        now = one.crossed_on, one.value, one.passed_over, one.due_on, None
        known = again.get((one.student_id, one.step))
        if known is not None:
            fields = {"school_id": one.school_id} | dict(zip(_NOW, now, strict=True))
            tx.session.execute(update(CrossingRow).where(CrossingRow.id == known).values(**fields))
            continue
        key = new_id(), one.student_id, one.school_id, school_year, ladder, one.step, tx.at
        added.append((*key, *now))
    _ADD.run(tx, added)


def change_crossings(tx: Transaction, crossings: Sequence[Crossed]) -> None:
    """Move crossings to what is known now; when they were first seen stays."""
    if crossings:
        tx.run(
            _MOVE,
            [
                {
                    "key": id_of(one.key),
                    "crossed_on": one.crossed_on,
                    "value": one.value,
                    "passed_over": one.passed_over,
                    "due_on": one.due_on,
                }
                for one in crossings
            ],
        )


def take_back(tx: Transaction, crossings: Sequence[Crossed]) -> None:
    """Say that these are no longer met, from this moment on."""
    if crossings:
        tx.run(
            _TAKE_BACK,
            [{"key": id_of(one.key), "no_longer_met_at": tx.at} for one in crossings],
        )


def publish_standings(tx: Transaction, standings: Sequence[Standing]) -> None:
    """Publish standings, each in its student's root."""
    students = [one.student_id for one in standings]
    roots = {
        student_id: root
        for part in parts(students, _AT_ONCE)
        for student_id, root in tx.run(_STUDENT_ROOTS, {"students": part})
    }
    rows = [bulk.Row(one.student_id, one, [roots[one.student_id]]) for one in standings]
    bulk.publish(tx, "standing", rows)


def _taken_back_now(
    tx: Transaction, crossings: Sequence[NewCrossing], *, school_year: str, ladder: str
) -> dict[tuple[UUID, str], UUID]:
    values = {"year": school_year, "ladder": ladder, "at": tx.at}
    return {
        (row.student_id, row.step): row.id
        for part in _parts({one.student_id for one in crossings})
        for row in (
            tx.run(_NEW, values) if part is None else tx.run(_NEW_OF, {**values, "students": part})
        )
    }


def _parts(students: Collection[UUID]) -> Iterable[list[UUID] | None]:
    """Return whom to ask for at once; None: everybody, where that is quicker than by names."""
    return [None] if len(students) > _MANY else parts(students, _AT_ONCE)
