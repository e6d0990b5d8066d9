"""Pure: what would be known of a day had an import never been, or several.

Facts are never rewritten, so what each import made of a day is still there to be read: as it was
known right after. An import that told everything about a date decides it; one that told a student's
day decides that; one that told single records decides these. What imports that were taken back did
is passed over, in whatever order they were taken back.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from server.intake.store.undo import Held, Slot
from server.intake.store.undoing import Ran, Window

Content: TypeAlias = tuple[Any, ...]
"""What a fact says, without when the source last touched it."""


def content_of(fact: Held) -> Content:
    """Return what tells whether two facts say the same."""
    return fact.content[:-1]


def replay(runs: Sequence[Ran], facts: Iterable[Held]) -> dict[Content, Held]:
    """Return what these imports of a school, in this order, leave known of one slot.

    ``facts``: everything that was ever known there.
    """
    ever = list(facts)
    state: dict[Content, Held] = {}
    for run in runs:
        touched = [
            one
            for one in ever
            if one.opened_by in run.recordings or one.closed_by in run.recordings
        ]
        is_whole = any(_covers(one, ever[0].slot) for one in run.windows)
        if not (touched or is_whole):
            continue
        then = {content_of(one): one for one in ever if _was_known(one, run.end)}
        if not is_whole and any(one.scope == "delta" for one in run.windows):
            named = {_period(one) for one in touched}
            kept = {key: one for key, one in state.items() if _period(one) not in named}
            then = kept | {key: one for key, one in then.items() if _period(one) in named}
        state = then
    return state


def by_slot(facts: Iterable[Held]) -> Mapping[Slot, list[Held]]:
    """Return facts by where they lie."""
    found: dict[Slot, list[Held]] = {}
    for one in facts:
        found.setdefault(one.slot, []).append(one)
    return found


def _was_known(fact: Held, recording: int) -> bool:
    return fact.opened_by <= recording and (fact.closed_by is None or fact.closed_by > recording)


def _covers(window: Window, slot: Slot) -> bool:
    return (
        window.scope == "full"
        and window.first_on is not None
        and window.last_on is not None
        and window.first_on <= slot.on_date <= window.last_on
    )


def _period(fact: Held) -> str:
    return str(fact.content[_PERIOD])


_PERIOD = 2
