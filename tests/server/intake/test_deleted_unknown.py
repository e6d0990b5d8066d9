"""A delta that deletes what was never here changes nothing, and says so line by line."""

import json
from pathlib import Path
from typing import Any

import pytest

from server.cli import main
from tests.support import rosters
from tests.support.office import MONDAY

LATER = "2025-11-03T17:00:00.000Z"


def gone(row: list[str]) -> list[str]:
    return [row[0], "tobedeleted", LATER, *row[3:]]


def delta(folder: Path, **tables: list[list[str]]) -> Path:
    modes = dict.fromkeys(tables, "delta")
    return rosters.put(folder, {"manifest": rosters.manifest(**modes), **tables})


def run(capsys: pytest.CaptureFixture[str], data: Path, given: Path, *more: str) -> tuple[int, str]:
    code = main(["import", str(given), "--dir", str(data), *more], clock=lambda: MONDAY)
    return code, capsys.readouterr().out


@pytest.fixture
def data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert (
        run(capsys, tmp_path / "data", rosters.put(tmp_path / "bulk", rosters.one_roster()))[0] == 0
    )
    return tmp_path / "data"


def test_students_and_parents_nobody_knew_are_counted_and_named_by_line(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    users = [
        rosters.USERS,
        gone(rosters.user("u99", "student", "a", "Nobody", "Here", identifier="99999", grade="7")),
        gone(rosters.user("g99", "parent", "a", "Nobody", "Either")),
    ]
    given = delta(tmp_path / "delta", users=users)

    code, text = run(capsys, data, given, "--dry-run")
    report: dict[str, Any] = json.loads(run(capsys, data, given, "--json")[1])

    assert code == 0
    assert "2 lines delete something nobody knew here; they are among the notes." in text
    notes = [one for one in report["notes"] if one["code"] == "deletes_unknown"]
    assert report["deleted_unknown_count"] == 2
    assert sorted((one["file"], one["line"]) for one in notes) == [
        ("users.csv", 2),
        ("users.csv", 3),
    ]
    assert notes[0]["reason"] == "It deletes something nobody knew here."
    assert "Nobody" not in text


def test_what_was_known_and_is_deleted_leaves_no_such_line(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = rosters.one_roster()["users"]
    users = [rosters.USERS, *(gone(list(row)) for row in known[1:2])]

    _, text = run(capsys, data, delta(tmp_path / "delta", users=users))

    assert "nobody knew" not in text


def test_a_deleted_student_nobody_knew_is_noted_once_though_enrolments_come_with_him(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nobody = rosters.user("u99", "student", "a", "No", "Body", identifier="99999", grade="7")
    seat = rosters.seat("u99", "m", "a", "2025-08-11", "2026-05-29")
    given = delta(
        tmp_path / "delta",
        users=[rosters.USERS, gone(nobody)],
        enrollments=[rosters.ENROLLMENTS, gone(seat)],
    )

    report: dict[str, Any] = json.loads(run(capsys, data, given, "--json")[1])

    assert report["quarantined_count"] == 0
    assert report["deleted_unknown_count"] == 1
    assert [one["read"] for one in report["files"]] == [1, 1]
