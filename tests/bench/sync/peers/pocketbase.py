"""PocketBase (Go, SQLite with NORMAL), through ``/api/batch``."""

import subprocess
from pathlib import Path
from typing import Any

import msgspec

from tests.bench.sync.ours import Size
from tests.bench.sync.peers import installing
from tests.bench.sync.peers.work import Door, Figures, Record, ask, packed, work
from tests.bench.sync.process import Served, free_port
from tests.bench.sync.wire import Answer, Line, at_once

_RECORDS = "/api/collections/contacts/records"
_WHO = {"identity": "bench@presente.example", "password": "bench-bench-bench"}
_PAGE = 1000
"""Rows that it gives at once."""


def run(folder: Path, size: Size) -> Figures:
    """Start it, work, stop it."""
    program = str(installing.python("pocketbase", installing.POCKETBASE) / "pocketbase")
    own = folder / "pocketbase"
    own.mkdir(parents=True)
    data = ["--dir", str(own / "data")]
    subprocess.run(
        [program, "superuser", "upsert", *_WHO.values(), *data], check=True, capture_output=True
    )
    port = free_port()
    served = Served(
        "pocketbase",
        [program, "serve", "--http", f"127.0.0.1:{port}", *data],
        port=port,
        folder=own,
    )
    try:
        headers = _prepared(port)
        door = Door(_batch, _first, _rows, headers)
        return work(served, door, size, share=2)
    finally:
        served.stop()


def _prepared(port: int) -> dict[str, str]:
    """Sign in, allow batches, make the collection; return the headers to speak with."""
    headers = {"content-type": "application/json"}
    tokens: list[str] = []

    async def sign_in() -> list[float]:
        path = "/api/collections/_superusers/auth-with-password"
        answer = await Line(port, headers).send("POST", path, packed(_WHO))
        tokens.append(_told(answer.body)["token"])
        return []

    at_once([sign_in])
    headers["authorization"] = tokens[0]
    texts = ("student_id", "method", "direction", "outcome", "party", "met", "contact_point_id")
    more = ("note", "follow_up_kind", "follow_up_on", "occurred_at")
    fields = [{"name": name, "type": "text"} for name in (*texts, *more)]
    fields += [{"name": name, "type": "json"} for name in ("causes", "referrals")]
    batch = {"enabled": True, "maxRequests": 200, "timeout": 60, "maxBodySize": 10_000_000}
    made: list[tuple[str, str, object]] = [
        ("PATCH", "/api/settings", {"batch": batch}),
        ("POST", "/api/collections", {"name": "contacts", "type": "base", "fields": fields}),
    ]
    at_once([lambda: ask(Line(port, headers), made)])
    return headers


def _batch(records: list[Record]) -> tuple[str, str, bytes]:
    # Its ids are fifteen letters; another pattern makes every create search the whole table.
    asked = [
        {
            "method": "PUT",
            "url": _RECORDS,
            "body": record | {"id": record["id"].replace("-", "")[-15:]},
        }
        for record in records
    ]
    return "POST", "/api/batch", packed({"requests": asked})


def _first(count: int, before: Answer | None) -> str:
    page = 1 if before is None else _told(before.body)["page"] + 1
    return f"{_RECORDS}?perPage={min(_PAGE, count)}&skipTotal=1&page={page}"


def _told(body: bytes) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.json.decode(body)
    return told


def _rows(body: bytes) -> int:
    return len(msgspec.json.decode(body)["items"])
