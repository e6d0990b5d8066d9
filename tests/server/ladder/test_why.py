"""Why: the sentence, the rule, the dated rows, and which of them was known when."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from schemas.attendance import AttendanceKind
from server import cli
from server.attendance import store as attendance
from server.db.database import Database
from server.db.tables.attendance import ImportRunRow, RecordingRow
from server.ids import new_id
from server.ladder import catalog, why
from server.ladder.words import why_text
from server.ladder.year import Asked
from server.problems import NotFound
from tests.conftest import FakeClock
from tests.support.attendance import (
    DAYS,
    EXCUSED,
    a_missing_student,
    correct,
    miss,
    place,
    retract,
    school_year,
)
from tests.support.programme import YEAR, a_student

APS, AFSA = catalog.get("aps-2014"), catalog.get("nm-afsa")
THEN = datetime(2025, 9, 2, 15, 0, tzinfo=UTC)
EXCUSE = datetime(2025, 9, 15, 15, 0, tzinfo=UTC)
NOW = datetime(2026, 6, 1, 15, 0, tzinfo=UTC)


def test_every_row_says_since_when_it_is_known_and_what_it_replaced(any_db: Database) -> None:
    student, number = a_missing_student(any_db, DAYS[:6], at=THEN)
    run = new_id()
    with any_db.write(EXCUSE) as tx:
        tx.session.add(
            ImportRunRow(
                id=run,
                digest="x",
                state="done",
                started_at=EXCUSE,
                finished_at=EXCUSE,
                by_user_id=None,
                schools_done=[],
                report={},
                format="presente",
                files=[{"name": "attendance.csv", "digest": "x"}],
                undone_at=None,
                undone_by_user_id=None,
            )
        )
        correct(tx, number, DAYS[2], EXCUSED)
        retract(tx, number, DAYS[5])
        tx.session.query(RecordingRow).filter_by(at=EXCUSE).one().run_id = run

    with any_db.read(NOW) as tx:
        now = why.of_step(tx, APS, YEAR, student, step="early_intervention_5")
        then = why.of_step(
            tx, APS, YEAR, student, step="early_intervention_5", asked=Asked(known_at=THEN)
        )

    assert (then.status, then.crossed_on, then.value) == ("met", DAYS[4], 5 * 840)
    assert then.why_en.startswith("The school's records show 6 days missed without an excuse")
    assert [row.on_date for row in then.rows if row.counts] == DAYS[:6]
    assert then.taken_back == []
    assert (now.status, now.crossed_on, now.value_now) == ("not_met", None, 4 * 840)
    excused = next(row for row in now.rows if row.on_date == DAYS[2])
    assert (excused.kind, excused.counts, excused.code) == ("absent_excused", False, "E")
    assert (excused.known_from, excused.run_id) == (EXCUSE, run)
    assert (excused.format, excused.files) == ("presente", ["attendance.csv"])
    before = excused.replaced
    assert [(one.kind, one.code) for one in before] == [("absent_unexcused", "A")]
    assert [(one.known_from, one.known_to) for one in before] == [(THEN, EXCUSE)]
    assert [(row.on_date, row.known_to) for row in now.taken_back] == [(DAYS[5], EXCUSE)]
    assert now.law == "NMSA 22-12-8, 22-12-9(A)(2)"
    assert [(one.school, one.data_as_of) for one in now.sources] == [("School 1", DAYS[-1])]


def test_a_date_that_counts_otherwise_than_its_records_tell_says_what_it_counts(
    any_db: Database,
) -> None:
    with any_db.write(THEN) as tx:
        school = school_year(tx, "1", level="elementary")
        student = a_student(tx, school, grade="3")
        number = place(tx, school, student)
        miss(tx, number, DAYS[:4])
        miss(tx, number, DAYS[4:6], units=420)

    with any_db.read(NOW) as tx:
        found = why.of_step(tx, APS, YEAR, student, step="early_intervention_5")

    counting = [row for row in found.rows if row.counts]
    assert [row.units for row in counting] == [840] * 4 + [420] * 2
    assert sum(row.counted for row in counting) == found.value_now == 6 * 840
    lines = why_text.text(found).splitlines()
    assert [line for line in lines if line.endswith("; the date counts 1 day")] == [
        line for line in lines if "½ day," in line
    ]
    assert "; la fecha cuenta 1 día" in why_text.text(found, "es")


def test_a_share_is_told_of_the_days_that_were_told(any_db: Database) -> None:
    with any_db.write(NOW) as tx:
        school = school_year(tx, "1", told=DAYS[99])
        student = a_student(tx, school)
        number = place(tx, school, student)
        miss(tx, number, DAYS[10:18])
        miss(tx, number, DAYS[50:54], EXCUSED)
        miss(tx, number, [DAYS[60]], AttendanceKind.TARDY, units=0)

    with any_db.read(NOW) as tx:
        found = why.of_step(tx, AFSA, YEAR, student)

    assert found.why_en.startswith(
        "The school's records show 12 of 100 school days missed for whatever reason (12 %)"
    )
    assert (found.step, found.absent, found.enrolled) == (
        "early_intervention",
        12 * 840,
        100 * 840,
    )
    assert {row.on_date for row in found.rows if row.counts} == {*DAYS[10:18], *DAYS[50:54]}
    assert "written_notice" in found.owed


def test_a_share_is_counted_of_the_days_that_were_told_then(any_db: Database) -> None:
    with any_db.write(THEN) as tx:
        school = school_year(tx, "1", told=DAYS[49])
        student = a_student(tx, school)
        miss(tx, place(tx, school, student), DAYS[:9], EXCUSED)
    with any_db.write(NOW) as tx:
        attendance.save_submission(tx, school, YEAR, until=DAYS[99])

    with any_db.read(NOW) as tx:
        then = why.of_step(tx, AFSA, YEAR, student, asked=Asked(known_at=THEN))
        now = why.of_step(tx, AFSA, YEAR, student)

    assert (then.step, then.enrolled) == ("early_intervention", 50 * 840)
    assert [one.data_as_of for one in then.sources] == [DAYS[49]]
    assert (now.step, now.enrolled) == ("individualized_prevention", 100 * 840)
    assert [one.data_as_of for one in now.sources] == [DAYS[99]]


def test_a_step_that_is_not_there_is_refused_with_those_that_are(db: Database) -> None:
    student, _ = a_missing_student(db, DAYS[:1], at=THEN)

    with db.read(NOW) as tx, pytest.raises(NotFound, match="robocall_2, school_call_3"):
        why.of_step(tx, APS, YEAR, student, step="habitual_11")


def test_the_command_answers_in_words_and_in_json(
    db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_missing_student(db, DAYS[:5], at=THEN, number="4711")
    clock = FakeClock(NOW)
    asked = ["ladder", "why", "4711", "--dir", str(tmp_path), "--ladder", "aps-2014"]

    assert cli.main(asked, clock=clock) == 0
    text = capsys.readouterr().out
    assert "Step early_intervention_5: reached." in text
    assert "Según los registros de la escuela, hay 5 días de falta sin justificación" in text
    assert text.count("\n* ") == 5
    assert "School 1's records reach to" in text
    assert cli.main([*asked, "--known-at", "2025-08-01", "--json"], clock=clock) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["why"]["status"], found["why"]["rows"]) == ("not_met", [])
    assert found["standing"]["step"] == "early_intervention_5"


def test_counts_and_lists_are_asked_the_same_way(
    db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_missing_student(db, DAYS[:5], at=THEN, number="4711")
    clock = FakeClock(NOW)
    common = ["--dir", str(tmp_path), "--school-year", YEAR, "--json"]
    listed = ["ladder", "students", "--step", "early_intervention_5", *common]

    assert cli.main(listed, clock=clock) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["count"] == 1
    assert (found["students"][0]["number"], found["students"][0]["crossed_on"]) == (
        "4711",
        str(DAYS[4]),
    )
    assert cli.main([*listed, "--known-at", "2025-09-01"], clock=clock) == 0
    assert json.loads(capsys.readouterr().out)["count"] == 0
    assert cli.main([*listed, "--known-at", "2025-09-02", "--school", "1"], clock=clock) == 0
    assert json.loads(capsys.readouterr().out)["count"] == 1
    assert cli.main([*listed, "--day", "5", "--as-recorded"], clock=clock) == 0
    assert json.loads(capsys.readouterr().out)["count"] == 0
    assert cli.main([*listed, "--as-recorded"], clock=clock) == 1
    assert cli.main([*listed, "--school", "99"], clock=clock) == 1
    capsys.readouterr()
    assert date.fromisoformat(found["students"][0]["crossed_on"]) == DAYS[4]
