"""The two pictures of the README: ``make screens`` renews them."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Window
from tests.support.app import App
from tests.support.browser import DESK
from tests.support.demo import Demo
from tests.support.pictures import packed

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.screens]

LIGHT_ENOUGH = 150_000
NOTE = "Grandmother opened. The bus pass ran out on the 3rd; a new one is on its way."


def test_the_readme_shows_today_and_the_desk(demo: Demo, window: Window, screens: Path) -> None:
    folder = Path(os.environ.get("PRESENTE_README_IMAGES") or screens)
    folder.mkdir(parents=True, exist_ok=True)
    phone = window().enter_demo(demo.link("advisor"))
    roots = phone.families()
    phone.log_visit(roots[1], note=NOTE, cause="transportation")
    phone.waits(0)
    phone.families()
    _keep(phone, folder / "today.png")

    desk = window(DESK).enter_demo(demo.link("coordinator"))
    desk.go("/desk/open")
    expect(desk.see("case-row").first).to_be_visible()
    desk.go(f"/desk/case/{demo.case_of(roots[1])}")
    expect(desk.see("case-contact")).to_contain_text(NOTE)
    desk.waits(0)
    _keep(desk, folder / "desk.png")


def _keep(app: App, file: Path) -> None:
    expect(app.see("flash")).to_have_count(0, timeout=15_000)
    file.write_bytes(packed(app.page.screenshot(animations="disabled")))
    assert file.stat().st_size < LIGHT_ENOUGH
