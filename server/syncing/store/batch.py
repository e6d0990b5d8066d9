"""Speaks SQL for a batch of one device's mutations. Decides nothing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from schemas.cases import CaseStatus
from schemas.sync import Receipt
from server.db.database import Transaction
from server.db.parts import parts
from server.db.prepared import Many
from server.db.tables.cases import CaseRow
from server.db.tables.people import StudentRow
from server.db.tables.syncing import ConflictRow, DeviceRow, MutationRow
from server.ids import new_id
from server.syncing.rules import Item
from server.syncing.store import Standing, times_of

_DEVICES = (
    select(*(getattr(DeviceRow, name) for name in Standing._fields))
    .where(DeviceRow.id.in_(bindparam("devices", expanding=True)))
    .order_by(DeviceRow.id)
    .with_for_update(key_share=True)
)
_STORED = select(MutationRow.n, MutationRow.mid, MutationRow.sha, MutationRow.receipt).where(
    MutationRow.device_id == bindparam("device"),
    MutationRow.n.between(bindparam("first"), bindparam("last")),
)
_KNOWN = select(MutationRow.mid).where(MutationRow.mid.in_(bindparam("mids", expanding=True)))
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
    .where(StudentRow.id.in_(bindparam("ids", expanding=True)))
)
_OPEN = select(ConflictRow.key).where(
    ConflictRow.ent == bindparam("of_ent"),
    ConflictRow.status == "open",
    ConflictRow.key.in_(bindparam("keys", expanding=True)),
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
    workers: frozenset[UUID | None]
    """To whom it is assigned."""


class Student(NamedTuple):
    """A student with every case he ever had."""

    root: str
    roots: frozenset[str]
    """The same, as rows have them."""
    cases: Sequence[Case]

    def is_in_care_of(self, user_id: UUID) -> bool:
        """Tell whether an open case is this person's; he may reach more than that."""
        return any(user_id in one.workers and one.status != CaseStatus.CLOSED for one in self.cases)


def lock_devices(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, Standing]:
    """Return devices; nobody else counts their mutations until the transaction ends."""
    rows = tx.run(_DEVICES, {"devices": list(ids)})
    return {row.id: Standing._make(row) for row in rows}


def stored(tx: Transaction, device_id: UUID, *, first: int, last: int) -> dict[int, Stored]:
    """Return what a device sent under these numbers."""
    rows = tx.run(_STORED, {"device": device_id, "first": first, "last": last})
    return {row.n: Stored(row.mid, row.sha, msgspec.convert(row.receipt, Receipt)) for row in rows}


def known(tx: Transaction, mutation_ids: Iterable[UUID]) -> set[UUID]:
    """Return which of these were sent before, by whichever device; hold all of them.

    On SQLite there is one writer anyway.
    """
    mids = sorted(mutation_ids)
    if tx.session.get_bind().dialect.name == "postgresql":
        tx.session.connection().execute(
            _HOLD, {"places": sorted(mid.int & (2**63 - 1) for mid in mids)}
        )
    return {row.mid for part in parts(mids) for row in tx.run(_KNOWN, {"mids": part})}


def students(tx: Transaction, ids: Iterable[UUID]) -> Mapping[UUID, Student]:
    """Return students with their roots and cases."""
    found: dict[UUID, tuple[str, list[Case]]] = {}
    for part in parts(ids):
        for row in tx.run(_STUDENTS, {"ids": part}):
            _, cases = found.setdefault(row.id, (row.root, []))
            if row.case_id is not None:
                workers = frozenset({row.assignee_id, row.partner_id})
                cases.append(Case(row.case_id, row.status, row.school_id, row.school_year, workers))
    return {
        student_id: Student(root, frozenset({root}), cases)
        for student_id, (root, cases) in found.items()
    }


def disputed(tx: Transaction, ent: str, keys: Iterable[UUID]) -> set[UUID]:
    """Return which of these rows have a conflict that nobody decided yet."""
    return {row.key for part in parts(keys) for row in tx.run(_OPEN, {"of_ent": ent, "keys": part})}


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


def add_mutations(tx: Transaction, taken: Sequence[tuple[Standing, Item, Receipt]]) -> None:
    """Keep mutations as they came, each with its terminal receipt; count them."""
    rows: list[tuple[Any, ...]] = [
        (
            *(new_id(), device.id, item.n, item.id, device.user_id, item.body, item.sha, tx.at),
            *(receipt.out, receipt, ""),
            *times_of(item, tx.at).values(),
        )
        for device, item, receipt in taken
    ]
    _ADD.run(tx, rows)
    _COUNT.run(tx, list({device.id: item.n for device, item, _ in taken}.items()))
