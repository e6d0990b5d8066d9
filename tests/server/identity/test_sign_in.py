"""Signing in with a password, staying signed in, and being stopped after too many tries."""

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from litestar import Litestar
from sqlalchemy import select

from schemas.people import Role
from server.db.database import Database
from server.db.tables.identity import AuditRow, SessionRow, TryRow, UserRow
from server.identity import rules
from server.web.sessions import COOKIE
from tests.conftest import FakeClock
from tests.server.identity.conftest import PASSWORD
from tests.support.people import Client, a_person, client_for, signed_in, visitor


def try_password(client: Client, password: str, login: str = "ana@presente.example") -> int:
    said = {"login": login, "password": password}
    return client.post("/api/session", json=said).status_code


def test_an_advisor_signs_in_and_is_known(app: Litestar, advisor: UserRow, school: UUID) -> None:
    client = visitor(app)

    said = {"login": " Ana@Presente.example ", "password": PASSWORD}
    answer = client.post("/api/session", json=said)

    assert answer.status_code == 201
    assert answer.json()["name"] == "Ana Lucero"
    assert answer.json()["school_ids"] == [str(school)]
    assert client.get("/api/session").json() == answer.json()


def test_the_cookie_cannot_be_read_stolen_or_set_by_others(
    app: Litestar, advisor: UserRow, db: Database
) -> None:
    answer = visitor(app).post("/api/session", json={"login": advisor.login, "password": PASSWORD})

    name, *attributes = (part.strip() for part in answer.headers["set-cookie"].split(";"))
    token = name.removeprefix(f"{COOKIE}=")
    assert {each.lower() for each in attributes} == {
        "httponly",
        "secure",
        "samesite=strict",
        "path=/",
        f"max-age={int(rules.ABSOLUTE.total_seconds())}",
    }
    with db.read(advisor.created_at) as tx:
        assert tx.session.scalars(select(SessionRow.token_hash)).all() == [rules.hash_of(token)]


def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(
    app: Litestar, advisor: UserRow, db: Database
) -> None:
    a_person(db, Role.ADVISOR, login="invited@presente.example", state="invited")
    tries = [
        (advisor.login, "not the password"),
        ("nobody@presente.example", PASSWORD),
        ("invited@presente.example", PASSWORD),
    ]

    answers = [
        visitor(app).post("/api/session", json={"login": login, "password": password})
        for login, password in tries
    ]

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert "set-cookie" not in answers[0].headers


def test_an_unknown_login_takes_as_long_as_a_wrong_password(
    app: Litestar, advisor: UserRow
) -> None:
    def took(login: str) -> float:
        began = time.perf_counter()
        try_password(visitor(app), "not the password", login)
        return time.perf_counter() - began

    took("warm@presente.example")
    known = min(took(advisor.login) for _ in range(4))
    unknown = min(took(f"nobody{n}@presente.example") for n in range(4))

    assert unknown > known / 2


def test_after_ten_wrong_tries_even_the_right_password_must_wait(
    app: Litestar, advisor: UserRow, clock: FakeClock
) -> None:
    client = visitor(app)
    codes = [try_password(client, f"wrong {n}") for n in range(10)]
    clock.advance(minutes=5)

    said = {"login": advisor.login, "password": PASSWORD}
    stopped = client.post("/api/session", json=said)
    clock.advance(seconds=int(stopped.headers["retry-after"]))
    later = client.post("/api/session", json=said)

    assert codes == [401] * 10
    assert (stopped.status_code, stopped.json()["code"]) == (429, "too_many")
    assert stopped.headers["retry-after"] == "600"
    assert later.status_code == 201


def test_a_login_nobody_has_is_stopped_just_the_same(app: Litestar) -> None:
    client = visitor(app)

    codes = [try_password(client, "x" * 12, "nobody@presente.example") for _ in range(11)]

    assert codes == [401] * 10 + [429]


def test_ten_tries_at_once_are_ten_tries(app: Litestar, advisor: UserRow) -> None:
    def guess(n: int) -> int:
        return try_password(visitor(app), f"guess {n}")

    with ThreadPoolExecutor(8) as guessers:
        codes = list(guessers.map(guess, range(16)))

    assert sorted(codes) == [401] * 10 + [429] * 6


def test_a_right_password_forgets_the_wrong_ones(app: Litestar, advisor: UserRow) -> None:
    client = visitor(app)

    for _ in range(2):
        assert [try_password(client, "wrong") for _ in range(9)] == [401] * 9
        assert try_password(client, PASSWORD) == 201


def test_one_address_cannot_try_everybody(
    app: Litestar, db: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "TRIES_PER_ADDRESS", 5)
    client = visitor(app)

    codes = [try_password(client, "x", f"p{n}@presente.example") for n in range(6)]

    assert codes == [401] * 5 + [429]
    with db.read(clock()) as tx:
        subjects = tx.session.scalars(select(TryRow.subject)).all()
    assert not any("presente.example" in subject for subject in subjects)


def test_signing_in_takes_a_new_session_and_ends_the_old(
    app: Litestar, db: Database, advisor: UserRow
) -> None:
    client = signed_in(app, db, advisor)
    thief = visitor(app)
    thief.cookies.set(COOKIE, client.cookies[COOKIE], domain="testserver.local")

    client.post("/api/session", json={"login": advisor.login, "password": PASSWORD})

    assert client.get("/api/session").status_code == 200
    assert thief.get("/api/session").status_code == 401


def test_signing_out_ends_the_session_on_the_server(
    app: Litestar, db: Database, advisor: UserRow
) -> None:
    client = signed_in(app, db, advisor)
    token = client.cookies[COOKIE]

    answer = client.delete("/api/session")

    assert answer.status_code == 204
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    client.cookies.set(COOKIE, token, domain="testserver.local")
    assert client.get("/api/session").status_code == 401


def test_a_session_unused_for_twelve_hours_is_over(
    app: Litestar, db: Database, clock: FakeClock
) -> None:
    client = client_for(app, db, Role.ADVISOR)

    for _ in range(5):
        clock.advance(hours=11)
        assert client.get("/api/session").status_code == 200
    clock.advance(hours=12)

    assert client.get("/api/session").json()["code"] == "not_signed_in"


def test_a_session_is_over_after_a_week_however_busy(
    app: Litestar, db: Database, clock: FakeClock
) -> None:
    client = client_for(app, db, Role.ADVISOR)

    codes: list[int] = []
    for _ in range(17):
        clock.advance(hours=10)
        codes.append(client.get("/api/session").status_code)

    assert codes == [200] * 16 + [401]


def test_sign_ins_are_written_down(app: Litestar, advisor: UserRow, db: Database) -> None:
    try_password(visitor(app), PASSWORD)

    with db.read(advisor.created_at) as tx:
        actions = tx.session.execute(select(AuditRow.action, AuditRow.by_user_id)).all()
    assert ("session.begin.password", advisor.id) in [tuple(each) for each in actions]
