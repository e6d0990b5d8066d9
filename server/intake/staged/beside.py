"""Brings a roster and Presente's own tables together, where both speak of the same in one import.

A district sends its student system's roster, and beside it Presente's own ``schools.csv`` (or
students, stays, calendar ...) for what the roster cannot say. One record comes of the two: what
only one of them knows is taken from it, and where they differ the own table holds, because
somebody wrote it for Presente. What was passed over is remarked with its line, never left unsaid.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

import msgspec

from server.db.database import Transaction
from server.intake.records import Origin, PlaceRecord, PointRecord, TermRecord
from server.intake.staged.staging import KEYS, Row, Staging
from server.intake.store import known
from server.intake.words.saying import why

_ENTS: Final[Mapping[str, tuple[str, str]]] = {
    "school": ("code", "school_id"),
    "student": ("number", "student_id"),
}
_LONGEST = 10
_ALWAYS: Final = frozenset({"source_id", "source_at", "xml_id", "is_deleted"})
"""What no own table can say: the roster's word holds."""
_AS_TOLD: Final[Mapping[str, frozenset[str]]] = {
    "code": frozenset({"kind", "units"}),
    "calendar": frozenset({"kind", "is_instructional"}),
}
"""What an own line always says: without a share, a code takes what its kind takes."""
_IF_TOLD: Final[Mapping[str, Sequence[str]]] = {
    "needs_interpreter": ["needs_interpreter"],
    "is_primary": ["is_primary"],
    "is_emergency": ["is_emergency"],
    "lives_with": ["lives_with"],
    "position": ["position", "is_primary"],
    "ended_count": [],
}
"""What has a value also where nothing was said: said if the own table has one of these columns."""
_FIELDS: Final[Mapping[str, str]] = {
    "birth_on": "birth_date",
    "entry_on": "entry_date",
    "exit_on": "exit_date",
    "end_on": "end_date",
    "begin_on": "begin_date",
    "through_on": "through_date",
    "units": "portion",
    "points": "phone",
    "addresses": "street",
    "is_instructional": "event",
    "is_deleted": "status",
}
_SAID_BY: Final[Mapping[str, str]] = {"calendar": "kind", "place": "ended_count", "tie": "position"}
"""A column of these tables of which no remark is made: another one says it already."""


def name(tx: Transaction, space: Staging) -> None:
    """Give own lines about schools and students that go by the roster's identifiers our names.

    A name that lost its leading zeros is refused: it would make a second school or student.
    """
    if not space.words.own:
        return
    for ent, (column, field) in _ENTS.items():
        told = space.rows(f"select n, at, {column}, source_id from {ent} order by n")
        own = [(n, _origin(at), code) for n, at, code, _ in told if _is_own(space, at)]
        filed = {code for _, at, code, _ in told if not _is_own(space, at)}
        strange = {code for *_, code in own} - filed
        ours = known.source_keys(tx, ent, strange)
        ours |= {key: code for _, _, code, key in told if key in strange}
        padded = {code: full for full in filed for code in _bare(full) if code in strange}
        meant = {code for code in strange if code in ours or code in padded}
        strange = meant - known.names_known(tx, ent, meant)
        for n, at, code in own:
            if code not in strange:
                continue
            if code in ours:
                space.run(f"update {ent} set {column} = ? where n = ?", [(ours[code], n)])
            else:
                because = why(f"{ent}_unknown_padded", padded=padded[code])
                space.refuse(at.fault(field, code, because))
                space.run(f"delete from {ent} where n = ?", [(n,)])


def merge(space: Staging, table: str, own: Row, filed: Row) -> None:
    """Make one record of what an own table and a roster say; remark what was passed over."""
    origin, whose = _origin(filed["at"]), _origin(own["at"])
    taken: Row = {}
    for column, value in filed.items():
        said = own[column]
        if column in {"n", "at"} or said == value:
            continue
        if column == "untold":
            taken[column] = _untold_by_both(said, value)
        elif column in _ALWAYS or not _is_said(space, table, column, own):
            taken[column] = value
        elif column == "points":
            taken[column], passed = _points(said, value)
            _remark(space, origin, column, passed, whose)
        elif _is_said(space, table, column, filed) and column != _SAID_BY.get(table):
            _remark(space, origin, column, [str(value)], whose)
    if str(taken.get("is_deleted", "")) == "1":
        space.remark(origin.fault("status", "", why("own_table_gone", own=whose.file)))
    _set(space, table, own, taken)
    _drop(space, table, filed)


def settle_stays(space: Staging) -> None:
    """Bring together stays of a student in a school and year that cannot both be.

    A stay of the roster beside those of the own table (he came back) is one that it does not know.
    """
    for own, filed in _sides(space, "place", ("number", "school_code", "school_year")):
        if len(own) == 1 and own[0]["entry_on"] is None:
            for row in filed[:-1]:
                _set(space, "place", row, {key: own[0][key] for key in _lacking(space, row)})
            merge(space, "place", own[0], filed[-1])
            continue
        left = {row["n"] for row in own}
        for row in filed:
            same = [one for one in own if _overlap(one, row)]
            if len(same) == 1 and same[0]["n"] in left:
                left.remove(same[0]["n"])
                merge(space, "place", same[0], row)
            elif same:
                _pass_over(space, "place", row, "entry_on", same[0])


def _overlap(one: Row, other: Row) -> bool:
    return _begins_by_end_of(one, other) and _begins_by_end_of(other, one)


def _begins_by_end_of(one: Row, other: Row) -> bool:
    return str(one["entry_on"] or "") <= str(other["exit_on"] or "9999")


def settle_terms(space: Staging) -> None:
    """Leave a school's (or the district's) own terms of a kind and year alone in force."""
    for own, filed in _sides(space, "term", ("school_code", "school_year", "kind")):
        for row in filed:
            _pass_over(space, "term", row, "begin_on", own[0])


def is_own(space: Staging, row: Row) -> bool:
    """Tell whether a staged row was read from one of Presente's own tables."""
    return bool(space.words.own) and _is_own(space, row["at"])


def _is_own(space: Staging, at: object) -> bool:
    return _origin(at).file in space.words.own


def _origin(at: object) -> Origin:
    return msgspec.json.decode(str(at), type=Origin)


def _bare(full: str) -> Iterator[str]:
    """Yield a number without one or more of the zeros before it."""
    if full.isascii() and full.isdigit() and len(full) <= _LONGEST:
        while full.startswith("0") and len(full) > 1:
            full = full[1:]
            yield full


def _is_said(space: Staging, table: str, column: str, row: Row) -> bool:
    if column in _AS_TOLD.get(table, ()):
        return True
    file = _origin(row["at"]).file
    if column in _IF_TOLD and file in space.words.own:
        return any(space.words.has(file, field) for field in _IF_TOLD[column])
    return str(row[column] or "") not in {"", "0", "[]"}


def _lacking(space: Staging, row: Row) -> list[str]:
    """Return what a stay does not say of itself. How another one ended is not its own to say."""
    fixed = {*KEYS["place"], "exit_on", "exit_reason"}
    return [key for key in row if key not in fixed and not _is_said(space, "place", key, row)]


def _points(said: object, filed: object) -> tuple[str, list[str]]:
    """Return the numbers of both, by kind, and those of the roster that the own line replaces."""
    own, others = (msgspec.json.decode(str(one), type=list[PointRecord]) for one in (said, filed))
    kinds, values = {one.kind for one in own}, {_bare_point(one) for one in own}
    more = [one for one in others if one.kind not in kinds]
    passed = [one.value for one in others if one.kind in kinds and _bare_point(one) not in values]
    together = [
        msgspec.structs.replace(one, position=place) for place, one in enumerate([*own, *more])
    ]
    return msgspec.json.encode(together).decode(), passed


def _untold_by_both(said: object, filed: object) -> str:
    own, others = (msgspec.json.decode(str(one), type=list[str]) for one in (said, filed))
    return msgspec.json.encode([one for one in own if one in others]).decode()


def _bare_point(point: PointRecord) -> str:
    return "".join(letter for letter in point.value.casefold() if letter.isalnum() or letter == "@")


def _sides(
    space: Staging, table: str, keys: Sequence[str]
) -> Iterator[tuple[list[Row], list[Row]]]:
    """Yield what own tables and what rosters say under the same key, where both speak."""
    if not space.words.own:
        return
    kind: type[msgspec.Struct] = PlaceRecord if table == "place" else TermRecord
    for rows in groups(space, table, kind, keys):
        own = [row for row in rows if is_own(space, row)]
        filed = [
            row for row in rows if not is_own(space, row) and str(row.get("is_deleted")) != "1"
        ]
        if own and filed:
            yield own, filed


def groups(
    space: Staging, table: str, kind: type[msgspec.Struct], keys: Iterable[str]
) -> Iterator[list[Row]]:
    """Yield the rows that stand under the same key, where there are several, as they were read."""
    names = ["n", *kind.__struct_fields__]
    joined = ", ".join(keys)
    if not space.rows(f"select 1 from {table} group by {joined} having count(*) > 1 limit 1"):
        return
    places = space.rows(
        "select key, n from (select n, count(*) over same as many, dense_rank() over ranked as key "
        f"from {table} window same as (partition by {joined}), ranked as (order by {joined})) "
        "where many > 1 order by key, n"
    )
    for _, part in groupby(places, key=lambda place: place[0]):
        numbers = [n for _, n in part]
        marks = ", ".join("?" * len(numbers))
        found = space.rows(f"select * from {table} where n in ({marks}) order by n", numbers)
        yield [dict(zip(names, row, strict=True)) for row in found]


def _pass_over(space: Staging, table: str, row: Row, column: str, own: Row) -> None:
    _remark(space, _origin(row["at"]), column, [str(row[column])], _origin(own["at"]))
    _drop(space, table, row)


def _remark(space: Staging, at: Origin, column: str, passed: Sequence[str], own: Origin) -> None:
    field = _FIELDS.get(column, column)
    for value in passed:
        because = why("own_table_holds", own=own.file, line=own.line)
        space.remark(at.fault(field, value, because))


def _set(space: Staging, table: str, row: Row, fields: Row) -> None:
    if fields:
        marks = ", ".join(f"{column} = ?" for column in fields)
        space.run(f"update {table} set {marks} where n = ?", [(*fields.values(), row["n"])])


def _drop(space: Staging, table: str, row: Row) -> None:
    space.run(f"delete from {table} where n = ?", [(row["n"],)])
