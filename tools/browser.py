"""Finds a Chromium for the tests, or installs one, and writes down where it is.

Also sees that Playwright, which drives it, starts on this machine.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def main(note: Path) -> int:
    """Write the path of a browser to `note`; exit 1 with a sentence if none can be had."""
    if not (_playwright_starts() or (_apt("libatomic1") and _playwright_starts())):
        print("Playwright does not start. Debian and Ubuntu lack libatomic1.", file=sys.stderr)
        return 1
    path = _named() or _of_the_machine() or _from_debian() or _from_playwright()
    if path is None:
        print("No Chromium could be installed. Set PRESENTE_CHROMIUM to one.", file=sys.stderr)
        return 1
    note.write_text(f"{path}\n")
    return 0


def _named() -> str | None:
    return os.environ.get("PRESENTE_CHROMIUM") or None


def _of_the_machine() -> str | None:
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or (str(MAC) if MAC.exists() else None)


def _from_debian() -> str | None:
    return _of_the_machine() if _apt("chromium") else None


def _apt(package: str) -> bool:
    """Install a package of Debian or Ubuntu; only root may."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    update = ["apt-get", "update", "-qq"]
    install = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", package]
    subprocess.run(update, env=quiet, check=False)
    return subprocess.run(install, env=quiet, check=False).returncode == 0


def _playwright_starts() -> bool:
    ask = [sys.executable, "-m", "playwright", "--version"]
    return subprocess.run(ask, capture_output=True, check=False).returncode == 0


def _from_playwright() -> str | None:
    install = [sys.executable, "-m", "playwright", "install", "chromium"]
    if subprocess.run(install, check=False).returncode != 0:
        return None
    ask = [sys.executable, "-c", ASK_PLAYWRIGHT]
    said = subprocess.run(ask, capture_output=True, text=True, check=False)
    return said.stdout.strip() or None


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
