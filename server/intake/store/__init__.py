"""Speaks SQL for an import: what is known of the people in a file, runs, and file conflicts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar, cast
from uuid import UUID

import msgspec
from sqlalchemy import Column, Select, Table, func, insert, select
from sqlalchemy.orm import InstrumentedAttribute

from schemas.base import ConflictId, UserId, Value
from schemas.sync import Conflict, ConflictField
from server.db.among import among
from server.db.base import Base
from server.db.database import Transaction
from server.db.parts import parts
from server.db.prepared import Many
from server.db.tables.people import (
    AddressRow,
    ContactPointRow,
    EnrollmentRow,
    GuardianRow,
    GuardianshipRow,
    SchoolRow,
    StudentRow,
)
from server.db.tables.syncing import ConflictRow, RowVersionRow
from server.feed import store as feed
from server.ids import new_id
from server.intake.store import undoing

_RowT = TypeVar("_RowT", bound=Base)
_Keys = tuple[str, ...]
_STUDENT_IDS = select(StudentRow.number, StudentRow.id).where(among(StudentRow.number, "names"))
_GUARDIAN_IDS = select(GuardianRow.source_id, GuardianRow.id).where(
    among(GuardianRow.source_id, "names")
)


class New:
    """A row to be added past the session: a district has hundreds of thousands of them."""

    __slots__ = ("fields", "kind")

    def __init__(self, kind: type[Base], /, **fields: Any) -> None:
        self.kind = kind
        self.fields = fields

    @property
    def id(self) -> Any:
        """Return its id; one that the database gives is known once it is written."""
        return self.fields["id"]


class Author(NamedTuple):
    """Who last wrote a row by hand, and when."""

    user_id: UUID | None
    at: datetime | None


def schools_by_code(tx: Transaction) -> dict[str, SchoolRow]:
    """Return every school by the district's own identifier."""
    return {row.code: row for row in tx.session.scalars(select(SchoolRow))}


def students_by_number(tx: Transaction, numbers: Iterable[str]) -> dict[str, StudentRow]:
    """Return the students who are known already."""
    return {row.number: row for row in _rows(tx, StudentRow, StudentRow.number, numbers)}


def student_ids(tx: Transaction, numbers: Sequence[str]) -> dict[str, UUID]:
    """Return the ids of the students who are known already, by number."""
    return _ids(tx, _STUDENT_IDS, numbers)


def guardian_ids(tx: Transaction, source_ids: Sequence[str]) -> dict[str, UUID]:
    """Return the ids of the guardians who are known already, by the source's own."""
    return _ids(tx, _GUARDIAN_IDS, source_ids)


def _ids(tx: Transaction, query: Select[str, UUID], names: Sequence[str]) -> dict[str, UUID]:
    return {
        name: row_id for part in parts(names) for name, row_id in tx.run(query, {"names": part})
    }


def guardians_by_source(tx: Transaction, source_ids: Iterable[str]) -> dict[str, GuardianRow]:
    """Return the guardians who are known already."""
    found = _rows(tx, GuardianRow, GuardianRow.source_id, source_ids)
    return {row.source_id: row for row in found}


def points_of(
    tx: Transaction, guardians: Iterable[UUID], *, lock: bool
) -> dict[UUID, list[ContactPointRow]]:
    """Return numbers by guardian. ``lock``: nobody else changes them until this commits."""
    column = ContactPointRow.guardian_id
    return _grouped(_rows(tx, ContactPointRow, column, guardians, lock=lock), "guardian_id")


def addresses_of(tx: Transaction, guardians: Iterable[UUID]) -> dict[UUID, list[AddressRow]]:
    """Return the addresses in force, by guardian."""
    found = _rows(tx, AddressRow, AddressRow.guardian_id, guardians)
    return _grouped([row for row in found if row.ended_at is None], "guardian_id")


def ties_of(tx: Transaction, students: Iterable[UUID]) -> dict[UUID, list[GuardianshipRow]]:
    """Return all ties to guardians, by student."""
    return _grouped(_rows(tx, GuardianshipRow, GuardianshipRow.student_id, students), "student_id")


def ties_of_guardian(tx: Transaction, guardian_id: UUID) -> list[GuardianshipRow]:
    """Return the ties of a guardian that are in force."""
    query = select(GuardianshipRow).where(
        GuardianshipRow.guardian_id == guardian_id, GuardianshipRow.ended_at.is_(None)
    )
    return list(tx.session.scalars(query))


def ties_in_force_count(tx: Transaction) -> int:
    """Return how many ties are in force."""
    query = select(func.count()).where(GuardianshipRow.ended_at.is_(None))
    return tx.run(query).scalar() or 0


@cache
def _order() -> dict[str, int]:
    """Return the place of each table behind those it refers to."""
    return {table.name: place for place, table in enumerate(Base.metadata.sorted_tables)}


def write(
    tx: Transaction, adds: Sequence[Base | New], changes: Iterable[tuple[Base, Mapping[str, Any]]]
) -> None:
    """Write new rows and change old ones."""
    order = _order()
    by_table: dict[str, list[Base]] = {}
    past: dict[str, dict[_Keys, list[New]]] = {}
    for row in adds:
        if isinstance(row, New):
            alike = past.setdefault(row.kind.__tablename__, {})
            alike.setdefault(tuple(row.fields), []).append(row)
        else:
            by_table.setdefault(row.__tablename__, []).append(row)
    for name in sorted({*by_table, *past}, key=lambda name: order[name]):
        if name in by_table:
            tx.session.add_all(by_table[name])
            tx.session.flush()  # a guardian before the numbers that refer to him
        for named, rows in past.get(name, {}).items():
            _add(tx, rows, named)
    for row, fields in changes:
        for field, value in fields.items():
            setattr(row, field, value)
    tx.session.flush()


def _add(tx: Transaction, rows: Sequence[New], fields: _Keys) -> None:
    """Add rows that name the same fields; those to which the database gives an id get to know."""
    table = cast("Table", rows[0].kind.__table__)
    keys = list(table.primary_key)
    connection = tx.session.connection()
    if any(key.name not in fields for key in keys):
        if connection.dialect.name != "sqlite":
            adding = insert(table).returning(*keys, sort_by_parameter_order=True)
            given = connection.execute(adding, [row.fields for row in rows]).mappings()
            for row, own in zip(rows, given, strict=True):
                row.fields |= {str(name): value for name, value in own.items()}
            return
        fields = (*fields, _number(tx, rows, keys[0]))
    _inserting(table, fields).run(tx, [tuple(row.fields.values()) for row in rows])


def _number(tx: Transaction, rows: Sequence[New], key: Column[Any]) -> str:
    """Give rows the ids that SQLite would: it tells those of one row at a time only.

    Whoever writes has it to himself. An enrolment's comes only once, as with PostgreSQL: what
    imports did is remembered by it, also when it is gone.
    """
    last = tx.session.connection().execute(select(func.max(key))).scalar() or 0
    if rows[0].kind is EnrollmentRow:
        last = max(last, undoing.last_place_gone(tx))
    for number, row in enumerate(rows, start=last + 1):
        row.fields[key.name] = number
    return key.name


@cache
def _inserting(table: Table, fields: _Keys) -> Many:
    return Many(insert(table), *fields)


def last_hand(tx: Transaction, ent: str, key: UUID) -> Author:
    """Return which person wrote a row last."""
    row = tx.run(
        select(RowVersionRow.by_user_id, RowVersionRow.at)
        .where(
            RowVersionRow.ent == ent,
            RowVersionRow.key == key,
            RowVersionRow.by_user_id.is_not(None),
        )
        .order_by(RowVersionRow.ver.desc())
        .limit(1)
    ).first()
    return Author(None, None) if row is None else Author(row.by_user_id, row.at)


def open_conflict(tx: Transaction, key: UUID, *, was: Value, theirs: Value, mine: Value) -> None:
    """Open a conflict between a number in force and a file's, or carry an open one on."""
    for known in tx.session.scalars(
        select(ConflictRow).where(
            ConflictRow.ent == "contact_point",
            ConflictRow.key == key,
            ConflictRow.status == "open",
            ConflictRow.mutation_id.is_(None),
        )
    ):
        field = msgspec.convert(known.fields, list[ConflictField])[0]
        carried = msgspec.structs.replace(
            field, theirs=theirs, mine=mine, mine_at=tx.at, trail=[*field.trail, field.mine]
        )
        known.fields = msgspec.to_builtins([carried])
        _publish_conflict(tx, known)
        return
    hand = last_hand(tx, "contact_point", key)
    field = ConflictField(
        field="value",
        was=was,
        theirs=theirs,
        theirs_by=UserId(hand.user_id) if hand.user_id else None,
        theirs_at=hand.at,
        mine=mine,
        mine_by=None,
        mine_at=tx.at,
    )
    row = ConflictRow(
        id=new_id(),
        ent="contact_point",
        key=key,
        why="fields",
        fields=msgspec.to_builtins([field]),
        status="open",
        mutation_id=None,
        opened_at=tx.at,
        resolved_by=None,
        resolved_at=None,
    )
    tx.session.add(row)
    tx.session.flush()
    _publish_conflict(tx, row)


def _publish_conflict(tx: Transaction, row: ConflictRow) -> None:
    conflict = Conflict(
        id=ConflictId(row.id),
        ent=row.ent,
        key=row.key,
        why="fields",
        fields=msgspec.convert(row.fields, list[ConflictField]),
        opened_at=row.opened_at,
    )
    roots = feed.roots_of(tx, row.ent, row.key)
    feed.publish(tx, "conflict", conflict, key=row.id, roots=roots)


def _rows(
    tx: Transaction,
    table: type[_RowT],
    column: InstrumentedAttribute[Any],
    values: Iterable[Any],
    *,
    lock: bool = False,
) -> list[_RowT]:
    query = _asking(table, column)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return [
        row for part in parts(values) for row in tx.session.scalars(query, {"values": part}).all()
    ]


@cache
def _asking(table: type[_RowT], column: InstrumentedAttribute[Any]) -> Select[_RowT]:
    return select(table).where(among(column, "values"))


def _grouped(rows: Iterable[_RowT], key: str) -> dict[UUID, list[_RowT]]:
    groups: dict[UUID, list[_RowT]] = {}
    for row in rows:
        groups.setdefault(getattr(row, key), []).append(row)
    return groups
