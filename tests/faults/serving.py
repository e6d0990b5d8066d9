"""The real server, started in a fraction of a second and killed at any moment."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from tests.conftest import ROOT
from tests.support.running_server import free_port

ANSWERS_WITHIN_SECONDS = 120


class Served:
    """One district's server on one port, over one data folder, by way of a warm process."""

    def __init__(
        self,
        data: Path,
        *,
        database_url: str = "",
        log: Path | None = None,
        synchronous: str = "",
        clock: Path | None = None,
        program: Path | None = None,
    ) -> None:
        """``program``: where the code lies, if it is not this one."""
        self.data = data
        self.port = free_port()
        self.pid = 0
        self.log = log or data.parent / "server.log"
        self._order = {
            "do": "start",
            "arguments": ["serve", "--dir", str(data), "--port", str(self.port)],
            "environment": {"PRESENTE_DATABASE_URL": database_url} if database_url else {},
            "log": str(self.log),
            "synchronous": synchronous,
            "clock": str(clock or ""),
        }
        self._lock = threading.Lock()
        self._zygote = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=program or ROOT,
        )

    def __enter__(self) -> "Served":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self, *, waits: bool = True) -> None:
        """Serve; wait until it answers, unless a nemesis has other plans."""
        self.pid = self._tell(self._order)
        if waits:
            self.wait()

    def wait(self) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + ANSWERS_WITHIN_SECONDS
        while time.monotonic() < deadline:
            try:
                line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                line.request("GET", "/health")
                line.getresponse().read()
                line.close()
            except (OSError, http.client.HTTPException):
                time.sleep(0.01)
            else:
                return
        raise AssertionError(f"the server does not answer: {self.said()[-2000:]}")

    def revive(self) -> None:
        """Start it again if it ended by itself, as what supervises services would."""
        if self._tell({"do": "look", "pid": self.pid}):
            self._tell({"do": "wait", "pid": self.pid})
            self.start(waits=False)

    def kill(self) -> None:
        """SIGKILL: no handler, no flush, no word."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Stop as an operator would."""
        self._end(signal.SIGTERM)

    def said(self) -> str:
        """Return what it wrote to its log."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def close(self) -> None:
        """End the warm process and whatever it started."""
        stdin, stdout = self._zygote.stdin, self._zygote.stdout
        for pipe in (stdin, stdout):
            if pipe is not None:
                pipe.close()
        self._zygote.wait(timeout=30)

    def _end(self, how: signal.Signals) -> None:
        if not self.pid:
            return
        os.kill(self.pid, how)
        self._tell({"do": "wait", "pid": self.pid})
        self.pid = 0

    def _tell(self, order: Mapping[str, object]) -> int:
        stdin, stdout = self._zygote.stdin, self._zygote.stdout
        if stdin is None or stdout is None:
            raise AssertionError("the warm process has no pipes")
        with self._lock:
            stdin.write(json.dumps(order).encode() + b"\n")
            stdin.flush()
            return int(json.loads(stdout.readline()))
