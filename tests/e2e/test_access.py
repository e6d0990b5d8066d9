"""Everybody can use it: axe finds nothing, large text fits, the pill is on every screen."""

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Window
from tests.e2e.places import DESK_PLACES, SIDEWAYS, SMALLEST, Place, tid
from tests.support.app import App
from tests.support.browser import DESK
from tests.support.demo import Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE_SCRIPT = (files("axe_playwright_python") / "axe.min.js").read_text()
LANGUAGES = ("en", "es")
OPTIONS = {"resultTypes": ["violations"]}


@dataclass
class Team:
    """An advisor's phone, a colleague's and the coordinator's desk, with work on them."""

    phone: App
    desk: App
    roots: list[str]


@pytest.fixture(scope="module")
def team(demo: Demo, shared_window: Window) -> Team:
    """Two phones of one advisor have changed one number apart; a visit has arrived."""
    phone = shared_window().enter_demo(demo.link("advisor"))
    other = shared_window().enter_demo(demo.link("advisor"))
    desk = shared_window(DESK).enter_demo(demo.link("coordinator"))
    roots = phone.families()
    other.change_number(roots[0], "(505) 555-0142")
    other.waits(0)
    phone.context.set_offline(True)
    phone.change_number(roots[0], "(505) 555-0187")
    phone.context.set_offline(False)
    phone.waits(0)
    phone.go(f"/s/{roots[0]}")
    expect(phone.see("conflict-note")).to_be_visible(timeout=20_000)
    return Team(phone, desk, roots)


def _phone_places(team: Team) -> dict[str, Place]:
    family = f"/s/{team.roots[0]}"
    return {
        "today": ("/today", tid("today-row")),
        "students": ("/students", tid("student-row")),
        "family": (family, tid("reason")),
        "calls": ("/calls", "main"),
        "outbox": ("/outbox", tid("send-now")),
        "settings": ("/settings", tid("device")),
        "gone": ("/s/snobody000", "main h1, main h2"),
        "nowhere": ("/nowhere", "main h1"),
    }


def _faults(page: Page) -> list[str]:
    """Return what axe finds on the page, one line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    told: dict[str, Any] = page.evaluate(f"axe.run({json.dumps(OPTIONS)})")
    return [
        f"{one['id']}: {node['target']} {node['html'][:120]}"
        for one in told["violations"]
        for node in one["nodes"]
    ]


class Walk:
    """Goes from screen to screen and gathers what is wrong on each."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.found: dict[str, list[str]] = {}

    def to(self, name: str, place: Place) -> None:
        """Go there, and look."""
        address, sign = place
        self.app.go(address)
        self.at(name, sign)

    def at(self, name: str, sign: str) -> None:
        """Look at what is shown."""
        expect(self.app.page.locator(sign).first).to_be_visible()
        if faults := _faults(self.app.page):
            self.found[name] = faults


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_any_screen_of_the_phone(team: Team, language: str) -> None:
    phone = team.phone
    phone.speak(language)
    walk = Walk(phone)
    for name, place in _phone_places(team).items():
        walk.to(name, place)
    _look_at_every_step(walk, team.roots[1])
    phone.go(f"/s/{team.roots[0]}")
    phone.see("add-number").first.click()
    walk.at("number", tid("number-form"))
    walk.to("settings again", ("/settings", tid("device")))
    phone.see("sign-out").click()
    walk.at("leave", "dialog[open]")
    phone.page.keyboard.press("Escape")
    walk.found |= _look_at_a_call(phone, team.roots[0])
    assert walk.found == {}


def _look_at_a_call(phone: App, root: str) -> dict[str, list[str]]:
    """Call in a tab of its own: the browser's question about the dialler blocks it afterwards."""
    tab = App(phone.context, phone.url).open().unlock()
    walk = Walk(tab)
    tab.go(f"/s/{root}")
    tab.see("call-button").first.click()
    walk.at("call", "dialog[open]")
    tab.page.close()
    return walk.found


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_the_conflict_card(team: Team, language: str) -> None:
    phone = team.phone
    phone.speak(language)
    walk = Walk(phone)
    phone.go(f"/s/{team.roots[0]}")
    walk.at("family with a conflict", tid("conflict-note"))
    card = phone.see("conflict-note").locator("a").get_attribute("href") or ""
    walk.to("conflict", (card.removeprefix("#"), tid("conflict-card")))
    phone.see("keep-mine").click()
    walk.at("chosen", "[aria-pressed=true]")
    assert walk.found == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_any_screen_of_the_desk(team: Team, language: str) -> None:
    desk = team.desk
    desk.speak(language)
    walk = Walk(desk)
    for name, place in DESK_PLACES.items():
        walk.to(name, place)
    desk.go("/desk")
    desk.see("case-row").first.click()
    walk.at("case", tid("case-detail"))
    desk.see("assign-button").click()
    walk.at("assign", tid("assignee"))
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("?")
    walk.at("keys", "dialog[open]")
    desk.page.keyboard.press("Escape")
    _look_at_people(walk)
    desk.go("/search")
    desk.page.locator("#query").fill("ma")
    walk.at("found", tid("found-student"))
    assert walk.found == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_before_the_door(demo: Demo, window: Window, language: str) -> None:
    guest = window(locale=language)
    walk = Walk(guest)
    guest.open()
    walk.at("sign-in", "#login")
    guest.submit()
    walk.at("sign-in refused", "[role=alert]")
    link = demo.invite(f"axe.{language}", "Axe Visitor")
    guest.page.goto(link)
    walk.at("invitation", "#new-password")
    guest.submit()
    walk.at("invitation refused", "#new-password-error")
    guest.choose_password()
    walk.at("set-up", "#pin-again")
    guest.submit()
    walk.at("set-up refused", "#pin-error")
    guest.set_up()
    walk.at("nothing due", "main")
    guest.go("/settings")
    guest.see("lock-now").click()
    walk.at("unlock", "#pin")
    guest.page.locator("#pin").fill("wrong-wrong")
    guest.submit()
    walk.at("unlock refused", "#pin-error")
    guest.page.goto(link)
    guest.page.reload()
    walk.at("spent", "main h1")
    assert walk.found == {}


def test_nothing_scrolls_sideways_on_the_smallest_phone_with_text_twice_as_large(
    demo: Demo, window: Window, team: Team
) -> None:
    phone = window(SMALLEST)
    phone.double_text()
    phone.page.goto(demo.link("advisor"))
    found: dict[str, list[str]] = {}

    def look(name: str, sign: str) -> None:
        expect(phone.page.locator(sign).first).to_be_visible()
        if wide := phone.page.evaluate(SIDEWAYS):
            found[name] = wide

    look("set-up", "#pin")
    size = phone.page.evaluate("getComputedStyle(document.documentElement).fontSize")
    assert float(size.removesuffix("px")) >= 32
    phone.set_up()
    for name, (address, sign) in _phone_places(team).items():
        phone.go(address)
        look(name, sign)
    phone.begin_visit(team.roots[1])
    phone.pick("spoke_guardian")
    step = "outcome"
    while step != "review":
        look(step, tid("contact-form"))
        step = phone.go_on()
    look(step, tid("review"))
    phone.go(f"/s/{team.roots[0]}")
    phone.see("add-number").first.click()
    look("number", tid("number-form"))
    phone.go("/settings")
    phone.see("lock-now").click()
    look("unlock", "#pin")
    assert found == {}


def test_every_screen_says_how_many_rows_are_unsent(demo: Demo, window: Window, team: Team) -> None:
    phone = window().enter_demo(demo.link("social_worker"))
    root = phone.families()[0]
    phone.context.set_offline(True)
    phone.log_visit(root, outcome="no_one_home_no_note")
    phone.log_visit(root)
    phone.waits(2)
    wrong: dict[str, str] = {}
    places = {**_phone_places(team), "family": (f"/s/{root}", tid("reason"))}
    del places["settings"], places["nowhere"]  # one needs a network, one is no screen
    for name, (address, sign) in places.items():
        phone.go(address)
        expect(phone.page.locator(sign).first).to_be_visible()
        said = (phone.pill.get_attribute("data-waiting"), phone.pill.inner_text())
        if said[0] != str(phone.unsent()) or "2 waiting" not in said[1]:
            wrong[name] = str(said)
    phone.begin_visit(root)
    expect(phone.pill).to_contain_text("2 waiting")
    phone.context.set_offline(False)
    phone.waits(0)
    assert phone.unsent() == 0
    assert wrong == {}


def test_every_screen_of_the_desk_says_how_many_rows_are_unsent(team: Team) -> None:
    desk = team.desk
    desk.speak("en")
    wrong: dict[str, str] = {}
    for name, (address, sign) in DESK_PLACES.items():
        desk.go(address)
        expect(desk.page.locator(sign).first).to_be_visible()
        if desk.pill.get_attribute("data-waiting") != str(desk.unsent()):
            wrong[name] = desk.pill.inner_text()
    assert wrong == {}


def _look_at_people(walk: Walk) -> None:
    desk = walk.app
    desk.go("/people")
    desk.page.locator("main li a").first.click()
    walk.at("person", tid("person"))
    desk.page.locator("main .tools button").click()
    walk.at("invite", "#name")
    desk.page.locator("main form button[type=submit]").click()
    walk.at("invite refused", tid("error-summary"))


def _look_at_every_step(walk: Walk, root: str) -> None:
    """Walk through the contact form, and leave it without a draft."""
    phone = walk.app
    phone.begin_visit(root)
    phone.see("next").click()
    walk.at("contact, nothing chosen", tid("error-summary"))
    phone.pick("spoke_guardian")
    step = "outcome"
    while step != "review":
        walk.at(f"contact, {step}", tid("contact-form"))
        step = phone.go_on()
    walk.at("contact, review", tid("review"))
    phone.go("/today")
    walk.at("a draft", tid("resume"))
    phone.see("discard").first.click()
    walk.at("undo", tid("undo"))
