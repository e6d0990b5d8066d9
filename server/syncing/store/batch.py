"""Speaks SQL for a batch of one device's mutations. Decides nothing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from schemas.cases import CaseStatus
from schemas.sync import Receipt
from server.db.among import among
from server.db.database import Transaction
from server.db.prepared import Many
from server.db.tables.cases import CaseRow
from server.db.tables.people import StudentRow
from server.db.tables.syncing import ConflictRow, DeviceRow, MutationRow
from server.ids import new_id
from server.syncing.rules import Item
from server.syncing.store import Standing, claimed, sent_as_kept
from sync.skew import Estimate, Told

_DEVICES = (
    select(*(getattr(DeviceRow, name) for name in Standing._fields))
    .where(among(DeviceRow.id, "devices"))
    .order_by(DeviceRow.id)
    .with_for_update(key_share=True)
)
_STORED = select(MutationRow.n, MutationRow.mid, MutationRow.sha, MutationRow.receipt).where(
    MutationRow.device_id == bindparam("device"),
    MutationRow.n.between(bindparam("first"), bindparam("last")),
)
_KNOWN = select(MutationRow.mid).where(among(MutationRow.mid, "mids"))
_HOLD = select(
    func.pg_advisory_xact_lock(func.unnest(bindparam("places", type_=ARRAY(BigInteger))))
)
_ADD = Many(
    insert(MutationRow),
    *("id", "device_id", "n", "mid", "user_id", "body", "sha", "received_at", "out"),
    *("receipt", "trace", "claimed_at", "est_at", "skew_ms", "sent"),
)
_COUNT = Many(
    update(DeviceRow).where(DeviceRow.id == bindparam("device")).values(last_n=bindparam("n")),
    *("device", "n"),
)
_STUDENTS = (
    select(
        StudentRow.id,
        StudentRow.root,
        CaseRow.id.label("case_id"),
        CaseRow.status,
        CaseRow.school_id,
        CaseRow.school_year,
        CaseRow.assignee_id,
        CaseRow.partner_id,
    )
    .outerjoin(CaseRow, CaseRow.student_id == StudentRow.id)
    .where(among(StudentRow.id, "ids"))
)
_DISPUTES = select(ConflictRow.key, ConflictRow.status).where(
    ConflictRow.ent == bindparam("of_ent"), among(ConflictRow.key, "keys")
)
_ADD_CONFLICT = Many(
    insert(ConflictRow),
    *("id", "ent", "key", "why", "fields", "status", "mutation_id", "opened_at"),
    *("resolved_by", "resolved_at"),
)


class Stored(NamedTuple):
    """What a phone sent under a number."""

    id: UUID
    sha: bytes
    receipt: Receipt


class Case(NamedTuple):
    """What of a case decides how a contact is taken."""

    id: UUID
    status: str
    school_id: UUID
    school_year: str


class Student(NamedTuple):
    """A student with every case he ever had."""

    root: str
    roots: frozenset[str]
    """The same, as rows have them."""
    cases: Sequence[Case]
    newest: Case | None
    """The newest of them that is open."""
    carers: frozenset[UUID | None]
    """In whose own care he is; others may reach him as well."""


def lock_devices(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, Standing]:
    """Return devices; nobody else counts their mutations until the transaction ends."""
    rows = tx.run(_DEVICES, {"devices": ids})
    return {row[0]: Standing._make(row) for row in rows}


def stored(tx: Transaction, device_id: UUID, *, first: int, last: int) -> dict[int, Stored]:
    """Return what a device sent under these numbers."""
    rows = tx.run(_STORED, {"device": device_id, "first": first, "last": last})
    return {row.n: Stored(row.mid, row.sha, msgspec.convert(row.receipt, Receipt)) for row in rows}


def known(tx: Transaction, mutation_ids: Iterable[UUID]) -> set[UUID]:
    """Return which of these were sent before, by whichever device; hold all of them.

    On SQLite there is one writer anyway.
    """
    mids = list(mutation_ids)
    if tx.session.get_bind().dialect.name == "postgresql":
        tx.session.connection().execute(
            _HOLD, {"places": sorted(mid.int & (2**63 - 1) for mid in mids)}
        )
    return set(tx.run(_KNOWN, {"mids": mids}).scalars())


def students(tx: Transaction, ids: Iterable[UUID]) -> Mapping[UUID, Student]:
    """Return students with their roots and cases."""
    found: dict[UUID, list[Any]] = {}
    for row in tx.run(_STUDENTS, {"ids": ids}):
        found.setdefault(row.id, []).append(row)
    return {student_id: _student(rows) for student_id, rows in found.items()}


def _student(rows: Sequence[Any]) -> Student:
    root: str = rows[0].root
    told = [row for row in rows if row.case_id is not None]
    still_open = [row for row in told if row.status != CaseStatus.CLOSED]
    cases = [_case(row) for row in told]
    newest = max(still_open, key=lambda row: row.school_year) if still_open else None
    return Student(
        root,
        frozenset({root}),
        cases,
        None if newest is None else _case(newest),
        frozenset(who for row in still_open for who in (row.assignee_id, row.partner_id)),
    )


def _case(row: Any) -> Case:
    return Case(row.case_id, row.status, row.school_id, row.school_year)


def disputed(tx: Transaction, ent: str, keys: Iterable[UUID]) -> set[UUID]:
    """Return which of these rows have a conflict that nobody decided yet."""
    rows = tx.run(_DISPUTES, {"of_ent": ent, "keys": keys})
    return {row.key for row in rows if row.status == "open"}


def add_conflicts(tx: Transaction, rows: Sequence[ConflictRow]) -> None:
    """Keep new conflicts."""
    _ADD_CONFLICT.run(
        tx,
        [
            (
                *(row.id, row.ent, row.key, row.why, row.fields, row.status, row.mutation_id),
                *(row.opened_at, row.resolved_by, row.resolved_at),
            )
            for row in rows
        ],
    )


class Kept(NamedTuple):
    """A mutation of a device with when it was done and its terminal receipt."""

    device: Standing
    item: Item
    told: Estimate
    receipt: Receipt


def add_mutations(tx: Transaction, taken: Sequence[Kept]) -> None:
    """Keep mutations as they came, each with its terminal receipt; count them."""
    rows: list[tuple[Any, ...]] = []
    last: Told | None = None
    sent: list[Any] | None = None
    for device, item, told, receipt in taken:
        if item.sent is not last:  # one push's all were sent at one moment
            last, sent = item.sent, sent_as_kept(item.sent)
        rows.append(
            (
                *(new_id(), device.id, item.n, item.id, device.user_id, item.body, item.sha),
                *(tx.at, receipt.out, receipt, "", claimed(told) if last else ""),
                *((told.at, told.skew_ms) if last else (None, None)),
                sent,
            )
        )
    _ADD.run(tx, rows)
    _COUNT.run(tx, list({one.device.id: one.item.n for one in taken}.items()))
