"""A real server in its own process, on a free port, that a test may stop, kill and start again."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RunningServer:
    """``presente serve`` and the other commands, against one data folder."""

    def __init__(
        self,
        data_dir: Path,
        *,
        environment: Mapping[str, str] | None = None,
        public_url: str = "",
    ) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.url = public_url or f"http://localhost:{self.port}"
        self._environment = {
            **os.environ,
            **(environment or {}),
            "PRESENTE_PUBLIC_URL": self.url,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start serving and wait until it answers."""
        with (self.data_dir.parent / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self._command("serve"), "--port", str(self.port)],
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise AssertionError(f"the server ended: {self.log()[-3000:]}")
            try:
                with urllib.request.urlopen(self._health, timeout=2):  # noqa: S310  (the test's own server)
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise AssertionError(f"the server did not answer: {self.log()[-3000:]}")

    def stop(self) -> None:
        """Ask it to stop, and wait."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it without a word."""
        self._end(signal.SIGKILL)

    def log(self) -> str:
        """Return everything it printed."""
        return (self.data_dir.parent / "server.log").read_text()

    def run(self, *arguments: str) -> Any:
        """Run another command with ``--json`` and return its decoded answer."""
        done = subprocess.run(
            [*self._command(*arguments), "--json"],
            env=self._environment,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, (arguments, done.stdout[-2000:], done.stderr[-2000:])
        return json.loads(done.stdout or b"null")  # some have nothing to tell

    def refused(self, *arguments: str) -> str:
        """Run another command that must be refused; return what it said to the operator."""
        done = subprocess.run(
            self._command(*arguments), env=self._environment, capture_output=True, check=False
        )
        assert done.returncode == 1, (arguments, done.stdout[-2000:], done.stderr[-2000:])
        return done.stderr.decode()

    @property
    def _health(self) -> str:
        return f"http://127.0.0.1:{self.port}/health"

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "server", *arguments, "--dir", str(self.data_dir)]

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        self._process.wait(timeout=30)
        self._process = None
