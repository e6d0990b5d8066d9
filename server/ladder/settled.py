"""Says of whom the crossings may differ now that records changed: only they are climbed again."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from server.db.database import Transaction
from server.ladder import catalog, deeds, store
from server.ladder.law import Ladder
from server.ladder.store import Crossed


class Moving(NamedTuple):
    """Whose crossings may differ."""

    students: set[UUID]
    met: Mapping[UUID, Mapping[str, Crossed]]
    """The crossings that are met, of everybody whose were read for it."""


def who_may_move(
    tx: Transaction,
    ladder: Ladder,
    school_year: str,
    students: Collection[UUID],
    since: Mapping[UUID, date],
) -> Moving:
    """Return whose crossings may differ, of students whose records changed.

    ``since``: who may have missed more or fewer days without an excuse, and from which day on. A
    plain ladder asks for nothing else, and for none of it after its last step was crossed; except
    of whom something was done or decided.
    """
    if not ladder.is_plain:
        return Moving(set(students), {})
    met = store.crossings_met(
        tx, since.keys(), school_year=school_year, ladder=catalog.version_of(ladder)
    )
    steps = frozenset(step.key for step in ladder.automatic_steps)
    moving = {one for one, day in since.items() if not _is_through(steps, met.get(one, {}), day)}
    moving |= deeds.about(tx, ladder, school_year, set(students) - moving)
    return Moving(moving, {one: met.get(one, {}) for one in since})


def _is_through(steps: frozenset[str], met: Mapping[str, Crossed], day: date) -> bool:
    """Tell whether every step was crossed before a day."""
    return steps <= met.keys() and all(met[step].crossed_on < day for step in steps)
