"""``presente serve`` as an operator meets it: a real process on a real port."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from server.cli import main
from tests.conftest import FakeClock

ROOT = Path(__file__).parents[2]
START_WITHIN_SECONDS = 20


class Server:
    """A server of its own; stopped at the end of the test."""

    def __init__(self, data: Path, *more: str) -> None:
        command = [sys.executable, "-m", "server", "serve", "--dir", str(data), "--port", "0"]
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.process = subprocess.Popen(
            [*command, "--json", *more],
            cwd=ROOT,
            env=kept,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate(timeout=5)[1]
        self.said: dict[str, Any] = json.loads(line)

    @property
    def url(self) -> str:
        return str(self.said["url"])

    def stop(self, by: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Stop it; return its exit code and what it logged."""
        self.process.send_signal(by)
        _, log = self.process.communicate(timeout=15)
        return self.process.returncode, log


@pytest.fixture
def server(tmp_path: Path) -> Generator[Server]:
    server = Server(tmp_path / "data")
    yield server
    if server.process.poll() is None:
        server.stop(signal.SIGKILL)


def get(url: str) -> httpx.Response:
    """Ask until the server listens: it says its address just before."""
    for _ in range(START_WITHIN_SECONDS * 10):
        try:
            return httpx.get(url, trust_env=False)
        except httpx.ConnectError:
            time.sleep(0.1)
    return httpx.get(url, trust_env=False)


def test_it_makes_what_is_missing_serves_and_stops_tidily(server: Server, tmp_path: Path) -> None:
    answer = get(f"{server.url}/health")
    code, _ = server.stop()

    assert answer.json() == {"status": "ok", "backups": "off", "parked": 0}
    assert "server" not in answer.headers
    assert code == 0
    assert (tmp_path / "data" / "presente.db").exists()


def test_ctrl_c_is_no_fault(server: Server) -> None:
    get(f"{server.url}/health")

    code, log = server.stop(signal.SIGINT)

    assert (code, "Traceback" in log) == (0, False)


def test_the_log_holds_no_ids_and_no_search_words(server: Server) -> None:
    get(f"{server.url}/api/desk/students?list=Maria+Baca")
    get(f"{server.url}/api/users/01a20031-4f39-76a5-840a-567c5d3be189/devices")

    _, log = server.stop()

    assert "GET /api/desk/students 401" in log
    assert "Maria" not in log
    assert "01a20031" not in log


def test_a_client_that_goes_away_while_it_sends_is_no_fault_of_the_servers(server: Server) -> None:
    get(f"{server.url}/health")
    head = "POST /api/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    where = urlsplit(server.url)

    for length, body in ((100, b'{"half": "of i'), (2, b"{}")):
        with socket.create_connection((where.hostname, where.port)) as line:
            line.sendall(f"{head}Content-Length: {length}\r\n\r\n".encode() + body)
            if length == len(body):
                line.recv(1)
    get(f"{server.url}/health")
    _, log = server.stop()

    told = [one.partition("POST ")[2] for one in log.splitlines() if "POST " in one]
    assert [one.split()[1] for one in told] == ["499", "400"]
    assert told[0].endswith("the client went away")
    assert "ERROR" not in log


def test_the_keys_are_the_servers_users_only(server: Server, tmp_path: Path) -> None:
    get(f"{server.url}/health")

    secrets = tmp_path / "data" / "secrets"
    assert secrets.stat().st_mode & 0o077 == 0
    assert {file.stat().st_mode & 0o077 for file in secrets.iterdir()} == {0}
    assert len(list(secrets.iterdir())) == 2


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.delenv("PRESENTE_DATABASE_URL", raising=False)
    monkeypatch.delenv("PRESENTE_PUBLIC_URL", raising=False)

    def presente(*arguments: str) -> int:
        return main(["serve", "--dir", str(tmp_path), *arguments], clock=FakeClock())

    return presente


def test_a_port_that_is_taken_is_refused_in_plain_words(
    serve: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code = serve("--port", str(taken.getsockname()[1]))

    assert code == 1
    assert "--port" in capsys.readouterr().err


@pytest.mark.parametrize(
    "url", ["http://presente.example", "https://presente.example/app", "ftp://x", "https://"]
)
def test_an_address_that_phones_could_not_use_is_refused(
    serve: Any, tmp_path: Path, url: str
) -> None:
    assert serve("--port", "0", "--public-url", url) == 1
    assert not (tmp_path / "presente.db").exists()


@pytest.mark.parametrize("port", ["eighty", "65536", "-1"])
def test_a_port_that_is_none_is_wrong_usage(serve: Any, port: str) -> None:
    with pytest.raises(SystemExit) as left:
        serve(f"--port={port}")

    assert left.value.code == 2


@pytest.mark.slow
def test_a_demo_prints_a_link_for_each_role_and_the_link_signs_in(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", "--demo")
    links: list[dict[str, str]] = server.said["links"]
    get(f"{server.url}/health")

    answers = [
        httpx.post(
            f"{server.url}/api/invitations/demo",
            json={"token": link["url"].rpartition("/")[2]},
            trust_env=False,
        )
        for link in links
    ]
    code, _ = server.stop()

    assert {link["role"] for link in links} >= {"advisor", "coordinator", "administrator"}
    assert [answer.status_code for answer in answers] == [201] * len(links)
    assert [answer.json()["role"] for answer in answers] == [link["role"] for link in links]
    assert code == 0
