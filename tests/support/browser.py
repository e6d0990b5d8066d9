"""A real Chromium with a profile of its own, that a test may kill like a dead battery would."""

import os
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Playwright

FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
PHONE: Mapping[str, int] = {"width": 360, "height": 640}
DESK: Mapping[str, int] = {"width": 1280, "height": 800}
STAMP = Path(".cache/chromium")
"""Written by the set-up: the path of the browser it found or installed."""


def executable() -> str:
    """Return the path of the Chromium to drive."""
    if named := os.environ.get("PRESENTE_CHROMIUM"):
        return named
    if STAMP.is_file():
        return STAMP.read_text().strip()
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "No Chromium found. Run `make test`, which installs one."
    return found


class Profile:
    """One browser profile: a phone or a desk in somebody's hands."""

    def __init__(
        self, playwright: Playwright, folder: Path, *, size: Mapping[str, int] = PHONE
    ) -> None:
        self._playwright = playwright
        self._folder = folder
        self._size = size
        self.context: BrowserContext
        self.page: Page

    def open(self, url: str, *, language: str = "en-US") -> Page:
        """Start the browser on this profile and go to ``url``."""
        is_root = os.geteuid() == 0
        self.context = self._playwright.chromium.launch_persistent_context(
            str(self._folder),
            executable_path=executable(),
            args=[*FLAGS, *(["--no-sandbox"] if is_root else [])],
            viewport={"width": self._size["width"], "height": self._size["height"]},
            locale=language,
            timezone_id="America/Denver",
            permissions=["notifications"],
        )
        self.page = self.context.pages[0]
        self.page.goto(url)
        return self.page

    def kill(self) -> None:
        """SIGKILL every process of this browser, and clear the lock files a dead one leaves."""
        self.end()
        self.unlock()

    def unlock(self) -> None:
        """Clear the lock files that a dead browser leaves."""
        for leftover in self._folder.glob("Singleton*"):
            leftover.unlink(missing_ok=True)

    def end(self) -> None:
        """SIGKILL every process of this browser."""
        marker = str(self._folder).encode()
        for process in Path("/proc").iterdir():
            if not process.name.isdigit():
                continue
            try:
                command = (process / "cmdline").read_bytes()
                if b"--user-data-dir=" + marker in command:
                    os.kill(int(process.name), signal.SIGKILL)
            except (ProcessLookupError, FileNotFoundError, PermissionError):
                continue

    def close(self) -> None:
        """Close it as a person would."""
        self.context.close()

    def cdp(self) -> Any:
        """Return a DevTools session of the page (its types are partly unknown)."""
        return self.context.new_cdp_session(self.page)
