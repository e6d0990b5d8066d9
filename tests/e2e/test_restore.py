"""The office burns down: a backup is restored, and the phone brings back what was sent since."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Window
from tests.support.demo import Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def _notes(demo: Demo) -> set[str]:
    return {note for (note,) in demo.ask("select note from contact where note like 'drill%'")}


def test_what_was_sent_after_the_backup_comes_back_from_a_real_phone(
    demo: Demo, window: Window, tmp_path: Path
) -> None:
    app = window().enter_demo(demo.link("advisor"))
    root = app.families()[0]
    app.log_visit(root, note="drill: before")
    app.waits(0)
    made = demo.server.run("backup", "--to", str(tmp_path / "safe"))
    app.log_visit(root, note="drill: after")
    app.log_visit(root, note="drill: after that")
    app.waits(0)
    assert _notes(demo) == {"drill: before", "drill: after", "drill: after that"}

    demo.server.stop()
    demo.server.run("restore", made["file"], "--yes")
    restored = _notes(demo)
    demo.server.start()
    app.page.goto(demo.link("advisor"))
    app.unlock()
    app.send()
    app.waits(0)

    assert restored == {"drill: before"}
    assert _notes(demo) == {"drill: before", "drill: after", "drill: after that"}
    app.go(f"/s/{root}")
    expect(app.page.locator("main")).to_contain_text("drill: after that")
