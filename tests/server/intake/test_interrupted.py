"""An import that is cut off goes on where it stopped, and ends as if nothing had happened."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from server.db.database import Database
from server.db.tables.attendance import AttendanceEventRow, ImportRunRow, RecordingRow
from server.db.tables.cases import CaseRow
from server.db.tables.people import EnrollmentRow
from server.intake import service
from server.intake.changes import committing
from server.intake.service import Order
from tests.conftest import ROOT
from tests.support.office import MONDAY, Office, school_days, take_in

CODES = [str(number) for number in range(1, 13)]


class CutOffError(Exception):
    """The machine stops here."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve schools, each with a student at five days."""
    office = Office(schools=CODES, students={f"{code}00": code for code in CODES})
    for code in CODES:
        office.miss(f"{code}00", school_days()[:5], school=code)
    return office.write(tmp_path / "files")


def what_counts(file: Path) -> tuple[int, int, int, int]:
    with closing(sqlite3.connect(file)) as db:
        queries = (
            "select count(*) from attendance_event where closed_by is null",
            "select count(*) from case_file",
            "select count(*) from crossing",
            "select count(*) from link",
        )
        events, cases, crossings, links = (db.execute(one).fetchone()[0] for one in queries)
    return events, cases, crossings, links


def test_each_school_is_committed_whole_or_not_at_all(
    db: Database, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committing, "WORK_AT_ONCE", 1)

    def stop_after_two(text: str) -> None:
        if text.startswith("School 2 "):
            raise CutOffError

    order = Order(folder=folder, data_dir=tmp_path / "data")
    with pytest.raises(CutOffError):
        service.import_folder(db, order, clock=lambda: MONDAY, say=stop_after_two)
    with db.read(MONDAY) as tx:
        run = tx.session.query(ImportRunRow).one()
        before = (run.state, run.schools_done)
        first = {one.school_id for one in tx.session.query(CaseRow)}
        events = set(
            tx.session.scalars(
                select(EnrollmentRow.school_id).join(
                    AttendanceEventRow, AttendanceEventRow.place_id == EnrollmentRow.id
                )
            )
        )

    report = take_in(db, folder)

    assert before == ("running", ["1", "10"])
    assert first == events
    assert len(first) == 2
    assert report.resumed
    with db.read(MONDAY) as tx:
        run = tx.session.query(ImportRunRow).one()
        assert (run.state, run.schools_done) == ("done", sorted(CODES))
        assert tx.session.query(CaseRow).count() == 12
        assert set(tx.session.scalars(select(RecordingRow.run_id))) == {run.id}


@pytest.mark.parametrize("line", ["Families: part 1", "School 1 of", "School 5 of"])
def test_an_import_killed_by_sigkill_resumes_and_doubles_nothing(
    folder: Path, tmp_path: Path, line: str
) -> None:
    data = tmp_path / "killed"
    command = [sys.executable, "-m", "server", "import", str(folder), "--dir", str(data)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        for said in running.stderr:
            if said.startswith(line):
                os.kill(running.pid, signal.SIGKILL)
                break
    killed = running.returncode

    again = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    third = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)

    assert killed == -signal.SIGKILL
    assert again.returncode == 0, again.stderr
    assert what_counts(data / "presente.db") == (60, 12, 48, 60)
    assert "nothing was changed" in third.stdout
    assert not list(data.glob(".intake-*")), "the families' data in the staging file is gone too"
