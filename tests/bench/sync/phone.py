"""What the bench's phones say: mutations made before the clock starts, envelopes as they go."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec

from server.ids import new_id
from server.web.sessions import COOKIE
from tests.bench.sync.wire import Answer, Line
from tests.bench.sync.world import SEEN, Phone, a_contact

BATCH = 100
_WHEN = SEEN.isoformat()


class Busy(Exception):
    """The server did not answer as it should."""


class Speaker:
    """One phone on one connection: counts its mutations, keeps what is owed for pulling."""

    def __init__(self, phone: Phone, port: int) -> None:
        self.phone = phone
        self.line = Line(
            port,
            {"cookie": f"{COOKIE}={phone.token}", "content-type": "application/json"},
        )
        self.made = 0
        self.acked = 0
        self.epoch = ""
        self.cursor = ""
        self.held: dict[str, str] = {}
        self.outs: dict[str, int] = {}

    def contacts(self, count: int) -> list[tuple[UUID, bytes]]:
        """Make contacts, spread over the person's students."""
        students = self.phone.students
        return [
            self.mutation("contact.create", new_id(), a_contact(students[at % len(students)], at))
            for at in range(count)
        ]

    def mutation(
        self, op: str, key: UUID, fields: dict[str, Any], was: dict[str, Any] | None = None
    ) -> tuple[UUID, bytes]:
        """Make one more mutation; return its row's key and its bytes."""
        self.made += 1
        told = {
            "n": self.made,
            "id": str(new_id()),
            "op": op,
            "ent": op.partition(".")[0],
            "key": str(key),
            "root": "s",
            "v": 1,
            "set": fields,
            "at": _WHEN,
            "mono": ["bench", 1000],
        }
        return key, msgspec.json.encode(told | ({"was": was, "base": 1} if was else {}))

    async def push(self, muts: Sequence[bytes], *, size: int = BATCH) -> list[float]:
        """Send mutations in batches; return the seconds of each answer."""
        taken: list[float] = []
        for at in range(0, len(muts), size):
            answer = await self.exchange(muts[at : at + size], pull=False)
            taken.append(answer.seconds)
        return taken

    async def exchange(self, muts: Iterable[bytes] = (), *, pull: bool = True) -> Answer:
        """Exchange once; keep what a phone keeps."""
        body = msgspec.json.encode(
            {
                "proto": 1,
                "build": "bench",
                "schema": 1,
                "device": str(self.phone.device),
                "epoch": self.epoch,
                "sent": [_WHEN, "bench", 2000],
                "muts": [msgspec.Raw(mut) for mut in muts],
                "cursor": self.cursor,
                "held": self.held,
                "acked_n": self.acked,
                "limit": 4 * 1024 * 1024,
                "pull": pull,
            }
        )
        answer = await self.line.send("POST", "/sync/v1", body)
        if answer.status != 200:
            raise Busy(f"{answer.status}: {answer.body[:300]!r}")
        self._keep(answer.body)
        return answer

    def _keep(self, body: bytes) -> None:
        told = msgspec.json.decode(body, type=_Told)
        if told.stop:
            raise Busy(f"stop: {told.stop}")
        self.epoch = told.epoch
        for receipt in told.receipts:
            self.outs[receipt.out] = self.outs.get(receipt.out, 0) + 1
        self.acked = max([self.acked, *(receipt.n for receipt in told.receipts)])
        if told.pull is not None:
            self.cursor = told.pull.cursor
            self.held |= {root.root: root.lens for root in told.pull.roots}


class _Receipt(msgspec.Struct):
    n: int
    out: str


class _Root(msgspec.Struct):
    root: str
    lens: str
    rows: list[msgspec.Raw]


class _Pull(msgspec.Struct):
    cursor: str
    more: bool = False
    rows: list[msgspec.Raw] = []
    roots: list[_Root] = []


class _Told(msgspec.Struct):
    epoch: str
    stop: str = ""
    receipts: list[_Receipt] = []
    pull: _Pull | None = None


def rows_of(body: bytes) -> int:
    """Count the rows that an answer brought."""
    pull = msgspec.json.decode(body, type=_Told).pull
    return 0 if pull is None else len(pull.rows) + sum(len(root.rows) for root in pull.roots)
