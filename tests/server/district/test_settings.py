"""``presente settings``: what the district has chosen, and what a change of ladder does at once."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from server import cli
from server.attendance import store as attendance
from server.db.database import Database
from server.db.tables.attendance import CrossingRow
from server.db.tables.cases import CaseRow
from server.db.tables.identity import AuditRow
from server.district import service
from tests.conftest import FakeClock
from tests.support.attendance import DAYS, a_missing_student

MOMENT = datetime(2025, 9, 2, 15, 0, tzinfo=UTC)
NOW = datetime(2026, 6, 1, 15, 0, tzinfo=UTC)


class Office:
    """Somebody at the command line."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder, self._capsys = folder, capsys
        self.said = ""

    def ask(self, *asked: str, code: int = 0) -> Any:
        where = ["--dir", str(self._folder), "--json"]
        assert cli.main(["settings", *asked, *where], clock=FakeClock(NOW)) == code
        out = self._capsys.readouterr()
        self.said = out.err
        return json.loads(out.out)


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, capsys)


def crossings(db: Database) -> list[tuple[str, str, bool]]:
    with db.read(NOW) as tx:
        return sorted(
            (row.ladder, row.step, row.no_longer_met_at is None)
            for row in tx.session.query(CrossingRow)
        )


def test_every_setting_is_listed_with_its_default(db: Database, office: Office) -> None:
    found = {one["key"]: one for one in office.ask("list")["settings"]}

    assert found["ladder"]["value"] == "aps-2014"
    assert found["time_zone"]["default"] == "America/Denver"
    assert found["snapshot.min_cell"]["value"] == 0
    assert all(one["is_default"] and one["about"] for one in found.values())
    assert office.ask("show", "mass_drop_percent")["value"] == 20


def test_a_setting_is_what_readers_of_it_find(db: Database, office: Office) -> None:
    office.ask("set", "mass_drop_percent", "35")
    office.ask("set", "name", "Distrito del Río")
    office.ask("set", "snapshot.min_cell", "12")
    office.ask("set", "snapshot.schools_are_all", "true")
    office.ask("set", "snapshot.precedence", "left, never, data, analysed")
    changed = office.ask("unset", "snapshot.min_cell")

    assert (changed["was"], changed["value"]) == (12, 0)
    with db.read(NOW) as tx:
        assert attendance.find_setting(tx, "mass_drop_percent") == 35
        assert attendance.find_setting(tx, "name") == "Distrito del Río"
        assert attendance.find_setting(tx, "snapshot") == {
            "schools_are_all": True,
            "precedence": ["left", "never", "data", "analysed"],
        }
        rows = tx.session.query(AuditRow).order_by(AuditRow.id)
        assert [(row.action, row.subject) for row in rows][:2] == [
            ("setting.set", "mass_drop_percent"),
            ("setting.set", "name"),
        ]
        assert rows[0].detail == {"was": 20, "is": 35}


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (("set", "lader", "nm-afsa"), "There is no setting 'lader'"),
        (("show", "min_cell"), "There are: snapshot.min_cell."),
        (("set", "ladder", "nm"), "one of aps-2014, ca-sarb, nm-afsa, tx-tpm"),
        (("set", "time_zone", "Albuquerque"), "like America/Denver"),
        (("set", "mass_drop_percent", "0"), "a whole number from 1 to 100"),
        (("set", "freshness_late_days", "9"), "late before it is stale"),
        (("set", "snapshot.known", "at"), "needs a moment"),
        (("set", "snapshot.roles", "wizard"), "docs/snapshot.md"),
        (("set", "snapshot.habitual", "0"), "is not between 1 and 366"),
        (("set", "name", "x", "--by", "nobody"), "Nobody signs in as 'nobody'"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(
    db: Database, office: Office, asked: tuple[str, ...], reason: str
) -> None:
    assert reason in office.ask(*asked, code=1)["detail"]
    with db.read(NOW) as tx:
        assert all(one.is_default for one in service.choices(tx))
        assert tx.session.query(AuditRow).count() == 0


def test_another_ladder_counts_everybody_and_says_what_changed(
    db: Database, office: Office
) -> None:
    a_missing_student(db, DAYS[:20], at=MOMENT, number="1")
    a_missing_student(db, DAYS[:2], at=MOMENT, number="2")
    dry = office.ask("set", "ladder", "nm-afsa", "--dry-run")
    untouched = crossings(db)

    done = office.ask("set", "ladder", "nm-afsa")
    again = office.ask("set", "ladder", "nm-afsa")

    assert untouched == []
    assert dry == {**done, "is_dry_run": True}
    assert (done["students"], done["cases_opened"], done["crossings_taken_back"]) == (2, 1, 0)
    assert done["crossings_added"] == len(crossings(db)) > 0
    assert {ladder for ladder, _, _ in crossings(db)} == {"nm-afsa"}
    assert "2 of 2 students" in office.said
    assert (again["crossings_added"], again["cases_opened"]) == (0, 0)
    with db.read(NOW) as tx:
        assert tx.session.query(CaseRow).count() == 1
        subjects = [row.subject for row in tx.session.query(AuditRow)]
        assert subjects == ["ladder", "ladder"]
