"""Decides what the files change about schools, calendars, terms and codes, and writes it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from msgspec import Struct

from server.attendance.rules.calendar import school_year_of
from server.db.database import Transaction
from server.db.tables.attendance import CalendarDayRow, CodeMapRow, SourceKeyRow, TermRow
from server.db.tables.people import SchoolRow
from server.ids import new_id
from server.intake import rules
from server.intake.changes.reach import Changes
from server.intake.records import CalendarRecord, CodeRecord, SchoolRecord, TermRecord
from server.intake.staged.staging import Staging
from server.intake.store import New, journal, known


class DirectoryChanges(Struct, kw_only=True):
    """What changes about a school, or (``code`` empty) about all of them."""

    code: str
    changes: Changes
    years: set[str]
    """School years whose day counts change: everybody's standing there is taken again."""

    def id_of(self, tx: Transaction) -> UUID:
        """Return the school's id; it is written."""
        return known.schools(tx, [self.code])[self.code].id


def codes_of(space: Staging) -> list[str]:
    """Return the schools about which the files say anything but attendance."""
    return [
        code
        for code in space.values(
            "select code from school union select school_code from calendar "
            "union select school_code from term order by 1"
        )
        if code
    ]


def change_school(tx: Transaction, space: Staging, code: str) -> DirectoryChanges:
    """Return what changes about a school's own row, its calendar and its terms."""
    found = DirectoryChanges(code=code, changes=Changes(), years=set())
    row = known.schools(tx, [code]).get(code)
    for record in space.find(SchoolRecord, "code = ?", [code]):
        row = _change_row(found.changes, record, row)
    school_id = row.id if row is not None else None
    _change_calendar(tx, space, found, code, school_id)
    _change_terms(tx, space, found, code, school_id)
    return found


def change_common(tx: Transaction, space: Staging) -> DirectoryChanges:
    """Return what changes about terms of every school, and about what codes mean."""
    found = DirectoryChanges(code="", changes=Changes(), years=set())
    _change_terms(tx, space, found, "", None)
    entries = {(row.code, row.school_code, row.school_year): row for row in known.code_map(tx)}
    for record in space.find(CodeRecord, "is_default = '0'"):
        key = (rules.fold_code(record.code), record.school_code, record.school_year)
        fields = {"kind": record.kind, "units": record.units}
        row = entries.get(key)
        if row is None:
            found.changes.adds.append(
                CodeMapRow(
                    id=new_id(),
                    code=key[0],
                    school_code=key[1],
                    school_year=key[2],
                    set_at=tx.at,
                    set_by_user_id=None,
                    **fields,
                )
            )
            found.changes.told(record.at, "added")
        else:
            is_changed = found.changes.set(row, fields)
            found.changes.told(record.at, "changed" if is_changed else "unchanged")
    return found


def change_keys(tx: Transaction, space: Staging) -> Changes:
    """Return what changes about how the source systems name schools and students."""
    changes = Changes()
    for ent, query in (
        ("school", "select source_id, code from school where source_id not in ('', code)"),
        ("student", "select source_id, number from student where source_id not in ('', number)"),
    ):
        keys: dict[str, str] = dict(space.rows(query))
        keys |= dict(space.rows("select name, ours from alias where ent = ?", [ent]))
        rows = known.source_key_rows(tx, ent, keys)
        for name, ours in keys.items():
            if name in rows:
                changes.set(rows[name], {"ours": ours})
            else:
                changes.adds.append(New(SourceKeyRow, ent=ent, source_id=name, ours=ours))
    return changes


def _change_row(changes: Changes, record: SchoolRecord, row: SchoolRow | None) -> SchoolRow | None:
    fields: dict[str, Any] = {"name": record.name}
    said = {
        "level": record.level or None,
        "mode": record.mode or None,
        "periods_per_day": record.periods_per_day,
        "minutes_per_day": record.minutes_per_day,
        "source_at": record.source_at,
    }
    fields |= {name: value for name, value in said.items() if value is not None}
    if row is None:
        row = SchoolRow(id=new_id(), code=record.code, **fields)
        changes.adds.append(row)
        changes.told(record.at, "added")
    elif record.is_deleted:
        changes.told(record.at, "unchanged")  # what happened there stays
    else:
        changes.told(record.at, changes.update(row, fields))
    return row


def _change_calendar(
    tx: Transaction, space: Staging, found: DirectoryChanges, code: str, school_id: UUID | None
) -> None:
    records = list(space.find(CalendarRecord, "school_code = ?", [code]))
    if not records:
        return
    days = [record.on_date for record in records]
    before = (
        known.calendar_between(tx, school_id, min(days), max(days)) if school_id is not None else {}
    )
    for record in records:
        year = school_year_of(record.on_date)
        fields = {
            "kind": record.kind,
            "is_instructional": record.is_instructional,
            "periods": record.periods,
            "minutes": record.minutes,
        }
        row = before.get(record.on_date)
        if row is not None:
            outcome = found.changes.update(row, fields, untold=record.untold)
            found.changes.told(record.at, outcome)
            if outcome == "changed":
                found.years.add(year)
            continue
        found.years.add(year)
        found.changes.told(record.at, "added")
        if school_id is None:
            found.changes.is_more = True
        else:
            found.changes.adds.append(
                New(
                    CalendarDayRow,
                    school_id=school_id,
                    on_date=record.on_date,
                    school_year=year,
                    **fields,
                )
            )


def _change_terms(
    tx: Transaction, space: Staging, found: DirectoryChanges, code: str, school_id: UUID | None
) -> None:
    terms: dict[str, dict[tuple[str, Any], TermRow]] = {}
    for record in space.find(TermRecord, "school_code = ?", [code]):
        year = record.school_year
        if year not in terms:
            is_stored = school_id is not None or not code
            rows = known.terms_of(tx, school_id, year) if is_stored else []
            terms[year] = {(row.kind, row.begin_on): row for row in rows}
        fields = {"title": record.title, "end_on": record.end_on}
        row = terms[year].get((record.kind, record.begin_on))
        if row is not None:
            found.changes.told(record.at, found.changes.update(row, fields))
            continue
        found.changes.told(record.at, "added")
        found.changes.adds.append(
            TermRow(
                id=new_id(),
                school_id=school_id,
                school_year=year,
                kind=record.kind,
                begin_on=record.begin_on,
                **fields,
            )
        )


def write(tx: Transaction, found: Iterable[DirectoryChanges], *, run_id: UUID) -> None:
    """Write what changes."""
    for one in found:
        journal.write(tx, run_id, one.changes.adds, one.changes.changes)
