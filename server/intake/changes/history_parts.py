"""Cuts staff and contact histories into what one short transaction takes, and plans them."""

from collections.abc import Iterator, Sequence

from server.attendance import store as attendance
from server.db.database import Transaction
from server.db.parts import parts
from server.identity.rules import login_of
from server.intake.changes import history
from server.intake.changes.history import Coming, HistoryChanges
from server.intake.records import ContactRecord, StaffRecord
from server.intake.staged.staging import Staging

_CONTACTS_AT_ONCE = 500


def check(tx: Transaction, space: Staging) -> None:
    """Put contacts aside whose moment has not come."""
    zone = attendance.zone_of(tx)
    doomed: list[str] = []
    for record in space.find(ContactRecord):
        at = record.occurred_at
        if (at if at.tzinfo else at.replace(tzinfo=zone)) > tx.at:
            doomed.append(record.source_id)
            space.refuse(history.not_come_yet(record))
    for source_id in doomed:
        space.take(ContactRecord, "source_id = ?", [source_id])


def staff_of(space: Staging) -> Sequence[StaffRecord]:
    """Return the people of the programme that the files name."""
    return list(space.find(StaffRecord))


def contacts_of(space: Staging) -> Iterator[Sequence[ContactRecord]]:
    """Yield the contacts in parts."""
    return parts(space.find(ContactRecord), _CONTACTS_AT_ONCE)


def changes(tx: Transaction, space: Staging) -> Iterator[HistoryChanges]:
    """Yield what the files change, compared with what is known; nothing is written."""
    staff = staff_of(space)
    coming = Coming(
        schools=frozenset(space.values("select code from school")),
        students=frozenset(space.values("select number from student")),
        logins=frozenset(login_of(record.login) for record in staff),
    )
    if staff:
        yield history.change_staff(tx, staff, coming=coming)
    for part in contacts_of(space):
        yield history.change_contacts(tx, part, coming=coming)
        tx.session.expunge_all()
