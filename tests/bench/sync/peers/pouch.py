"""PouchDB server on leveldb, through ``_bulk_docs`` (what a replication sends) and ``_changes``."""

from pathlib import Path

import msgspec

from tests.bench.sync.ours import Size
from tests.bench.sync.peers import installing
from tests.bench.sync.peers.work import Door, Figures, Record, ask, packed, work
from tests.bench.sync.process import Served, free_port
from tests.bench.sync.wire import Answer, Line, at_once

_HEADERS = {"content-type": "application/json"}


def run(folder: Path, size: Size) -> Figures:
    """Start it, work, stop it."""
    place = installing.npm("pouch", installing.POUCH)
    port = free_port()
    own = folder / "pouch"
    (own / "data").mkdir(parents=True)
    served = Served(
        "pouch",
        [
            *("node", str(place / "node_modules" / "pouchdb-server" / "bin" / "pouchdb-server")),
            *("--port", str(port), "--dir", str(own / "data"), "--no-stdout-logs"),
        ],
        port=port,
        folder=own,
        environment=installing.ENVIRONMENT,
    )
    try:
        at_once([lambda: ask(Line(port, _HEADERS), [("PUT", "/contacts", {})])])
        door = Door(_batch, _first, _rows, _HEADERS)
        return work(served, door, size)
    finally:
        served.stop()


def _batch(records: list[Record]) -> tuple[str, str, bytes]:
    # As a replication sends them: with revisions of their own, so that a repeat is a repeat.
    docs = [
        {"_id": one["id"], "_rev": f"1-{'a' * 32}", "_revisions": {"start": 1, "ids": ["a" * 32]}}
        | {name: value for name, value in one.items() if name != "id"}
        for one in records
    ]
    return "POST", "/contacts/_bulk_docs", packed({"docs": docs, "new_edits": False})


def _first(count: int, before: Answer | None) -> str:
    return "" if before else f"/contacts/_changes?include_docs=true&limit={count}"


def _rows(body: bytes) -> int:
    return len(msgspec.json.decode(body)["results"])
