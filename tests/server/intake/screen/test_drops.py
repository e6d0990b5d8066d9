"""Files on their way in: how many, how large, and where they lie."""

import pytest

from server.intake.screen import drops
from server.settings import Settings
from tests.support.import_desk import Desk


def test_a_drop_holds_only_so_much(
    admin: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drops, "MOST_BYTES", 2_000_000)
    drop = admin.drop()

    assert admin.send(drop, "a.csv", b"x" * 1_500_000).json() == {
        "name": "a.csv",
        "size": 1_500_000,
    }
    refused = admin.send(drop, "b.csv", b"x" * 500_001)
    assert (refused.status_code, refused.json()["code"]) == (413, "drop_too_large")
    assert admin.send(drop, "a.csv", b"x" * 2_000_000).status_code == 201
    kept = settings.data_dir / "drops" / drop
    assert sorted(one.name for one in kept.rglob("*") if one.is_file()) == ["a.csv", "drop.json"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("..%2F..%2Fetc%2Fpasswd", "passwd"),
        ("C%3A%5Cfiles%5Cday.csv", "day.csv"),
        (".hidden", "hidden"),
        ("a%00b%0A.csv", "a_b_.csv"),
    ],
)
def test_a_file_lies_nowhere_but_in_its_drop(
    admin: Desk, settings: Settings, sent: str, kept: str
) -> None:
    drop = admin.drop()

    assert admin.send(drop, sent, "x").json()["name"] == kept
    folder = settings.data_dir / "drops" / drop
    assert (folder / "files" / kept).read_text() == "x"
    assert folder.stat().st_mode & 0o077 == 0
    assert admin.send(drop, "..", "x").status_code == 400


def test_only_bytes_are_taken_as_a_file(admin: Desk) -> None:
    drop = admin.drop()

    answer = admin.ask(
        "POST",
        f"/drops/{drop}/files",
        content=b"x",
        headers={"content-type": "text/plain", "presente-file-name": "a.csv"},
    )

    assert (answer.status_code, answer.json()["code"]) == (415, "not_bytes")
    assert admin.ask("POST", f"/drops/{drop}/check").status_code == 400
