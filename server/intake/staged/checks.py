"""Checks staged records against each other and against what is known, before anything changes.

What fails is taken out of the staging file and into the report; the rest of the file goes on.
"""

from collections.abc import Mapping, Sequence

import msgspec

from server.intake.records import (
    CalendarRecord,
    CodeRecord,
    ContactRecord,
    Fault,
    Origin,
    PlaceRecord,
    StudentRecord,
    SubmissionRecord,
    TermRecord,
    TieRecord,
)
from server.intake.staged import beside, resolve
from server.intake.staged.file_words import BETWEEN
from server.intake.staged.staging import KEYS, TABLES, Row, Staging
from server.intake.words.saying import why

_Placed = (
    type[PlaceRecord]
    | type[CalendarRecord]
    | type[TermRecord]
    | type[CodeRecord]
    | type[SubmissionRecord]
    | type[ContactRecord]
)
_NOT_SAID = frozenset({"n", "at", "source_at", "untold"})
_KEY_FIELDS: Mapping[tuple[str, str], str] = {
    ("school", "code"): "school_id",
    ("contact", "source_id"): "contact_id",
    ("", "source_id"): "guardian_id",
    ("", "number"): "student_id",
    ("", "school_code"): "school_id",
    ("", "entry_on"): "entry_date",
    ("", "on_date"): "date",
    ("", "begin_on"): "begin_date",
}
"""Table ("": any) and column of staging -> the field that it was read from."""


def check(space: Staging) -> None:
    """Run every check of people, schools and calendars; what fails is in ``space.faults``."""
    for kind in TABLES:
        _check_twice(space, kind)
    beside.settle_stays(space)
    beside.settle_terms(space)
    _check_references(space)
    _check_stays(space)


def _check_twice(space: Staging, kind: type[msgspec.Struct]) -> None:
    """Drop what says the same again; refuse what says something else under the same key.

    Of two that differ, a later word of the source comes first, where it says when it changed; and
    one of Presente's own tables is another source, whose word is put together with it.
    """
    table = TABLES[kind]
    for rows in beside.groups(space, table, kind, KEYS[table]):
        own = [row for row in rows if beside.is_own(space, row)]
        filed = [row for row in rows if row not in own]
        kept = [_keep_one(space, kind, some) for some in (own, filed) if some]
        if len(kept) > 1:
            beside.merge(space, table, *kept)


def _keep_one(space: Staging, kind: type[msgspec.Struct], rows: Sequence[Row]) -> Row:
    table = TABLES[kind]
    kept = max(rows, key=lambda row: (str(row.get("source_at") or ""), -int(str(row["n"]))))
    for row in rows:
        if row is kept:
            continue
        origin = msgspec.json.decode(str(row["at"]), type=Origin)
        if all(row[name] == kept[name] for name in row if name not in _NOT_SAID):
            space.repeat(origin.file)
        elif row.get("source_at") and row["source_at"] != kept["source_at"]:
            space.outdate(origin.file)
        else:
            space.refuse(_twice(space, table, origin, row))
            if kind is StudentRecord:  # a line that also said where this other student is
                space.run("delete from place where at = ?", [(row["at"],)])
        space.run(f"delete from {table} where n = ?", [(row["n"],)])
    return kept


def _twice(space: Staging, table: str, origin: Origin, row: Mapping[str, object]) -> Fault:
    told = {
        _KEY_FIELDS.get((table, key)) or _KEY_FIELDS.get(("", key), key): key for key in KEYS[table]
    }
    named = [field for field in told if space.words.has(origin.file, field)] or list(told)
    return origin.fault(
        BETWEEN.join(named),
        BETWEEN.join(str(row[told[field]] or "") for field in named),
        why("said_twice"),
    )


def _check_references(space: Staging) -> None:
    for record in space.take(TieRecord, "source_id = ''"):
        _hold(
            space,
            record,
            record.at.fault(
                "guardian_ref",
                record.xml_id,
                why("contact_id_unknown"),
            ),
        )
    for tie in space.take(TieRecord, _strange("student", "number")):
        _hold(space, tie, _unknown_student(space, tie.at, tie.number))
    for tie in space.take(TieRecord, _strange("guardian", "source_id")):
        _hold(
            space,
            tie,
            tie.at.fault(
                "guardian_id",
                tie.source_id,
                why("contact_unknown"),
            ),
        )
    named: tuple[type[PlaceRecord] | type[ContactRecord], ...] = (PlaceRecord, ContactRecord)
    for kind in named:
        for one in space.take(kind, _strange("student", "number")):
            space.refuse(_unknown_student(space, one.at, one.number))
    placed: tuple[_Placed, ...] = (
        *(PlaceRecord, CalendarRecord, TermRecord),
        *(CodeRecord, SubmissionRecord, ContactRecord),
    )
    for where in placed:
        for found in space.take(
            where, f"school_code <> '' and {_strange('school', 'school_code')}"
        ):
            space.refuse(_unknown_school(space, found.at, found.school_code))


def _unknown_student(space: Staging, at: Origin, number: str) -> Fault:
    return at.fault("student_id", number, resolve.why_unknown(space, "student", number))


def _unknown_school(space: Staging, at: Origin, code: str) -> Fault:
    return at.fault("school_id", code, resolve.why_unknown(space, "school", code))


def _check_stays(space: Staging) -> None:
    for place in space.take(PlaceRecord, "exit_on < entry_on"):
        space.refuse(
            place.at.fault(
                "exit_date",
                str(place.exit_on),
                why("exit_before_entry", entry=place.entry_on),
            )
        )


def _strange(ent: str, column: str) -> str:
    own = {"student": "number", "school": "code", "guardian": "source_id"}[ent]
    return (
        f"{column} not in (select {own} from {ent}) "
        f"and {column} not in (select name from known where ent = '{ent}')"
    )


def _hold(space: Staging, tie: TieRecord, fault: Fault) -> None:
    space.refuse(fault)
    space.hold_ties(tie.number)
