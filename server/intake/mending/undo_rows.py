"""Takes back what one transaction of an import did to people, schools and calendars."""

from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from msgspec import Struct

from server.contacts import store as contacts
from server.db.base import Base
from server.db.database import Transaction
from server.db.tables.cases import ContactRow
from server.db.tables.people import (
    AddressRow,
    ContactPointRow,
    EnrollmentRow,
    GuardianshipRow,
    StayRow,
    StudentRow,
)
from server.feed import store as feed
from server.intake.changes import reach
from server.intake.mending.undo_touched import Touched
from server.intake.mending.undo_words import Words
from server.intake.store import history, journal
from server.intake.store import undo as store
from server.intake.store.journal import Changed, Key, Line
from server.people import store as people

_NAMED = 20
_PEOPLES_OWN = frozenset({"app_user", "user_school"})
"""Who wrote contacts: nobody can sign in as somebody whom only a file named."""
_ENDED = (GuardianshipRow, ContactPointRow, AddressRow)
_ORDER = (
    *("source_key", "code_map", "submission", "calendar_day", "term"),
    *("enrollment", "stay", "address", "contact_point", "guardianship"),
    *("guardian", "student", "school"),
)
"""What refers before what it refers to."""


class Stayed(Struct, kw_only=True):
    """Rows of a table that an import added and that stay."""

    count: int = 0
    names: list[str] = []
    """The first of them, as the district knows them."""


class Tally(Protocol):
    """Where it is counted."""

    restored_count: int
    changed_since_count: int
    removed: dict[str, int]
    stayed: dict[str, Stayed]


def take_back(tx: Transaction, line: Line, tally: Tally, touched: Touched, words: Words) -> None:
    """Take one line back: fields nobody changed since, and rows nothing else refers to."""
    note_added(line, touched)
    for one in line.changed:
        _restore(tx, one, tally, touched, words=words, line_id=line.id)
    tx.session.flush()
    known = [name for name in _ORDER if name in line.added]
    for table in [*known, *sorted(set(line.added) - set(known))]:
        keys = line.added[table]
        if table == StayRow.__tablename__:
            keys = _stays_apart(line, words)
        elif table == EnrollmentRow.__tablename__:
            keys = [key for key in keys if int(key[0]) not in words.places]
        _remove(tx, table, keys, tally, touched)


def remember(tx: Transaction, line: Line, touched: Touched) -> None:
    """Note whom a line concerned that was taken back before."""
    note_added(line, touched)
    for one in line.changed:
        row = journal.find(tx, one.table, one.key)
        if row is not None:
            touched.note(row)


def note_added(line: Line, touched: Touched) -> None:
    """Note the enrolments that a line added."""
    touched.added.update(int(key[0]) for key in line.added.get(EnrollmentRow.__tablename__, ()))


def take_stays_back(
    tx: Transaction, line: Line, tally: Tally, touched: Touched, words: Words
) -> None:
    """Take the stays of a line back that was taken back before.

    They were left as long as an import held that said more of them.
    """
    table = StayRow.__tablename__
    for one in line.changed:
        if one.table == table and journal.find(tx, table, one.key) is None:
            _restore(tx, one, tally, touched, words=words, line_id=line.id)
    tx.session.flush()
    if table in line.added:
        _remove(tx, table, _stays_apart(line, words), tally, touched)


def _stays_apart(line: Line, words: Words) -> list[Key]:
    """Return the added stays of enrolments that were there before: the others go or stay whole."""
    new = {key[0] for key in line.added.get(EnrollmentRow.__tablename__, ())}
    return [
        key
        for key in line.added[StayRow.__tablename__]
        if key[0] not in new and not words.tells_stays(key[0], line.id)
    ]


def _restore(  # noqa: PLR0913  (a change, and all that is asked about it)
    tx: Transaction,
    change: Changed,
    tally: Tally,
    touched: Touched,
    *,
    words: Words,
    line_id: int,
) -> None:
    row = journal.find(tx, change.table, change.key)
    pairs = {name: words.pair(change, name) for name in change.fields}
    gone = all(after is None for _, after in change.fields.values())
    if row is None and gone and not words.is_told_by_none(change.table, change.key, line_id):
        _bring_back(tx, change._replace(fields=pairs), tally, touched)
        return
    if row is None:
        tally.changed_since_count += len(change.fields)
        return
    columns = type(row).__table__.columns
    for name, (before, after) in pairs.items():
        if before != after and journal.is_now(row, name, after):
            setattr(row, name, journal.typed(columns[name], before))
            tally.restored_count += 1
        else:
            tally.changed_since_count += 1
    touched.note(row)


def _bring_back(tx: Transaction, change: Changed, tally: Tally, touched: Touched) -> None:
    """Write again a row that the import deleted: a calendar day, a stay."""
    kind = journal.class_of(change.table)
    columns = kind.__table__.columns
    values = {name: before for name, (before, _) in change.fields.items()}
    own = zip(kind.__table__.primary_key, change.key, strict=True)
    values |= {column.name: part for column, part in own}
    row = kind(**{name: journal.typed(columns[name], value) for name, value in values.items()})
    tx.session.add(row)
    tx.session.flush()
    tally.restored_count += len(change.fields)
    touched.note(row)


def _remove(
    tx: Transaction, table: str, keys: Sequence[Key], tally: Tally, touched: Touched
) -> None:
    found = [(key, journal.find(tx, table, key)) for key in keys]
    rows = [(key, row) for key, row in found if row is not None]
    own = {StayRow.__tablename__} & {table}
    if table == ContactRow.__tablename__:
        _void(tx, [row for _, row in rows if isinstance(row, ContactRow)], tally)
        return
    if table in _PEOPLES_OWN:
        stay(tx, tally, table, [row for _, row in rows])
        return
    if table == EnrollmentRow.__tablename__:
        free = _free(tx, table, rows, besides=("stay",))
        store.remove_stays(tx, [row.id for row in free if isinstance(row, EnrollmentRow)])
    else:
        free = [row for _, row in rows] if own else _free(tx, table, rows)
    goes, ends, stays = _sorted(tx, [row for _, row in rows], free)
    for row in (*goes, *ends):
        touched.note(row)
    for row in ends:
        row.ended_at = tx.at  # type: ignore[attr-defined]  # ``ends`` are rows that can end
    store.remove(tx, goes)
    if goes or ends:
        tally.removed[table] = tally.removed.get(table, 0) + len(goes) + len(ends)
    if table != EnrollmentRow.__tablename__:  # what becomes of these, their facts decide
        stay(tx, tally, table, stays)


def _void(tx: Transaction, rows: Sequence[ContactRow], tally: Tally) -> None:
    """Say of imported contacts that they never were; what a person changed since stays."""
    edited = history.edited_by_people(tx, [row.id for row in rows])
    for row in rows:
        if row.id not in edited:
            contacts.void(tx, row)
            tally.removed["contact"] = tally.removed.get("contact", 0) + 1
    stay(tx, tally, "contact", [row for row in rows if row.id in edited])


def _sorted(
    tx: Transaction, rows: Sequence[Base], free: Sequence[Base]
) -> tuple[list[Base], list[Base], list[Base]]:
    """Return what goes, what ends (phones had it) and what stays."""
    goes: list[Base] = []
    ends: list[Base] = []
    stays: list[Base] = []
    kept = {id(row) for row in free}
    for row in rows:
        is_free = id(row) in kept
        is_written = isinstance(row, ContactPointRow) and reach.is_written(row)
        if is_written or not (is_free or isinstance(row, _ENDED)):
            stays.append(row)
        elif isinstance(row, _ENDED) and _was_published(tx, row):
            ends.append(row)
        else:
            _withdraw(tx, row)
            goes.append(row)
    return goes, ends, stays


def _free(
    tx: Transaction,
    table: str,
    rows: Sequence[tuple[Key, Base]],
    *,
    besides: Sequence[str] = (),
) -> list[Base]:
    referred = store.referred(tx, table, [key for key, _ in rows], besides=besides)
    column = next(iter(journal.class_of(table).__table__.primary_key))
    return [row for key, row in rows if journal.typed(column, key[0]) not in referred]


def _was_published(tx: Transaction, row: Base) -> bool:
    key: Any = getattr(row, "id", None)
    return bool(feed.roots_of(tx, row.__tablename__, key)) if isinstance(key, UUID) else False


def _withdraw(tx: Transaction, row: Base) -> None:
    key: Any = getattr(row, "id", None)
    if isinstance(key, UUID):
        feed.withdraw(tx, row.__tablename__, key)


def stay(tx: Transaction, tally: Tally, table: str, rows: Sequence[Base]) -> None:
    """Count rows that stay, and name the first of them."""
    if not rows:
        return
    told = tally.stayed.setdefault(table, Stayed())
    told.count += len(rows)
    told.names += [_name(tx, row) for row in rows[: max(0, _NAMED - len(told.names))]]


def _name(tx: Transaction, row: Base) -> str:
    if isinstance(row, EnrollmentRow):
        student, school = (
            tx.session.get(StudentRow, row.student_id),
            people.find_school(tx, row.school_id),
        )
        whose = student.number if student else ""
        return f"{whose} at {school.code if school else ''} in {row.school_year}"
    for field in ("number", "code", "source_id", "login", "value", "id"):
        found = getattr(row, field, None)
        if found:
            return str(found)
    return "/".join(str(part) for part in journal.key_of(row))
