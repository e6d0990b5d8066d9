"""The whole drill on a real server: it backs up by itself, is stopped, restored, and started."""

import time
from collections.abc import Generator
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import httpx
import pytest

from server.ids import new_id
from tests.conftest import MONDAY
from tests.support.district import Phone
from tests.support.people import Client
from tests.support.running_server import RunningServer

WITHIN_SECONDS = 60


@pytest.fixture
def server(tmp_path: Path) -> Generator[RunningServer]:
    data = tmp_path / "data"
    running = RunningServer(data, environment={"PRESENTE_BACKUP_DIR": str(tmp_path / "safe")})
    running.run("demo")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def phone(server: RunningServer) -> Generator[Phone]:
    """A program that syncs as the demo's first advisor."""
    logins = [each["login"] for each in server.run("users", "list") if each["role"] == "advisor"]
    issued = server.run("devices", "issue", logins[0], "--label", "a script")
    bearer = {"authorization": f"Bearer {issued['token']}"}
    with httpx.Client(base_url=server.url, headers=bearer, trust_env=False) as client:
        yield Phone(cast("Client", client), UUID(issued["device_id"]))


def visit(phone: Phone, student: str) -> dict[str, Any]:
    fields = {
        "student_id": student,
        "method": "home_visit",
        "outcome": "no_one_home_note_left",
        "note": "Left a note.",
        "occurred_at": MONDAY.isoformat(),
    }
    return phone.mut("contact.create", new_id(), fields)


def first_backup(folder: Path) -> Path:
    """Wait for the backup that a server makes by itself."""
    for _ in range(WITHIN_SECONDS * 10):
        found = sorted(folder.glob("*.backup"))
        if found:
            return found[0]
        time.sleep(0.1)
    raise AssertionError("no backup was made")


@pytest.mark.slow
def test_a_restored_server_gets_everything_back_from_a_phone(
    server: RunningServer, phone: Phone, tmp_path: Path
) -> None:
    made = first_backup(tmp_path / "safe")
    phone.sync()
    student = phone.all("student")[0]["id"]
    since = server.run("backup", "--to", str(tmp_path / "by hand"))
    muts = [visit(phone, student) for _ in range(12)]
    answer = phone.sync(muts)
    busy = server.refused("restore", since["file"], "--yes")

    health = httpx.get(f"{server.url}/health", trust_env=False).json()
    server.stop()
    done = server.run("restore", since["file"], "--yes")
    server.start()
    back = phone.post()
    phone.epoch = back.epoch
    again = phone.sync(muts)

    assert made.stat().st_size > 0
    assert health == {"status": "ok", "backups": "ok", "parked": 0}
    assert [receipt.out for receipt in answer.receipts] == ["applied"] * 12
    assert answer.durable_n == 0
    assert "Stop it first" in busy
    assert back.epoch == done["epoch"]
    assert (back.next_n, back.pull is not None and back.pull.reset) == (1, True)
    assert [receipt.out for receipt in again.receipts] == ["applied"] * 12
    told = {row["id"] for row in phone.all("contact")}
    assert {mut["key"] for mut in muts} <= told


@pytest.mark.slow
def test_the_operator_is_warned_when_nobody_backs_up(tmp_path: Path) -> None:
    server = RunningServer(tmp_path / "data")
    (tmp_path / "data").mkdir()
    server.start()
    server.stop()

    assert "No backups are set up" in server.log()
