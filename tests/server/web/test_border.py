"""Nothing comes in unchecked, and every answer is shaped."""

from litestar import Litestar

from schemas.people import Role
from server.db.database import Database
from tests.support.people import client_for, visitor


def test_a_supervisor_sees_that_the_server_is_well(app: Litestar) -> None:
    answer = visitor(app).get("/health")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_nobody_is_told_who_he_is_before_signing_in(app: Litestar) -> None:
    answer = visitor(app).get("/api/session")

    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_person_who_signed_in_is_known(app: Litestar, db: Database) -> None:
    answer = client_for(app, db, Role.ADVISOR).get("/api/session")

    assert (answer.status_code, answer.json()["role"]) == (200, "advisor")
