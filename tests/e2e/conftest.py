"""Real browsers for the tests of the app, each with an empty profile, and a push service."""

import asyncio
import os
import threading
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.support.browser import FLAGS, executable
from tests.support.push_service import PushService


@pytest.fixture(scope="session")
def playwright() -> Generator[Playwright]:
    """Drives every browser of the run."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Generator[Browser]:
    """The browser, started once. Chromium's own sandbox cannot be had by root."""
    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
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


@pytest.fixture
def push_service() -> Generator[PushService]:
    """A push service on loopback, with a loop of its own beside the test's."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    service = PushService()
    asyncio.run_coroutine_threadsafe(service.__aenter__(), loop).result(10)
    yield service
    asyncio.run_coroutine_threadsafe(service.close(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@pytest.fixture
def screens(request: pytest.FixtureRequest) -> Path:
    """Where this test's pictures go: ``screens/<test>/``, outside git."""
    root = Path(os.environ.get("PRESENTE_SCREENS", "screens"))
    folder = root / str(request.node.name).removeprefix("test_")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
