"""Speaks SQL for the contacts of a whole batch. Decides nothing, publishes nothing."""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, insert, select, update

from schemas.contacts import Contact
from server.contacts.store import Belonging, Timing
from server.db.among import among
from server.db.database import Transaction
from server.db.prepared import Many
from server.db.tables.cases import CaseRow, ContactRow
from server.db.tables.people import StudentRow

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
_FIND = (
    select(ContactRow.id, StudentRow.root, CaseRow.status)
    .join(StudentRow, StudentRow.id == ContactRow.student_id)
    .outerjoin(CaseRow, CaseRow.id == ContactRow.case_id)
    .where(among(ContactRow.id, "ids"))
)
_PUBLISHED = msgspec.json.Decoder(Contact)


class Found(NamedTuple):
    """A contact as it was last published, and where it belongs."""

    contact: Contact
    root: str
    """Its student's."""
    status: str | None
    """Where its case stands."""


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
    _CHANGE.run(tx, [(one.id, *(getattr(one, name) for name in _EDITED)) for one in contacts])


def found(tx: Transaction, published: Mapping[UUID, str]) -> Mapping[UUID, Found]:
    """Return contacts, given their published texts, with where they belong.

    What is published is what is stored, as the wire spells it. One that an older release
    spelled in another way is not among them.
    """
    known: dict[UUID, Found] = {}
    for contact_id, root, status in tx.run(_FIND, {"ids": published}):
        try:
            contact = _PUBLISHED.decode(published[contact_id])
        except msgspec.ValidationError:
            continue
        known[contact_id] = Found(contact, root, status)
    return known


def _row(one: New) -> tuple[Any, ...]:
    contact, timing, belonging = one
    return (
        *_own(contact),
        contact.by,
        timing.skew_ms,
        " ".join(timing.flags),
        belonging.by_role.value if belonging.by_role else "",
        belonging.school_id,
        None,
        "",
    )


_CODES = frozenset({"method", "direction", "outcome", "party"})
_own: Callable[[Contact], tuple[Any, ...]] = attrgetter(
    *(f"{name}._value_" if name in _CODES else name for name in _OWN)
)
"""Plain texts: SQLite's driver looks for an adapter of each value whose type is not its own."""
