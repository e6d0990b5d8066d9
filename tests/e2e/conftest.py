"""Real browsers for the tests of the app, each with an empty profile, and a push service."""

import asyncio
import os
import threading
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.support.app import App
from tests.support.browser import FLAGS, PHONE, executable
from tests.support.demo import Demo, make_template
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
    context.set_default_timeout(30_000)
    yield context
    context.close()


Window: TypeAlias = Callable[..., App]
"""Opens a new browser window: ``window(size)`` or ``window(locale="es-US")``."""


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The demo district's data folder, made once for copying, and the tokens of its links."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    return folder, make_template(folder)


@pytest.fixture(scope="module")
def demo(
    demo_template: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Generator[Demo]:
    """The demo district, served for one module."""
    template, tokens = demo_template
    district = Demo(template, tmp_path_factory.mktemp("served"), tokens)
    district.start()
    yield district
    district.close()


def _windows(browser: Browser, demo: Demo) -> Generator[Window]:
    contexts: list[BrowserContext] = []

    def open_window(size: Mapping[str, int] = PHONE, **options: Any) -> App:
        is_phone = size == PHONE
        context = browser.new_context(
            viewport={"width": size["width"], "height": size["height"]},
            is_mobile=is_phone,
            has_touch=is_phone,
            timezone_id="America/Denver",
            **options,
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        return App(context, demo.url)

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture
def window(browser: Browser, demo: Demo) -> Generator[Window]:
    """Opens windows on the demo, each of a browser nobody has used yet."""
    yield from _windows(browser, demo)


@pytest.fixture(scope="module")
def shared_window(browser: Browser, demo: Demo) -> Generator[Window]:
    """The same, for windows that a module's tests share."""
    yield from _windows(browser, demo)


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
