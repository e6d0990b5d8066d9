"""Devices in the field: clients by the document that write without end and keep a ledger."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, NamedTuple

from server.ids import new_id
from tests.client_from_document.client import Client, Json, NotNow
from tests.faults.district import Issued

DRAINS_WITHIN = 200
"""Exchanges without a fault in which a device must have got rid of all it had."""
SHORTER = 25
"""By what a device of a test divides the seconds that it is asked to wait."""
_LONGEST_PAUSE = 0.2
AT_MOST_AT_ONCE = 3
AT_MOST_UNSENT = 20
"""A person does not write on and on; what waits is sent again all the same."""


class Deed(NamedTuple):
    """What a person did: to which contact, and the words it says from then on."""

    key: str
    note: str
    is_new: bool


class Device(Client):
    """One device. ``made`` is all its person ever did, ``told`` what there are receipts for."""

    def __init__(self, issued: Issued, port: int, seed: int) -> None:
        super().__init__(f"http://127.0.0.1:{port}", issued.told, self.visit_clock)
        self.issue = _nobody
        self.family = issued.family
        self.port = port
        self.patience = 30.0
        """Seconds until it gives an answer up; for a while more, where none came in time."""
        self.made: dict[str, Deed] = {}
        self.told: dict[str, str] = {}
        self.counts: Counter[str] = Counter()
        self.strange: list[str] = []
        self._chance = random.Random(seed)
        self._own: list[str] = []

    def visit_clock(self) -> str:
        """Return what its wall clock shows."""
        return datetime.now(UTC).isoformat()  # noqa: TID251  (a client's own clock)

    # ------------------------------------------------------------ what the person does

    def work(self) -> bool:
        """Write something, try to send it; keep it where that does not work. Tell how it went."""
        waiting = len(self.unsent())
        for _ in range(self._chance.randint(1, AT_MOST_AT_ONCE)):
            if waiting < AT_MOST_UNSENT:
                self._write_something()
        return self.try_once()

    def try_once(self) -> bool:
        """Exchange once; tell whether an answer came."""
        self.counts["requests"] += 1
        try:
            self.exchange()
        except NotNow:
            self.counts["went wrong"] += 1
            return False
        self.counts["answers"] += 1
        return True

    def drain(self) -> None:
        """Send until nothing waits and every row is there, on a network without a fault."""
        self.patience = 30.0
        for _ in range(DRAINS_WITHIN):
            self.try_once()
            if not self.unsent() and self.pulled_to and not self._is_behind:
                return
        self.counts["stuck"] += 1

    def _write_something(self) -> None:
        if self._own and self._chance.random() < 0.2:
            self._amend(self._chance.choice(self._own))
            return
        key, note = str(new_id()), f"note {new_id()}"
        student = str(self.family.student_id)
        fields = {
            "student_id": student,
            "method": "home_visit",
            "outcome": "no_one_home_note_left",
            "note": note,
        }
        fresh = self.shown("contact", key) | {"root": self.family.root}
        mid = self.write("contact.create", fresh, fields)
        self.made[mid] = Deed(key, note, is_new=True)
        self._own.append(key)

    def _amend(self, key: str) -> None:
        """Change the words of one's own visit. Seen is what was written last, sent or not."""
        row = self.rows.get((self.family.root, "contact", key))
        if row is None or any(mut["key"] == key for mut in self.unsent()):
            return
        note = f"note {new_id()}"
        mid = self.write("contact.amend", self.shown("contact", key), {"note": note})
        self.made[mid] = Deed(key, note, is_new=False)

    def write(self, op: str, row: Json, fields: Json, fence: int = 0) -> str:
        """Keep one thing the person did, with the milliseconds of the session beside the wall."""
        mid = super().write(op, row, fields, fence)
        self.queue[-1]["mono"] = ["one", _ms()]
        return mid

    # ------------------------------------------------------------ the line

    def _post(self, path: str, body: Json) -> Json:
        body |= {"proto": 1, "schema": 1, "device": self.device, "epoch": self.epoch}
        body |= {"cursor": self.cursor, "held": self.held}
        body["sent"][1:] = ["one", _ms()]
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self._patience())
        headers = {"content-type": "application/json", "authorization": f"Bearer {self.token}"}
        try:
            line.request("POST", path, json.dumps(body), headers)
            reply = line.getresponse()
            told = reply.read()
            self._waited_in_vain = 0
            return self._heard(reply, told)
        except TimeoutError as error:
            self._waited_in_vain += 1
            raise NotNow from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NotNow from error
        finally:
            line.close()

    def _patience(self) -> float:
        return min(30.0, self.patience * float(2**self._waited_in_vain))

    def _heard(self, reply: http.client.HTTPResponse, body: bytes) -> Json:
        if reply.status == 503:
            self.counts["503"] += 1
            after = reply.headers.get("retry-after", "")
            if not after.isdecimal():
                self.strange.append(f"503 without retry-after: {body[:200]!r}")
            threading.Event().wait(int(after or 1) / SHORTER)
            raise NotNow
        if reply.status != 200:
            self.strange.append(f"{reply.status}: {body[:200]!r}")
            raise NotNow
        answer: Json = json.loads(body)
        if "proto" not in answer:
            raise NotNow
        return answer

    def _take(self, answer: Json) -> None:
        super()._take(answer)
        pull = answer.get("pull")
        self._is_behind = pull is None or bool(pull.get("more"))
        if answer["stop"]:
            self.counts[f"stop {answer['stop']}"] += 1
        for receipt in answer["receipts"]:
            if receipt["id"] in self.made:
                self.told[receipt["id"]] = receipt["out"]

    _is_behind = True
    _waited_in_vain = 0


def _ms() -> int:
    return time.monotonic_ns() // 1_000_000


def _nobody() -> Any:
    raise AssertionError("a device was told that another one counts as itself")


class Crowd:
    """Devices at work, each in a thread of its own, until the block ends."""

    def __init__(self, devices: Sequence[Device], *, pause: float = 0.01) -> None:
        self.devices = devices
        self._pause = pause
        self._is_over = threading.Event()
        self._faults: list[BaseException] = []
        self._threads = [threading.Thread(target=self._live, args=(one,)) for one in devices]

    def __enter__(self) -> "Crowd":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()
        if self._faults and error is None:
            raise self._faults[0]

    @property
    def answers(self) -> int:
        """How often somebody got an answer."""
        return sum(one.counts["answers"] for one in self.devices)

    def _live(self, device: Device) -> None:
        pause = self._pause
        try:
            while not self._is_over.is_set():
                pause = self._pause if device.work() else min(pause * 2, _LONGEST_PAUSE)
                self._is_over.wait(pause)
        except BaseException as fault:  # noqa: BLE001  (raised again where the test can see it)
            self._faults.append(fault)
