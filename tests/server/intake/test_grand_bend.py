"""The Ed-Fi Alliance's sample district, with its flaws, through the whole import."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from server.cli import main
from server.db.database import Database
from server.intake import service
from server.intake.report import Report
from server.intake.service import Order
from tests.support.office import MONDAY

SAMPLE = Path(__file__).parents[2] / "data" / "edfi-grandbend-5.2"


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder into which the sample was imported once."""
    folder = tmp_path_factory.mktemp("grandbend")
    assert main(["import", str(SAMPLE), "--dir", str(folder)], clock=lambda: MONDAY) == 0
    return folder


def run(folder: Path, *arguments: str) -> int:
    return main([*arguments, "--dir", str(folder)], clock=lambda: MONDAY)


def dump(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(folder / "presente.db")) as db:
        names = [row[0] for row in db.execute("select name from sqlite_master where type='table'")]
        rows = {name: db.execute(f"select * from {name}").fetchall() for name in names}  # noqa: S608  (names written above)
    return {name: sorted(found, key=repr) for name, found in rows.items()}


def test_day_120_counts_students_at_or_above_each_step(
    imported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--ladder", "aps-2014", "--school-year", "2021-22", "--day", "120", "--json"]

    assert run(imported, "ladder", "counts", *arguments) == 0

    said = capsys.readouterr()
    assert said.out == (
        '{"steps":{"robocall_2":86,"school_call_3":63,"school_call_4":42,'
        '"early_intervention_5":40,"habitual_10":20}}\n'
    )
    assert "holds from 2014-07-01 to 2019-06-30" in said.err


def test_the_full_year_counts_more(imported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--ladder", "aps-2014", "--school-year", "2021-22", "--on", "2022-06-30"]

    run(imported, "ladder", "counts", *arguments, "--json")

    steps = json.loads(capsys.readouterr().out)["steps"]
    assert list(steps.values()) == [93, 91, 77, 42, 39]


def test_before_the_import_nothing_was_known(
    imported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--school-year", "2021-22", "--on", "2022-06-30", "--known-at", "2026-03-01"]

    run(imported, "ladder", "counts", *arguments, "--json")

    assert set(json.loads(capsys.readouterr().out)["steps"].values()) == {0}


@pytest.mark.parametrize("ladder", ["nm-afsa", "ca-sarb", "tx-tpm"])
def test_the_laws_of_other_states_and_years_are_counted_too(
    imported: Path, capsys: pytest.CaptureFixture[str], ladder: str
) -> None:
    arguments = ["--ladder", ladder, "--school-year", "2021-22", "--day", "120", "--json"]

    assert run(imported, "ladder", "counts", *arguments) == 0
    steps = json.loads(capsys.readouterr().out)["steps"]
    for step, count in steps.items():
        given = ["--step", step, *arguments]
        assert run(imported, "ladder", "students", *given) == 0
        assert len(json.loads(capsys.readouterr().out)["students"]) == count
    assert any(steps.values())


def test_why_prints_the_dated_absences_behind_a_step(
    imported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(imported / "presente.db")) as db:
        number, crossed_on = db.execute(
            "select student.number, crossed_on from crossing join student on "
            "student.id = student_id where step = 'habitual_10' order by number"
        ).fetchone()

    run(imported, "ladder", "why", number)
    text = capsys.readouterr().out
    run(imported, "ladder", "why", number, "--json")
    standing = json.loads(capsys.readouterr().out)["standing"]

    assert "Step habitual_10: reached." in text
    assert text.count("\n* ") >= 10
    assert "with 10 days" in text
    assert standing["step"] == "habitual_10"
    unexcused = [one for one in standing["absences"] if one["kind"] == "absent_unexcused"]
    assert unexcused[9]["on_date"] == crossed_on


def test_a_second_run_of_the_same_files_changes_nothing(
    imported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = dump(imported)
    renamed = tmp_path / "again"
    renamed.mkdir()
    for file in SAMPLE.iterdir():
        shutil.copy(file, renamed / f"x-{file.name}")

    run(imported, "import", str(SAMPLE))
    run(imported, "import", str(renamed), "--json")

    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert said["state"] == "nothing_to_do"
    assert dump(imported) == before


def test_every_record_is_accounted_for_and_the_odd_ones_are_named(
    db: Database, tmp_path: Path
) -> None:
    report = take_sample(db, tmp_path)

    files = {one.file: one for one in report.files}
    assert all(
        one.read == one.added + one.changed + one.unchanged + one.quarantined
        for one in report.files
    )
    assert files["Student.xml"].added == 960
    assert files["Contact.xml"].elements == {"Contact": 1873, "StudentContactAssociation": 1872}
    assert files["StudentSchoolAttendance.xml"].read == 1917
    assert files["LICENSE.txt"].skipped
    assert [(one.file, one.line, one.value) for one in report.quarantined] == [
        ("StudentSchoolAttendance.xml", line, "2022-05-15") for line in (35467, 35789, 36227)
    ] + [("StudentSectionAttendance-Tardy.xml", line, "2022-05-15") for line in (1971, 2012, 2053)]
    assert all("no school on this date" in one.reason and one.mend for one in report.quarantined)
    assert {one.element for one in report.notes} == {
        "Contact 503",
        "StudentContactAssociation 1316",
    }


def test_a_dry_run_tells_the_same_and_changes_nothing(db: Database, tmp_path: Path) -> None:
    order = Order(folder=SAMPLE, data_dir=tmp_path / "data", dry_run=True)
    dry = service.import_folder(db, order, clock=lambda: MONDAY, say=lambda _text: None)
    wet = take_sample(db, tmp_path)

    assert dry.state == "dry_run"
    assert [(one.added, one.quarantined) for one in dry.files] == [
        (one.added, one.quarantined) for one in wet.files
    ]
    assert wet.cases.opened == 42


def test_nothing_of_the_families_is_left_lying_about(imported: Path) -> None:
    names = {file.name for file in imported.iterdir()}

    assert names <= {
        "presente.db",
        "presente.db.writer",
        "presente.db.open",
        "import.lock",
        "presente.db-wal",
        "presente.db-shm",
    }


def take_sample(db: Database, tmp_path: Path) -> Report:
    order = Order(folder=SAMPLE, data_dir=tmp_path / "data")
    return service.import_folder(db, order, clock=lambda: MONDAY, say=lambda _text: None)
