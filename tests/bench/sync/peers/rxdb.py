"""RxDB server with its memory storage, through its replication endpoint."""

from pathlib import Path

import msgspec

from tests.bench.sync.ours import Size
from tests.bench.sync.peers import installing
from tests.bench.sync.peers.work import Door, Figures, Record, packed, work
from tests.bench.sync.process import Served, free_port
from tests.bench.sync.wire import Answer

_AT_ONCE = 50
"""Its Express adapter answers 413 to bodies over 100 kB."""


def run(folder: Path, size: Size) -> Figures:
    """Start it, work, stop it."""
    place = installing.npm("rxdb", installing.RXDB)
    script = place / "bench-server.mjs"
    script.write_text((Path(__file__).parent / "rxdb-server.mjs").read_text())
    port = free_port()
    served = Served(
        "rxdb",
        ["node", str(script), str(port)],
        port=port,
        folder=folder / "rxdb",
        environment=installing.ENVIRONMENT,
    )
    try:
        door = Door(
            _batch,
            _first,
            _rows,
            {"content-type": "application/json"},
            size=_AT_ONCE,
        )
        return work(served, door, size)
    finally:
        served.stop()


def _batch(records: list[Record]) -> tuple[str, str, bytes]:
    rows = [{"newDocumentState": record | {"_deleted": False}} for record in records]
    return "POST", "/contacts/0/push", packed(rows)


def _first(count: int, before: Answer | None) -> str:
    return "" if before else f"/contacts/0/pull?id=&lwt=0&limit={count}"


def _rows(body: bytes) -> int:
    return len(msgspec.json.decode(body)["documents"])
