"""Speaks SQL for devices, the mutation log and conflicts. Decides nothing."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, func, insert, or_, select, update
from sqlalchemy.orm.attributes import set_committed_value

from schemas.base import ConflictId, MutationId, UserId
from schemas.cases import CaseStatus
from schemas.sync import Conflict, ConflictField, Receipt
from server.db.among import among
from server.db.database import Transaction
from server.db.parts import parts
from server.db.prepared import Many
from server.db.tables.cases import CaseRow
from server.db.tables.identity import UserRow, UserSchoolRow
from server.db.tables.people import StudentRow
from server.db.tables.syncing import ConflictRow, DeviceRow, MutationRow
from server.ids import new_id
from server.syncing.rules import Item
from sync.normal import fault_of
from sync.numbers import Stored
from sync.skew import Estimate, Told

_SEEN_EVERY = timedelta(minutes=1)
_RECEIPTS_AT_ONCE = 1000
_CLAIM = 40
"""Letters of the longest time in RFC 3339."""


# Made once: a phone that comes back after a week hands in hundreds of mutations.
_DEVICE = select(DeviceRow).where(DeviceRow.id == bindparam("device"))
_PRESENT = (
    select(DeviceRow.state, UserRow.state, UserRow.role, UserRow.root, UserSchoolRow.school_id)
    .select_from(DeviceRow)
    .join(UserRow, UserRow.id == DeviceRow.user_id)
    .outerjoin(UserSchoolRow, UserSchoolRow.user_id == UserRow.id)
    .where(DeviceRow.id == bindparam("device"), UserRow.id == bindparam("user"))
)
_LOCKED_DEVICE = _DEVICE.with_for_update(key_share=True)
_STORED = select(MutationRow.mid, MutationRow.sha, MutationRow.receipt)
_STORED_AT = _STORED.where(
    MutationRow.device_id == bindparam("device"), MutationRow.n == bindparam("number")
)
_STORED_AS = _STORED.where(MutationRow.mid == bindparam("mutation")).order_by(MutationRow.id)
_NUMBER = select(MutationRow.n).where(
    MutationRow.device_id == bindparam("device"), MutationRow.mid == bindparam("mutation")
)
_KEEP = insert(MutationRow)
_NOTE = update(DeviceRow).where(DeviceRow.id == bindparam("device"))
_COUNT = _NOTE.values(last_n=bindparam("number"))
_SAID = ("acked_n", "waiting", "schema", "build")
_TOLD = Many(
    _NOTE.values(
        last_seen_at=bindparam("seen"), **{name: bindparam(f"said_{name}") for name in _SAID}
    ),
    *("device", "seen", *(f"said_{name}" for name in _SAID)),
)
_RECEIPTS = (
    select(MutationRow.receipt)
    .where(MutationRow.device_id == bindparam("device"), MutationRow.n > bindparam("number"))
    .order_by(MutationRow.n)
    .limit(_RECEIPTS_AT_ONCE)
)
_USER_ROOTS = select(UserRow.id, UserRow.root).where(among(UserRow.id, "users"))
_LOCKED_CASE = (
    select(CaseRow).where(CaseRow.id == bindparam("case")).with_for_update(key_share=True)
)


class Standing(NamedTuple):
    """How far a device is, and what it last said of itself."""

    id: UUID
    user_id: UUID
    last_n: int
    durable_n: int
    acked_n: int
    waiting: int
    schema: int
    build: str
    last_seen_at: datetime | None
    state: str


_STANDING = select(*(getattr(DeviceRow, name) for name in Standing._fields)).where(
    DeviceRow.id == bindparam("device")
)


class Present(NamedTuple):
    """A person and his phone as they are in this snapshot."""

    device_state: str
    state: str
    role: str
    root: str
    school_ids: frozenset[UUID]


def present(tx: Transaction, device_id: UUID, user_id: UUID) -> Present | None:
    """Return a person and his phone; None: there are no such two."""
    rows = tx.run(_PRESENT, {"device": device_id, "user": user_id}).all()
    if not rows:
        return None
    device_state, state, role, root, _ = rows[0]
    school_ids = frozenset(row.school_id for row in rows if row.school_id is not None)
    return Present(device_state, state, role, root, school_ids)


def find_device(tx: Transaction, device_id: UUID) -> DeviceRow | None:
    """Return a device, or None."""
    return tx.session.scalar(_DEVICE, {"device": device_id})


def standing_of(tx: Transaction, device_id: UUID) -> Standing | None:
    """Return where a device stands, or None."""
    row = tx.run(_STANDING, {"device": device_id}).first()
    return None if row is None else Standing._make(row)


def lock_device(tx: Transaction, device_id: UUID) -> DeviceRow:
    """Return a device; nobody else counts its mutations until the transaction ends."""
    return tx.session.scalars(_LOCKED_DEVICE, {"device": device_id}).one()


def lock_mutation(tx: Transaction, mutation_id: UUID) -> None:
    """Hold an id, so that two devices that both send it are taken one after the other.

    On SQLite there is one writer anyway.
    """
    if tx.session.get_bind().dialect.name == "postgresql":
        place = mutation_id.int & (2**63 - 1)
        tx.session.execute(select(func.pg_advisory_xact_lock(place)))


def stored_at(tx: Transaction, device_id: UUID, n: int) -> Stored | None:
    """Return what a device sent under a number."""
    return _stored(tx.run(_STORED_AT, {"device": device_id, "number": n}).first())


def stored_as(tx: Transaction, mutation_id: UUID) -> list[Stored]:
    """Return every arrival of a mutation's id, from whichever device, the first one first."""
    found = (_stored(row) for row in tx.run(_STORED_AS, {"mutation": mutation_id}))
    return [one for one in found if one is not None]


def number_of(tx: Transaction, device_id: UUID, mutation_id: UUID) -> int | None:
    """Return the number under which a device sent a mutation before."""
    return tx.run(_NUMBER, {"device": device_id, "mutation": mutation_id}).scalar()


def receipts_after(tx: Transaction, device_id: UUID, n: int) -> list[Receipt]:
    """Return a device's receipts above a number, oldest first."""
    found = tx.run(_RECEIPTS, {"device": device_id, "number": n}).scalars()
    return [msgspec.convert(receipt, Receipt) for receipt in found]


def add_mutation(
    tx: Transaction, device: DeviceRow, item: Item, receipt: Receipt, *, trace: str = ""
) -> None:
    """Keep a mutation as it came, with its terminal receipt; count it."""
    kept: dict[str, Any] = {
        "id": new_id(),
        "device_id": device.id,
        "n": item.n,
        "mid": item.id,
        "user_id": device.user_id,
        "body": item.body,
        "sha": item.sha,
        "received_at": tx.at,
        "out": receipt.out,
        "receipt": receipt,
        "trace": trace,
    } | times_of(item.sent, item.times(tx.at))
    tx.run(_KEEP, kept)
    tx.run(_COUNT, {"device": device.id, "number": item.n})
    set_committed_value(device, "last_n", item.n)


def times_of(sent: Told | None, told: Estimate | None) -> dict[str, Any]:
    """Return a mutation's times as they are kept: as claimed, and as well as can be known."""
    return {
        "claimed_at": "" if told is None else claimed(told),
        "est_at": None if told is None else told.at,
        "skew_ms": None if told is None else told.skew_ms,
        "sent": sent_as_kept(sent),
    }


def claimed(told: Estimate) -> str:
    """Return a claimed time as it is kept; one that no clock would tell is only in the payload."""
    is_claim = len(told.claimed) <= _CLAIM and not fault_of(told.claimed)
    return told.claimed if is_claim else ""


def sent_as_kept(sent: Told | None) -> list[Any] | None:
    """Return what a phone's clocks said when it sent, as it is kept."""
    return None if sent is None else [sent.wall, sent.session, sent.ms]


def is_news(tx: Transaction, device: Standing, told: Mapping[str, Any]) -> bool:
    """Tell whether what a phone says of itself is worth a write."""
    is_stale = device.last_seen_at is None or tx.at - device.last_seen_at >= _SEEN_EVERY
    return is_stale or any(getattr(device, name) != value for name, value in told.items())


def note_devices(tx: Transaction, told: Iterable[tuple[UUID, Mapping[str, Any]]]) -> None:
    """Keep what phones said of themselves, and that they were here."""
    _TOLD.run(tx, [(device_id, tx.at, *map(said.get, _SAID)) for device_id, said in told])


def user_roots(tx: Transaction, user_ids: Iterable[UUID]) -> set[str]:
    """Return the own roots of people."""
    return set(roots_of_users(tx, user_ids).values())


def roots_of_users(tx: Transaction, user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return each person's own root."""
    return {
        row.id: row.root for part in parts(user_ids) for row in tx.run(_USER_ROOTS, {"users": part})
    }


def find_user(tx: Transaction, user_id: UUID) -> tuple[UserRow, frozenset[UUID]] | None:
    """Return a person and his schools, or None."""
    user = tx.session.get(UserRow, user_id)
    if user is None:
        return None
    schools = select(UserSchoolRow.school_id).where(UserSchoolRow.user_id == user_id)
    return user, frozenset(tx.session.scalars(schools))


def students_of_roots(tx: Transaction, roots: Iterable[str]) -> list[UUID]:
    """Return the students whose roots these are."""
    return list(tx.session.scalars(select(StudentRow.id).where(StudentRow.root.in_(list(roots)))))


def lock_case(tx: Transaction, case_id: UUID) -> CaseRow | None:
    """Return a case as it is now; nobody else moves it until the transaction ends.

    ``key_share``: a contact that refers to the case holds its key, and two of them that both
    moved the case would wait for each other for ever.
    """
    found = tx.session.scalars(
        _LOCKED_CASE, {"case": case_id}, execution_options={"populate_existing": True}
    )
    return found.first()


def closed_roots_of(tx: Transaction, user_id: UUID) -> set[str]:
    """Return the roots of students whose case was this person's when it was closed."""
    query = (
        select(StudentRow.root)
        .join(CaseRow, CaseRow.student_id == StudentRow.id)
        .where(
            or_(CaseRow.assignee_id == user_id, CaseRow.partner_id == user_id),
            CaseRow.status == CaseStatus.CLOSED,
        )
    )
    return set(tx.session.scalars(query))


def find_conflict(tx: Transaction, conflict_id: UUID) -> ConflictRow | None:
    """Return a conflict, or None."""
    return tx.session.get(ConflictRow, conflict_id)


def lock_conflict(tx: Transaction, conflict_id: UUID) -> ConflictRow:
    """Return a conflict as it is now; nobody else decides it until the transaction ends.

    Whoever needs both holds the row first and its conflicts after it.
    """
    return tx.session.scalars(
        select(ConflictRow)
        .where(ConflictRow.id == conflict_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def open_conflicts_of(tx: Transaction, ent: str, key: UUID) -> list[ConflictRow]:
    """Return a row's conflicts that nobody decided yet, as they are now, oldest first.

    Nobody else decides them until the transaction ends.
    """
    query = (
        select(ConflictRow)
        .where(ConflictRow.ent == ent, ConflictRow.key == key, ConflictRow.status == "open")
        .order_by(ConflictRow.opened_at, ConflictRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(tx.session.scalars(query))


def add_conflict(tx: Transaction, row: ConflictRow) -> None:
    """Keep a new conflict."""
    tx.session.add(row)
    tx.session.flush()


def fields_of(row: ConflictRow) -> list[ConflictField]:
    """Return a conflict's fields."""
    return msgspec.convert(row.fields, list[ConflictField])


def conflict_of(row: ConflictRow) -> Conflict:
    """Return a row as the wire spells it."""
    return msgspec.convert(
        {
            "id": ConflictId(row.id),
            "ent": row.ent,
            "key": row.key,
            "why": row.why,
            "fields": fields_of(row),
            "status": row.status,
            "mutation_id": MutationId(row.mutation_id) if row.mutation_id else None,
            "opened_at": row.opened_at,
            "resolved_by": UserId(row.resolved_by) if row.resolved_by else None,
            "resolved_at": row.resolved_at,
        },
        Conflict,
    )


def _stored(row: Any) -> Stored | None:
    if row is None:
        return None
    return Stored(row.mid, row.sha, msgspec.convert(row.receipt, Receipt))
