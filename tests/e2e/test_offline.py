"""What a phone may meet: no network, a false one, lost answers, a crash, a dead battery."""

import re
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Error, Playwright, expect

from tests.e2e.conftest import Window
from tests.support.app import App
from tests.support.browser import DESK, Profile
from tests.support.demo import Demo
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOTE = "Tía Remedios answered. Ñandú-canary-5519, the bus leaves before the bell."
TYPED = " ".join(f"{count:02d}" for count in range(30))
PER_LETTER_MS = 30
LOST_AT_MOST = 1800 // PER_LETTER_MS
"""Letters: a draft is kept each 0.8 s, and a busy machine takes up to a second to keep it."""


@pytest.fixture
def profile(playwright: Playwright, tmp_path: Path) -> Generator[Profile]:
    """A phone whose browser can be killed."""
    one = Profile(playwright, tmp_path / "profile")
    yield one
    one.kill()


def _on_profile(profile: Profile, url: str) -> App:
    profile.open("about:blank")
    profile.context.set_default_timeout(15_000)
    return App(profile.context, url, page=profile.page)


def _begin_a_note(app: App, root: str) -> None:
    app.begin_visit(root)
    app.pick("spoke_guardian")
    while app.go_on() != "note":
        pass


def _resumes_at_the_note(app: App) -> str:
    """Take the draft up again; return the words that were kept."""
    app.go("/today")
    app.see("resume").first.click()
    app.is_at("note")
    return app.page.locator("#note").input_value()


def test_a_draft_survives_a_crash_of_the_page_at_the_same_question(
    demo: Demo, window: Window
) -> None:
    app = window().enter_demo(demo.link("advisor"))
    _begin_a_note(app, app.families()[0])
    app.page.locator("#note").press_sequentially(TYPED, delay=PER_LETTER_MS)
    with pytest.raises(Error):
        app.page.goto("chrome://crash", timeout=5_000)
    app.page.close()

    again = App(app.context, demo.url).open().unlock()
    kept = _resumes_at_the_note(again)
    assert TYPED.startswith(kept)
    assert len(kept) >= len(TYPED) - LOST_AT_MOST


def test_after_a_normal_save_nobody_is_asked_to_resume(demo: Demo, window: Window) -> None:
    app = window().enter_demo(demo.link("advisor"))
    root = app.families()[0]
    app.log_visit(root, note=NOTE)
    app.waits(0)
    for place in ("/today", f"/s/{root}"):
        app.go(place)
        expect(app.page.locator("main h2").first).to_be_visible()
        expect(app.see("resume")).to_have_count(0)
    app.page.reload()
    app.unlock()
    assert app.families()
    expect(app.see("resume")).to_have_count(0)


def test_a_captive_portal_takes_nothing_and_is_told(demo: Demo, window: Window) -> None:
    app = window().enter_demo(demo.link("advisor"))
    root = app.families()[0]
    demo.line.mode = "portal"
    try:
        app.log_visit(root, note=NOTE)
        expect(app.pill).to_contain_text("Wi-Fi wants a sign-in, 1 waiting")
        app.send()
        expect(app.pill).to_contain_text("Wi-Fi wants a sign-in, 1 waiting")
        assert app.unsent() == 1
    finally:
        demo.line.mode = "clear"
    app.send()
    app.waits(0)
    assert app.unsent() == 0


def test_work_whose_answer_is_lost_is_recorded_once(demo: Demo, window: Window) -> None:
    app = window().enter_demo(demo.link("advisor"))
    root = app.families()[0]
    before = _contacts(demo)
    demo.line.posted.clear()
    demo.line.mode = "loses_answers"
    try:
        app.log_visit(root, note="lost answer")
        until(lambda: _contacts(demo) == before + 1, "the contact")
        expect(app.pill).to_contain_text("Offline, 1 waiting")
        app.send()
        assert app.unsent() == 1
    finally:
        demo.line.mode = "clear"
    app.send()
    app.waits(0)
    assert len(demo.line.sent()) >= 3, "it was sent anew until an answer came"
    assert len(set(demo.line.sent())) == 1
    assert _contacts(demo) == before + 1


def test_two_tabs_number_without_holes_and_send_each_deed_once(demo: Demo, window: Window) -> None:
    first = window().enter_demo(demo.link("social_worker"))
    root = first.families()[0]
    second = App(first.context, demo.url).open().unlock()
    first.context.set_offline(True)
    demo.line.posted.clear()
    for tab in (first, second, first, second):
        tab.log_visit(root, outcome="no_one_home_no_note")
    first.waits(4)
    second.waits(4)
    numbers = [row.n for row in first.outbox()]
    assert numbers == list(range(numbers[0], numbers[0] + 4))

    first.context.set_offline(False)
    first.waits(0)
    second.waits(0)
    assert sorted(demo.line.sent()) == sorted(row.id for row in first.outbox())


def test_a_case_given_away_meanwhile_takes_the_contact_late_and_the_desk_sees_it(
    demo: Demo, window: Window
) -> None:
    phone = window().enter_demo(demo.link("advisor"))
    desk = window(DESK).enter_demo(demo.link("coordinator"))
    root = phone.families()[-1]
    phone.context.set_offline(True)
    phone.log_visit(root, note="late but true")
    desk.go(f"/desk/case/{demo.case_of(root)}")
    desk.see("assign-button").click()
    desk.see("assignee").filter(has_text="Desmond Achterberg").click()
    expect(desk.see("assignee-line")).to_contain_text("Desmond Achterberg")
    desk.waits(0)

    phone.context.set_offline(False)
    phone.waits(0)
    phone.go("/outbox")
    expect(phone.see("outbox-row").first).to_have_attribute("data-state", "received")
    assert root not in phone.families()
    assert demo.ask("select late_scope from contact where note = 'late but true'") == [(1,)]
    desk.go("/desk/contacts")
    arrived = desk.see("arrived-contact").filter(has_text="late but true")
    expect(arrived).to_contain_text("Written after the case had moved on")


def test_after_a_dead_battery_the_draft_is_there_and_no_word_lies_open_on_the_disk(
    demo: Demo, profile: Profile, tmp_path: Path
) -> None:
    app = _on_profile(profile, demo.url).enter_demo(demo.link("advisor"))
    names = {word for name in app.names() for word in re.findall(r"\w{4,}", name)}
    roots = app.families()
    app.context.set_offline(True)
    app.log_visit(roots[0], note=NOTE)
    _begin_a_note(app, roots[1])
    app.page.locator("#note").press_sequentially(TYPED, delay=PER_LETTER_MS)
    profile.kill()

    disk = _bytes_of(tmp_path / "profile")
    assert _holds(disk, "presente-"), "this is not where the app keeps its data"
    assert [word for word in (*names, NOTE, "Ñandú-canary", TYPED[:8]) if _holds(disk, word)] == []

    again = _on_profile(profile, demo.url)
    again.context.set_offline(True)  # else the work is delivered while the phone is locked
    again.open().unlock().waits(1)
    kept = _resumes_at_the_note(again)
    assert TYPED.startswith(kept)
    assert len(kept) >= len(TYPED) - LOST_AT_MOST


def test_the_app_opens_from_a_cold_start_while_the_server_is_gone(
    demo: Demo, profile: Profile
) -> None:
    app = _on_profile(profile, demo.url).enter_demo(demo.link("advisor"))
    roots = app.families()
    profile.close()
    demo.server.stop()
    try:
        again = _on_profile(profile, demo.url).open().unlock()
        expect(again.pill).to_contain_text("Offline, nothing waiting")
        assert again.families() == roots
        again.go(f"/s/{roots[0]}")
        expect(again.see("guardian").first).to_be_visible()
    finally:
        demo.server.start()


def _contacts(demo: Demo) -> int:
    return int(demo.ask("select count(*) from contact")[0][0])


def _bytes_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def _holds(disk: bytes, word: str) -> bool:
    return any(word.encode(code) in disk for code in ("utf-8", "utf-16-le", "utf-16-be"))
