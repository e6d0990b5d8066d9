"""Takes enrolments back whose facts are not known any more, and brings back those that have some.

An enrolment that only a taken-back import told cannot go while facts hang on it, also closed ones:
they say what was believed in between. Nobody is enrolled by it any more.
"""

from collections.abc import Collection
from uuid import UUID

from server.db.database import Transaction
from server.db.tables.people import TAKEN_BACK, EnrollmentRow
from server.intake.changes.places import FROM_ATTENDANCE
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


def settle(
    tx: Transaction, run_id: UUID, school_id: UUID, added: Collection[int]
) -> list[EnrollmentRow]:
    """Bring a school's enrolments in line with its facts; return those that changed.

    ``added``: enrolments that only imports told which were taken back.
    """
    journal.follow(tx, run_id, is_undoing=True)
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
