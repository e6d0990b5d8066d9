"""PouchDB server on leveldb: what a replication sends and asks, and PouchDB replicating itself."""

import json
import os
import subprocess
from pathlib import Path

import msgspec

from tests.bench.sync.ours import Size
from tests.bench.sync.peers import installing
from tests.bench.sync.peers.work import Door, Figures, Record, a_record, ask, packed, work
from tests.bench.sync.process import Served, free_port
from tests.bench.sync.wire import Answer, Line, at_once

_HEADERS = {"content-type": "application/json"}
_SHARE = 2
"""Its own replication takes several times as long, and most of it is the phones'."""


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
        made: list[tuple[str, str, object]] = [("PUT", "/contacts", {}), ("PUT", "/replicated", {})]
        at_once([lambda: ask(Line(port, _HEADERS), made)])
        door = Door(_batch, _first, _rows, _HEADERS)
        return work(served, door, size) | _replicated(served, own, size)
    finally:
        served.stop()


def _replicated(served: Served, own: Path, size: Size) -> Figures:
    """Let PouchDB replicate from as many phones, all in one process; their work is not counted."""
    client = installing.npm("pouch-client", installing.POUCH_CLIENT)
    script = client / "phones.mjs"
    script.write_text((Path(__file__).parent / "pouch-phones.mjs").read_text())
    each = max(100, size.each // _SHARE)
    docs = [
        [{"_id": one.pop("id"), **one} for one in map(a_record, range(each))]
        for _ in range(size.phones)
    ]
    told = own / "docs.json"
    told.write_text(json.dumps(docs))
    count = each * size.phones
    command = ["node", str(script), f"http://127.0.0.1:{served.port}/replicated", str(told)]
    before = served.cpu
    with subprocess.Popen(
        [*command, str(count)],
        env={**os.environ, **installing.ENVIRONMENT},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as phones:
        if phones.stdin is None or phones.stdout is None or not phones.stdout.readline():
            raise RuntimeError("PouchDB's phones could not push")
        middle = served.cpu
        found = json.loads(phones.communicate(b"go\n", timeout=120)[0])
    return {
        "W1_replicated": {
            "records_per_s": found["records"] / found["pushing"] * 1000,
            "cpu_s_per_1000": (middle - before) / found["records"] * 1000,
        },
        "W2_replicated": {
            "rows": found["rows"],
            "ms": found["pulling"],
            "cpu_ms": (served.cpu - middle) * 1000,
            "rows_per_s": found["rows"] / found["pulling"] * 1000,
        },
    }


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
