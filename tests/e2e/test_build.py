"""The built app by itself: it opens under the strictest policy, and again without a network."""

from collections.abc import Generator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

DIST = Path(__file__).resolve().parents[2] / "pwa" / "dist"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types svelte-trusted-html presente-sw"
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class _Files(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's
        pass


@pytest.fixture
def server() -> Generator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=DIST))
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_the_app_opens_under_a_strict_policy(
    phone: BrowserContext, server: ThreadingHTTPServer
) -> None:
    page, complaints = _watched_page(phone)

    page.goto(_address(server))

    expect(page.locator("#app > *").first).to_be_visible()
    assert complaints == []


def test_the_app_opens_again_when_there_is_no_server(
    phone: BrowserContext, server: ThreadingHTTPServer
) -> None:
    page, _ = _watched_page(phone)
    page.goto(_address(server))
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    server.shutdown()
    server.server_close()
    answer = page.reload()

    assert answer is not None
    assert answer.from_service_worker
    expect(page.locator("#app > *").first).to_be_visible()


def test_every_file_of_the_manifest_exists(
    phone: BrowserContext, server: ThreadingHTTPServer
) -> None:
    page = phone.new_page()
    page.goto(_address(server))

    answer = page.request.get(f"{_address(server)}/manifest.webmanifest")
    icons = [icon["src"] for icon in answer.json()["icons"]]

    assert len(icons) >= 3
    assert all(page.request.get(_address(server) + icon).ok for icon in icons)


def _address(server: ThreadingHTTPServer) -> str:
    return f"http://localhost:{server.server_port}"


def _watched_page(phone: BrowserContext) -> tuple[Page, list[str]]:
    """A page, and the list in which it writes whatever the browser complains about.

    That nobody answers for the office is no complaint: there are only files here, and the app
    may ask for news before the test looks.
    """
    complaints: list[str] = []
    page = phone.new_page()

    def hear(said: ConsoleMessage) -> None:
        address = urlsplit(said.location.get("url", "")).path
        is_office = address == "/health" or address.startswith(("/api/", "/sync/"))
        if said.type == "error" and not is_office:
            complaints.append(f"{said.text} {address}")

    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", hear)
    return page, complaints
