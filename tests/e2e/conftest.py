"""A real Chromium for the tests of the phone; every page starts with an empty profile."""

import os
from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.support.browser import FLAGS, executable


@pytest.fixture(scope="session")
def browser() -> Generator[Browser]:
    """The browser, started once. Chromium's own sandbox cannot be had by root."""
    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=flags)
        yield browser
        browser.close()


@pytest.fixture
def phone(browser: Browser) -> Generator[BrowserContext]:
    """A phone of 360x640 that nobody has used yet."""
    context = browser.new_context(
        viewport={"width": 360, "height": 640}, is_mobile=True, has_touch=True
    )
    context.set_default_timeout(10_000)
    yield context
    context.close()
