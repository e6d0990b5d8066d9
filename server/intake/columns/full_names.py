"""A person's names that stand in one column, as ``Last, First Middle``.

Only the comma says where a family name ends: without one nothing is guessed.
"""

from collections.abc import Mapping, Sequence
from itertools import islice

from msgspec import Struct

from server.intake.columns.synonyms import folded
from server.intake.formats import Table

_CALLED: Mapping[str, frozenset[str]] = {
    record: frozenset(names.split())
    for record, names in {
        "students": "lastfirst studentname studentfullname studentlastfirst fullname name "
        "lastfirstmiddle lastnamefirstname namelastfirst studentnamelastfirst formattedname "
        "studentlastfirstmiddle pupilname",
        "guardians": "guardianname parentname contactname guardianfullname parentguardianname "
        "parentorguardian guardianlastfirst contactlastfirst fullname name",
    }.items()
}
"""What such a column is called, folded."""
_LOOKED_AT = 100

_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_MOST_PARTS = 3
"""Family name, given names, and a suffix that stands apart (``Paz, Luis, Jr.``)."""


class FullName(Struct, frozen=True, kw_only=True):
    """A person's names. Both surnames are one family name, as both stand before the comma."""

    first: str
    middle: str = ""
    last: str
    suffix: str = ""


def parse(text: str) -> FullName | None:
    """Return the names in ``Last, First Middle``; None: it is not written so.

    The word after the comma is the given name and what follows it the middle name. A suffix may
    end either side, or stand behind a second comma.
    """
    parts = [part.split() for part in text.split(",")]
    if not 1 < len(parts) <= _MOST_PARTS or not all(parts):
        return None
    last, given = parts[0], parts[1]
    suffix = ""
    if len(parts) == _MOST_PARTS:
        last, given, suffix = _apart(parts)
        if not suffix:
            return None
    if _is_suffix(given):
        return None  # ``Paz, Jr.``: of whom, nobody says
    for side in (given, last):
        if not suffix and len(side) > 1 and _is_suffix(side[-1:]):
            suffix = side.pop()
    return FullName(first=given[0], middle=" ".join(given[1:]), last=" ".join(last), suffix=suffix)


def column_in(table: Table, record: str) -> str:
    """Return the column of a table that is called so and written so; empty: it has none."""
    called = [name for name in table.header if folded(name) in _CALLED.get(record, ())]
    return next((name for name in called if is_written_so(table, name)), "")


def is_written_so(table: Table, column: str) -> bool:
    """Tell whether a column is written ``Last, First``: half of its fields are, at least."""
    place = list(table.header).index(column)
    rows = (row for _, row in islice(table.rows(), _LOOKED_AT))
    filled = [row[place] for row in rows if place < len(row) and row[place].strip()]
    return bool(filled) and sum(parse(one) is not None for one in filled) * 2 >= len(filled)


def _apart(parts: Sequence[list[str]]) -> tuple[list[str], list[str], str]:
    """Return family name, given names and the suffix between commas, wherever it stands."""
    last, second, third = parts
    if _is_suffix(third):
        return last, second, third[0]
    return last, third, second[0] if _is_suffix(second) else ""


def _is_suffix(words: Sequence[str]) -> bool:
    return len(words) == 1 and words[0].casefold().rstrip(".") in _SUFFIXES
