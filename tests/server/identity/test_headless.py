"""A program with an issued token syncs as its person, and does nothing else."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import select

from schemas.people import Role
from server.cli import main
from server.db.database import Database
from server.db.tables.identity import AuditRow, UserRow
from server.db.tables.syncing import DeviceRow
from server.ids import new_id
from tests.conftest import FakeClock
from tests.server.web.test_border import WHO_MAY, address
from tests.support.district import Family, Phone, a_device, a_family, a_visit
from tests.support.people import Client, a_person, a_school, visitor

ALLOWED = {("POST", "/sync/v1/verify"), ("GET", "/api/session"), ("POST", "/sync/v1")}


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.delenv("PRESENTE_DATABASE_URL", raising=False)

    def presente(*arguments: str) -> tuple[int, Any]:
        code = main(["devices", *arguments, "--dir", str(tmp_path), "--json"], clock=FakeClock())
        return code, json.loads(capsys.readouterr().out)

    return presente


@pytest.fixture
def family(db: Database) -> Family:
    school = a_school(db)
    ana = a_person(db, Role.ADVISOR, schools=[school], login="ana", name="Ana")
    return a_family(db, school, assignee=ana)


def with_token(app: Litestar, token: str) -> Client:
    client = visitor(app)
    client.headers["authorization"] = f"Bearer {token}"
    return client


def test_a_program_reads_and_writes_as_its_person(app: Litestar, family: Family, run: Any) -> None:
    code, issued = run("issue", "ana", "--label", "nightly script")
    phone = Phone(with_token(app, issued["token"]), UUID(issued["device_id"]))
    visit = new_id()

    first = phone.sync([phone.mut("contact.create", visit, a_visit(family))])

    assert code == 0
    assert first.epoch == issued["epoch"]
    assert len(issued["server_key"]) == 87
    assert [receipt.out for receipt in first.receipts] == ["applied"]
    assert phone.row("contact", visit)["note"] == "Left a note at the door."
    assert phone.client.get("/api/session").json()["login"] == "ana"


def test_the_token_outlasts_a_session_and_ends_when_it_is_revoked(
    app: Litestar, family: Family, run: Any, clock: FakeClock
) -> None:
    _, issued = run("issue", "ana", "--label", "script")
    phone = Phone(with_token(app, issued["token"]), UUID(issued["device_id"]))
    clock.advance(days=90)
    before = phone.post().stop

    code, revoked = run("revoke", issued["device_id"])

    assert (before, code, revoked["state"]) == ("", 0, "revoked")
    assert phone.post().stop == "revoked"
    assert phone.client.get("/api/session").json()["code"] == "device_revoked"


def test_a_program_ends_with_its_person(
    app: Litestar, db: Database, family: Family, run: Any
) -> None:
    _, issued = run("issue", "ana", "--label", "script")

    main(["users", "close", "ana", "--dir", str(db.url.removeprefix("sqlite:///")[:-12])])

    answer = with_token(app, issued["token"]).get("/api/session")
    assert (answer.status_code, answer.json()["code"]) == (401, "device_revoked")


def test_the_token_opens_nothing_but_the_sync(app: Litestar, family: Family, run: Any) -> None:
    _, issued = run("issue", "ana", "--label", "script")
    client = with_token(app, issued["token"])

    refused = {
        route
        for route in WHO_MAY
        if client.request(route[0], address(route[1])).status_code == 403
        and client.request(route[0], address(route[1])).json()["code"] == "headless"
    }

    assert refused == set(WHO_MAY) - ALLOWED


def test_the_token_syncs_for_its_own_device_only(
    app: Litestar, db: Database, family: Family, run: Any
) -> None:
    _, issued = run("issue", "ana", "--label", "script")
    with db.read(FakeClock()()) as tx:
        ana = tx.session.scalars(select(UserRow).where(UserRow.login == "ana")).one()
    other = Phone(with_token(app, issued["token"]), a_device(db, ana))

    answer = other.client.post("/sync/v1", json=other.request())

    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_device")


def test_a_wrong_token_is_nobodys(app: Litestar, family: Family) -> None:
    assert with_token(app, "x" * 43).get("/api/session").status_code == 401


def test_only_the_tokens_hash_is_kept_and_the_audit_tells_of_it(
    db: Database, family: Family, run: Any
) -> None:
    _, issued = run("issue", "ana", "--label", "  nightly   script ")

    with db.read(FakeClock()()) as tx:
        device = tx.session.scalars(select(DeviceRow)).one()
        noted = tx.session.scalars(select(AuditRow).where(AuditRow.action == "device.issue")).one()
    assert issued["token"].encode() not in (device.bearer_hash or b"")
    assert (device.label, noted.subject) == ("nightly script", issued["device_id"])
    assert run("list")[1][0]["label"] == "nightly script"
    assert len(run("list", "ana")[1]) == 1
    assert issued["token"] not in str(run("list"))


def test_nobody_gets_a_token_for_somebody_who_cannot_sign_in(db: Database, run: Any) -> None:
    a_person(db, Role.CALLER, login="cai", state="invited")

    assert run("issue", "cai", "--label", "x")[1]["code"] == "not_active"
    assert run("issue", "nobody", "--label", "x")[1]["code"] == "no_such_login"
    assert run("revoke", str(new_id()))[1]["code"] == "not_found"
    assert run("list") == (0, [])
