"""What plans are made from: read with a handful of statements before the first is made."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, tzinfo
from uuid import UUID

from msgspec import Struct

from server.attendance import store as attendance
from server.calls import store as calls
from server.contacts import store as contacts
from server.contacts.rules import Stay
from server.contacts.store import many
from server.contacts.store.many import Found
from server.db.database import Transaction
from server.feed import batch as feed
from server.syncing.batch.candidates import Candidate
from server.syncing.store import batch as store
from server.syncing.store.batch import Student


class Known(Struct, frozen=True, kw_only=True):
    """The district as far as a batch is about it. The rows it changes are held."""

    at: datetime
    zone: tzinfo
    mutations: frozenset[UUID]
    """Those that were sent before."""
    students: Mapping[UUID, Student]
    callers: Mapping[UUID, AbstractSet[UUID]]
    """Of a student, who holds a call to make."""
    stays: Mapping[UUID, Sequence[Stay]]
    published: Mapping[UUID, feed.Held]
    contacts: Mapping[UUID, Found]
    disputed: frozenset[UUID]
    """Contacts about which a conflict is open."""


def read(tx: Transaction, chosen: Sequence[Candidate]) -> Known:
    """Read what these mutations need, whosever they are.

    Ids first, then rows, each kind in one order: no two batches ever wait for each other.
    """
    mutations = store.known(tx, [one.item.id for one in chosen])
    edited = [one.item.mut.key for one in chosen if one.draft is None and one.item.mut]
    students: set[UUID] = {one.draft.student_id for one in chosen if one.draft is not None}
    published = feed.held(tx, "contact", edited) if edited else {}
    return Known(
        at=tx.at,
        zone=attendance.zone_of(tx),
        mutations=frozenset(mutations),
        students=store.students(tx, students),
        callers=calls.holders_of(tx, students),
        stays=contacts.stays_of_all(tx, list(students)),
        published=published,
        contacts=many.found(tx, {key: one.text for key, one in published.items() if not one.gone}),
        disputed=frozenset(store.disputed(tx, "contact", published)),
    )
