"""A phone whose disk is full: what waits goes out, and the rows come when there is room again."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Window
from tests.support.demo import Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOTE = "Written where nothing more fits."
FULL = """() => {
  const { put } = IDBObjectStore.prototype
  IDBObjectStore.prototype.put = function (...record) {
    if (this.name === 'rows') throw new DOMException('full', 'QuotaExceededError')
    return put.apply(this, record)
  }
  window.roomAgain = () => {
    IDBObjectStore.prototype.put = put
  }
}"""
"""This browser takes no quota from DevTools: its store says what a full disk says."""


def test_where_the_rows_of_an_answer_have_no_room_the_work_goes_out_all_the_same(
    demo: Demo, window: Window
) -> None:
    app = window().enter_demo(demo.link("advisor"))
    families = sorted(app.families())
    app.context.set_offline(True)
    app.log_visit(families[0], note=NOTE)
    app.waits(1)
    demo.server.stop()
    demo.server.run("epoch", "new", "--because", "every row comes anew")
    demo.server.start()
    app.page.evaluate(FULL)

    app.context.set_offline(False)
    app.send()
    app.waits(0)
    assert app.unsent() == 0
    assert demo.ask("select count(*) from contact where note = ?", NOTE) == [(1,)]

    app.page.evaluate("window.roomAgain()")
    app.send()
    assert sorted(app.families()) == families
    app.page.reload()
    app.unlock()
    assert sorted(app.families()) == families
    expect(app.pill).to_have_attribute("data-waiting", "0")
