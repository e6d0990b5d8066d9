"""Records that had to wait at the office: seen at the desk, given up on or taken in after all."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Request, Route, expect

from tests.e2e.conftest import Window
from tests.e2e.test_access import Walk
from tests.support.app import App
from tests.support.browser import DESK, PHONE
from tests.support.demo import Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WHY = "The key was lost with the old server."


def send_as_a_newer_phone(phone: App) -> None:
    """Let the phone speak of contacts by a word that this server does not know."""

    def newer(route: Route, request: Request) -> None:
        told = json.loads(request.post_data or "{}")
        for mut in told.get("muts", []):
            mut["op"] = mut["op"].replace("contact.create", "contact.tell")
        route.continue_(post_data=json.dumps(told))

    phone.context.route("**/sync/v1", newer)


def mend(demo: Demo) -> None:
    """Do what an update does: the word is known now. Then carry out what waited."""
    told = "replace(cast(body as text), 'contact.tell', 'contact.create')"
    demo.change(f"update mutation set body = cast({told} as blob) where out = 'parked'")  # noqa: S608  (no word of a stranger)
    done = demo.server.run("sync", "replay")
    assert [one["out"] for one in done] == ["applied"]


def test_a_record_that_waits_is_on_the_desk_and_settles_on_the_phone_after_the_mend(
    demo: Demo, window: Window, screens: Path
) -> None:
    phone = window().enter_demo(demo.link("advisor"))
    desk = window(DESK).enter_demo(demo.link("coordinator"))
    root = phone.families()[0]
    send_as_a_newer_phone(phone)
    phone.log_visit(root, outcome="no_one_home_no_note")
    phone.waits(0)
    phone.go("/outbox")
    row = phone.see("outbox-row").first
    expect(row).to_have_attribute("data-state", "parked")

    desk.go("/desk/upkeep")
    expect(desk.see("parked-row")).to_have_count(1)
    expect(desk.see("parked-count")).to_have_text("1")
    expect(desk.see("nav-upkeep")).to_contain_text("1", timeout=20_000)
    expect(desk.see("dismiss-parked")).to_have_count(0)
    desk.page.screenshot(path=screens / "1-desk.png")

    phone.context.unroute_all()
    mend(demo)
    phone.send()

    expect(row).to_have_attribute("data-state", "received", timeout=20_000)
    expect(phone.see("replayed")).to_be_visible()
    phone.page.screenshot(path=screens / "2-phone.png", full_page=True)
    desk.go("/desk")
    desk.go("/desk/upkeep")
    expect(desk.see("parked-row")).to_have_count(0)


def park_unreadable(demo: Demo, phone: App) -> None:
    """Have the last thing the phone sent be an envelope that nobody can open."""
    phone.log_visit(phone.families()[0], outcome="no_one_home_no_note")
    phone.waits(0)
    newest = "id = (select max(id) from mutation)"
    receipt = "json_set(receipt, '$.out', 'parked', '$.code', 'cannot_open')"
    demo.change(f"update mutation set out = 'parked', receipt = {receipt} where {newest}")  # noqa: S608  (no word of a stranger)


def test_the_coordinator_gives_up_on_what_nobody_can_read_and_says_why(
    demo: Demo, window: Window, screens: Path
) -> None:
    park_unreadable(demo, window().enter_demo(demo.link("social_worker")))
    desk = window(DESK).enter_demo(demo.link("coordinator"))
    walk = Walk(desk)
    for language in ("es", "en"):
        desk.speak(language)
        walk.to(f"upkeep {language}", ("/desk/upkeep", "[data-testid=parked-row]"))
    desk.page.screenshot(path=screens / "1-waits.png")
    desk.see("dismiss-parked").click()
    walk.at("why", "#because")
    desk.page.locator("#because").fill(WHY)
    desk.page.screenshot(path=screens / "2-why.png")
    desk.see("give-up-yes").click()

    expect(desk.see("parked-row")).to_have_count(0)

    trail = demo.ask("select detail from audit where action = 'mutation.dismiss'")
    assert [json.loads(one[0])["because"] for one in trail] == [WHY]
    kept = "select count(*) from mutation where out = 'parked' and length(body) > 0"
    assert demo.ask(kept)[0][0] >= 1
    assert walk.found == {}


def test_the_desk_says_that_nobody_set_up_backups_and_how_to(
    demo: Demo, window: Window, screens: Path
) -> None:
    for size in (PHONE, DESK):
        desk = window(size).enter_demo(demo.link("administrator"))
        desk.go("/desk")
        line = desk.see("backup-line")
        expect(line).to_be_visible(timeout=20_000)
        desk.page.screenshot(path=screens / f"1-desk-{size['width']}.png")
        line.locator("a").click()
        expect(desk.see("backups")).to_contain_text("PRESENTE_BACKUP_DIR")
        desk.page.screenshot(path=screens / f"2-upkeep-{size['width']}.png")
