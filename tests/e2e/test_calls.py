"""The call list on real phones: taken, called and written down, with and without a network."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Window
from tests.e2e.places import SIDEWAYS, SMALLEST
from tests.e2e.test_access import Walk
from tests.support.app import App
from tests.support.browser import DESK
from tests.support.demo import SCHOOLS, Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_AGO = "strftime('%Y-%m-%d %H:%M:%S.000000', 'now', '-1 hour')"


@dataclass
class Calls:
    """A caller's phone, and what the office has of the calls."""

    demo: Demo
    phone: App

    def to_list(self) -> None:
        self.phone.go("/calls")
        expect(self.phone.see("listed-call").first).to_be_visible()

    def free(self) -> list[str]:
        """Return the ids of the calls that can be taken, in the order of the list."""
        asked = (
            "select id from task where status = 'open'"
            " and (until is null or until < strftime('%Y-%m-%d %H:%M:%S', 'now'))"
        )
        return [str(row[0]) for row in self.demo.ask(asked)]

    def take(self) -> str:
        """Take the first call that is free; return its id."""
        self.to_list()
        self.phone.see("take").first.click()
        expect(self.phone.see("call-page")).to_be_visible()
        return self.shown()

    def shown(self) -> str:
        return self.phone.page.url.rpartition("/")[2]

    def holds(self, hold: str = "mine") -> None:
        expect(self.phone.see("call-page")).to_have_attribute("data-hold", hold, timeout=20_000)

    def log(self, outcome: str, *, then: str = "save") -> None:
        self.phone.pick(outcome)
        self.phone.see(then).click()
        expect(self.phone.see("flash")).to_be_visible()

    def office(self, task: str) -> tuple[str, bool, bool]:
        """Return where a call stands, whether it names a contact, and whether two made it."""
        asked = "select status, contact_id, duplicate_effort from task where id = ?"
        status, contact, twice = self.demo.ask(asked, _as_stored(task))[0]
        return str(status), contact is not None, bool(twice)

    def contacts_of(self, task: str) -> int:
        asked = (
            "select count(*) from contact join task on task.student_id = contact.student_id"
            " where task.id = ? and contact.method = 'phone_call' and contact.recorded_at > ?"
        )
        return int(self.demo.ask(asked, _as_stored(task), "2026")[0][0])


def _as_stored(key: str) -> str:
    return key.replace("-", "")


def open_calls(demo: Demo) -> int:
    """Put on the list every family whose step nobody has asked a call for."""
    steps = {str(row[0]) for row in demo.ask("select distinct step from crossing")}
    told = [
        demo.server.run("calls", "open", "--school", school, "--step", step)
        for school in SCHOOLS
        for step in sorted(steps)
    ]
    return sum(int(one["opened"]) for one in told)


@pytest.fixture(scope="module")
def opened(demo: Demo) -> Demo:
    """The demo district with calls on its list."""
    assert open_calls(demo) > 8
    return demo


@pytest.fixture
def calls(opened: Demo, window: Window) -> Calls:
    return Calls(opened, window().enter_demo(opened.link("caller")))


def a_second_caller(calls: Calls, window: Window, login: str) -> Calls:
    link = calls.demo.invite(login, "Second Caller", role="caller")
    return Calls(calls.demo, window().accept(link))


def test_a_call_is_taken_made_without_a_network_and_completes_at_the_office(
    calls: Calls, screens: Path
) -> None:
    phone = calls.phone
    calls.to_list()
    phone.page.screenshot(path=screens / "1-list.png", full_page=True)
    task = calls.take()
    calls.holds()
    assert (phone.see("call-number").first.get_attribute("href") or "").startswith("tel:")
    phone.page.screenshot(path=screens / "2-call.png", full_page=True)
    phone.context.set_offline(True)
    phone.pick("voicemail_left")
    expect(phone.see("review")).not_to_be_empty()
    phone.page.screenshot(path=screens / "3-outcome.png")
    phone.see("save").click()
    phone.waits(2)
    phone.go("/outbox")
    phone.page.screenshot(path=screens / "4-outbox.png", full_page=True)

    phone.context.set_offline(False)
    phone.waits(0)

    assert calls.office(task) == ("done", True, False)


def test_saving_takes_the_next_call_at_once(calls: Calls) -> None:
    first = calls.take()
    calls.holds()

    calls.log("no_answer", then="save-next")
    calls.phone.page.wait_for_url(lambda url: "/calls/" in url and first not in url)
    calls.holds()

    assert calls.shown() != first
    assert calls.office(first)[0] == "done"
    calls.phone.see("give-back").click()
    calls.phone.waits(0)
    assert calls.office(calls.free()[0])[0] == "open"


def test_a_claim_without_a_network_is_a_wish_and_is_given_back_when_it_was_taken(
    calls: Calls, window: Window, screens: Path
) -> None:
    other = a_second_caller(calls, window, "eli")
    phone = calls.phone
    phone.context.set_offline(True)
    wished = calls.take()
    calls.holds("asked")
    expect(phone.see("call-number")).to_have_count(0)
    phone.page.screenshot(path=screens / "1-wish.png", full_page=True)
    other.to_list()
    other.phone.go(f"/calls/{wished}")
    other.phone.see("take").click()
    other.holds()

    phone.context.set_offline(False)
    expect(phone.see("call-told")).to_be_visible(timeout=20_000)
    calls.holds("theirs")
    phone.page.screenshot(path=screens / "2-taken.png", full_page=True)
    phone.see("call-told-ok").click()

    expect(phone.see("call-told")).to_have_count(0)
    expect(phone.pill).not_to_have_attribute("data-tone", "needs_you")
    other.phone.see("give-back").click()
    other.phone.waits(0)


def test_two_who_called_one_family_are_told_and_neither_call_is_lost(
    calls: Calls, window: Window, screens: Path
) -> None:
    other = a_second_caller(calls, window, "noor")
    phone = calls.phone
    task = calls.take()
    calls.holds()
    before = calls.contacts_of(task)
    phone.context.set_offline(True)
    phone.pick("voicemail_left")
    calls.demo.change(f"update task set until = {_AGO} where id = ?", _as_stored(task))  # noqa: S608  (no word of a stranger)
    other.to_list()
    other.phone.go(f"/calls/{task}")
    other.phone.see("take").click()
    other.holds()
    other.log("no_answer")
    other.phone.waits(0)

    phone.see("save").click()
    phone.waits(2)
    phone.context.set_offline(False)
    phone.waits(0)

    assert calls.office(task) == ("done", True, True)
    assert calls.contacts_of(task) == before + 2
    calls.phone.go("/calls")
    expect(phone.see("call-told")).to_be_visible()
    phone.page.screenshot(path=screens / "1-duplicate.png", full_page=True)


def test_the_call_list_of_a_phone_can_be_used_by_everybody(calls: Calls) -> None:
    for language in ("en", "es"):
        calls.phone.speak(language)
        walk = Walk(calls.phone)
        walk.to("list", ("/calls", "[data-testid=listed-call]"))
        calls.take()
        calls.holds()
        walk.at("call", "[data-testid=call-number]")
        calls.phone.pick("voicemail_left")
        walk.at("outcome", "[data-testid=save]")
        calls.phone.pick("spoke_other_adult")
        calls.phone.see("save").click()
        walk.at("more is asked", ".error")
        assert walk.found == {}
        calls.phone.see("give-back").click()
        calls.phone.waits(0)


def test_a_call_fits_the_smallest_phone_with_text_twice_as_large(
    opened: Demo, window: Window, screens: Path
) -> None:
    calls = Calls(opened, window(SMALLEST))
    calls.phone.double_text()
    calls.phone.enter_demo(opened.link("caller"))
    calls.to_list()
    wide = {"list": calls.phone.page.evaluate(SIDEWAYS)}
    calls.phone.page.screenshot(path=screens / "1-list.png")
    calls.take()
    calls.holds()
    calls.phone.pick("voicemail_left")
    wide["call"] = calls.phone.page.evaluate(SIDEWAYS)
    calls.phone.page.screenshot(path=screens / "2-call.png", full_page=True)
    calls.phone.see("give-back").click()
    calls.phone.waits(0)

    assert wide == {"list": [], "call": []}


def test_a_coordinator_asks_for_a_call_and_takes_it_off_the_list(
    opened: Demo, window: Window, screens: Path
) -> None:
    opened.change("update task set status = 'cancelled' where status = 'open'")
    opened.change("delete from feed where ent = 'task'")
    desk = window(DESK).enter_demo(opened.link("coordinator"))
    desk.go("/desk")
    desk.see("case-row").first.click()
    desk.see("ask-call").click()
    expect(desk.see("ask-call-yes")).to_be_visible()
    desk.page.screenshot(path=screens / "1-ask.png")
    desk.see("ask-call-yes").click()
    expect(desk.see("family-call")).to_be_visible()
    desk.waits(0)
    desk.page.screenshot(path=screens / "2-asked.png")
    asked = "select count(*) from task where status = 'open'"
    assert opened.ask(asked)[0][0] == 1

    walk = Walk(desk)
    walk.at("a case with a call", "[data-testid=family-call]")
    desk.see("cancel-call").click()
    walk.at("is it sure", "[data-testid=cancel-call-yes]")
    desk.see("cancel-call-yes").click()
    expect(desk.see("ask-call")).to_be_visible()
    desk.waits(0)

    assert opened.ask(asked)[0][0] == 0
    assert walk.found == {}
