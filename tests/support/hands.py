"""What people do with the app, in their words: come in, unlock, log a visit, change a number."""

from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Locator, Page, Playwright, expect

from tests.support.browser import PHONE, Profile
from tests.support.push_service import Browser as Keys

PIN = "40719283"
PASSWORD = "seven green chairs by the door"

SUBSCRIBE = """
(() => {
  const keys = %s
  let made = null
  const subscription = (key) => ({
    endpoint: keys.endpoint, expirationTime: null,
    options: { userVisibleOnly: true, applicationServerKey: key.buffer ?? key },
    toJSON: () => ({ endpoint: keys.endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } }),
    unsubscribe: () => Promise.resolve(true),
  })
  PushManager.prototype.subscribe = (options) =>
    Promise.resolve((made = subscription(options.applicationServerKey)))
  PushManager.prototype.getSubscription = () => Promise.resolve(made)
})()
"""
"""Headless Chromium has no push service to subscribe at: the test's stands in for it."""


class Person:
    """Somebody of the programme, with a browser in hand."""

    def __init__(
        self,
        playwright: Playwright,
        folder: Path,
        *,
        screens: Path,
        size: Mapping[str, int] = PHONE,
    ) -> None:
        self.profile = Profile(playwright, folder, size=size)
        self.name = folder.name
        self._screens = screens

    @property
    def page(self) -> Page:
        """The page before the person's eyes."""
        return self.profile.page

    @property
    def pill(self) -> Locator:
        """The status pill."""
        return self.page.get_by_test_id("pill").first

    def look(self, what: str) -> None:
        """Keep a picture of the screen."""
        number = len(list(self._screens.glob("*.png"))) + 1
        self.page.screenshot(path=self._screens / f"{number:02d}-{self.name}-{what}.png")

    def come_in(self, link: str, *, keys: Keys | None = None, endpoint: str = "") -> None:
        """Open an invitation, choose a password, lock this device with a PIN."""
        page = self.profile.open("about:blank")
        page.set_default_timeout(30_000)
        if keys is not None:
            values = {"endpoint": endpoint, "p256dh": keys.p256dh, "auth": keys.auth}
            self.profile.context.add_init_script(SUBSCRIBE % str(values))
        page.goto(link)
        page.locator("#new-password").fill(PASSWORD)
        page.locator("#new-password-again").fill(PASSWORD)
        self.look("invited")
        page.locator("button[type=submit]").click()
        page.locator("#pin").fill(PIN)
        page.locator("#pin-again").fill(PIN)
        self.look("set-up")
        page.locator("button[type=submit]").click()
        expect(self.pill).to_be_visible(timeout=30_000)

    def unlock(self, url: str) -> None:
        """Open the app again and give the PIN."""
        page = self.profile.open(url)
        page.set_default_timeout(30_000)
        page.locator("input[type=password]").first.fill(PIN)
        self.look("locked")
        page.locator("button[type=submit]").click()
        expect(self.pill).to_be_visible(timeout=30_000)

    def sign_in_again(self, login: str) -> None:
        """Sign in where the app asks for it: a dead browser may have forgotten its cookie."""
        self.go("/outbox")
        self.page.get_by_test_id("sign-in-again").click()
        self.page.locator("#login").fill(login)
        self.page.locator("#password").fill(PASSWORD)
        self.look("sign-in-again")
        self.page.locator("button[type=submit]").click()
        expect(self.page.locator("#password")).to_have_count(0)

    def go(self, place: str) -> None:
        """Go to a place of the app by its address."""
        self.page.evaluate("place => { location.hash = place }", place)

    def choose(self, *codes: str) -> None:
        """Tap rows by their code, opening the group they stand in."""
        for code in codes:
            row = self.page.locator(f"label:has(input[value={code}])").first
            if not row.is_visible():
                self.page.locator(f"details:has(input[value={code}]) > summary").first.click()
            row.click()
            expect(row.locator("input")).to_be_checked()

    def forward(self) -> None:
        """Go to the form's next question."""
        self.page.get_by_test_id("contact-form").locator("button[type=submit]").click()

    def change_number(self, root: str, new: str) -> None:
        """Correct the first number on the family's page."""
        self.go(f"/s/{root}")
        self.page.get_by_test_id("edit-number").first.click()
        self.page.locator("#value").fill(new)
        self.look("number")
        self.page.get_by_test_id("save").click()
        expect(self.page.get_by_test_id("number-form")).to_have_count(0)
