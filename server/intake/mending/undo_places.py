"""Takes enrolments back whose facts are not known any more, and brings back those that have some.

An enrolment that only a taken-back import told cannot go while facts hang on it, also closed ones:
they say what was believed in between. Nobody is enrolled by it any more.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from msgspec import Struct, field

from server.db.database import Transaction
from server.db.tables.people import TAKEN_BACK, EnrollmentRow
from server.intake.changes.places import FROM_ATTENDANCE
from server.intake.mending import undo_rows, undo_touched
from server.intake.mending.undo_rows import Tally
from server.intake.mending.undo_touched import Touched
from server.intake.store import journal
from server.intake.store import undo as store

_NOTHING = {
    "grade": "",
    "entry_on": None,
    "exit_on": None,
    "exit_reason": "",
    "periods": None,
    "source_at": None,
}


class Told(Struct, kw_only=True):
    """By which imports the enrolments were told that an import is taken back from."""

    before: set[int] = field(default_factory=set[int])
    """Added by imports that were taken back while this one held."""
    held: set[int] = field(default_factory=set[int])
    """Told as well by an import that still holds: these stay as they are."""


def settle(
    tx: Transaction,
    school_id: UUID,
    *,
    added: Collection[int],
    told: Told,
    tally: Tally,
) -> Touched:
    """Have nobody enrolled at a school by what only the import told, and tell the phones.

    Return whom that concerns. ``added``: the import's own enrolments. Counted is which of them
    hold no more, and which stay.
    """
    changed = _settled(tx, school_id, {*added, *told.before} - told.held)
    touched = Touched()
    for row in changed:
        touched.note_place(row)
    undo_touched.publish(tx, touched)
    _count(tx, school_id, added, [row.id for row in changed], tally)
    return touched


def _settled(tx: Transaction, school_id: UUID, added: Collection[int]) -> list[EnrollmentRow]:
    """Bring a school's enrolments in line with its facts; return those that changed."""
    rows = store.places_to_settle(tx, school_id, added)
    known = store.places_with_facts(tx, [row.id for row in rows])
    changed: list[EnrollmentRow] = []
    for row in rows:
        if row.id in known and row.source == TAKEN_BACK:
            row.source = FROM_ATTENDANCE
        elif row.id not in known and row.source != TAKEN_BACK:
            for name, value in _NOTHING.items():
                setattr(row, name, value)
            row.source = TAKEN_BACK
        else:
            continue
        changed.append(row)
    gone = [row.id for row in changed if row.source == TAKEN_BACK]
    store.remove_stays(tx, gone)
    tx.session.flush()
    return changed


def added_by(tx: Transaction, run_ids: Sequence[UUID]) -> set[int]:
    """Return the enrolments that imports had added, gone or not."""
    touched = Touched()
    for run_id in run_ids:
        for line_id in journal.lines_of(tx, run_id):
            undo_rows.note_added(journal.line(tx, line_id), touched)
    return touched.added


def _count(
    tx: Transaction,
    school_id: UUID,
    added: Collection[int],
    taken_back: Collection[int],
    tally: Tally,
) -> None:
    """Count which of an import's enrolments hold no more, and which stay for their facts."""
    table = EnrollmentRow.__tablename__
    rows = store.places_of(tx, school_id, added)
    gone = [row for row in rows if row.id in taken_back]
    if gone:
        tally.removed[table] = tally.removed.get(table, 0) + len(gone)
    undo_rows.stay(tx, tally, table, [row for row in rows if row.source != TAKEN_BACK])
