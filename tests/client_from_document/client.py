"""A client made from docs/sync-protocol.md and wire.json alone; numbers are its sections."""

import hashlib
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx

Json = dict[str, Any]


class NotNow(Exception):
    """No answer of the protocol: nothing was changed, and the queue is kept (1.4, 1.5)."""


class Client:
    """One device of one person. ``issue`` gives device and token (2.3), ``wall`` the time."""

    def __init__(self, url: str, issue: Callable[[], Json], wall: Callable[[], str]) -> None:
        self.url, self.issue, self.wall = url, issue, wall
        self.epoch, self.cursor, self.pulled_to = "", "", 0
        self.queue: list[Json] = []  # what must not be forgotten yet, oldest first (5.4)
        self.aside: list[Json] = []  # what no request can carry: for its person to copy (1.7)
        self.receipts: dict[str, Json] = {}  # by mutation id
        self.held: dict[str, str] = {}
        self.rows: dict[tuple[str, str, str], Json] = {}  # by root, ent, key (7.5)
        self.join()

    def join(self) -> None:
        """Become a device, with all that is kept: at first, after a fork (5.2) or a 401 (2.3)."""
        issued = self.issue()
        self.device, self.token = issued["device_id"], issued["token"]
        self._count_from(1)

    def write(self, op: str, row: Json, fields: Json, fence: int = 0) -> str:
        """Keep one thing the person did (3), to a row as it was ``shown``; return its id."""
        was = {name: row["data"].get(name) for name in fields}
        mut = {"n": self.next_n, "id": str(uuid4()), "op": op, "ent": row["ent"], "key": row["key"]}
        mut |= {"root": row["root"], "base": row["ver"], "was": was, "set": fields}
        self.queue.append(mut | {"at": self.wall(), "fence": fence})
        self.next_n += 1
        return str(mut["id"])

    def shown(self, ent: str, key: str) -> Json:
        """Return a row as a screen shows it: with what is not in it yet laid over (7.9)."""
        row: Json = {"root": "", "ent": ent, "key": key, "ver": 0, "data": {}}
        row = next((held for at, held in self.rows.items() if at[1:] == (ent, key)), row)
        over = [mut["set"] for mut in self.queue if mut["key"] == key and not self._is_in(mut)]
        return row | {"data": row["data"] | {name: one[name] for one in over for name in one}}

    def _is_in(self, mut: Json) -> bool:
        """Tell whether the rows say by themselves what became of it (7.9)."""
        word = self.receipts.get(mut["id"], {"out": "parked"})
        return bool(word["out"] != "parked" and word.get("seq", 0) <= self.pulled_to)

    def unsent(self) -> list[Json]:
        """Return what has no receipt, oldest first."""
        return [mut for mut in self.queue if mut["id"] not in self.receipts]

    def sync(self, limit: int = 65536) -> list[Json]:
        """Exchange until there is nothing more to do; return the answers."""
        answers = [self.exchange(limit)]
        while answers[-1]["stop"] not in {"busy", "revoked"} and (self.has_more or self.unsent()):
            answers.append(self.exchange(limit))
        return answers

    def exchange(self, limit: int = 65536, most: int = 100) -> Json:
        """Send and take in once (1); what is too long goes in by halves (1.5)."""
        muts = self.unsent()[:most]
        acked = (muts[0]["n"] if muts else self.next_n) - 1  # 4.4
        body = {"build": "by-the-document", "sent": [self.wall(), "", 0], "muts": muts}
        try:
            answer = self._post("/sync/v1", body | {"acked_n": acked, "limit": limit})
        except NotNow as error:
            if error.args != (413,) or not muts:
                raise
            if len(muts) == 1:
                self.aside += [self.queue.pop(self.queue.index(muts[0]))]
                self._count_from(muts[0]["n"])
            return self.exchange(limit, max(1, len(muts) // 2))
        self._take(answer)
        return answer

    def verify(self) -> None:
        """Forget the roots that differ from the server's: the next pull brings them whole (12)."""
        digests = {}
        for root in self.held:
            of_root = [(at, row) for at, row in sorted(self.rows.items()) if at[0] == root]
            told = [[at[1], at[2], row["ver"], row["data"]] for at, row in of_root]
            text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
            digests[root] = hashlib.sha256(text.encode()).hexdigest()[:32]
        self._forget(self._post("/sync/v1/verify", {"digests": digests})["differ"])

    def _post(self, path: str, body: Json) -> Json:
        body |= {"proto": 1, "schema": 1, "device": self.device}
        body |= {"epoch": self.epoch, "cursor": self.cursor, "held": self.held}
        headers = {"authorization": f"Bearer {self.token}"}
        try:
            reply = httpx.post(self.url + path, json=body, headers=headers, timeout=30)
            answer: Json = reply.json()
        except (httpx.HTTPError, ValueError) as error:
            raise NotNow(0) from error
        if reply.status_code != 200 or "proto" not in answer:
            raise NotNow(reply.status_code)
        return answer

    def _take(self, answer: Json) -> None:
        if self.epoch not in {"", answer["epoch"]}:  # another life of the database (7.8)
            self.receipts, self.pulled_to = {}, 0
        self.epoch = answer["epoch"]
        sent = {(mut["id"], mut["n"]) for mut in self.queue}
        told = {one["id"]: one for one in answer["receipts"] if (one["id"], one["n"]) in sent}
        self.receipts = told | self.receipts
        pull: Json = answer["pull"] or {}
        self.has_more = bool(pull.get("more"))
        if pull:
            self._apply(pull)
        if answer["stop"] == "gap":
            self._count_from(answer["next_n"])
        elif answer["stop"] == "fork":
            self.join()
        self.queue = [m for m in self.queue if m["n"] > answer["durable_n"] or not self._is_in(m)]

    def _apply(self, pull: Json) -> None:
        """Sections 7.3 and 7.4, in their order."""
        self._forget([*self.held] if pull.get("reset") else [])
        self._forget([drop["root"] for drop in pull.get("drop", [])])
        self.held |= {snap["root"]: snap["lens"] for snap in pull.get("roots", [])}
        new = [row for snap in pull.get("roots", []) for row in snap["rows"]] + pull.get("rows", [])
        self.rows |= {(row["root"], row["ent"], row["key"]): row for row in new}
        self.rows = {at: row for at, row in self.rows.items() if row.get("data") is not None}
        self.cursor = pull["cursor"]
        if not self.has_more:  # 7.6, and the last word on what was parked (4.7)
            self.pulled_to = pull["head"]
            last = {at[2]: row["data"] for at, row in self.rows.items() if at[1] == "replayed"}
            self.receipts |= {id_: last[id_] for id_ in last if id_ in self.receipts}

    def _forget(self, roots: list[str]) -> None:
        self.held = {root: lens for root, lens in self.held.items() if root not in roots}
        self.rows = {at: row for at, row in self.rows.items() if at[0] not in roots}

    def _count_from(self, first: int) -> None:
        """Send again what the server lacks, numbered without a hole from there on (5.1)."""
        behind = [mut for mut in self.queue if mut["n"] >= first]
        for n, mut in enumerate(behind, start=first):
            mut["n"] = n
            self.receipts.pop(mut["id"], None)
        self.next_n = first + len(behind)
