"""The app in a window: what people do in it, in their words, and what it holds on disk."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.support.hands import PASSWORD, PIN

_OUTBOX = """async () => {
  const names = (await indexedDB.databases()).map(({ name }) => name)
  const stores = names.filter((name) => name.startsWith('presente-'))
  const all = stores.map((name) => new Promise((resolve, reject) => {
    const asked = indexedDB.open(name)
    asked.onerror = () => reject(asked.error)
    asked.onsuccess = () => {
      const db = asked.result
      if (!db.objectStoreNames.contains('outbox')) { db.close(); resolve([]); return }
      const read = db.transaction('outbox').objectStore('outbox').getAll()
      read.onsuccess = () => { db.close(); resolve(read.result) }
    }
  }))
  return (await Promise.all(all)).flat().map(({ id, n, is_sent }) => [id, n, is_sent])
}"""

_KEPT = """() => new Promise((resolve) => {
  const { serviceWorker } = navigator
  if (serviceWorker.controller) resolve(true)
  serviceWorker.addEventListener('controllerchange', () => resolve(true))
  setTimeout(() => resolve(false), 20000)
})"""


class OutboxRow(NamedTuple):
    """A row of the outbox as it lies on the disk of the phone."""

    id: str
    n: int
    is_sent: bool


class App:
    """One window on the app. Several windows may share a context, as tabs share a profile."""

    def __init__(self, context: BrowserContext, url: str, *, page: Page | None = None) -> None:
        self.context = context
        self.url = url
        self.page = page or context.new_page()

    @property
    def pill(self) -> Locator:
        """The status pill."""
        return self.page.get_by_test_id("pill").first

    @property
    def door(self) -> Locator:
        """What stands before the work."""
        return self.page.get_by_test_id("door")

    def see(self, testid: str) -> Locator:
        """Find what carries this test id."""
        return self.page.get_by_test_id(testid)

    def devtools(self) -> Any:
        """Return a DevTools session of the page; what it sends and tells is plain JSON."""
        return self.context.new_cdp_session(self.page)

    # ------------------------------------------------------------ the door

    def double_text(self) -> None:
        """Make the text of this browser twice as large, as its settings can."""
        sizes = {"fontSizes": {"standard": 32, "fixed": 26}}
        self.devtools().send("Page.setFontSizes", sizes)

    def enter_demo(self, link: str) -> App:
        """Come in by a demo link and lock this device with a PIN."""
        self.page.goto(link)
        return self.set_up()

    def accept(self, link: str, *, password: str = PASSWORD) -> App:
        """Take an invitation with a password, and lock this device with a PIN."""
        self.page.goto(link)
        self.choose_password(password)
        return self.set_up()

    def choose_password(self, password: str = PASSWORD) -> None:
        """Choose how to sign in from now on."""
        self.page.locator("#new-password").fill(password)
        self.page.locator("#new-password-again").fill(password)
        self.submit()

    def set_up(self, *, pin: str = PIN) -> App:
        """Answer the set-up of a device, and wait for the first screen."""
        self.page.locator("#pin").fill(pin)
        self.page.locator("#pin-again").fill(pin)
        self.submit()
        self.is_in()
        assert self.page.evaluate(_KEPT), "the app was not kept for a time without a network"
        return self

    def open(self) -> App:
        """Open the app, as its icon does."""
        self.page.goto(self.url)
        return self

    def unlock(self, pin: str = PIN) -> App:
        """Give the PIN."""
        self.page.locator("#pin").fill(pin)
        self.submit()
        return self.is_in()

    def is_in(self) -> App:
        """Wait until the work is shown."""
        expect(self.pill).to_be_visible(timeout=20_000)
        return self

    def submit(self) -> None:
        """Press the button of the form that is shown."""
        self.page.locator("main button[type=submit]").click()

    # ------------------------------------------------------------ places

    def go(self, place: str) -> None:
        """Go to a place of the app by its address."""
        self.page.evaluate("place => { location.hash = place }", place)

    def speak(self, code: str) -> None:
        """Choose a language in the settings."""
        self.go("/settings")
        self.page.locator(f"#language input[value={code}]").click()
        expect(self.page.locator(f"html[lang={code}]")).to_be_attached()

    def families(self) -> list[str]:
        """Return the root of every family on Today."""
        self.go("/today")
        rows = self.see("today-row")
        expect(rows.first).to_be_visible()
        links = rows.evaluate_all("rows => rows.map((row) => row.getAttribute('href'))")
        return [str(link).rpartition("/")[2] for link in links]

    def names(self) -> list[str]:
        """Return the name of every student on Students."""
        self.go("/students")
        rows = self.see("student-row")
        expect(rows.first).to_be_visible()
        told = [one.splitlines()[0].strip() for one in rows.all_inner_texts()]
        assert all(told)
        return told

    # ------------------------------------------------------------ a contact

    def begin_visit(self, root: str) -> None:
        """Begin to write down a visit."""
        self.go(f"/s/{root}")
        self.see("log-visit").click()
        self.is_at("outcome")

    def is_at(self, step: str) -> None:
        """Wait until the form asks this."""
        expect(self.page.locator(f"[data-testid=contact-form][data-step={step}]")).to_be_visible()

    def pick(self, code: str) -> None:
        """Choose a row of the question."""
        self.page.locator(f"main input[value={code}]").first.check()

    def go_on(self) -> str:
        """Go to the form's next question; return which it is."""
        form = self.see("contact-form")
        before = form.get_attribute("data-step") or ""
        self.see("next").click()
        expect(form).not_to_have_attribute("data-step", before)
        return form.get_attribute("data-step") or ""

    def log_visit(
        self, root: str, *, outcome: str = "spoke_guardian", cause: str = "", note: str = ""
    ) -> None:
        """Write down a visit and save it."""
        self.begin_visit(root)
        self.pick(outcome)
        step = self.go_on()
        while step != "review":
            if step == "causes" and cause:
                row = self.page.locator(f"input[value={cause}]")
                self.page.locator("details", has=row).locator("summary").click()
                row.check()
            if step == "note" and note:
                self.page.locator("#note").fill(note)
            step = self.go_on()
        self.see("save").click()
        expect(self.see("contact-form")).to_have_count(0)

    def change_number(self, root: str, new: str) -> None:
        """Correct the first number on the family's page."""
        self.go(f"/s/{root}")
        self.see("edit-number").first.click()
        self.page.locator("#value").fill(new)
        self.see("save").click()
        expect(self.see("number-form")).to_have_count(0)

    # ------------------------------------------------------------ the outbox

    def outbox(self) -> list[OutboxRow]:
        """Return what the database of this browser holds to send, in the order it was done."""
        found: list[list[Any]] = self.page.evaluate(_OUTBOX)
        return sorted((OutboxRow(*row) for row in found), key=lambda row: row.n)

    def unsent(self) -> int:
        """Count the rows without a receipt on the disk."""
        return sum(not row.is_sent for row in self.outbox())

    def waits(self, count: int) -> None:
        """Wait until the pill says that so many rows are unsent."""
        expect(self.pill).to_have_attribute("data-waiting", str(count), timeout=20_000)

    def send(self) -> None:
        """Press "Send now", and wait until that is over."""
        self.go("/outbox")
        self.see("send-now").click()
        expect(self.see("send-now")).to_be_enabled(timeout=30_000)

    def root(self) -> str:
        """Return the root of the family whose page is shown."""
        found = re.search(r"#/s/([a-z0-9]+)", self.page.url)
        assert found is not None, self.page.url
        return found[1]
