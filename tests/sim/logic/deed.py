"""Mirror of ``pwa/src/outbox/deed.ts``: makes deeds of what a person saw and chose. Pure."""

from typing import Any

from tests.sim.logic.entry import Deed, Json
from tests.sim.logic.overlay import Shown


def edit(op: str, row: Shown, changes: Json) -> Deed | None:
    """Return an edit of a row as it was on the screen; None when nothing differs."""
    said = {name: value for name, value in changes.items() if value != row.data.get(name)}
    if not said:
        return None
    base = row.base
    was = {name: row.data.get(name) for name in said}
    return Deed(op, base.ent, base.key, base.root, base.ver, was, said)


def create(op: str, ent: str, key: str, root: str, said: dict[str, Any]) -> Deed:
    """Return something new, under a key of its own."""
    return Deed(op, ent, key, root, 0, {}, said)
