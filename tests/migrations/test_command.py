"""``presente migrate``, as an operator runs it."""

import json
from pathlib import Path

import pytest

from server.cli import main
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
