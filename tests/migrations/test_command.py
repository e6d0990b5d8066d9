"""``presente migrate``, as an operator runs it."""

import json
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from server.cli import main
from server.db import commands
from server.db.database import Database
from server.db.migrate import head_revision


def test_an_operator_makes_a_database_and_may_run_it_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PRESENTE_DATABASE_URL", raising=False)
    folder = str(tmp_path / "data")

    first = main(["migrate", "--dir", folder, "--json"])
    made = json.loads(capsys.readouterr().out)
    second = main(["migrate", "--dir", folder])
    again = capsys.readouterr().out

    assert (first, second) == (0, 0)
    assert made == {"from": None, "to": head_revision()}
    assert "up to date" in again
    assert (tmp_path / "data" / "presente.db").exists()


@pytest.mark.postgres
def test_an_operator_migrates_a_postgresql_server(
    tmp_path: Path,
    postgres_url: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = postgres_url.replace("postgresql+psycopg://", "postgresql://")
    monkeypatch.setenv("PRESENTE_DATABASE_URL", address)

    code = main(["migrate", "--dir", str(tmp_path), "--json"])

    assert code == 0
    assert json.loads(capsys.readouterr().out)["to"] == head_revision()


@pytest.mark.parametrize(
    ("folder", "address", "code"),
    [
        ("taken", "", "cannot_use"),
        ("data", "sqlite:////proc/nowhere/presente.db", "cannot_use"),
        ("data", "postgresql://nobody@/presente?host=/proc/nowhere", "no_database"),
    ],
)
def test_a_place_that_cannot_be_used_is_refused_in_plain_words(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    folder: str,
    address: str,
    code: str,
) -> None:
    (tmp_path / "taken").touch()
    monkeypatch.setenv("PRESENTE_DATABASE_URL", address)

    left = main(["migrate", "--dir", str(tmp_path / folder), "--json"])

    assert left == 1
    assert json.loads(capsys.readouterr().out)["code"] == code


def test_a_file_that_is_no_database_is_refused_in_plain_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PRESENTE_DATABASE_URL", raising=False)
    (tmp_path / "presente.db").write_bytes(b"holiday pictures " * 500)

    assert main(["migrate", "--dir", str(tmp_path)]) == 1
    assert "not a database" in capsys.readouterr().err


def test_a_fault_of_the_database_does_not_say_whom_it_was_about(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ValueError("Failing row contains (Trujillo)")

    def breaks(_database: Database) -> None:
        raise IntegrityError("insert", {}, words)

    monkeypatch.setattr(commands, "upgrade", breaks)

    assert main(["migrate", "--dir", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "IntegrityError" in said
    assert "Trujillo" not in said
