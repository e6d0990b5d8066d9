"""A client of the sync protocol, written from docs/sync-protocol.md and wire.json alone.

Numbers in comments are sections of the document. It imports nothing of Presente, keeps everything
in memory, and never seals.
"""

import hashlib
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime
from typing import Any

Json = dict[str, Any]


class NotNow(Exception):
    """Not an answer of the protocol: nothing was changed, the queue is kept (1.4, 1.5)."""


class Client:
    """One device of one person. ``renew`` gets another device and token after a fork (2.3)."""

    def __init__(self, url: str, issued: Json, renew: Callable[[], Json]) -> None:
        self.url, self.renew = url, renew
        self.device, self.token = issued["device_id"], issued["token"]
        self.queue: list[Json] = []
        self.past: list[Json] = []  # received as an earlier device: kept for the next life (7.8)
        self.receipts: dict[str, Json] = {}  # by mutation id
        self.next_n, self.epoch, self.cursor, self.pulled_to = 1, "", "", 0
        self.held: dict[str, str] = {}
        self.rows: dict[tuple[str, str, str], Json] = {}  # by root, ent, key (7.5)

    def write(
        self, op: str, key: str, fields: Json, *, row: Json | None = None, root: str = ""
    ) -> str:
        """Keep one thing the person did (3); ``row`` is what it was done to, as shown."""
        seen = row or {"ver": 0, "root": root, "data": {}}
        mut = {"n": self.next_n, "id": uuid7(), "op": op, "ent": op.partition(".")[0], "key": key}
        mut |= {"root": seen["root"], "base": seen["ver"], "at": wall(), "mono": ["one", ms()]}
        mut |= {"was": {name: seen["data"].get(name) for name in fields} if row else {}}
        self.queue.append(mut | {"set": fields})
        self.next_n += 1
        return str(mut["id"])

    def shown(self, ent: str, key: str) -> Json:
        """Return a row as a screen shows it: with what is not in it yet laid over (7.9)."""
        row = next(row for at, row in self.rows.items() if at[1:] == (ent, key))
        data = dict(row["data"])
        for mut in self.queue:
            data |= mut["set"] if mut["key"] == key and not self._is_in(mut, row) else {}
        return {**row, "data": data}

    def _is_in(self, mut: Json, row: Json) -> bool:
        receipt = self.receipts.get(mut["id"], {"out": ""})
        is_there = 0 < receipt.get("ver", 0) <= row["ver"]
        return receipt["out"] in {"refused", "parked"} or is_there or self._is_past(receipt)

    def _is_past(self, receipt: Json) -> bool:
        return bool(0 < receipt.get("seq", 0) <= self.pulled_to)

    def _is_done(self, mut: Json) -> bool:
        receipt = self.receipts.get(mut["id"])
        return receipt is not None and receipt.get("seq", 0) <= self.pulled_to

    def unsent(self) -> list[Json]:
        """Return what has no receipt, oldest first."""
        return [mut for mut in self.queue if mut["id"] not in self.receipts]

    def sync(self, *, limit: int = 65536) -> list[Json]:
        """Exchange until there is nothing more to do; return the answers."""
        answers: list[Json] = []
        while len(answers) < 100:
            answers.append(self.exchange(limit=limit))
            pull = answers[-1].get("pull")
            is_over = pull is not None and not pull.get("more") and not self.unsent()
            if is_over or answers[-1]["stop"] in {"busy", "revoked"}:
                break
        return answers

    def exchange(self, *, limit: int = 65536) -> Json:
        """Send and take in once (1)."""
        muts = self.unsent()
        acked = min([self.next_n, *(mut["n"] for mut in muts)]) - 1  # 4.4
        body = {"proto": 1, "build": "by-the-document", "schema": 1, "device": self.device}
        body |= {"epoch": self.epoch, "sent": [wall(), "one", ms()], "muts": muts[:100]}
        body |= {"cursor": self.cursor, "held": self.held, "acked_n": acked, "limit": limit}
        answer = self._post(body)
        if "proto" not in answer:
            raise NotNow
        self._take(answer)
        return answer

    def _post(self, body: Json) -> Json:
        headers = {"content-type": "application/json", "authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(  # noqa: S310  (the test's own server)
            f"{self.url}/sync/v1", json.dumps(body).encode(), headers
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310  (the test's own server)
                answer: Json = json.load(reply)
                return answer
        except (urllib.error.URLError, ValueError) as error:
            raise NotNow from error

    def _take(self, answer: Json) -> None:
        base = digest(self.cursor, self.held, 1)
        if self.epoch not in {"", answer["epoch"]}:  # 7.8
            self.receipts.clear()
            self.cursor, self.held, self.rows, self.pulled_to = "", {}, {}, 0
            self._count_from(answer["next_n"], self.past)
            self.past = []
        self.epoch = answer["epoch"]
        numbers = {mut["id"]: mut["n"] for mut in self.queue}
        for receipt in answer["receipts"]:
            if numbers.get(receipt["id"]) == receipt["n"]:
                self.receipts.setdefault(receipt["id"], receipt)
        pull = answer.get("pull")
        if pull is not None and pull["base"] == base:  # 7.2
            self._apply(pull)
        if answer["stop"] == "gap":  # 5.1
            self._count_from(answer["next_n"], [])
        elif answer["stop"] == "fork":  # 5.2
            issued = self.renew()
            self.device, self.token = issued["device_id"], issued["token"]
            self.past += [mut for mut in self.queue if mut["id"] in self.receipts]
            self.queue = self.unsent()
            self._count_from(1, [])
        else:  # 5.4
            durable = answer["durable_n"]
            self.queue = [one for one in self.queue if one["n"] > durable or not self._is_done(one)]

    def _apply(self, pull: Json) -> None:
        """Sections 7.3 and 7.4, in their order."""
        if pull.get("reset"):
            self.held, self.rows, self.pulled_to = {}, {}, 0
        for drop in pull.get("drop", []):
            self.held.pop(drop["root"], None)
            self.rows = {at: row for at, row in self.rows.items() if at[0] != drop["root"]}
        self.held |= {snap["root"]: snap["lens"] for snap in pull.get("roots", [])}
        whole = [row for snap in pull.get("roots", []) for row in snap["rows"]]
        for row in [*whole, *pull.get("rows", [])]:
            self.rows[row["root"], row["ent"], row["key"]] = row
        self.rows = {at: row for at, row in self.rows.items() if row.get("data") is not None}
        self.cursor = pull["cursor"]
        self.pulled_to = self.pulled_to if pull.get("more") else pull["head"]

    def _count_from(self, first: int, older: list[Json]) -> None:
        """Number anew what the server does not have, oldest first (5.1, 5.2, 7.8)."""
        behind = [*older, *(mut for mut in self.queue if mut["n"] >= first)]
        for at, mut in enumerate(behind):
            mut["n"] = first + at
            self.receipts.pop(mut["id"], None)
        self.queue = [mut for mut in self.queue if mut["n"] < first] + behind
        self.next_n = first + len(behind)


def digest(cursor: str, held: dict[str, str], schema: int) -> str:
    """Return the digest of a holding (7.2)."""
    told = [cursor, [[root, held[root]] for root in sorted(held)], schema]
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def uuid7() -> str:
    """Return a fresh UUIDv7 (RFC 9562)."""
    chance = os.urandom(10).hex()
    hexed = f"{time.time_ns() // 1_000_000:012x}7{chance[:3]}8{chance[3:18]}"
    return "-".join((hexed[:8], hexed[8:12], hexed[12:16], hexed[16:20], hexed[20:]))


def wall() -> str:
    """Return the wall clock with its offset."""
    return datetime.now().astimezone().isoformat()  # noqa: TID251  (a client's own clock)


def ms() -> int:
    """Return the milliseconds of this session (3.5)."""
    return time.monotonic_ns() // 1_000_000
