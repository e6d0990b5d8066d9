"""A count up to a day that a school has not told yet says so."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from server import cli
from server.db.database import Database
from server.ladder import catalog, service
from server.languages import in_language
from server.snapshot import service as snapshot
from server.snapshot.service import Question
from tests.support.csv_office import DAYS, CsvOffice
from tests.support.office import MONDAY

YEAR = "2025-26"
LATER = MONDAY + timedelta(days=1)


def a_school(db: Database, folder: Path) -> None:
    """A school that has told its first 40 school days."""
    office = CsvOffice(db, folder)
    office.district(["100"])
    office.files["submissions.csv"] = f"school_id,through_date\n1,{DAYS[39]}\n"
    office.attendance([f"100,1,{day},U" for day in DAYS[:3]])
    office.take()


def warned(db: Database, *, day: int | None = None, on: date | None = None) -> list[str]:
    with db.read(LATER) as tx:
        return service.counts(tx, catalog.get("aps-2014"), YEAR, day=day, on=on).warnings


def caveats(db: Database, day: int, known_at: datetime | None = None) -> list[str]:
    with db.read(LATER) as tx:
        taken = snapshot.take(tx, Question(school_year=YEAR, day=day, known_at=known_at))
        said = [*snapshot.snapshot(tx, taken).caveats]
        said += snapshot.snapshot(tx, taken, language="es").caveats
    return [one for one in said if str(DAYS[39]) in one]


def test_a_count_beyond_what_was_told_says_how_far_that_goes(db: Database, tmp_path: Path) -> None:
    a_school(db, tmp_path)
    behind = [
        f"Attendance is told to {DAYS[39]} only by School 1: later days are not counted there."
    ]

    assert warned(db, day=41) == behind
    [spanish] = [in_language(one, "es") for one in warned(db, day=41)]
    assert spanish.startswith(f"Solo hasta el {DAYS[39]} ha entregado la asistencia School 1")
    assert warned(db, on=DAYS[40]) == behind
    assert warned(db, on=date(2026, 6, 30)) == behind
    for fresh in (warned(db, day=40), warned(db, on=DAYS[39]), warned(db, on=DAYS[10])):
        assert fresh == []


def test_a_snapshot_beyond_what_was_told_says_so_in_both_languages(
    db: Database, tmp_path: Path
) -> None:
    a_school(db, tmp_path)

    for known_at in (None, MONDAY + timedelta(hours=1)):
        assert caveats(db, 41, known_at) == [
            f"School 1 has told its attendance of {YEAR} to {DAYS[39]} only; day N was {DAYS[40]}.",
            (
                f"School 1 solo ha entregado la asistencia de {YEAR} hasta el {DAYS[39]}; "
                f"el día N fue el {DAYS[40]}."
            ),
        ]
        assert caveats(db, 40, known_at) == []


def test_a_list_says_it_in_spanish_and_in_json_as_well(
    db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_school(db, tmp_path)
    asked = ["--school-year", YEAR, "--day", "41", "--step", "robocall_2", "--dir", str(tmp_path)]

    assert cli.main(["ladder", "students", *asked, "--json", "--lang", "es"]) == 0
    said = capsys.readouterr()

    [warning] = json.loads(said.out)["warnings"]
    assert warning.startswith(f"Attendance is told to {DAYS[39]} only by School 1")
    assert f"Solo hasta el {DAYS[39]} ha entregado la asistencia School 1" in said.err
