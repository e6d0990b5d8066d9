"""The snapshot on the command line and over HTTP: what is written, and who may see it."""

import csv
import io
import json
import shlex
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from schemas.people import Role
from server import cli
from server.attendance import store as attendance
from server.snapshot import page, settings
from server.snapshot.commands import schools_in
from server.snapshot.settings import BadSnapshotSettings, SnapshotSettings, from_toml
from server.snapshot.words import label
from tests.server.snapshot.paper import Paper
from tests.server.snapshot.world import READ_AT
from tests.support.people import client_for

ASKED = ("--school-year", "2014-15", "--day", "12")
QUERY = "school_year=2014-15&day=12"


def run(capsys: Any, tmp_path: Path, *arguments: str) -> tuple[int, str, str]:
    words = list(arguments)
    code = cli.main([*words, "--dir", str(tmp_path)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_command_answers_every_figure(paper: Paper, tmp_path: Path, capsys: Any) -> None:
    code, out, _ = run(capsys, tmp_path, "snapshot", *ASKED, "--json")

    found = json.loads(out)
    assert code == 0
    assert found["figures"]["contacts_or_attempts"]["value"] == 33
    assert found["settings"]["precedence"] == ["never", "left", "data", "analysed"]
    assert [one["code"] for one in found["schools"]] == ["E1", "H1", "H2", "M1"]
    assert found["known"] == "as known now"


def test_each_figure_carries_the_command_and_the_address_of_its_rows(
    paper: Paper, app: Litestar, tmp_path: Path, capsys: Any
) -> None:
    schools = tmp_path / "our schools.txt"
    schools.write_text("\ufeffSchool H1\nH2\nM1\n", encoding="utf-8")
    given = ("--schools", str(schools), "--known-at", "2015-01-31")
    office = client_for(app, paper.world.db, Role.ADMINISTRATOR)
    figures = json.loads(run(capsys, tmp_path, "snapshot", *ASKED, *given, "--json")[1])["figures"]

    for key in ("never", "contact_events", "unexcused_fewer", "schools"):
        words = shlex.split(figures[key]["rows"])[1:]
        told = json.loads(run(capsys, tmp_path, *words, "--json")[1])
        answered = office.get(figures[key]["address"]).json()

        assert told["rows"] == answered["rows"]
        assert told["count"] == len(told["rows"])
        assert "School" not in figures[key]["address"]
    assert figures["never"]["value"] == 2


def test_the_rows_are_told_in_words(paper: Paper, tmp_path: Path, capsys: Any) -> None:
    never = run(capsys, tmp_path, "snapshot", "rows", "never", *ASKED)[1]
    contacts = run(capsys, tmp_path, "snapshot", "rows", "contacts_or_attempts", *ASKED)[1]
    code, _, err = run(capsys, tmp_path, "snapshot", "rows", "nobody", *ASKED)

    assert never.splitlines()[0] == "never: 2 rows"
    assert "S06" in never
    assert "caller  phone_call  no_answer" in contacts
    assert code == 1
    assert "There is no figure 'nobody'" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--school-year", "2014-15"), "--day 120"),
        (("--school-year", "2014", "--day", "12"), "'2014' is none"),
        ((*ASKED, "--schools", "missing.txt"), "There is no file missing.txt. --schools takes"),
        ((*ASKED, "--schools", "missing.txt"), "The schools are E1 (School E1), H1"),
        ((*ASKED, "--schools", "."), ". is a folder, not a file."),
        ((*ASKED, "--settings", "missing.toml"), "There is no file missing.toml."),
        ((*ASKED, "--csv", "nowhere/a.csv"), "There is no file or folder nowhere/a.csv."),
        (
            ("--school-year", "1999-00", "--day", "12"),
            (
                "Nothing is known of the school year 1999-00. The school years known are 2013-14, "
                "2014-15."
            ),
        ),
        (
            ("rows", "never", "--school-year", "1999-00", "--day", "12"),
            "Nothing is known of the school year 1999-00.",
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    paper: Paper, tmp_path: Path, capsys: Any, arguments: tuple[str, ...], said: str
) -> None:
    code, out, err = run(capsys, tmp_path, "snapshot", *arguments)

    assert (code, out) == (1, "")
    assert said in err


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("H1\n\nE1\n", ("H1", "E1")),
        ("name,school_id\nA school,H1\nAnother,E1\n", ("H1", "E1")),
        ("\ufeffCode\nH1\n", ("H1",)),
    ],
)
def test_a_file_of_schools_is_a_list_or_a_csv(
    tmp_path: Path, text: str, codes: tuple[str, ...]
) -> None:
    file = tmp_path / "schools.csv"
    file.write_text(text, encoding="utf-8")

    assert schools_in(file.name, file.read_bytes()) == codes


def test_the_sheet_has_a_line_for_each_figure_and_no_formula(
    paper: Paper, tmp_path: Path, capsys: Any
) -> None:
    sheet, written = tmp_path / "snapshot.csv", tmp_path / "snapshot.html"

    out = run(capsys, tmp_path, "snapshot", *ASKED, "--csv", str(sheet), "--html", str(written))[1]

    rows = list(csv.DictReader(io.StringIO(sheet.read_text(encoding="utf-8"))))
    by_key = {row["key"]: row for row in rows}
    assert len(rows) == len(paper.ask().figures)
    assert by_key["not_habitual"]["percent"] == "86"
    assert by_key["mean_middle"]["value"] == "3.5"
    assert by_key["unexcused_fewer"]["value"] == "-5"
    assert by_key["district_habitual_rate"]["note"].startswith("Not available")
    assert f"Written: {sheet}" in out
    assert "<style>" in written.read_text(encoding="utf-8")
    assert not any(row["figure"].startswith(("=", "+", "@")) for row in rows)


class Outline(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def count(self, tag: str) -> int:
        return sum(one == tag for one, _ in self.tags)


@pytest.mark.parametrize(
    ("language", "title", "caveat"),
    [
        ("en", "Data snapshot, day 12 of 2014-15", "Correlation only"),
        ("es", "Resumen de datos, día 12 de 2014-15", "Solo es una correlación"),
    ],
)
def test_the_page_is_plain_and_says_what_it_rests_on(
    paper: Paper, app: Litestar, language: str, title: str, caveat: str
) -> None:
    client = client_for(app, paper.world.db, Role.ADMINISTRATOR)

    answer = client.get(f"/api/snapshot/page?{QUERY}&lang={language}")

    outline = Outline(answer.text)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert outline.tags[0] == ("html", {"lang": language})
    assert outline.count("h1") == 1
    assert outline.count("table") == outline.count("caption") == 3
    assert all(attrs.get("scope") in {"col", "row"} for tag, attrs in outline.tags if tag == "th")
    assert not outline.count("script") + outline.count("style")
    text = " ".join(outline.words)
    assert title in text
    assert caveat in text
    assert "moved_within" in text


def test_every_figure_has_its_own_words_in_both_languages(paper: Paper) -> None:
    figures = paper.ask(schools_are_all=True).figures

    for language in ("en", "es"):
        said = [label(key, language) for key in figures]
        assert len(set(said)) == len(said)
    assert not {label(key, "en") for key in figures} & {label(key, "es") for key in figures}


def test_a_coordinator_gets_the_schools_that_are_his(paper: Paper, app: Litestar) -> None:
    mine = [paper.world.schools["H2"]]
    client = client_for(app, paper.world.db, Role.COORDINATOR, schools=mine)

    found = client.get(f"/api/snapshot?{QUERY}&lang=es").json()
    other = client.get(f"/api/snapshot?{QUERY}&schools=H1")

    assert [one["code"] for one in found["schools"]] == ["H2"]
    assert found["figures"]["students_attempted"]["value"] == 0
    assert found["figures"]["unexcused_total"]["value"] == 8
    assert other.json()["code"] == "school_unknown"
    assert "H1 (" not in other.json()["detail"]


@pytest.mark.parametrize("query", ["known_at=2014-10-10", "known_at=soon", "known_at=2014-10-10T1"])
def test_a_moment_without_its_zone_is_refused(paper: Paper, app: Litestar, query: str) -> None:
    client = client_for(app, paper.world.db, Role.ADMINISTRATOR)

    answer = client.get(f"/api/snapshot?{QUERY}&{query}")

    assert answer.status_code == 400
    assert answer.json()["faults"][0]["field"] == "known_at"


def test_settings_are_read_strictly_and_every_fault_is_named() -> None:
    with pytest.raises(BadSnapshotSettings) as caught:
        from_toml(
            b'roles = []\nmethods = ["pigeon"]\nprecedence = ["never", "analysed"]\n'
            b'habitual = 0\nmean_decimals = 9\nrounding = "bankers"\non = 2015-02-24\n',
            "our.toml",
        )

    assert {field for field, _ in caught.value.faults} == {
        *("roles", "methods", "precedence", "habitual", "mean_decimals", "rounding", "on")
    }
    assert caught.value.detail.startswith("our.toml: ")


def test_no_toml_is_said_so() -> None:
    with pytest.raises(BadSnapshotSettings, match="is no TOML"):
        from_toml(b"roles = [", "our.toml")


def test_the_districts_own_settings_hold_until_a_file_says_otherwise(paper: Paper) -> None:
    with paper.world.db.write(READ_AT) as tx:
        attendance.save_setting(tx, "snapshot", {"habitual": 3, "early": 2})
        attendance.save_setting(tx, "schools_are_all", value=True)

    kept, changed = paper.ask(), paper.ask(habitual=11)

    assert (kept.settings["habitual"], kept.settings["early"]) == (3, 2)
    assert (changed.settings["habitual"], changed.settings["early"]) == (11, 2)
    assert kept.figures["district_habitual_rate"].value is not None


def test_the_documentation_names_every_setting() -> None:
    text = (Path(__file__).parents[3] / "docs" / "snapshot.md").read_text(encoding="utf-8")

    assert not [name for name in SnapshotSettings.__struct_fields__ if f"`{name}`" not in text]
    assert not [issue for issue in settings.ISSUES if f"`{issue}`" not in text]


def test_a_cell_that_could_be_a_formula_is_written_as_words() -> None:
    assert page.safe("=1+1") == "'=1+1"
    assert page.safe("School") == "School"
