"""Mutations of older builds brought up to date, and rows brought down for them.

A phone never rewrites its outbox, so every schema that ever shipped must be understood for ever.
Only what changes the meaning or the name of a word makes a new schema; what is merely added does
not (``docs/sync-protocol.md``, section 10).
"""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from schemas.sync import OLDEST_SCHEMA, SCHEMA, Mut

Up = Callable[[Mut], Mut]
Down = Callable[[str, dict[str, Any]], dict[str, Any] | None]


class UnknownSchema(ValueError):
    """A mutation of a schema that this version never heard of."""


class Schemas(Struct, frozen=True, kw_only=True):
    """The schemas that were shipped, and the steps between neighbours."""

    current: int
    oldest_read: int
    """Rows are brought down to this one and no further."""
    up: Mapping[int, Up] = {}
    """By a schema: what makes a mutation of it one of the next."""
    down: Mapping[int, Down] = {}
    """By a schema: what makes a row of it (by entity) one of the schema before; None: that one
    had no such rows."""

    def upcast(self, mut: Mut) -> Mut:
        """Return a mutation as this version spells it. Raises ``UnknownSchema``."""
        if mut.v == self.current:
            return mut
        if mut.v > self.current:
            raise UnknownSchema
        while mut.v < self.current:
            step = self.up.get(mut.v)
            if step is None:
                raise UnknownSchema
            mut = replace(step(mut), v=mut.v + 1)
        return mut

    def project_down(self, ent: str, data: dict[str, Any], schema: int) -> dict[str, Any] | None:
        """Return a row as a phone of an older schema knows it; None: it knows no such rows.

        A phone of a newer schema than ours gets it as it is: additions are all it can miss.
        """
        for version in range(self.current, schema, -1):
            step = self.down.get(version)
            found = step(ent, data) if step else data
            if found is None:
                return None
            data = found
        return data

    def reads(self, schema: int) -> bool:
        """Tell whether a phone of this schema can be given rows. It may always write."""
        return schema >= self.oldest_read


SHIPPED = Schemas(current=SCHEMA, oldest_read=OLDEST_SCHEMA)
"""Schema 1 is the first that left this house; nothing before it was ever on a phone."""
