"""The words of ``presente import``, as a person types them."""

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from server.cli import main
from tests.support.office import MONDAY, Office, school_days

DAYS = school_days(until=date(2026, 2, 27))
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def office() -> Office:
    office = Office(students={"100": "1", "101": "1"})
    office.miss("100", DAYS[:3])
    return office


def run(tmp_path: Path, *words: str, code: int = 0) -> None:
    arguments = ["import", *words, "--dir", str(tmp_path / "data")]
    assert main(arguments, clock=lambda: MONDAY) == code


def answer(tmp_path: Path, capsys: Captured, *words: str, code: int = 0) -> Any:
    capsys.readouterr()
    run(tmp_path, *words, "--json", code=code)
    return json.loads(capsys.readouterr().out)


def test_runs_are_listed_shown_and_taken_back(
    tmp_path: Path, capsys: Captured, office: Office
) -> None:
    run(tmp_path, "runs")
    assert "Nothing was imported yet" in capsys.readouterr().out
    run(tmp_path, str(office.write(tmp_path / "files")))

    (listed,) = answer(tmp_path, capsys, "runs")["runs"]
    assert (listed["state"], listed["quarantined"]) == ("done", 0)
    assert listed["added"] > 3
    run(tmp_path, "show", listed["id"][:18])
    assert "attendance.xml: 3 read, 3 added" in capsys.readouterr().out

    done = answer(tmp_path, capsys, "undo", listed["id"])
    assert (done["closed_count"], done["stayed"]["student"]) == (3, ["100"])
    (listed,) = answer(tmp_path, capsys, "runs")["runs"]
    assert listed["state"] == "undone"
    assert answer(tmp_path, capsys, "undo", listed["id"], code=1)["code"] == "conflicting"


def test_a_folder_that_is_called_like_a_word(
    tmp_path: Path, office: Office, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    office.write(tmp_path / "undo")
    monkeypatch.chdir(tmp_path)

    run(tmp_path, "./undo")
    with pytest.raises(SystemExit) as usage:
        run(tmp_path, "undo")

    assert usage.value.code == 2
    assert len(answer(tmp_path, capsys, "runs")["runs"]) == 1


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["show"],
        ["runs", "--dry-run"],
        ["quarantine", "--set", "A=tardy"],
        ["x", "--because", "y"],
        ["x", "--only-named", "--replace-window"],
    ],
)
def test_wrong_usage_is_told_apart(tmp_path: Path, words: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit) as usage:
        run(tmp_path, *words)

    assert usage.value.code == 2
    assert "usage: presente import" in capsys.readouterr().err


def test_codes_are_set_and_listed(tmp_path: Path, capsys: Captured, office: Office) -> None:
    run(tmp_path, str(office.write(tmp_path / "files")))

    run(tmp_path, "codes", "--set", "UNX=absent_unexcused:0.5", "--set", "L = tardy")
    run(tmp_path, "codes", "--set", "unx=absent_excused", "--school", "1", "--year", "2025-26")

    found = answer(tmp_path, capsys, "codes")["codes"]
    assert [(one["code"], one["kind"], one["units"], one["school"]) for one in found] == [
        ("l", "tardy", None, ""),
        ("unx", "absent_unexcused", 420, ""),
        ("unx", "absent_excused", None, "1"),
    ]
    for wrong in (["X"], ["X=gone"], ["X=tardy:2"], ["X=tardy", "--year", "2025"]):
        assert answer(tmp_path, capsys, "codes", "--set", *wrong, code=1)["code"] == "invalid"
    told = answer(tmp_path, capsys, "codes", "--set", "X=tardy", "--school", "9", code=1)
    assert "no school '9'" in told["detail"]


def test_quarantine_is_written_as_csv(tmp_path: Path, capsys: Captured, office: Office) -> None:
    office.miss("999", [DAYS[4]])
    run(tmp_path, str(office.write(tmp_path / "files")))

    file = tmp_path / "held.csv"
    run(tmp_path, "quarantine", "--csv", str(file))

    with file.open(encoding="utf-8-sig", newline="") as content:
        (row,) = csv.DictReader(content)
    assert (row["presente_file"], row["presente_value"]) == ("attendance.xml", "999")
    (held,) = answer(tmp_path, capsys, "quarantine")["quarantine"]
    assert answer(tmp_path, capsys, "dismiss", held["id"], code=1)["code"] == "no_reason"
    run(tmp_path, "dismiss", held["id"], "--because", "He moved away in May")
    assert answer(tmp_path, capsys, "quarantine")["quarantine"] == []
