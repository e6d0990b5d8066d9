"""Draws the app's icons from one drawing. Run by hand when it changes; what it makes is committed.

A raised hand, the answer at roll call, with a check mark in its palm.
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PUBLIC = Path(__file__).resolve().parent.parent / "pwa" / "public"
GROUND = "#0B6E6E"
PAPER = "#FBF8F3"

HAND = f"""
  <g fill="none" stroke="{PAPER}" stroke-linecap="round" stroke-linejoin="round" stroke-width="46">
    <path d="M203 286V150"/><path d="M258 270V116"/><path d="M313 280V138"/><path d="M366 300V190"/>
    <path d="M146 258l74 102"/>
  </g>
  <path fill="{PAPER}" d="M180 262h209v60c0 62-44 106-104 106-38 0-64-22-84-54l-21-30z"/>
  <path fill="none" stroke="{GROUND}" stroke-linecap="round" stroke-linejoin="round"
    stroke-width="26" d="M238 334l34 34 62-68"/>
"""


def main(chromium: str) -> int:
    """Write the SVG, and the PNGs that the manifest names."""
    round_corners = _drawing(radius=112, scale=1.0)
    (PUBLIC / "icon.svg").write_text(round_corners)
    # A maskable icon is cut to any shape: full ground, the hand within the middle 80 %.
    full = _drawing(radius=0, scale=0.8)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        for name, svg, size in (
            ("icon-192", round_corners, 192),
            ("icon-512", round_corners, 512),
            ("icon-maskable-512", full, 512),
        ):
            page.set_viewport_size({"width": size, "height": size})
            page.set_content(f"<style>body{{margin:0}} svg{{display:block}}</style>{svg}")
            page.screenshot(path=PUBLIC / f"{name}.png", omit_background=True)
        browser.close()
    return 0


def _drawing(*, radius: int, scale: float) -> str:
    shift = 256 * (1 - scale)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">'
        f'<rect width="512" height="512" rx="{radius}" fill="{GROUND}"/>'
        f'<g transform="translate({shift:g} {shift:g}) scale({scale:g})">{HAND}</g></svg>\n'
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
