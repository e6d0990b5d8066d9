"""The ladders as data files, validated when they are read. A law changes a file, not code."""

from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from server.ladder.checking import check
from server.ladder.law import Ladder, LadderNotSupported
from server.problems import NotFound

__all__ = [
    "LADDERS",
    "Ladder",
    "LadderNotSupported",
    "get",
    "in_force",
    "ladders",
    "read",
    "version_of",
    "versions",
]

LADDERS = Path(__file__).parent / "ladders"

_YEAR_BEGINS = (9, 1)
"""The version in force on this day holds for the whole school year."""


def read(content: bytes, name: str) -> tuple[Ladder, ...]:
    """Return the ladders of a file's content, or refuse it with every fault by line."""
    return check.read(content, name)


@cache
def versions() -> dict[str, tuple[Ladder, ...]]:
    """Return, by key, every version of every ladder, the oldest first."""
    known = [
        ladder
        for file in sorted(LADDERS.glob("*.json"))
        for ladder in check.read(file.read_bytes(), file.name)
    ]
    clashes = check.overlaps(known)
    if clashes:
        one, two = clashes[0]
        raise check.LadderFaulty(
            "the ladders",
            [
                check.Fault(
                    line=1,
                    path=two.key,
                    reason=f"two versions are in force from {two.effective[0]} on",
                    mend=f"End the one of {one.effective[0]} on the day before",
                )
            ],
        )
    by_key: dict[str, list[Ladder]] = {}
    for ladder in sorted(known, key=lambda one: (one.key, one.effective[0])):
        by_key.setdefault(ladder.key, []).append(ladder)
    return {key: tuple(found) for key, found in by_key.items()}


def ladders() -> dict[str, Ladder]:
    """Return the newest version of every ladder by its key."""
    return {key: found[-1] for key, found in versions().items()}


def get(key: str, school_year: str = "", *, min_days_compare: str = "") -> Ladder:
    """Return a ladder, or refuse with the names of those that there are.

    With a school year ("2021-22") the version that is in force in it, else the newest one.
    ``min_days_compare`` is the district's own reading ("gte" or "gt") of a law that leaves it open.
    """
    known = versions()
    if key not in known:
        raise NotFound(
            f"There is no ladder {key!r}. There are: {', '.join(known)}.", code="ladder_unknown"
        )
    ladder = in_force(known[key], school_year) if school_year else known[key][-1]
    if min_days_compare in {"gte", "gt"} and ladder.min_days_compare:
        ladder = msgspec.structs.replace(ladder, min_days_compare=min_days_compare)
    return ladder


def in_force(known: tuple[Ladder, ...], school_year: str) -> Ladder:
    """Return the version in force in a school year: the one that holds on its September 1.

    Where none does, the last that began before, or else the first there is; ``holds_in`` then says
    that it is used outside its dates.
    """
    day = date(int(school_year[:4]), *_YEAR_BEGINS)
    begun = [ladder for ladder in known if ladder.effective[0] <= day]
    holding = [ladder for ladder in begun if ladder.holds_in(day, day)]
    return (holding or begun or list(known[:1]))[-1]


def version_of(ladder: Ladder) -> str:
    """Return by what name a ladder's crossings and deeds are kept, apart for each version.

    The first version goes by its key, a later one by key and first day.
    """
    known = versions().get(ladder.key, (ladder,))
    is_first = ladder.effective[0] <= known[0].effective[0]
    return ladder.key if is_first else f"{ladder.key}:{ladder.effective[0]}"
