"""Speaks SQL for the contacts of a whole batch. Decides nothing, publishes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, insert, select, update

from schemas.contacts import Contact
from server.contacts.rules import Stay
from server.contacts.store import Belonging, Timing, contact_of
from server.db.database import Transaction
from server.db.prepared import Many, ask, parts
from server.db.tables.cases import ContactRow
from server.db.tables.people import EnrollmentRow, StayRow

_OWN = tuple(name for name in Contact.__struct_fields__ if name != "by")
_ADD = Many(
    insert(ContactRow),
    *(*_OWN, "by_user_id", "skew_ms", "time_flags", "by_role", "school_id", "voided_at", "source"),
)
_EDITED = (
    *("method", "direction", "outcome", "party", "met", "contact_point_id", "causes", "note"),
    *("referrals", "follow_up_kind", "follow_up_on"),
)
_CHANGE = Many(
    update(ContactRow)
    .where(ContactRow.id == bindparam("of_id"))
    .values({name: bindparam(f"new_{name}") for name in _EDITED}),
    *("of_id", *(f"new_{name}" for name in _EDITED)),
)
_FIND = select(*(getattr(ContactRow, name) for name in (*_OWN, "by_user_id"))).where(
    ContactRow.id.in_(bindparam("ids", expanding=True))
)
_STAYS = (
    select(
        EnrollmentRow.student_id,
        EnrollmentRow.school_id,
        EnrollmentRow.entry_on,
        EnrollmentRow.exit_on,
        EnrollmentRow.source,
        EnrollmentRow.school_year,
        StayRow.entry_on.label("stay_entry_on"),
        StayRow.exit_on.label("stay_exit_on"),
    )
    .outerjoin(StayRow, StayRow.place_id == EnrollmentRow.id)
    .where(EnrollmentRow.student_id.in_(bindparam("ids", expanding=True)))
)


class New(NamedTuple):
    """A contact to be written, with what only the server keeps of it."""

    contact: Contact
    timing: Timing
    belonging: Belonging


def add(tx: Transaction, rows: Sequence[New]) -> None:
    """Write new contacts."""
    _ADD.run(tx, [_row(one) for one in rows])


def change(tx: Transaction, contacts: Sequence[Contact]) -> None:
    """Write what can be edited of contacts."""
    _CHANGE.run(
        tx, [(one.id, *(getattr(one, name) for name in _EDITED)) for one in contacts]
    )


def found(tx: Transaction, ids: Iterable[UUID]) -> Mapping[UUID, Contact]:
    """Return contacts as they are stored."""
    rows: Iterable[Any] = (row for part in parts(ids) for row in ask(tx, _FIND, {"ids": part}))
    return {row.id: contact_of(row) for row in rows}


def stays(tx: Transaction, student_ids: Iterable[UUID]) -> Mapping[UUID, list[Stay]]:
    """Return every stay of these students, as ``stays_of_all`` does."""
    known: dict[UUID, list[Stay]] = {}
    for part in parts(student_ids):
        for row in ask(tx, _STAYS, {"ids": part}):
            is_own = row.stay_entry_on is not None
            known.setdefault(row.student_id, []).append(
                Stay(
                    school_id=row.school_id,
                    entry_on=row.stay_entry_on if is_own else row.entry_on,
                    exit_on=row.stay_exit_on if is_own else row.exit_on,
                    is_from_file=row.source == "enrollment_file",
                    school_year=row.school_year,
                )
            )
    return known


def _row(one: New) -> tuple[Any, ...]:
    contact, timing, belonging = one
    values = msgspec.structs.astuple(contact)
    return (
        *(value for at, value in enumerate(values) if at != _BY),
        contact.by,
        timing.skew_ms,
        " ".join(timing.flags),
        belonging.by_role.value if belonging.by_role else "",
        belonging.school_id,
        None,
        "",
    )


_BY = Contact.__struct_fields__.index("by")
