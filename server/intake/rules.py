"""Pure: whether a file is whole, what it does to known facts, and how a number is merged."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from msgspec import Struct

from server.attendance.rules import Fact, KnownFact
from server.intake.records import Origin
from server.people.rules import comparable

WHOLE_SCHOOL_DAYS = 10
"""A file about fewer school days than this is never read as a whole one."""
DROP_PERCENT = 20
DROP_COUNT = 20


class SchoolFact(Struct, frozen=True, kw_only=True):
    """A fact that a file brings, of a student who is known (or about to be)."""

    student: UUID | str
    """The id; the number while the student is not stored yet."""
    fact: Fact
    at: Origin


class AttendanceChanges(Struct, kw_only=True):
    """What a file does to what is known of one school."""

    scope: Literal["full", "partial"]
    known_count: int
    opens: list[SchoolFact]
    same: list[SchoolFact]
    closes: list[KnownFact]
    dropped_count: int
    """Closed without anything in their place."""
    corrected_count: int

    @property
    def is_mass_drop(self) -> bool:
        """Tell whether a full file would drop suspiciously much."""
        return self.dropped_count > DROP_COUNT and (
            self.dropped_count * 100 > self.known_count * DROP_PERCENT
        )


def is_whole(*, known_count: int, filed_count: int, school_day_count: int) -> bool:
    """Tell whether a file says everything about its dates, so that what it lacks is deleted.

    It does not when it holds less than half of what is known there, nor when it is about so few
    days that it may as well be a handful of corrections.
    """
    return filed_count * 2 >= known_count and school_day_count >= WHOLE_SCHOOL_DAYS


def change_attendance(
    known: Sequence[KnownFact],
    filed: Sequence[SchoolFact],
    *,
    held: Collection[tuple[UUID | str, date]],
    whole: bool,
) -> AttendanceChanges:
    """Return what to close and what to open. Student-days in ``held`` lose nothing.

    ``known`` is what is known between the file's first and last date. A file that is not whole
    replaces only the student-days it names.
    """
    named = {(one.student, one.fact.on_date) for one in filed}
    filed_keys = {(one.student, one.fact) for one in filed}
    known_keys = {(one.student_id, one.fact) for one in known}
    opens = [one for one in filed if (one.student, one.fact) not in known_keys]
    closes = [
        one
        for one in known
        if (one.student_id, one.fact) not in filed_keys
        and (one.student_id, one.fact.on_date) not in held
        and (whole or (one.student_id, one.fact.on_date) in named)
    ]
    replaced = {(one.student, one.fact.on_date) for one in opens}
    corrected = sum((one.student_id, one.fact.on_date) in replaced for one in closes)
    return AttendanceChanges(
        scope="full" if whole else "partial",
        known_count=len(known),
        opens=opens,
        same=[one for one in filed if (one.student, one.fact) in known_keys],
        closes=closes,
        dropped_count=len(closes) - corrected,
        corrected_count=corrected,
    )


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
