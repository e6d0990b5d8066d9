"""Pure: the arithmetic of a snapshot. Whole numbers and fractions; the order never matters."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeVar

from msgspec import Struct

from server.attendance.rules.levels import LEVELS, band_of, levels_in

Key = TypeVar("Key", bound=Hashable)

BANDS: tuple[tuple[str, int, int | None], ...] = (
    ("band_1", 1, 1),
    ("band_2_5", 2, 5),
    ("band_6_10", 6, 10),
    ("band_over_10", 11, None),
)
"""Students by number of contacts; "between two and five" holds both ends (domain.md 6.2)."""


class SumBroken(Exception):
    """The parts do not sum to the whole: a fault of ours, and no figure may be shown."""


def half_up(value: Fraction, decimals: int = 0) -> int | float:
    """Return a number rounded half up (away from zero), never through a binary fraction."""
    scale = 10**decimals
    scaled = abs(value) * scale
    whole: int = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    signed = whole if value >= 0 else -whole
    return signed / scale if decimals else signed


def percent(part: int, whole: int, decimals: int = 0) -> int | float | None:
    """Return a share in percent, rounded half up; None: of nothing."""
    return half_up(Fraction(100 * part, whole), decimals) if whole else None


def bands(counts: Mapping[Key, int]) -> dict[str, list[Key]]:
    """Return who falls into which band of ``BANDS``; every key with at least one falls in one."""
    found = {
        name: [
            key
            for key, count in counts.items()
            if low <= count <= (count if high is None else high)
        ]
        for name, low, high in BANDS
    }
    check_sum(found, sum(count > 0 for count in counts.values()))
    return found


def partition(
    everybody: Iterable[Key], order: Sequence[str], members: Mapping[str, Collection[Key]]
) -> dict[str, list[Key]]:
    """Put each into the first bucket of ``order`` that holds it; the last bucket takes the rest."""
    found: dict[str, list[Key]] = {name: [] for name in order}
    total = 0
    for key in everybody:
        total += 1
        bucket = next((name for name in order[:-1] if key in members[name]), order[-1])
        found[bucket].append(key)
    check_sum(found, total)
    return found


def check_sum(parts: Mapping[str, Collection[object]], total: int) -> None:
    """Raise ``SumBroken`` unless the parts are the whole."""
    sizes = {name: len(part) for name, part in parts.items()}
    if sum(sizes.values()) != total:
        raise SumBroken(f"{sizes} do not sum to {total}")


def grouped(levels: Iterable[tuple[str, Key]]) -> dict[str, list[Key]]:
    """Return what is of which level: elementary, middle, high, then others as they come."""
    found: dict[str, list[Key]] = {level: [] for level in LEVELS}
    for level, key in levels:
        found.setdefault(level, []).append(key)
    return {level: keys for level, keys in found.items() if keys}


def level_of(word: str, grades: Mapping[str, int]) -> str:
    """Return a school's level: by the file's word, else where most of its students' grades lie.

    A word that names no known level is a level of its own; empty: nothing tells.
    """
    named = levels_in(word)
    if len(named) == 1:
        return named[0]
    if word.strip() and not named:
        return word.casefold().strip().replace(" ", "_")
    votes: dict[str, int] = dict.fromkeys(LEVELS, 0)
    for grade, count in grades.items():
        level = band_of("", grade)
        if level:
            votes[level] += count
    most = max(votes.values())
    if not most:
        return named[-1] if named else ""
    return next(level for level, count in votes.items() if count == most)


class Approach(Struct, frozen=True, kw_only=True):
    """A contact with what tells whether another was of the same event."""

    id: Any
    student: Hashable
    moment: Hashable
    """Author, method and time."""


def events(
    approaches: Iterable[Approach], guardians: Mapping[Any, Collection[Hashable]]
) -> list[list[Any]]:
    """Return the contacts grouped into events: one moment, one household.

    Two students are of one household while they share a guardian.
    """
    by_moment: dict[Hashable, list[Approach]] = {}
    for one in approaches:
        by_moment.setdefault(one.moment, []).append(one)
    return [group for same in by_moment.values() for group in _households(same, guardians)]


def _households(
    approaches: Sequence[Approach], guardians: Mapping[Any, Collection[Hashable]]
) -> list[list[Any]]:
    groups: list[tuple[set[Hashable], list[Any]]] = []
    for one in approaches:
        ties: set[Hashable] = {("student", one.student)}
        ties |= {("guardian", tie) for tie in guardians.get(one.student, ())}
        ids: list[Any] = [one.id]
        apart: list[tuple[set[Hashable], list[Any]]] = []
        for their_ties, their_ids in groups:
            if their_ties & ties:
                ties |= their_ties
                ids = [*their_ids, *ids]
            else:
                apart.append((their_ties, their_ids))
        groups = [*apart, (ties, ids)]
    return [ids for _, ids in groups]


def suppressed(
    counts: Mapping[str, int], sums: Sequence[tuple[str, Sequence[str]]], min_cell: int
) -> set[str]:
    """Return which counts must not be shown, so that none of 1 to ``min_cell`` - 1 people is.

    ``sums``: each total with the parts that make it. Where a small part could be found by
    subtraction, the next smallest is hidden with it, until no sum has a lone unknown or hides
    fewer people than ``min_cell``.
    """
    hidden = {key for key, count in counts.items() if 0 < count < min_cell}
    is_open = True
    while is_open:
        is_open = False
        for total, parts in sums:
            more = _also_hidden(counts, total, parts, hidden=hidden, min_cell=min_cell)
            if more is not None:
                hidden.add(more)
                is_open = True
    return hidden


def _also_hidden(
    counts: Mapping[str, int],
    total: str,
    parts: Sequence[str],
    *,
    hidden: Collection[str],
    min_cell: int,
) -> str | None:
    theirs = [part for part in parts if part in hidden]
    shown = sorted(
        (part for part in parts if part not in hidden), key=lambda one: (counts[one], one)
    )
    # A cell of nobody is hidden last: it protects nobody by its size.
    shown = [one for one in shown if counts[one]] + [one for one in shown if not counts[one]]
    if total in hidden:
        # The shown parts must not give the total away.
        return shown[0] if not theirs and shown else None
    if not theirs:
        return None
    lone = len(theirs) == 1 or sum(counts[part] for part in theirs) < min_cell
    if not lone:
        return None
    return shown[0] if shown else total
