"""The whole way once, for real: a file goes in, a visit comes back from a phone offline.

Real files, a real server that stops and returns, real Chromium profiles that are killed, a real
push message, and in the end the database is asked what it holds.
"""

import json
import re
import sqlite3
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.support.browser import DESK, PHONE
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


@dataclass
class Story:
    """Who is in it, and what they hold."""

    server: RunningServer
    push: PushService
    keys: Keys
    links: dict[str, str]
    carmen: Person
    mateo: Person
    sofia: Person
    root: str = ""


@pytest.fixture
def story(
    playwright: Playwright,
    tmp_path: Path,
    push_service: PushService,
    screens: Path,
) -> Generator[Story]:
    """A district with schools and three invited people, served; nobody has come in yet."""
    for old in screens.glob("*.png"):
        old.unlink()
    server = RunningServer(
        tmp_path / "data", environment={"PRESENTE_PUSH_TEST_ORIGIN": push_service.origin}
    )
    links = _begin_the_district(server, tmp_path)
    server.start()

    def person(name: str, size: Mapping[str, int]) -> Person:
        return Person(playwright, tmp_path / name, screens=screens, size=size)

    story = Story(
        *(server, push_service, Keys(), links),
        carmen=person("coordinator", DESK),
        mateo=person("advisor", PHONE),
        sofia=person("social-worker", PHONE),
    )
    yield story
    server.kill()
    for one in (story.carmen, story.mateo, story.sofia):
        one.profile.kill()


@pytest.mark.slow
@pytest.mark.screens
def test_a_district_comes_in_and_a_visit_comes_back(story: Story, tmp_path: Path) -> None:
    _the_coordinator_is_called(story)
    _she_gives_the_case_to_a_pair(story)
    _both_phones_hold_the_family(story)

    story.server.stop()
    _he_visits_and_the_phone_dies(story, tmp_path)
    _both_correct_one_number_apart(story)

    # His phone comes back first: hers meets his number, and is asked.
    story.sofia.profile.context.set_offline(True)
    story.server.start()
    _the_card_is_on_both_phones(story)
    _one_decides_and_both_agree(story)

    expect(story.carmen.page.get_by_test_id("case-contact")).to_have_count(1, timeout=30_000)
    story.carmen.look("contact-arrived")
    story.server.stop()
    _database_agrees(story.server.data_dir / "presente.db")
    assert NOTE not in story.server.log()


def _the_coordinator_is_called(story: Story) -> None:
    carmen = story.carmen
    carmen.come_in(story.links["carmen"], keys=story.keys, endpoint=f"{story.push.origin}/carmen")
    carmen.go("/settings")
    carmen.page.get_by_test_id("alerts-toggle").click()
    expect(carmen.page.get_by_test_id("alerts-state")).to_have_attribute("data-state", "on")
    carmen.look("alerts-on")

    report = story.server.run("import", str(FILES))  # while the server runs
    assert report["cases"]["opened"] == 42
    until(lambda: len(story.push.received) > 0, "a push message")
    plain = story.keys.open(story.push.received[0].body).decode()
    message = json.loads(plain)
    assert message["web_push"] == 8030
    _names_nobody(plain, story.server.data_dir)

    _deliver(carmen, story.server.url, plain)
    expect(carmen.page.get_by_test_id("case-detail")).to_be_visible()
    assert carmen.page.url.endswith(f"#/desk/case/{message['case_id']}")
    carmen.look("push-opened-the-case")


def _she_gives_the_case_to_a_pair(story: Story) -> None:
    story.mateo.come_in(story.links["mateo"])
    story.sofia.come_in(story.links["sofia"])
    expect(story.mateo.page.get_by_test_id("today-row")).to_have_count(0)
    story.mateo.look("nothing-due")
    _assign(story.carmen, "Mateo Advisor", as_partner=False)
    _assign(story.carmen, "Sofía Social", as_partner=True)
    story.carmen.look("assigned")


def _both_phones_hold_the_family(story: Story) -> None:
    for one in (story.mateo, story.sofia):
        _send(one)
        one.go("/today")
        expect(one.page.get_by_test_id("today-row")).to_have_count(1)
        one.look("today")
    story.mateo.page.get_by_test_id("today-row").click()
    expect(story.mateo.page.get_by_test_id("reason")).to_be_visible()
    story.mateo.look("family")
    found = re.search(r"#/s/([a-z0-9]+)", story.mateo.page.url)
    assert found is not None
    story.root = found[1]


def _he_visits_and_the_phone_dies(story: Story, tmp_path: Path) -> None:
    mateo = story.mateo
    _log_the_visit(mateo)
    expect(mateo.pill).to_contain_text("1 waiting")
    mateo.look("visit-waiting")
    mateo.profile.kill()

    mateo.unlock(story.server.url)
    expect(mateo.pill).to_contain_text("1 waiting")
    mateo.go("/outbox")
    expect(mateo.page.get_by_test_id("outbox-row")).to_contain_text(
        re.compile("waiting", re.IGNORECASE)
    )
    mateo.look("after-the-battery-died")
    assert NOTE not in _everything_in(tmp_path / "advisor"), "a note lies in the clear on the phone"


def _both_correct_one_number_apart(story: Story) -> None:
    story.mateo.change_number(story.root, FIRST_NUMBER)
    expect(story.mateo.pill).to_contain_text("2 waiting")
    story.sofia.change_number(story.root, SECOND_NUMBER)
    expect(story.sofia.pill).to_contain_text("1 waiting")


def _the_card_is_on_both_phones(story: Story) -> None:
    mateo, sofia = story.mateo, story.sofia
    _send(mateo)
    # Chromium may not have written its cookie when it died: the work went out all the same.
    expect(mateo.pill).not_to_contain_text("waiting", timeout=30_000)
    if "Sign in" in mateo.pill.inner_text():
        mateo.sign_in_again("mateo")
    expect(mateo.pill).to_contain_text("received", timeout=30_000)
    mateo.look("received")
    sofia.profile.context.set_offline(False)
    _send(sofia)
    expect(sofia.pill).to_contain_text("needs you", timeout=30_000)
    sofia.look("needs-you")
    _send(mateo)
    for one, other in ((mateo, "Sofía"), (sofia, "Mateo")):
        one.go(f"/s/{story.root}")
        one.page.get_by_test_id("conflict-note").locator("a").first.click()
        card = one.page.get_by_test_id("conflict-card")
        for word in (FIRST_NUMBER, SECOND_NUMBER, "You", other):
            expect(card).to_contain_text(word)
        one.look("conflict")


def _one_decides_and_both_agree(story: Story) -> None:
    sofia = story.sofia
    sofia.page.get_by_test_id("keep-mine").click()
    sofia.page.get_by_test_id("save").click()
    expect(sofia.page.get_by_test_id("conflict-decided")).to_be_visible()
    _send(sofia)
    _send(story.mateo)
    for one in (story.mateo, sofia):
        one.go(f"/s/{story.root}")
        expect(one.page.get_by_text(SECOND_NUMBER).first).to_be_visible()
        expect(one.page.get_by_text(FIRST_NUMBER)).to_have_count(0)
        expect(one.page.get_by_test_id("conflict-note")).to_have_count(0)
        expect(one.pill).to_contain_text("received")
    sofia.look("agreed")


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
    with closing(sqlite3.connect(data_dir / "presente.db")) as db:
        rows = db.execute("select first_name, last_name from student").fetchall()
        schools = {name for (name,) in db.execute("select name from school")}
    words = set(re.findall(r"\w+", plain))
    assert not words & {name for row in rows for name in row if len(name) > 2}
    assert not any(school in plain for school in schools)


def _deliver(person: Person, origin: str, plain: str) -> None:
    """Hand the message to the real service worker, see the notification, and tap it."""
    cdp = person.profile.cdp()
    found: list[str] = []

    def noticed(event: dict[str, list[dict[str, str]]]) -> None:
        found.extend(one["registrationId"] for one in event["registrations"])

    cdp.on("ServiceWorker.workerRegistrationUpdated", noticed)
    cdp.send("ServiceWorker.enable")
    for _ in range(100):
        if found:
            break
        person.page.wait_for_timeout(100)
    assert found, "no service worker"
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
    form = page.get_by_test_id("contact-form")
    answers = {"method": "home_visit", "outcome": "spoke_guardian", "causes": "transportation"}
    expect(form).to_have_attribute("data-step", re.compile("."))
    while (step := form.get_attribute("data-step") or "") != "review":
        if step in answers:
            mateo.choose(answers[step])
        if step == "note":
            page.locator("#note").fill(NOTE)
            expect(page.get_by_test_id("draft-state")).not_to_be_empty()
        mateo.look(f"visit-{step}")
        mateo.forward()
        expect(form).not_to_have_attribute("data-step", step)
    expect(page.get_by_test_id("review")).to_contain_text("no way to get to school")
    mateo.look("visit-review")
    page.get_by_test_id("save").click()
    expect(form).to_have_count(0)


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
    with closing(sqlite3.connect(file)) as db:
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
    assert not any("?" in path for path in paths)
    parameters = {one for path in paths for one in re.findall(r":(\w+)", path)}
    assert parameters <= {"root", "draft", "id", "task", "token"}
