"""Tells which facts must be known once an import is taken back, and which must not."""

from collections.abc import Iterable, Sequence
from typing import Any

from server.db.database import Transaction
from server.db.tables.people import SchoolRow
from server.intake.mending import replay
from server.intake.store import undo as store
from server.intake.store import undoing as runs
from server.intake.store.undo import Held


def differing(
    tx: Transaction, school: SchoolRow, holding: Sequence[runs.Ran], facts: Sequence[Held]
) -> tuple[list[Held], list[Held], set[replay.Content]]:
    """Return what is known and must not be, what must be and is not, and all that must be.

    Looked at are the slots of these facts.
    """
    if not facts:
        return [], [], set()
    slots = {one.slot for one in facts}
    days = [slot.on_date for slot in slots]
    ran = [
        one._replace(windows=[window for window in one.windows if window.code == school.code])
        for one in holding
    ]
    closes: list[Held] = []
    again: list[Held] = []
    every: set[replay.Content] = set()
    ever = replay.by_slot(store.facts_between(tx, school.id, min(days), max(days)))
    for slot in slots:
        wanted = replay.replay(ran, ever[slot])
        known = [one for one in ever[slot] if one.closed_by is None]
        now = {replay.content_of(one) for one in known}
        closes += [one for one in known if replay.content_of(one) not in wanted]
        again += [one for content, one in wanted.items() if content not in now]
        every |= wanted.keys()
    return closes, sorted(again, key=lambda one: one.id), every


def by_file(tx: Transaction, facts: Sequence[Held]) -> dict[str, dict[tuple[Any, ...], None]]:
    """Return what facts say, by the file in which it first stood."""
    files = store.files_of(tx, {one.opened_by for one in facts})
    found: dict[str, dict[tuple[Any, ...], None]] = {}
    for one in facts:
        found.setdefault(files[one.opened_by], {})[one.content] = None
    return found


def kept(
    facts: Iterable[Held],
    recordings: set[int],
    closed: set[int],
    wanted: set[replay.Content],
) -> int:
    """Return how many facts that the import opened or closed are as it left them."""
    return sum(
        (one.opened_by in recordings and one.closed_by is None and one.id not in closed)
        or (
            one.closed_by in recordings
            and one.opened_by not in recordings
            and replay.content_of(one) not in wanted
        )
        for one in facts
    )
