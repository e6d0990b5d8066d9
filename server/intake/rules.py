"""Pure: whether a file is whole, what a code may mean, and how a number is merged."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from msgspec import Struct

from schemas.attendance import AttendanceKind
from server.people.rules import comparable

WHOLE_SCHOOL_DAYS = 10
"""A file about fewer school days than this is never read as a whole one."""
DROP_PERCENT = 20
"""Which share of a school's records or students may vanish unasked; a district may set another."""
DROP_COUNT = 5
"""So few may always vanish."""

_NO_DAY = frozenset({AttendanceKind.PRESENT, AttendanceKind.TARDY})
_GUESSES: Sequence[tuple[AttendanceKind, Sequence[str], Sequence[str]]] = (
    (AttendanceKind.ABSENT_UNVERIFIED, ("unverif", "unknown"), ("uv", "unk", "a", "abs")),
    (AttendanceKind.ABSENT_UNEXCUSED, ("unexc", "truan", "skip"), ("u", "ux", "ua", "unx", "une")),
    (AttendanceKind.SUSPENSION_IN, ("in-school susp", "in school susp"), ("iss",)),
    (AttendanceKind.SUSPENSION_OUT, ("susp",), ("oss", "sus")),
    (AttendanceKind.TARDY, ("tard", "late", "early dep", "early dis"), ("t", "tdy", "l", "ed")),
    (AttendanceKind.ACTIVITY_SCHOOL, ("activit", "field trip"), ("act", "sa", "ft")),
    (AttendanceKind.ACTIVITY_INTERSCHOLASTIC, ("athlet", "interschol"), ("ath", "isa")),
    (AttendanceKind.ABSENT_EXCUSED, ("exc", "medic", "ill", "doctor", "sick"), ("e", "ex", "ea")),
    (AttendanceKind.REMOTE_ATTENDED, ("remote", "virtual"), ("rmt",)),
    (AttendanceKind.PRESENT, ("present", "attend"), ("p", "pr")),
)
"""Kind, what a word may hold, what an abbreviation may be. Only drafts are made of it."""


def fold_code(code: str) -> str:
    """Return a code as codes are compared."""
    return code.strip().casefold()


def takes_day(kind: str) -> bool:
    """Tell whether a record of this kind takes a whole day when it says nothing else."""
    return kind not in _NO_DAY


def guess_kind(code: str) -> str:
    """Return what a code may mean, for a person to confirm; empty: nothing suggests itself."""
    folded = fold_code(code)
    for kind, words, short in _GUESSES:
        if folded in short or any(word in folded for word in words):
            return kind.value
    return ""


def is_long(school_day_count: int) -> bool:
    """Tell whether a file is about so many days that it can be a whole one."""
    return school_day_count >= WHOLE_SCHOOL_DAYS


def is_whole(known_count: int, filed_count: int, school_day_count: int) -> bool:
    """Tell whether a file says everything about its dates, so that what it lacks is deleted.

    It does not when it holds less than half of what is known there, nor when it is about so few
    days that it may as well be a handful of corrections.
    """
    return filed_count * 2 >= known_count and is_long(school_day_count)


def is_mass_drop(dropped_count: int, known_count: int, percent: int) -> bool:
    """Tell whether suspiciously much would vanish."""
    return dropped_count > DROP_COUNT and dropped_count * 100 > known_count * percent


Stays = Mapping[date, tuple[date | None, str]]
"""Last day (inclusive; None: still there) and reason of leaving, by first day."""


def merge_stays(
    known: Stays, filed: Stays, *, is_delta: bool = False
) -> dict[date, tuple[date | None, str]]:
    """Return a student's stays in a school: a file replaces those that its own overlap.

    A stay that ended before another began stays in the history, although files soon forget it. A
    file that tells only what changed never shortens a stay at its beginning. An end that is told
    again without its reason keeps the reason.
    """
    merged = dict(known)
    for begin, (end, reason) in filed.items():
        same = [
            first
            for first, (last, _) in merged.items()
            if (last is None or begin <= last) and (end is None or first <= end)
        ]
        first = min([begin, *same]) if is_delta else begin
        reasons = [known[one][1] for one in same if one in known and known[one][0] == end]
        for one in same:
            if one in known:
                del merged[one]
        merged[first] = (end, reason or next(filter(None, reasons), ""))
    return dict(sorted(merged.items()))


class NumberInForce(Struct, frozen=True, kw_only=True):
    """A number as the programme has it, and what the file said of it last."""

    id: UUID
    source_kind: str
    source_value: str
    kind: str
    value: str
    position: int


class FiledNumber(Struct, frozen=True, kw_only=True):
    """A number as the file has it now."""

    source_kind: str
    kind: str
    value: str
    position: int


Verdict = Literal["same", "taken", "agreed", "conflict"]


def merge_number(in_force: NumberInForce, filed: FiledNumber) -> Verdict:
    """Return what becomes of a number that the file has, by value.

    ``same``: the file says what it said before. ``taken``: nobody touched it, the file's value
    goes in. ``agreed``: a person wrote the same already. ``conflict``: a person wrote one thing
    and the file now says another; the person's stays in force until somebody decides.
    """
    if filed.value == in_force.source_value:
        return "same"
    kind = in_force.kind
    was, filed_value, value = (
        comparable(text, kind) for text in (in_force.source_value, filed.value, in_force.value)
    )
    if in_force.value == in_force.source_value:
        return "taken"
    if value == filed_value:
        return "agreed"
    return "agreed" if was == filed_value else "conflict"


def pair_numbers(
    in_force: Iterable[NumberInForce], filed: Iterable[FiledNumber]
) -> tuple[list[tuple[NumberInForce, FiledNumber]], list[NumberInForce], list[FiledNumber]]:
    """Return which number of a file is which of ours, ours that it lacks, and its new ones.

    Files give numbers no identity: the same value is the same number; of the rest, the next one
    of the same type is its successor.
    """
    ours = sorted(in_force, key=lambda one: (one.position, one.id))
    theirs = sorted(filed, key=lambda one: one.position)
    pairs: list[tuple[NumberInForce, FiledNumber]] = []
    for is_same in (_same_value_and_type, _same_value, _same_type):
        for one in list(theirs):
            match = next((own for own in ours if is_same(own, one)), None)
            if match is not None:
                pairs.append((match, one))
                ours.remove(match)
                theirs.remove(one)
    return pairs, ours, theirs


def _same_value_and_type(own: NumberInForce, filed: FiledNumber) -> bool:
    return _same_value(own, filed) and _same_type(own, filed)


def _same_value(own: NumberInForce, filed: FiledNumber) -> bool:
    return comparable(own.source_value, own.kind) == comparable(filed.value, filed.kind)


def _same_type(own: NumberInForce, filed: FiledNumber) -> bool:
    return own.source_kind == filed.source_kind
