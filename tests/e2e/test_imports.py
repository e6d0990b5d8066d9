"""Files of the district on the screen: dropped, looked at, explained, mended, taken in and back."""

import io
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Window
from tests.e2e.places import SIDEWAYS
from tests.e2e.test_access import Walk
from tests.support.app import App
from tests.support.browser import DESK, PHONE
from tests.support.csv_office import OWN, USUAL
from tests.support.demo import SCHOOLS, Demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZES = {"desk": DESK, "phone": PHONE}


def attendance(
    demo: Demo, *, code: str, wrong: str = "", day: str = "", header: str = OWN
) -> bytes:
    """Return a zip with a day (else the newest) of five students, one of them nobody if asked."""
    numbers = demo.ask(
        "select distinct student.number from student join enrollment on student_id = student.id "
        "join school on school.id = school_id where school.code = ? order by 1 limit 5",
        SCHOOLS[0],
    )
    ((newest,),) = demo.ask(
        "select max(on_date) from attendance_event join enrollment on enrollment.id = place_id "
        "join school on school.id = school_id where school.code = ?",
        SCHOOLS[0],
    )
    day = day or newest
    rows = [f"{number},{SCHOOLS[0]},{day},{code}" for (number,) in numbers]
    if wrong:
        rows.append(f"{wrong},{SCHOOLS[0]},{day},{code}")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        table = "\n".join([header, *rows, ""])
        archive.writestr("attendance.csv", table)
    return content.getvalue()


class Office:
    """Somebody at the import screen, who looks at every stage of it."""

    def __init__(self, app: App, screens: Path) -> None:
        self.app = app
        self.walk = Walk(app)
        self.wide: dict[str, list[str]] = {}
        self._screens = screens

    def at(self, name: str, testid: str) -> None:
        """Wait for a stage, keep a picture of it, and note what is wrong with it."""
        self.walk.at(name, f"[data-testid={testid}]")
        self.app.page.screenshot(path=self._screens / f"{name}.png", full_page=True)
        if wide := self.app.page.evaluate(SIDEWAYS):
            self.wide[name] = wide

    def drop(self, name: str, content: bytes) -> None:
        """Choose a file and ask what it would change."""
        self.app.go("/imports")
        again = self.app.see("again")
        files = self.app.see("files")
        expect(again.or_(files)).to_be_attached()
        if again.count():
            again.click()
        files.set_input_files({"name": name, "mimeType": "application/zip", "buffer": content})
        expect(self.app.see("dropped").filter(has_text=name)).to_be_visible()

    def explain(self, kind: str) -> None:
        """Say what the first unexplained code means."""
        count = self.app.see("unmapped-code").count()
        form = self.app.see("unmapped-code").first
        expect(form.get_by_test_id("code-school").locator("option").first).to_be_attached()
        form.get_by_test_id("kind").select_option(kind)
        form.get_by_test_id("save-code").click()
        expect(self.app.see("unmapped-code")).to_have_count(count - 1)

    def is_fine(self) -> None:
        """Assert that nothing was wrong on the way."""
        assert self.walk.found == {}
        assert self.wide == {}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("who", [("clerk", "en"), ("administrator", "es")], ids=["clerk", "admin"])
def test_files_come_in_and_what_is_wrong_with_them_is_mended(
    demo: Demo, window: Window, screens: Path, size: str, who: tuple[str, str]
) -> None:
    role, language = who
    app = window(SIZES[size]).enter_demo(demo.link(role))
    app.speak(language)
    office = Office(app, screens)
    code = f"Zap{role[0]}{size[0]}"
    _take_in(office, demo, code)
    _mend(office, demo, f"nobody-{code}")
    app.go("/imports/codes")
    expect(app.see("code").filter(has_text=code.lower())).to_be_visible()
    office.at("10-codes", "code")
    app.go("/records")
    office.at("11-records", "school-records")
    expect(app.see("school-records")).to_have_count(len(SCHOOLS))
    office.is_fine()


def _take_in(office: Office, demo: Demo, code: str) -> None:
    app = office.app

    office.drop("day.zip", attendance(demo, code=code, wrong=f"nobody-{code}"))
    office.at("1-chosen", "dropped")
    app.see("check").click()
    expect(app.see("unmapped-code")).to_be_visible()
    office.at("2-unexplained", "unmapped-code")
    office.explain("absent_excused")
    office.at("3-explained", "look-again")
    app.see("look-again").click()
    expect(app.see("report")).to_be_visible()
    office.at("4-report", "report")
    for part in app.page.locator("details").all():
        part.locator("summary").click()
    office.at("5-report-open", "report")
    app.see("commit").click()
    expect(app.see("again")).to_be_visible()
    office.at("6-done", "report")
    expect(app.see("run").first).to_contain_text("day.zip")


def _mend(office: Office, demo: Demo, wrong: str) -> None:
    app = office.app
    app.go("/imports/quarantine")
    line = app.see("quarantined").filter(has_text=wrong)
    expect(line).to_be_visible()
    office.at("7-to-mend", "quarantined")
    ((number,),) = demo.ask("select number from student order by number limit 1")
    line.locator("input").first.fill(number)
    office.at("8-mended", "send-mended")
    app.see("send-mended").click()
    expect(app.see("report")).to_be_visible()
    expect(line).to_have_count(0)
    office.at("9-taken", "report")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_date_that_can_be_read_twice_is_settled_by_a_choice(
    demo: Demo, window: Window, screens: Path, size: str, language: str
) -> None:
    app = window(SIZES[size]).enter_demo(demo.link("clerk"))
    app.speak(language)
    office = Office(app, screens)
    ((day,),) = demo.ask(
        "select max(on_date) from attendance_event join enrollment on enrollment.id = place_id "
        "join school on school.id = school_id where school.code = ? "
        "and cast(substr(on_date, 9) as integer) < 13 "
        "and substr(on_date, 9) <> substr(on_date, 6, 2)",
        SCHOOLS[0],
    )
    written = f"{day[5:7]}/{day[8:]}/{day[:4]}"
    demo.change("delete from date_reading")  # nobody was asked yet
    with app.page.expect_response("**/api/imports/runs") as told:
        app.go("/imports")
    if told.value.json()["drop_id"]:  # what this clerk did before comes back by itself
        expect(app.see("again")).to_be_visible()

    office.drop("day.zip", attendance(demo, code="tardy", day=written, header=USUAL))
    app.see("check").click()
    office.at("1-both-readings", "unclear-dates")
    expect(app.see("unclear-dates")).to_contain_text(written)
    app.see("month-first").click()
    expect(app.see("commit")).to_be_visible()
    office.at("2-settled", "report")
    app.see("commit").click()
    app.see("again").click()

    next_week = attendance(demo, code="absent_excused", day=written, header=USUAL)
    office.drop(f"Day-{day} (1).zip", next_week)
    app.see("check").click()
    expect(app.see("commit")).to_be_visible()  # asked once, not every week
    office.at("3-remembered", "unclear-dates")
    expect(app.see("month-first")).to_have_count(0)
    app.see("commit").click()
    expect(app.see("again")).to_be_visible()
    office.is_fine()


def test_an_administrator_takes_an_import_back(demo: Demo, window: Window, screens: Path) -> None:
    app = window(DESK).enter_demo(demo.link("administrator"))
    office = Office(app, screens)
    before = demo.ask("select count(*) from attendance_event where closed_by is null")
    office.drop("wrong.zip", attendance(demo, code="tardy"))
    app.see("check").click()
    app.see("commit").click()
    expect(app.see("again")).to_be_visible()

    app.see("undo").first.click()
    office.at("1-asked", "undo-yes")
    app.see("undo-yes").click()
    expect(app.see("undone")).to_be_visible()
    office.at("2-undone", "undone")

    assert demo.ask("select count(*) from attendance_event where closed_by is null") == before
    office.is_fine()


def test_a_line_is_left_out_with_a_reason(demo: Demo, window: Window, screens: Path) -> None:
    app = window(PHONE).enter_demo(demo.link("administrator"))
    office = Office(app, screens)
    office.drop("odd.zip", attendance(demo, code="tardy", wrong="nobody-left-out"))
    app.see("check").click()
    app.see("commit").click()
    expect(app.see("again")).to_be_visible()

    app.go("/imports/quarantine")
    line = app.see("quarantined").filter(has_text="nobody-left-out")
    line.get_by_test_id("dismiss").click()
    office.at("1-asked", "dismiss-yes")
    app.page.locator("#because").fill("A test of the school office")
    app.see("dismiss-yes").click()
    expect(line).to_have_count(0)

    asked = "select closed_because from quarantine where value = 'nobody-left-out'"
    assert demo.ask(asked) == [("A test of the school office",)]
    office.is_fine()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "es"])
def test_what_would_vanish_is_seen_before_anybody_says_yes(
    demo: Demo, window: Window, screens: Path, size: str, language: str
) -> None:
    app = window(SIZES[size]).enter_demo(demo.link("administrator"))
    app.speak(language)
    office = Office(app, screens)
    before = demo.ask("select count(*) from attendance_event where closed_by is null")

    office.drop("half.zip", half_of_what_is_known(demo))
    app.see("check").click()
    expect(app.see("confirm-drop")).to_be_visible()
    office.at("1-refused", "refused")
    for part in app.page.locator("details").all():
        part.locator("summary").click()
    office.at("2-open", "vanishing")
    expect(app.see("vanishing").locator("tbody tr")).not_to_have_count(0)
    app.see("throw-away").click()

    assert demo.ask("select count(*) from attendance_event where closed_by is null") == before
    office.is_fine()


def half_of_what_is_known(demo: Demo) -> bytes:
    """Return a zip with half of what is known of a school's last weeks, as if it were all."""
    known = demo.ask(
        "select student.number, attendance_event.on_date, attendance_event.kind "
        "from attendance_event join enrollment on enrollment.id = place_id "
        "join student on student.id = enrollment.student_id "
        "join school on school.id = enrollment.school_id "
        "where school.code = ? and closed_by is null and period = '' order by 2, 1",
        SCHOOLS[0],
    )[-120:]
    rows = [f"{number},{SCHOOLS[0]},{day},{kind}" for number, day, kind in known]
    rows = [rows[0], *rows[1:-1:2], rows[-1]]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        table = "\n".join([OWN, *rows, ""])
        archive.writestr("attendance.csv", table)
    return content.getvalue()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "es"])
def test_an_import_that_was_cut_off_says_where_and_how_it_ends(
    demo: Demo, window: Window, screens: Path, size: str, language: str
) -> None:
    kept = demo.ask(
        "select state, progress, schools_done, id from import_run order by started_at desc limit 1"
    )[0]
    said = "update import_run set state = ?, progress = ?, schools_done = ? where id = ?"
    reached = '{"phase": "schools", "done": 1, "total": 2, "recount": []}'
    demo.change(said, "running", reached, f'["{SCHOOLS[0]}"]', kept[3])
    try:
        app = window(SIZES[size]).enter_demo(demo.link("administrator"))
        app.speak(language)
        office = Office(app, screens)
        app.go("/imports")
        office.at("1-cut-off", "cut-off")
        expect(app.see("cut-off")).to_contain_text("1 of 2" if language == "en" else "1 de 2")
        expect(app.see("undo").first).to_be_visible()
        office.is_fine()
    finally:
        demo.change(said, *kept)
