"""A record that no request can carry: an older build took it, and it must not hold up the rest."""

import random
import re
import string

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import Window
from tests.support.app import App
from tests.support.demo import Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OLDER_BUILD = {
    re.compile(rb"(?<==)262144(?=,\w+=65536\b)"): b"9999999",
    re.compile(rb"(?<==)4e3\b"): b"9e9",
}
"""It had neither ``MOST_BYTES`` of ``local/request.ts`` nor ``NOTE_LIMIT`` of the form."""
LETTERS = string.ascii_letters + string.digits
BOOK = "".join(random.Random(7).choices(LETTERS, k=1_500_000))
"""Over 1 MiB however it is packed: the server answers 413."""
BEHIND = "Written after the book, and nothing to do with it."


def test_a_record_too_long_for_any_request_is_set_aside_and_what_is_behind_it_goes_in(
    demo: Demo, window: Window
) -> None:
    demo.line.build = OLDER_BUILD
    app = window(permissions=["clipboard-read", "clipboard-write"]).enter_demo(demo.link("advisor"))
    first, second = app.families()[:2]
    app.context.set_offline(True)
    app.log_visit(first, note=BOOK)
    app.log_visit(second, note=BEHIND)
    app.waits(2)

    app.context.set_offline(False)
    app.waits(0)

    assert demo.ask("select count(*) from contact where note = ?", BEHIND) == [(1,)]
    assert demo.ask("select count(*) from contact where length(note) > 4000") == [(0,)]
    _is_told_and_can_be_copied(app)
    app.page.reload()
    app.unlock().waits(0)
    _is_told_and_can_be_copied(app)
    behind = app.see("outbox-row").filter(has_not=app.see("all-words"))
    expect(behind.first).to_have_attribute("data-state", "received")


def _is_told_and_can_be_copied(app: App) -> None:
    """The pill, the work sent, and all the words under the person's hand."""
    expect(app.pill).to_have_attribute("data-tone", "needs_you")
    row = _row(app)
    expect(row).to_have_attribute("data-state", "refused")
    expect(row).to_contain_text("It is longer than can be sent. It is only on this phone")
    row.get_by_test_id("all-words").locator("summary").click()
    words = row.get_by_test_id("all-words").locator("p")
    words.click()
    app.page.keyboard.press("Control+C")
    copied = app.page.evaluate("navigator.clipboard.readText()")
    assert copied.count("\n") > 0
    assert max(copied.splitlines(), key=len) == BOOK, f"{len(copied)} letters were copied"


def _row(app: App) -> Locator:
    app.go("/outbox")
    return app.see("outbox-row").filter(has=app.see("all-words"))
