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
        self.url = url
        self.renew = renew
        self.began = time.monotonic()
        self.queue: list[Json] = []
        self.receipts: dict[str, Json] = {}  # by mutation id
        self.next_n = 1
        self.epoch = self.cursor = ""
        self.held: dict[str, str] = {}
        self.rows: dict[tuple[str, str, str], Json] = {}  # by root, ent, key (7.5)
        self.pulled_to = 0
        self._be(issued)

    def _be(self, issued: Json) -> None:
        self.device, self.token = issued["device_id"], issued["token"]

    # ------------------------------------------------------------ writing: section 3

    def write(
        self, op: str, key: str, fields: Json, *, row: Json | None = None, root: str = ""
    ) -> str:
        """Keep one thing the person did; ``row`` is what it was done to, as shown."""
        was = {} if row is None else {name: row["data"].get(name) for name in fields}
        base = 0 if row is None else row["ver"]
        mut = {
            "n": self.next_n,
            "id": uuid7(),
            "op": op,
            "ent": op.partition(".")[0],
            "key": key,
            "root": root if row is None else row["root"],
            "base": base,
            "was": was,
            "set": fields,
            "at": wall(),
            "mono": ["one", self._ms()],
        }
        self.next_n += 1
        self.queue.append(mut)
        return str(mut["id"])

    def shown(self, ent: str, key: str) -> Json:
        """Return a row as a screen shows it: with what is not in it yet laid over (7.9)."""
        row = next(row for at, row in self.rows.items() if at[1:] == (ent, key))
        data = dict(row["data"])
        for mut in self.queue:
            if mut["key"] == key and not self._is_in(mut, row):
                data |= mut["set"]
        return {**row, "data": data}

    def _is_in(self, mut: Json, row: Json) -> bool:
        receipt = self.receipts.get(mut["id"])
        if receipt is None:
            return False
        is_there = receipt.get("ver", 0) and row["ver"] >= receipt["ver"]
        is_past = receipt.get("seq", 0) and self.pulled_to >= receipt["seq"]
        return bool(receipt["out"] in {"refused", "parked"} or is_there or is_past)

    def unsent(self) -> list[Json]:
        """Return what has no receipt, oldest first."""
        return [mut for mut in self.queue if mut["id"] not in self.receipts]

    # ------------------------------------------------------------ the exchange (1)

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
        """Send and take in once."""
        answer = self._post(self._request(limit))
        self._take(answer)
        return answer

    def _request(self, limit: int) -> Json:
        waiting = self.unsent()
        acked = min([self.next_n, *(mut["n"] for mut in waiting)]) - 1  # 4.4
        return {
            "proto": 1,
            "build": "from-the-document",
            "schema": 1,
            "device": self.device,
            "epoch": self.epoch,
            "sent": [wall(), "one", self._ms()],
            "muts": waiting[:100],
            "cursor": self.cursor,
            "held": self.held,
            "acked_n": acked,
            "limit": limit,
            "waiting": len(waiting),
        }

    def _post(self, body: Json) -> Json:
        headers = {"content-type": "application/json", "authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(  # noqa: S310  (the test's own server)
            f"{self.url}/sync/v1", json.dumps(body).encode(), headers
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310  (the test's own server)
                answer: Json = json.load(reply)
        except (urllib.error.URLError, ValueError) as error:
            raise NotNow from error
        if "proto" not in answer:
            raise NotNow
        return answer

    def _take(self, answer: Json) -> None:
        base = digest(self.cursor, self.held, 1)
        if self.epoch not in {"", answer["epoch"]}:  # 7.8
            self.receipts.clear()
            self._forget_rows()
        self.epoch = answer["epoch"]
        numbers = {mut["id"]: mut["n"] for mut in self.queue}
        for receipt in answer["receipts"]:
            if numbers.get(receipt["id"]) == receipt["n"]:
                self.receipts.setdefault(receipt["id"], receipt)
        pull = answer.get("pull")
        if pull is not None and pull["base"] == base:  # 7.2
            self._apply(pull)
        if answer["stop"] == "gap":
            self._close_gap(answer["next_n"])
        elif answer["stop"] == "fork":
            self._fork()
        self._let_go(answer["durable_n"])

    def _apply(self, pull: Json) -> None:
        """Sections 7.3 and 7.4, in their order."""
        if pull.get("reset"):
            self._forget_rows()
        for drop in pull.get("drop", []):
            self.held.pop(drop["root"], None)
            self.rows = {at: row for at, row in self.rows.items() if at[0] != drop["root"]}
        for snap in pull.get("roots", []):
            self.held[snap["root"]] = snap["lens"]
        whole = [row for snap in pull.get("roots", []) for row in snap["rows"]]
        for row in [*whole, *pull.get("rows", [])]:
            at = row["root"], row["ent"], row["key"]
            self.rows.pop(at, None)
            if row.get("data") is not None:
                self.rows[at] = row
        self.cursor = pull["cursor"]
        self.pulled_to = self.pulled_to if pull.get("more") else pull["head"]

    def _forget_rows(self) -> None:
        self.cursor, self.pulled_to = "", 0
        self.held, self.rows = {}, {}

    # ------------------------------------------------------------ ways out (5)

    def _close_gap(self, next_n: int) -> None:
        behind = [mut for mut in self.queue if mut["n"] >= next_n]
        for mut in behind:
            self.receipts.pop(mut["id"], None)
        if (behind and behind[0]["n"] != next_n) or not behind:
            self._number(behind, next_n)

    def _fork(self) -> None:
        self._be(self.renew())
        self.queue = self.unsent()
        self._number(self.queue, 1)

    def _number(self, muts: list[Json], first: int) -> None:
        for at, mut in enumerate(muts):
            mut["n"] = first + at
        self.next_n = first + len(muts)

    def _let_go(self, durable_n: int) -> None:
        self.queue = [
            mut
            for mut in self.queue
            if not (mut["n"] <= durable_n and self._is_settled(mut))  # 5.4
        ]

    def _is_settled(self, mut: Json) -> bool:
        receipt = self.receipts.get(mut["id"])
        return receipt is not None and receipt.get("seq", 0) <= self.pulled_to

    def _ms(self) -> int:
        return int((time.monotonic() - self.began) * 1000)


def digest(cursor: str, held: dict[str, str], schema: int) -> str:
    """Return the digest of a holding (7.2)."""
    told = [cursor, [[root, held[root]] for root in sorted(held)], schema]
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def uuid7() -> str:
    """Return a fresh UUIDv7 (RFC 9562)."""
    hexed = (
        f"{time.time_ns() // 1_000_000:012x}7{os.urandom(8).hex()[:3]}8{os.urandom(8).hex()[:15]}"
    )
    return "-".join((hexed[:8], hexed[8:12], hexed[12:16], hexed[16:20], hexed[20:]))


def wall() -> str:
    """Return the wall clock with its offset."""
    return datetime.now().astimezone().isoformat()  # noqa: TID251  (a client's own clock)
