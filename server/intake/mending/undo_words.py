"""What imports wrote in each field, in their order: what is left when some of them are taken back.

A field says what the last import that holds wrote, or what was there before all of those that do
not. What a person wrote in between ends the chain: it is left as it is.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from server.db.database import Transaction
from server.db.tables.people import EnrollmentRow, StayRow
from server.intake.store import journal
from server.intake.store.journal import Changed, Key

Field: TypeAlias = tuple[str, tuple[Any, ...], str]
"""Table, key and column."""
_PLACE = EnrollmentRow.__tablename__
_STAY = StayRow.__tablename__


class _Word(NamedTuple):
    run_id: UUID
    before: Any
    after: Any


class Words:
    """The words of an import that is taken back, of those taken back since, and of later ones."""

    def __init__(self, run_id: UUID, gone: Collection[UUID]) -> None:
        self._without = frozenset({run_id, *gone})
        self._gone = frozenset(gone)
        self._of: dict[Field, list[_Word]] = {}
        self._added: set[tuple[str, tuple[Any, ...]]] = set()
        self._stays: dict[Any, int] = {}
        self.places: set[int] = set()
        """Enrolments that imports which hold added or changed: these tell them too."""

    def take(self, run_id: UUID, line: journal.Line) -> None:
        """Hear a line; in the order in which they were written."""
        holds = run_id not in self._without
        for table, keys in line.added.items():
            if not holds:
                self._added.update((table, tuple(key)) for key in keys)
            else:
                self._hear_places(table, keys, line.id)
        for one in line.changed:
            if holds:
                self._hear_places(one.table, [one.key], line.id)
            for name, (before, after) in one.fields.items():
                word = _Word(run_id, before, after)
                self._of.setdefault((one.table, tuple(one.key), name), []).append(word)

    def _hear_places(self, table: str, keys: Iterable[Key], line_id: int) -> None:
        """Hear which enrolments, and whose stays, an import that holds tells."""
        if table in (_PLACE, _STAY):
            self.places.update(int(key[0]) for key in keys)
        if table == _STAY:
            self._stays |= {key[0]: line_id for key in keys}

    def tells_stays(self, place_id: Any, line_id: int) -> bool:
        """Tell whether an import that holds said after a line when somebody came and went."""
        return self._stays.get(place_id, 0) > line_id

    def is_told_by_none(self, table: str, key: Key, line_id: int) -> bool:
        """Tell whether a row that a line deleted should stay so.

        What is taken back had added it, or an import that holds said after it what there is.
        """
        own = tuple(key)
        return (table, own) in self._added or (table == _STAY and self.tells_stays(own[0], line_id))

    def pair(self, change: Changed, name: str) -> tuple[Any, Any]:
        """Return what a field should say without the import, and what it should say with it."""
        said = self._of.get((change.table, tuple(change.key), name), [])
        if not said:
            return change.fields[name]
        return _left(said, self._without), _left(said, self._gone)


def words(tx: Transaction, run_id: UUID, *, gone: Sequence[UUID], later: Sequence[UUID]) -> Words:
    """Return what an import wrote, with those taken back while it held, and with later ones."""
    found = Words(run_id, gone)
    lines = {
        line_id: one for one in {run_id, *gone, *later} for line_id in journal.lines_of(tx, one)
    }
    if {*lines.values()} - {run_id}:  # else every line says by itself what it found
        for line_id in sorted(lines):
            found.take(lines[line_id], journal.line(tx, line_id))
    return found


def _left(said: Sequence[_Word], without: Collection[UUID]) -> Any:
    value = said[-1].after
    for word in reversed(said):
        if word.run_id not in without or word.after != value:
            break
        value = word.before
    return value
