"""The coordinator's desk while the phones work: what arrives, is decided, is not heard of."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import Window
from tests.support.app import App
from tests.support.browser import DESK
from tests.support.demo import Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]

POLLED = 20_000
"""The desk asks every five seconds."""
THEIRS, MINE, LATE = "(505) 555-0142", "(505) 555-0187", "(505) 555-0164"
UNTOLD = {
    "en": "Shown to whoever works with the family now.",
    "es": "Lo ve quien trabaja ahora con la familia.",
}


@dataclass
class Team:
    """The coordinator's desk and two phones that hold one family together."""

    desk: App
    advisor: App
    partner: App
    root: str
    case: str


@pytest.fixture(scope="module")
def team(demo: Demo, shared_window: Window) -> Team:
    """The coordinator sends the social worker along with the advisor."""
    advisor = shared_window().enter_demo(demo.link("advisor"))
    partner = shared_window().enter_demo(demo.link("social_worker"))
    desk = shared_window(DESK).enter_demo(demo.link("coordinator"))
    root = advisor.families()[0]
    case = demo.case_of(root)
    desk.go(f"/desk/case/{case}")
    desk.see("assign-button").click()
    desk.see("as-partner").click()
    desk.see("assignee").filter(has_text="Desmond Achterberg").click()
    expect(desk.see("assignee-line")).to_contain_text("Desmond Achterberg")
    desk.waits(0)
    partner.send()
    assert root in partner.families()
    return Team(desk, advisor, partner, root, case)


def test_a_contact_arrives_at_the_desk_while_it_is_open(team: Team) -> None:
    desk = team.desk
    desk.go("/desk/contacts")
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Contacts arriving")
    before = desk.see("arrived-contact").count()
    team.advisor.log_visit(team.root, note="The bus pass was renewed.")
    team.advisor.waits(0)

    expect(desk.see("arrived-contact")).to_have_count(before + 1, timeout=POLLED)
    newest = desk.see("arrived-contact").first
    expect(newest).to_contain_text("The bus pass was renewed.")
    expect(newest).to_contain_text("Marisol Trujeque")
    expect(_number(desk, "contacts")).to_have_text("1")
    desk.page.get_by_role("button", name="Mark as seen").click()
    expect(_number(desk, "contacts")).to_have_count(0)
    newest.locator("a").click()
    expect(desk.see("case-contact").first).to_contain_text("The bus pass was renewed.")


def test_a_conflict_decided_at_the_desk_is_decided_on_both_phones(team: Team) -> None:
    desk, advisor, partner = team.desk, team.advisor, team.partner
    partner.context.set_offline(True)
    partner.change_number(team.root, MINE)
    advisor.change_number(team.root, THEIRS)
    advisor.waits(0)
    partner.context.set_offline(False)
    partner.waits(0)

    desk.go("/desk/conflicts")
    expect(desk.see("conflict-card")).to_have_count(1, timeout=POLLED)
    for word in (THEIRS, MINE, "Marisol Trujeque", "Desmond Achterberg"):
        expect(desk.see("conflict-card")).to_contain_text(word)
    expect(_number(desk, "conflicts")).to_have_text("1")
    desk.see("keep-mine").click()
    desk.see("save-decision").click()
    expect(desk.see("conflict-card")).to_have_count(0, timeout=POLLED)
    expect(_number(desk, "conflicts")).to_have_count(0, timeout=POLLED)

    for phone in (advisor, partner):
        phone.send()
        phone.go(f"/s/{team.root}")
        expect(phone.page.get_by_text(MINE).first).to_be_visible()
        expect(phone.page.get_by_text(THEIRS)).to_have_count(0)
        expect(phone.see("conflict-note")).to_have_count(0)
    partner.go("/outbox")
    expect(partner.see("outbox-row").first).to_contain_text("Two versions, decided")
    partner.page.get_by_role("link", name="See the decision").click()
    expect(partner.see("conflict-card")).to_have_attribute("data-status", "resolved")


def test_who_was_taken_off_a_case_meanwhile_reads_his_own_number_and_nobody_elses(
    team: Team, screens: Path
) -> None:
    advisor, partner = team.advisor, team.partner
    partner.context.set_offline(True)
    partner.change_number(team.root, LATE)
    _nobody_goes_along(team)
    advisor.send()
    advisor.change_number(team.root, THEIRS)
    advisor.waits(0)
    partner.context.set_offline(False)
    partner.waits(0)
    assert team.root not in partner.families()

    partner.go("/outbox")
    partner.page.locator("a[href^='#/conflicts/']").first.click()
    card = partner.see("conflict-card")
    for code, words in UNTOLD.items():
        partner.speak(code)
        partner.page.go_back()
        expect(card).to_contain_text(LATE)
        expect(card).to_contain_text(words)
        for theirs in (THEIRS, "Marisol Trujeque"):
            expect(card).not_to_contain_text(theirs)
        for width, height in ((360, 640), (1280, 800)):
            partner.page.set_viewport_size({"width": width, "height": height})
            partner.page.screenshot(path=screens / f"untold-{code}-{width}.png", full_page=True)
    partner.speak("en")
    partner.page.go_back()
    expect(partner.page.get_by_role("button", name=re.compile("^Keep|^Write"))).to_have_count(0)
    partner.see("give-way").click()
    partner.waits(0)
    expect(card).to_have_attribute("data-status", "resolved")
    advisor.send()
    advisor.go(f"/s/{team.root}")
    expect(advisor.page.get_by_text(THEIRS).first).to_be_visible()


def test_phones_with_unsent_work_or_long_unheard_of_want_a_look(demo: Demo, team: Team) -> None:
    demo.change(
        "update device set waiting = 3 where user_id ="
        " (select id from app_user where login = 'socialworker')"
    )
    demo.change(
        "update device set last_seen_at = '2026-01-05 08:00:00', registered_at ="
        " '2026-01-05 08:00:00' where user_id ="
        " (select id from app_user where login = 'advisor')"
    )
    desk = team.desk
    desk.go("/desk")
    desk.go("/desk/phones")
    unsent = desk.see("phone-row").filter(has_text="Desmond Achterberg")
    expect(unsent).to_contain_text("Wants a look")
    expect(unsent).to_contain_text("3 waiting")
    unheard = desk.see("phone-row").filter(has_text="Marisol Trujeque")
    expect(unheard).to_contain_text("Wants a look")
    expect(unheard).to_contain_text("Jan 5")
    own = desk.see("phone-row").filter(has_text="Ofelia Brannigan")
    expect(own).to_contain_text("In order")

    desk.page.get_by_role("checkbox").check()
    expect(desk.see("phone-row")).to_have_count(2)
    expect(own).to_have_count(0)


def test_every_number_of_the_desk_equals_its_list(team: Team) -> None:
    desk = team.desk
    for name, path in {"new": "/desk", "open": "/desk/open", "left": "/desk/left"}.items():
        desk.go(path)
        expect(desk.see(f"nav-{name}").first).to_have_attribute("aria-current", "page")
        expect(desk.see("case-row").first).to_be_visible()
        expect(desk.see("case-row")).to_have_count(_count(desk, name))
        expect(desk.see("list-count")).to_have_text(str(_count(desk, name)))
    desk.go("/desk/phones")
    desk.page.get_by_role("checkbox").check()
    expect(desk.see("phone-row").first).to_be_visible()
    expect(desk.see("phone-row")).to_have_count(_count(desk, "phones"))
    desk.go("/desk/conflicts")
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("To decide")
    expect(desk.see("conflict-card")).to_have_count(_count(desk, "conflicts"))


def _nobody_goes_along(team: Team) -> None:
    desk = team.desk
    desk.go(f"/desk/case/{team.case}")
    desk.see("assign-button").click()
    desk.see("as-partner").click()
    desk.page.get_by_role("button", name="Nobody goes along").click()
    desk.waits(0)


def _number(desk: App, name: str) -> Locator:
    return desk.see(f"nav-{name}").first.locator(".count")


def _count(desk: App, name: str) -> int:
    """Return the number beside a place; none is written for nothing."""
    told = re.search(r"(\d+)\s*$", desk.see(f"nav-{name}").first.inner_text())
    return int(told[1]) if told else 0
