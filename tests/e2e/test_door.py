"""Who comes in: invitations, passkeys, PINs, recovery, revoked devices, signing out and locking."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Window
from tests.support.app import App
from tests.support.browser import DESK
from tests.support.demo import Demo
from tests.support.hands import PASSWORD, PIN

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AUTHENTICATOR = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "hasPrf": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def _with_authenticator(app: App) -> Callable[[], int]:
    """Give this window a fingerprint reader; return what counts the passkeys on it."""
    cdp = app.devtools()
    cdp.send("WebAuthn.enable", {"enableUI": False})
    made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    def passkeys() -> int:
        told = cdp.send("WebAuthn.getCredentials", {"authenticatorId": made["authenticatorId"]})
        return len(told["credentials"])

    return passkeys


def _lock(app: App) -> None:
    app.go("/settings")
    app.see("lock-now").click()
    expect(app.door).to_have_attribute("data-at", "unlock")


def _forget_everything(app: App) -> None:
    """Clear the browser as a person does; the passkeys are the device's, and stay."""
    app.context.clear_cookies()
    cdp = app.devtools()
    app.page.goto("about:blank")
    cdp.send("Storage.clearDataForOrigin", {"origin": app.url, "storageTypes": "all"})
    app.open()
    expect(app.door).to_have_attribute("data-at", "sign_in")


def test_a_passkey_made_by_invitation_signs_in_and_another_unlocks(
    demo: Demo, window: Window
) -> None:
    app = window()
    passkeys = _with_authenticator(app)
    app.page.goto(demo.invite("paula", "Paula Passkey"))
    app.page.get_by_role("button", name="Make a passkey").click()
    expect(app.door).to_have_attribute("data-at", "set_up")
    assert passkeys() == 1
    app.page.get_by_role("button", name="Use a passkey instead").click()
    app.is_in()
    assert passkeys() == 2

    _lock(app)
    expect(app.page.locator("#pin")).to_have_count(0)
    app.page.get_by_role("button", name="Unlock with a passkey").click()
    app.is_in()


def test_a_passkey_signs_in_again_on_a_browser_that_forgot_everything(
    demo: Demo, window: Window
) -> None:
    app = window()
    _with_authenticator(app)
    app.page.goto(demo.invite("petra", "Petra Passkey"))
    app.page.get_by_role("button", name="Make a passkey").click()
    app.set_up()

    _forget_everything(app)
    app.page.get_by_role("button", name="Use a passkey").click()
    expect(app.door).to_have_attribute("data-at", "set_up")
    app.set_up()


def test_a_wrong_pin_opens_nothing_waits_and_loses_nothing(demo: Demo, window: Window) -> None:
    app = window()
    app.page.clock.install()
    app.enter_demo(demo.link("advisor"))
    root = app.families()[0]
    app.context.set_offline(True)
    app.log_visit(root)
    _lock(app)
    expect(app.see("sealed-unsent")).to_contain_text("1 waiting")

    for _ in range(3):
        app.page.locator("#pin").fill("40719284")
        app.submit()
        expect(app.page.locator("#pin-error")).to_contain_text("Nothing is lost")
        expect(app.see("pill")).to_have_count(0)
    expect(app.page.locator("main button[type=submit]")).to_be_disabled()
    expect(app.page.locator("#pin-error")).to_contain_text("Wait")
    app.page.clock.fast_forward("00:10")

    expect(app.page.locator("main button[type=submit]")).to_be_enabled()
    app.unlock()
    app.waits(1)
    assert len(app.families()) > 1


def test_an_invitation_lets_in_once(demo: Demo, window: Window) -> None:
    link = demo.invite("olga", "Olga Once")
    window().accept(link)

    second = window()
    second.page.goto(link)
    expect(second.page.get_by_role("heading", name="no longer works")).to_be_visible()
    expect(second.page.get_by_role("alert")).to_contain_text("used already")
    assert "invite" not in second.page.url
    second.page.get_by_role("button", name="Go to sign-in").click()
    expect(second.page.locator("#login")).to_be_visible()


def test_a_person_recovered_by_the_coordinator_signs_in_anew_and_the_old_ways_end(
    demo: Demo, window: Window
) -> None:
    old = window().accept(demo.invite("rita", "Rita Recovered"))
    desk = window(DESK).enter_demo(demo.link("coordinator"))
    _open_person(desk, "Rita Recovered")
    desk.page.get_by_role("button", name="Recovery link").click()
    link = desk.see("link-once").locator("#link").input_value()

    new = window()
    new.page.goto(link)
    expect(new.page.get_by_role("heading", name="Welcome back, Rita")).to_be_visible()
    new.choose_password("four blue doors in the yard")
    new.set_up()

    old.send()
    expect(old.pill).to_contain_text("Sign in again")
    guest = window().open()
    _sign_in(guest, "rita", PASSWORD)
    expect(guest.page.get_by_role("alert")).to_contain_text("do not fit together")
    _sign_in(guest, "rita", "four blue doors in the yard")
    expect(guest.door).to_have_attribute("data-at", "set_up")


def test_a_revoked_device_reads_no_more_and_keeps_its_unsent_work(
    demo: Demo, window: Window
) -> None:
    phone = window().accept(demo.invite("vera", "Vera Revoked"))
    desk = window(DESK).enter_demo(demo.link("coordinator"))
    _give_a_case(desk, "Vera Revoked")
    phone.send()
    root = phone.families()[0]
    phone.context.set_offline(True)
    phone.log_visit(root)
    phone.waits(1)

    _open_person(desk, "Vera Revoked")
    desk.see("device").get_by_role("button").click()
    desk.page.get_by_role("button", name="Revoke it").click()
    expect(desk.see("device")).to_contain_text("Revoked")

    _give_a_case(desk, "Vera Revoked")
    phone.context.set_offline(False)
    phone.send()
    expect(phone.pill).to_contain_text("Phone no longer used, 1 waiting")
    assert phone.unsent() == 1
    assert phone.families() == [root]

    # Found again, and its person signs in on it: what waited goes out.
    phone.go("/outbox")
    phone.see("sign-in-again").click()
    _sign_in(phone, "vera", PASSWORD)
    phone.waits(0)
    assert phone.unsent() == 0
    expect(phone.pill).not_to_contain_text("no longer used")


def test_signing_out_with_unsent_work_asks_first_and_keeps_it(demo: Demo, window: Window) -> None:
    app = window().enter_demo(demo.link("social_worker"))
    root = app.families()[0]
    app.context.set_offline(True)
    app.log_visit(root)
    app.go("/settings")
    app.see("sign-out").click()
    expect(app.see("leave-unsent")).to_contain_text("1 piece of your work")
    app.page.get_by_role("button", name="Stay signed in").click()
    expect(app.see("leave-unsent")).not_to_be_visible()
    app.waits(1)

    app.see("sign-out").click()
    app.page.get_by_role("button", name="Keep it sealed here").click()
    expect(app.see("sealed-unsent")).to_contain_text("1 waiting")
    app.unlock(PIN)
    app.waits(1)


def test_locking_leaves_no_name_in_the_page(demo: Demo, window: Window) -> None:
    app = window().enter_demo(demo.link("advisor"))
    names = {word for name in app.names() for word in re.findall(r"\w{3,}", name)}
    app.go(f"/s/{app.families()[0]}")
    expect(app.see("guardian").first).to_be_visible()
    shown = " ".join(app.see("guardian").locator("h3").all_inner_texts())
    names |= set(re.findall(r"\w{3,}", shown)) - {"Mother", "Father"}
    content = app.page.content()
    assert any(name in content for name in names)

    _lock(app)
    left = app.page.content() + app.page.title()
    assert [name for name in names if re.search(rf"\b{name}\b", left)] == []
    app.page.go_back()
    expect(app.page.locator("#pin")).to_be_visible()
    left = app.page.content() + app.page.title()
    assert [name for name in names if re.search(rf"\b{name}\b", left)] == []


def _open_person(desk: App, name: str) -> None:
    desk.go("/desk")
    desk.go("/people")
    desk.page.locator("main li a", has_text=name).click()
    expect(desk.see("person")).to_contain_text(name)


def _give_a_case(desk: App, name: str) -> None:
    desk.go("/desk")
    desk.see("case-row").first.click()
    desk.see("assign-button").click()
    desk.see("assignee").filter(has_text=name).click()
    expect(desk.see("assignee-line")).to_contain_text(name)
    desk.waits(0)


def _sign_in(guest: App, login: str, password: str) -> None:
    guest.page.locator("#login").fill(login)
    guest.page.locator("#password").fill(password)
    guest.submit()
