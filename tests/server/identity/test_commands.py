"""``presente users`` on the server's command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from server.cli import main
from server.db.database import Database
from server.db.migrate import upgrade
from server.db.tables.people import SchoolRow
from server.ids import new_id
from tests.conftest import MONDAY, FakeClock

INVITE = ("invite", "--role", "administrator", "--name", "Rosa Baca", "--login", "rosa@x.example")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def run(data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.delenv("PRESENTE_DATABASE_URL", raising=False)
    monkeypatch.delenv("PRESENTE_PUBLIC_URL", raising=False)

    def presente(*arguments: str) -> tuple[int, Any, str]:
        code = main(["users", *arguments, "--dir", str(data), "--json"], clock=FakeClock())
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out else None, said.err

    return presente


def test_the_first_administrator_comes_in_by_the_command_line(run: Any) -> None:
    code, invited, _ = run(*INVITE, "--public-url", "https://presente.example")
    _, people, _ = run("list")

    assert code == 0
    assert invited["url"].startswith("https://presente.example/#/invite/")
    assert [(each["login"], each["role"], each["state"]) for each in people] == [
        ("rosa@x.example", "administrator", "invited")
    ]


def test_a_lost_administrator_gets_a_new_link(run: Any) -> None:
    run(*INVITE)

    code, reset, _ = run("reset", "Rosa@X.example")

    assert (code, reset["login"]) == (0, "rosa@x.example")
    assert "/#/invite/" in reset["url"]


def test_a_person_is_closed(run: Any) -> None:
    run(*INVITE)

    assert run("close", "rosa@x.example")[0] == 0
    assert run("list")[1][0]["state"] == "closed"
    assert run("reset", "rosa@x.example")[1]["code"] == "user_closed"


def test_a_school_is_named_by_its_code(run: Any, data: Path) -> None:
    data.mkdir()
    database = Database(f"sqlite:///{data / 'presente.db'}")
    upgrade(database)
    with database.write(MONDAY) as tx:
        tx.session.add(SchoolRow(id=new_id(), code="101", name="Rio Grande High"))
    database.close()
    advisor = ("invite", "--role", "advisor", "--name", "Ana", "--login", "ana")

    assert run(*advisor, "--school", "101")[0] == 0
    assert run(*advisor, "--school", "999")[:2] == (
        1,
        {
            "code": "no_school",
            "detail": "There is no school with the code '999'.",
            "detail_es": "No hay ninguna escuela con el código '999'.",
        },
    )
    assert run("list")[1][0]["school_ids"]


@pytest.mark.parametrize("action", [("list",), ("reset", "rosa"), ("close", "rosa")])
def test_without_a_database_nothing_is_made(run: Any, data: Path, action: tuple[str]) -> None:
    code, answer, complaint = run(*action)

    assert (code, answer["code"]) == (1, "no_database")
    assert "presente migrate" in complaint
    assert not data.exists()


def test_an_unknown_login_is_refused(run: Any) -> None:
    run(*INVITE)

    assert run("reset", "nobody")[1]["code"] == "no_such_login"


def test_a_role_that_does_not_exist_is_wrong_usage(run: Any) -> None:
    with pytest.raises(SystemExit) as left:
        run("invite", "--role", "king", "--name", "x", "--login", "x")

    assert left.value.code == 2
