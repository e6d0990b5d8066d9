"""A command that reads never makes a database: a mistyped folder is not answered with zeros."""

from pathlib import Path

import pytest

from server.cli import main

READING = (
    ["snapshot", "--school-year", "2021-22", "--day", "120"],
    ["ladder", "counts", "--school-year", "2021-22", "--day", "120"],
    ["ladder", "students", "--step", "robocall_2"],
    ["cases", "--list", "new"],
    ["freshness"],
    ["import", "runs"],
    ["import", "quarantine"],
    ["sync", "parked"],
    ["settings", "list"],
    ["devices", "list"],
    ["backup", "--to", "backups"],
)


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_a_mistyped_folder_is_refused_and_not_made(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mistyped"

    code = main([*words, "--dir", str(folder)])

    assert code == 1
    assert "There is no database here yet" in capsys.readouterr().err
    assert not (folder / "presente.db").exists()
