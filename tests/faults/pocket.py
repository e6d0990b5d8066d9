"""Power cuts under the phone's profile: what was called saved is there when it starts again.

A real Chromium works offline on a file system whose power is cut while it runs. Beside the app's
own records a page writes others with the durability that browsers give by default (``relaxed``):
the control, which must be lost by the same cuts.
"""

import os
from collections import Counter
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

from tests.faults.disk import Disk, disk
from tests.faults.field import folder_in
from tests.support.app import App
from tests.support.browser import Profile
from tests.support.demo import Demo, make_template
from tests.support.waiting import until

_MEGABYTES = 768
_CONTROLS = 20
_SLOW_MS = 60_000

_CONTROL = """(open) => new Promise((resolve, reject) => {
  const asked = indexedDB.open('control', 1)
  asked.onupgradeneeded = () => asked.result.createObjectStore('records', { autoIncrement: true })
  asked.onerror = () => reject(asked.error)
  asked.onsuccess = () => {
    const db = asked.result
    const all = db.transaction('records', 'readwrite', { durability: 'relaxed' })
    const store = all.objectStore('records')
    const count = store.count()
    for (let at = 0; at < %d; at += 1) store.add({ words: 'x'.repeat(200) })
    all.oncomplete = () => { db.close(); resolve(count.result) }
    all.onabort = () => reject(all.error)
  }
})"""


def strict(folder: Path, *, rounds: int, seed: int) -> Counter[str]:
    """Cut the power so often under a phone at work; return what became of what it had saved."""
    tokens = make_template(folder_in(folder, "template") / "data")
    demo = Demo(folder / "template" / "data", folder_in(folder, "served"), tokens)
    demo.start()
    try:
        with disk(folder, megabytes=_MEGABYTES) as plug, sync_playwright() as playwright:
            pocket = Pocket(playwright, plug, demo, seed)
            try:
                for number in range(rounds):
                    pocket.visit_and_cut(number)
                pocket.judge()
            finally:
                pocket.profile.end()
        return pocket.counts
    finally:
        demo.close()


class Pocket:
    """One phone, and everything its person saved."""

    def __init__(self, playwright: Playwright, plug: Disk, demo: Demo, seed: int) -> None:
        self.counts: Counter[str] = Counter()
        self.profile = Profile(playwright, plug.folder / "profile")
        self._plug = plug
        self._demo = demo
        self._seed = seed
        self._notes: list[str] = []
        self._relaxed = 0
        self._app = self._start()
        self._app.enter_demo(demo.link("advisor"))
        self._roots = self._app.families()
        os.sync()

    def visit_and_cut(self, number: int) -> None:
        """Write visits down offline, cut the power, and look what the disk holds."""
        app = self._app
        app.context.set_offline(True)
        for at in range(1 + (self._seed + number) % 2):
            note = f"saved-{self._seed}-{number}-{at}"
            app.log_visit(self._roots[(number + at) % len(self._roots)], note=note)
            self._notes.append(note)
            self.counts["made"] += 1
        saved = {row.id for row in app.outbox() if not row.is_sent}
        app.page.evaluate(_CONTROL % _CONTROLS)
        self._plug.cut()
        self.profile.end()
        self._plug.unplug()
        self._plug.plug_in()
        self.profile.unlock()
        self.counts["cuts"] += 1
        self._look(saved)

    def _look(self, saved: set[str]) -> None:
        """Read what lies on the disk by a page that is not the app; then let the app deliver it."""
        self._app = app = self._start()
        app.page.goto(f"{app.url}/health")
        there = {row.id for row in app.outbox()}
        self.counts["lost at once"] += len(saved - there)
        self.counts["acked"] += len(saved & there)
        self._relaxed += _CONTROLS
        kept = int(app.page.evaluate(_CONTROL % 0))
        self.counts["relaxed records lost"] += self._relaxed - kept
        self._relaxed = kept
        app.open().unlock()
        until(lambda: app.unsent() == 0, "the delivery of everything", seconds=60)

    def judge(self) -> None:
        """Ask the server what arrived."""
        arrived = Counter(note for (note,) in self._demo.ask("select note from contact"))
        self.counts["lost"] += sum(arrived[note] == 0 for note in self._notes)
        self.counts["doubled"] += sum(arrived[note] > 1 for note in self._notes)

    def _start(self) -> App:
        self.profile.open("about:blank")
        self.profile.context.set_default_timeout(_SLOW_MS)
        return App(self.profile.context, self._demo.url, page=self.profile.page)
