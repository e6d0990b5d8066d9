"""Case lists as they were known: what a coordinator saw that day can be seen again."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from schemas.cases import CaseStatus
from schemas.desk import DeskCases
from server import cli
from server.cases.store import publish_case, save
from server.db.database import Database
from server.desk import service
from server.desk.store.cases import CaseList
from tests.conftest import MONDAY, FakeClock
from tests.server.desk.conftest import District, ask, ids_of, read
from tests.support.late_school import LateSchool

LATER = MONDAY + timedelta(days=3)


def seen(db: Database, now: datetime, known_at: datetime | None) -> list[Any]:
    """Return what every list says."""
    found: list[Any] = []
    with db.read(now) as tx:
        for which in CaseList:
            told = service.cases(tx, None, which=which, school_id=None, q="", known_at=known_at)
            assert len(told.cases) == getattr(told.counts, which.value)
            found.append(told.cases)
    return found


def test_every_list_that_was_ever_shown_is_shown_again(any_db: Database, tmp_path: Path) -> None:
    story = LateSchool(any_db, tmp_path, seen)
    now = story.now + timedelta(days=9)

    again = [seen(any_db, now, at) for at, _ in story.known]

    assert again == [known for _, known in story.known]
    assert len({str(one) for one in again}) > 3
    assert seen(any_db, now, MONDAY) == [[], [], []]


def test_a_case_that_was_given_since_is_new_on_the_list_of_then(district: District) -> None:
    school, db = district.a, district.db
    with db.write(LATER) as tx:
        save(tx, school.new_case, {"status": CaseStatus.ASSIGNED, "assignee_id": school.advisor})
        publish_case(tx, school.new_case)
    then = MONDAY.strftime("%Y-%m-%dT%H:%M:%SZ")

    assert ids_of(school.coordinator, "cases?list=new") == []
    told = read(school.coordinator, f"cases?list=new&known_at={then}", DeskCases)
    assert [one.case.id for one in told.cases] == [school.new_case]
    assert (told.known_at, told.counts.new, told.counts.open) == (MONDAY, 1, 1)
    assert told.cases[0].contact_count == 2
    assert ids_of(district.b.coordinator, f"cases?list=new&known_at={then}") == [
        district.b.new_case
    ], "of another's schools nothing is shown, then as now"


@pytest.mark.parametrize("moment", ["yesterday", "2026-03-02", "2026-03-02T08:00:00"])
def test_a_moment_without_a_zone_is_refused(district: District, moment: str) -> None:
    answer = ask(district.a.coordinator, f"cases?known_at={moment}")

    assert (answer.status_code, answer.json()["detail"][:8]) == (400, "known_at")


def test_the_command_lists_cases_as_known_when(
    district: District, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = FakeClock(LATER)
    where = ["--dir", str(tmp_path)]

    assert cli.main(["cases", *where], clock=clock) == 0
    now = capsys.readouterr().out
    assert cli.main(["cases", "--known-at", str(MONDAY.date()), *where], clock=clock) == 0
    then = capsys.readouterr().out
    assert cli.main(["cases", "--known-at", "2020-01-01", *where], clock=clock) == 0
    before = capsys.readouterr().out
    assert cli.main(["cases", "--school", "none", *where], clock=clock) == 1

    assert now.startswith("2 cases, as known now; in all: 2 new, 2 open, 2 left.")
    assert then.startswith("2 cases, as known at ")
    assert "2 contacts, 1 reached  Rio Grande High" in now
    assert before.startswith("0 cases, as known at 2020-01-02 06:59 UTC; in all: 0 new")
