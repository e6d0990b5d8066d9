"""The desk on a phone, and each screen for its own people only."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Window
from tests.e2e.places import BROKEN_WORDS, DESK_PLACES, SIDEWAYS, SMALLEST, Place, tid
from tests.support.app import App
from tests.support.browser import PHONE
from tests.support.demo import Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FILES: dict[str, Place] = {
    "imports": ("/imports", tid("run")),
    "quarantine": ("/imports/quarantine", "main h2"),
    "codes": ("/imports/codes", "main input"),
    "records": ("/records", tid("school-records")),
}


def looked_at(app: App, places: dict[str, Place], fault: str) -> dict[str, list[str]]:
    """Go everywhere in both languages, and gather what is wrong."""
    found: dict[str, list[str]] = {}
    for code in ("en", "es"):
        app.speak(code)
        for name, (address, sign) in places.items():
            app.go(address)
            expect(app.page.locator(sign).first).to_be_visible()
            if wrong := app.page.evaluate(fault):
                found[f"{name} {code}"] = wrong
    return found


@pytest.mark.parametrize("role", ["coordinator", "clerk"])
def test_the_desk_scrolls_nothing_sideways_on_the_smallest_phone_with_text_twice_as_large(
    demo: Demo, window: Window, role: str
) -> None:
    app = window(SMALLEST)
    app.double_text()
    app.enter_demo(demo.link(role))

    assert looked_at(app, _places(role), SIDEWAYS) == {}


@pytest.mark.parametrize("role", ["coordinator", "clerk"])
def test_no_heading_of_the_desk_breaks_a_word_on_a_phone(
    demo: Demo, window: Window, role: str
) -> None:
    app = window(PHONE).enter_demo(demo.link(role))

    assert looked_at(app, _places(role), BROKEN_WORDS) == {}


def test_a_screen_of_somebody_elses_work_leads_back_to_ones_own(demo: Demo, window: Window) -> None:
    clerk = window().enter_demo(demo.link("clerk"))
    clerk.go("/people")
    heading = clerk.page.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile("This screen belongs to"))
    expect(clerk.page.get_by_text("Invite somebody")).to_have_count(0)
    clerk.page.get_by_role("link", name="Go to the first screen").click()
    expect(clerk.page.locator("#query")).to_be_visible()


def _places(role: str) -> dict[str, Place]:
    if role == "clerk":
        return FILES
    return {name: place for name, place in DESK_PLACES.items() if name != "conflicts"}
