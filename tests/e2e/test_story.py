"""The whole way once, for real: a file goes in, a visit comes back from a phone without a network.

Real files, a real server that stops and returns, real Chromium profiles that are killed, a real push
message, and in the end the database is asked what it holds.
"""

import json
import re
import sqlite3
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Playwright, expect

from tests.support.browser import DESK
from tests.support.hands import Person
from tests.support.push_service import Browser as Keys
from tests.support.push_service import PushService
from tests.support.running_server import RunningServer
from tests.support.waiting import until

FILES = Path(__file__).parent.parent / "data" / "edfi-grandbend-5.2"
HIGH_SCHOOL = "255901001"
NOTE = "Abuela Rosa opened; bus pass ran out on the 3rd. Ñandú-canary-7431"
FIRST_NUMBER = "(505) 555-0142"
SECOND_NUMBER = "(505) 555-0187"


@pytest.mark.slow
@pytest.mark.screens
def test_a_district_comes_in_and_a_visit_comes_back(
    playwright: Playwright, tmp_path: Path, push_service: PushService, screens: Path
) -> None:
    server = RunningServer(
        tmp_path / "data", environment={"PRESENTE_PUSH_TEST_ORIGIN": push_service.origin}
    )
    for old in screens.glob("*.png"):
        old.unlink()
    links = _begin_the_district(server, tmp_path)
    server.start()

    def person(name: str, **options: object) -> Person:
        return Person(playwright, tmp_path / name, screens=screens, **options)  # type: ignore[arg-type]

    # The coordinator asks to be called.
    carmen, keys = person("coordinator", size=DESK), Keys()
    carmen.come_in(links["carmen"], keys=keys, endpoint=f"{push_service.origin}/carmen")
    carmen.go("/settings")
    carmen.page.get_by_test_id("alerts-toggle").click()
    expect(carmen.page.get_by_test_id("alerts-state")).to_have_attribute("data-state", "on")
    carmen.look("alerts-on")

    # The district's files go in while the server runs; a case opens and she is called, namelessly.
    report = server.run("import", str(FILES))
    assert report["cases"]["opened"] == 42
    until(lambda: len(push_service.received) > 0, "a push message")
    plain = keys.open(push_service.received[0].body).decode()
    message = json.loads(plain)
    assert message["web_push"] == 8030
    case_id = message["case_id"]
    _names_nobody(plain, server.data_dir)
    _deliver(carmen, server.url, plain)
    carmen.look("push-opened-the-case")
    expect(carmen.page.get_by_test_id("case-detail")).to_be_visible()
    assert carmen.page.url.endswith(f"#/desk/case/{case_id}")

    # She gives it to an advisor, and a social worker goes along. Both have come in before.
    mateo, sofia = person("advisor"), person("social-worker")
    mateo.come_in(links["mateo"])
    sofia.come_in(links["sofia"])
    expect(mateo.page.get_by_test_id("today-row")).to_have_count(0)
    mateo.look("nothing-due")
    _assign(carmen, "Mateo Advisor", as_partner=False)
    _assign(carmen, "Sofía Social", as_partner=True)
    expect(carmen.page.get_by_test_id("assignee-line")).to_contain_text("Mateo Advisor")
    carmen.look("assigned")

    # Both phones hold the family.
    _send(mateo)
    _send(sofia)
    for one in (mateo, sofia):
        one.go("/today")
    expect(mateo.page.get_by_test_id("today-row")).to_have_count(1)
    mateo.look("today")
    mateo.page.get_by_test_id("today-row").locator("a").first.click()
    expect(mateo.page.get_by_test_id("reason")).to_be_visible()
    mateo.look("family")
    root = re.search(r"#/s/([a-z0-9]+)", mateo.page.url)
    assert root is not None
    expect(sofia.page.get_by_test_id("today-row")).to_have_count(1)

    # No network: he visits, writes, and the phone dies.
    server.stop()
    _log_the_visit(mateo)
    expect(mateo.pill).to_contain_text("1 waiting")
    mateo.look("visit-waiting")
    mateo.profile.kill()

    mateo.unlock(server.url)
    expect(mateo.pill).to_contain_text("1 waiting")
    mateo.go("/outbox")
    expect(mateo.page.get_by_test_id("outbox-row")).to_contain_text(re.compile("waiting", re.I))
    mateo.look("after-the-battery-died")
    assert NOTE not in _everything_in(tmp_path / "advisor"), "a note lies in the clear on the phone"

    # Both correct the same number, apart.
    mateo.change_number(root[1], FIRST_NUMBER)
    expect(mateo.pill).to_contain_text("2 waiting")
    sofia.change_number(root[1], SECOND_NUMBER)
    expect(sofia.pill).to_contain_text("1 waiting")

    # The server returns.
    server.start()
    _send(mateo)
    expect(mateo.pill).to_contain_text("received", timeout=30_000)
    mateo.look("received")
    _send(sofia)
    expect(sofia.pill).to_contain_text("needs you", timeout=30_000)
    sofia.look("needs-you")
    _send(mateo)

    # The card is on both phones, with both values, and one decides.
    for one in (mateo, sofia):
        one.go(f"/s/{root[1]}")
        one.page.get_by_test_id("conflict-note").locator("a").first.click()
        card = one.page.get_by_test_id("conflict-card")
        expect(card).to_contain_text(FIRST_NUMBER)
        expect(card).to_contain_text(SECOND_NUMBER)
        expect(card).to_contain_text("Mateo")
        one.look("conflict")
    sofia.page.get_by_test_id("keep-mine").click()
    sofia.page.get_by_test_id("save").click()
    expect(sofia.page.get_by_test_id("conflict-decided")).to_be_visible()
    _send(sofia)
    _send(mateo)
    for one in (mateo, sofia):
        one.go(f"/s/{root[1]}")
        expect(one.page.get_by_text(SECOND_NUMBER).first).to_be_visible()
        expect(one.page.get_by_text(FIRST_NUMBER)).to_have_count(0)
        expect(one.page.get_by_test_id("conflict-note")).to_have_count(0)
        expect(one.pill).to_contain_text("received")
    sofia.look("agreed")

    # The desk saw it arrive; the database agrees; nothing is twice.
    expect(carmen.page.get_by_test_id("case-contact")).to_have_count(1, timeout=30_000)
    carmen.look("contact-arrived")
    for one in (carmen, mateo, sofia):
        one.profile.close()
    server.stop()
    _database_agrees(server.data_dir / "presente.db")
    assert NOTE not in server.log()


def _begin_the_district(server: RunningServer, tmp_path: Path) -> dict[str, str]:
    """Read the schools alone, and invite three people."""
    schools = tmp_path / "schools"
    schools.mkdir()
    name = "EducationOrganization.xml"
    (schools / name).write_bytes((FILES / name).read_bytes())
    server.run("migrate")
    server.run("import", str(schools))
    people = {
        "carmen": ("coordinator", "Carmen Coordinator"),
        "mateo": ("advisor", "Mateo Advisor"),
        "sofia": ("social_worker", "Sofía Social"),
    }
    return {
        login: server.run(
            *("users", "invite", "--role", role, "--name", full, "--login", login),
            *("--school", HIGH_SCHOOL),
        )["url"]
        for login, (role, full) in people.items()
    }


def _names_nobody(plain: str, data_dir: Path) -> None:
    with sqlite3.connect(data_dir / "presente.db") as db:
        names = {name for row in db.execute("select first_name, last_name from student") for name in row}
        schools = {name for (name,) in db.execute("select name from school")}
    words = set(re.findall(r"\w+", plain))
    assert not words & {name for name in names if len(name) > 2}
    assert not any(school in plain for school in schools)


def _deliver(person: Person, origin: str, plain: str) -> None:
    """Hand the message to the real service worker, see the notification, and tap it."""
    cdp = person.profile.cdp()
    found: list[str] = []

    def noticed(event: dict[str, list[dict[str, str]]]) -> None:
        found.extend(one["registrationId"] for one in event["registrations"])

    cdp.on("ServiceWorker.workerRegistrationUpdated", noticed)
    cdp.send("ServiceWorker.enable")
    until(lambda: person.page.wait_for_timeout(100) is None and bool(found), "the service worker")
    cdp.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": found[-1], "data": plain},
    )
    shown = """async () => {
      const registration = await navigator.serviceWorker.ready
      return (await registration.getNotifications()).map((one) => one.title + ' ' + one.body)
    }"""
    until(lambda: len(person.page.evaluate(shown)) == 1, "one notification")
    worker = person.profile.context.service_workers[0]
    worker.evaluate(
        """async () => {
          const [notification] = await self.registration.getNotifications()
          self.dispatchEvent(new NotificationEvent('notificationclick', { notification }))
        }"""
    )


def _assign(carmen: Person, name: str, *, as_partner: bool) -> None:
    carmen.page.get_by_test_id("assign-button").first.click()
    dialog = carmen.page.get_by_test_id("assign")
    if as_partner:
        dialog.get_by_test_id("as-partner").click()
    dialog.get_by_test_id("assignee").filter(has_text=name).click()
    expect(carmen.page.get_by_test_id("assignee-line")).to_contain_text(name)
    expect(carmen.pill).to_contain_text("received")


def _log_the_visit(mateo: Person) -> None:
    page = mateo.page
    page.get_by_test_id("log-visit").first.click()
    mateo.choose("home_visit")
    mateo.forward()
    mateo.choose("spoke_guardian")
    mateo.look("outcome")
    mateo.forward()
    while page.get_by_test_id("contact-form").get_attribute("data-step") != "review":
        step = page.get_by_test_id("contact-form").get_attribute("data-step")
        if step == "causes":
            page.locator("input[value=transportation]").check(force=True)
        if step == "note":
            page.locator("#note").fill(NOTE)
            expect(page.get_by_test_id("draft-state")).not_to_be_empty()
        mateo.forward()
        expect(page.get_by_test_id("contact-form")).not_to_have_attribute("data-step", step or "")
    expect(page.get_by_test_id("review")).to_contain_text("bus pass")
    mateo.look("review")
    page.get_by_test_id("save").click()
    expect(page.get_by_test_id("contact-form")).to_have_count(0)


def _send(person: Person) -> None:
    """Press "Send now" in the outbox, as an impatient person does."""
    person.go("/outbox")
    person.page.get_by_test_id("send-now").click()
    person.page.wait_for_timeout(1500)


def _everything_in(folder: Path) -> str:
    """Every byte of a browser profile, as UTF-8 and as UTF-16 would show it."""
    kept = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    return kept.decode("utf-8", "ignore") + kept.decode("utf-16-le", "ignore")


def _database_agrees(file: Path) -> None:
    with sqlite3.connect(file) as db:
        contacts = db.execute("select outcome, note, causes from contact").fetchall()
        numbers = db.execute(
            "select value from contact_point where value in (?, ?)", (FIRST_NUMBER, SECOND_NUMBER)
        ).fetchall()
        conflicts = db.execute("select status from conflict").fetchall()
        mutations = db.execute("select count(*), count(distinct mid) from mutation").fetchone()
    assert contacts == [("spoke_guardian", NOTE, '["transportation"]')]
    assert numbers == [(SECOND_NUMBER,)]
    assert conflicts == [("resolved",)]
    assert mutations == (6, 6)  # two assignments, a visit, two numbers, one decision


def test_addresses_of_the_app_hold_no_names() -> None:
    """The router knows opaque ids only: what it can be asked for is listed in one place."""
    routes = Path("pwa/src/screens").glob("*-routes.ts")
    paths = [path for file in routes for path in re.findall(r"path: '([^']+)'", file.read_text())]
    assert paths
    assert all(urlsplit(path).query == "" for path in paths)
    parameters = {one for path in paths for one in re.findall(r":(\w+)", path)}
    assert parameters <= {"root", "draft", "id", "token"}
