"""Who may call what, and what every answer carries."""

from typing import Any

import pytest
from litestar import Litestar, get, post
from litestar.routes import HTTPRoute
from sqlalchemy.exc import OperationalError

from schemas.people import Role
from server.app import create_app
from server.db.database import Database
from server.problems import Busy
from server.settings import Settings
from server.web.guards import PUBLIC, roles
from tests.conftest import FakeClock
from tests.support.people import a_person, client_for, signed_in, visitor

ANY_ID = "01a20031-4f39-76a5-840a-567c5d3be189"
OPEN_TO_ALL = {
    ("GET", "/health"),
    ("POST", "/api/session"),
    ("POST", "/api/invitations/look"),
    ("POST", "/api/invitations/accept"),
    ("POST", "/api/invitations/demo"),
    ("POST", "/api/passkeys/register/options"),
    ("POST", "/api/passkeys/register"),
    ("POST", "/api/passkeys/sign-in/options"),
    ("POST", "/api/passkeys/sign-in"),
    ("GET", "/"),
    ("HEAD", "/"),
    ("GET", "/{path:path}"),
    ("HEAD", "/{path:path}"),
}


EVERYBODY = frozenset(Role)
FOR_PEOPLE = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
AT_THE_COUNTER = FOR_PEOPLE | {Role.CLERK}
AT_THE_IMPORT = frozenset({Role.CLERK, Role.ADMINISTRATOR})
WHO_MAY = {
    ("GET", "/api/session"): EVERYBODY,
    ("DELETE", "/api/session"): EVERYBODY,
    ("GET", "/api/devices"): EVERYBODY,
    ("POST", "/api/devices"): EVERYBODY,
    ("POST", "/api/devices/{device_id}/revoke"): EVERYBODY,  # then by object: test_devices
    ("GET", "/api/users"): FOR_PEOPLE,
    ("POST", "/api/users"): FOR_PEOPLE,
    ("POST", "/api/users/{user_id}/recovery"): FOR_PEOPLE,
    ("POST", "/api/users/{user_id}/close"): FOR_PEOPLE,
    ("GET", "/api/users/{user_id}/devices"): FOR_PEOPLE,
    ("PUT", "/api/push/subscription"): EVERYBODY,
    ("DELETE", "/api/push/subscription"): EVERYBODY,
    ("GET", "/api/desk/cases"): FOR_PEOPLE,
    ("GET", "/api/desk/cases/{case_id}"): FOR_PEOPLE,
    ("GET", "/api/desk/contacts"): FOR_PEOPLE,
    ("GET", "/api/desk/conflicts"): FOR_PEOPLE,
    ("GET", "/api/desk/freshness"): AT_THE_COUNTER,
    ("GET", "/api/desk/phones"): FOR_PEOPLE,
    ("GET", "/api/desk/reference"): AT_THE_COUNTER,
    ("GET", "/api/desk/students"): AT_THE_COUNTER,
    ("GET", "/api/desk/upkeep"): FOR_PEOPLE,
    ("POST", "/api/desk/parked/{mutation_id}/dismiss"): FOR_PEOPLE,  # then by object: test_upkeep
    ("POST", "/api/imports/drops"): AT_THE_IMPORT,
    ("GET", "/api/imports/drops/{drop_id}"): AT_THE_IMPORT,  # then by object: test_routes
    ("DELETE", "/api/imports/drops/{drop_id}"): AT_THE_IMPORT,
    ("POST", "/api/imports/drops/{drop_id}/files"): AT_THE_IMPORT,
    ("POST", "/api/imports/drops/{drop_id}/check"): AT_THE_IMPORT,
    ("POST", "/api/imports/drops/{drop_id}/dates"): AT_THE_IMPORT,
    ("POST", "/api/imports/drops/{drop_id}/commit"): AT_THE_IMPORT,
    ("GET", "/api/imports/runs"): AT_THE_IMPORT,
    ("POST", "/api/imports/runs/{run_id}/undo"): frozenset({Role.ADMINISTRATOR}),
    ("GET", "/api/imports/quarantine"): AT_THE_IMPORT,
    ("GET", "/api/imports/quarantine.csv"): AT_THE_IMPORT,
    ("POST", "/api/imports/quarantine/{row_id}/dismiss"): AT_THE_IMPORT,
    ("POST", "/api/imports/quarantine/mend"): AT_THE_IMPORT,
    ("GET", "/api/imports/codes"): AT_THE_IMPORT,
    ("PUT", "/api/imports/codes"): AT_THE_IMPORT,
    ("GET", "/api/snapshot"): FOR_PEOPLE,
    ("GET", "/api/snapshot/page"): FOR_PEOPLE,
    ("GET", "/api/snapshot/rows"): FOR_PEOPLE,
    ("POST", "/sync/v1/verify"): EVERYBODY,  # the same
    ("POST", "/sync/v1"): EVERYBODY,  # then by root and lens: tests/server/syncing
}
"""Every route that is not open, and the roles its guards let through."""


def routes_of(app: Litestar) -> set[tuple[str, str]]:
    return {
        (str(method), route.path_format if "{path" not in route.path else "/{path:path}")
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods
        if method != "OPTIONS"
    }


def address(path: str) -> str:
    parts = [ANY_ID if part.startswith("{") else part for part in path.split("/")]
    return "/".join(parts)


def test_whoever_is_not_signed_in_is_refused_everywhere_but_at_the_door(app: Litestar) -> None:
    closed = routes_of(app) - OPEN_TO_ALL

    answers = {
        (method, path): visitor(app).request(method, address(path)) for method, path in closed
    }

    assert len(closed) >= 11
    assert {
        route: (answer.status_code, answer.json()["code"]) for route, answer in answers.items()
    } == dict.fromkeys(closed, (401, "not_signed_in"))


def test_the_list_of_open_routes_holds_nothing_that_is_gone(app: Litestar) -> None:
    assert routes_of(app) >= OPEN_TO_ALL


def test_a_new_route_is_closed_until_somebody_opens_it(
    settings: Settings, db: Database, clock: FakeClock
) -> None:
    @get("/api/forgotten", sync_to_thread=True)
    def forgotten() -> str:
        return "secret"

    app = create_app(settings, database=db, clock=clock, more=[forgotten])

    assert visitor(app).get("/api/forgotten").status_code == 401


def test_every_route_says_who_may(app: Litestar) -> None:
    assert routes_of(app) == OPEN_TO_ALL | set(WHO_MAY)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_refused_what_is_not_its_own(app: Litestar, db: Database, role: Role) -> None:
    user = a_person(db, role)

    let_in = {
        (method, path)
        for method, path in WHO_MAY
        if signed_in(app, db, user).request(method, address(path)).status_code != 403
    }

    assert let_in == {route for route, may in WHO_MAY.items() if role in may}


def test_a_guard_of_roles_refuses_the_others(
    settings: Settings, db: Database, clock: FakeClock
) -> None:
    @get("/api/office", guards=[roles(Role.CLERK)], sync_to_thread=True)
    def office() -> str:
        return "in"

    app = create_app(settings, database=db, clock=clock, more=[office])

    assert client_for(app, db, Role.CLERK).get("/api/office").status_code == 200
    assert client_for(app, db, Role.CALLER).get("/api/office").json()["code"] == "forbidden"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
)
def test_a_page_of_another_site_can_change_nothing(
    app: Litestar, db: Database, headers: dict[str, str]
) -> None:
    client = client_for(app, db, Role.ADVISOR)

    answer = client.delete("/api/session", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")
    assert client.get("/api/session").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{}, {"sec-fetch-site": "same-origin"}, {"origin": "https://testserver.local"}],
)
def test_our_own_page_can(app: Litestar, db: Database, headers: dict[str, str]) -> None:
    client = client_for(app, db, Role.ADVISOR)

    assert client.delete("/api/session", headers=headers).status_code == 204


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health", 200),
        ("GET", "/api/session", 401),
        ("GET", "/api/nowhere", 404),
        ("GET", "/nowhere.js", 503),
        ("PATCH", "/api/session", 405),
        ("POST", "/api/session", 415),
        ("GET", "/api/users/not-an-id/devices", 404),
    ],
)
def test_every_answer_carries_the_headers_that_protect(
    app: Litestar, method: str, path: str, status: int
) -> None:
    answer = visitor(app).request(method, path)

    assert answer.status_code == status
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "trusted-types svelte-trusted-html presente-sw" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    assert answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers


def test_on_this_machine_only_nobody_is_told_to_insist_on_https(
    settings: Settings, db: Database, clock: FakeClock
) -> None:
    local = Settings(data_dir=settings.data_dir, database_url=settings.database_url)
    app = create_app(local, database=db, clock=clock)

    assert "strict-transport-security" not in visitor(app).get("/health").headers


def test_what_cannot_be_done_somewhere_says_what_can(app: Litestar) -> None:
    answer = visitor(app).request("PATCH", "/api/session")

    assert answer.json()["code"] == "method_not_allowed"
    assert "GET" in answer.headers["allow"]


def broken_app(settings: Settings, db: Database, clock: FakeClock, fault: Exception) -> Litestar:
    @post("/api/broken", opt=PUBLIC, sync_to_thread=True)
    def broken() -> None:
        raise fault

    return create_app(settings, database=db, clock=clock, more=[broken])


def test_a_fault_of_ours_is_traced_and_says_nobodys_name(
    settings: Settings, db: Database, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    fault = ValueError("note of Maria Baca: does not answer")

    answer = visitor(broken_app(settings, db, clock, fault)).post("/api/broken")

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (500, "internal")
    assert problem["trace_id"] in caplog.text
    assert "ValueError in /api/broken" in caplog.text
    assert "Maria" not in answer.text + caplog.text


@pytest.mark.parametrize(
    "fault", [Busy("later", retry_after=7), OperationalError("insert", {}, Exception("gone"))]
)
def test_a_database_that_cannot_now_says_when_to_come_back(
    settings: Settings, db: Database, clock: FakeClock, fault: Exception
) -> None:
    answer = visitor(broken_app(settings, db, clock, fault)).post("/api/broken")

    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert int(answer.headers["retry-after"]) >= 5
    assert "gone" not in answer.text


def test_a_full_disk_is_a_refusal_and_no_fault(
    settings: Settings, db: Database, clock: FakeClock
) -> None:
    app = create_app(settings, database=db, clock=clock)
    with db.write(clock()) as tx:
        pages = tx.session.connection().exec_driver_sql("PRAGMA page_count").scalar_one()
        tx.session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    def sign_in(n: int) -> Any:
        return visitor(app).post("/api/session", json={"login": f"{n:03}" * 60, "password": "x"})

    answers = [sign_in(n) for n in range(60)]

    assert {answer.status_code for answer in answers} <= {401, 503}
    assert answers[-1].status_code == 503
    assert answers[-1].headers["retry-after"]
    assert visitor(app).get("/health").status_code == 200


def test_people_who_were_here_before_are_let_in_while_the_disk_is_full(
    settings: Settings, db: Database, clock: FakeClock
) -> None:
    app = create_app(settings, database=db, clock=clock)
    client = client_for(app, db, Role.ADVISOR)
    with db.write(clock()) as tx:
        tx.session.connection().exec_driver_sql("PRAGMA query_only = ON")
    clock.advance(hours=1)

    assert client.get("/api/session").status_code == 200
