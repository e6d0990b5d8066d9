"""What the server holds, read past it. Only what is new is read, so that looking is cheap."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from tests.sim.logic.entry import Json, name_of
from tests.sim.memory import MemoryDatabase


class Version(NamedTuple):
    """One version of a row."""

    ent: str
    key: str
    ver: int
    data: Json | None
    mid: str


class Taken(NamedTuple):
    """One mutation in the server's log."""

    device: str
    n: int
    mid: str
    user: str
    body: bytes
    receipt: Json


class Mark(NamedTuple):
    """A row's place in one root's feed."""

    seq: int
    gone: bool


@lru_cache(maxsize=65536)
def dashed(hexed: str) -> str:
    """Return an id as the wire spells it."""
    return f"{hexed[:8]}-{hexed[8:12]}-{hexed[12:16]}-{hexed[16:20]}-{hexed[20:]}"


class Ledger:
    """The log, the history and the feed, kept up to date by ``look``."""

    def __init__(self, db: MemoryDatabase) -> None:
        self._db = db
        self._changes = -1
        self.forget()

    def forget(self) -> None:
        """Begin anew: the database is another one."""
        self.mutations: dict[str, Taken] = {}
        """First arrivals, by mutation id."""
        self.arrivals: list[Taken] = []
        self.history: dict[str, list[Version]] = {}
        """Versions by ``ent:key``, oldest first."""
        self.feed: dict[str, dict[str, Mark]] = {}
        """Places by root and ``ent:key``."""
        self.epoch, self.head, self.floor = "", 0, 0
        self.new_mutations: list[Taken] = []
        self.new_versions: list[Version] = []
        self.new_marks: list[tuple[str, str, Mark]] = []
        self.old_head = 0
        self._last_mutation = self._last_version = 0
        self._changes = -1

    def look(self) -> bool:
        """Read what is new; False when nothing was written since the last look."""
        if self._changes == self._db.raw.total_changes:
            return False
        self._changes = self._db.raw.total_changes
        self.old_head = self.head
        ((self.epoch, self.head, self.floor),) = self._db.ask(
            "select epoch, v, floor from sync_head"
        )
        self.new_mutations = list(self._mutations())
        self.new_versions = list(self._versions())
        self.new_marks = list(self._marks())
        return True

    def present(self, name: str) -> Version | None:
        """Return a row as it is now, gone or not."""
        versions = self.history.get(name)
        return versions[-1] if versions else None

    def before(self, version: Version) -> Version | None:
        """Return the version that this one followed."""
        versions = self.history[name_of(version.ent, version.key)]
        return versions[version.ver - 2] if version.ver > 1 else None

    def _mutations(self) -> Iterator[Taken]:
        for rowid, device, n, mid, user, body, receipt in self._db.ask(
            "select rowid, device_id, n, mid, user_id, body, receipt from mutation"
            " where rowid > ? order by rowid",
            self._last_mutation,
        ):
            self._last_mutation = rowid
            told = {"ver": 0, "seq": 0, "conflict": None, "code": ""} | _json(receipt)
            taken = Taken(dashed(device), n, dashed(mid), dashed(user), body, told)
            self.arrivals.append(taken)
            self.mutations.setdefault(taken.mid, taken)
            yield taken

    def _versions(self) -> Iterator[Version]:
        for rowid, ent, key, ver, data, mid in self._db.ask(
            "select rowid, ent, key, ver, data, mutation_id from row_version"
            " where rowid > ? order by rowid",
            self._last_version,
        ):
            self._last_version = rowid
            made = Version(
                ent, dashed(key), ver, _json(data) if data else None, dashed(mid) if mid else ""
            )
            self.history.setdefault(name_of(ent, made.key), []).append(made)
            yield made

    def _marks(self) -> Iterator[tuple[str, str, Mark]]:
        for root, ent, key, seq, gone in self._db.ask(
            "select root, ent, key, seq, gone from feed where seq > ? order by seq", self.old_head
        ):
            name, mark = name_of(ent, dashed(key)), Mark(seq, bool(gone))
            self.feed.setdefault(root, {})[name] = mark
            yield root, name, mark


def _json(text: str | bytes) -> Any:
    return msgspec.json.decode(text)
