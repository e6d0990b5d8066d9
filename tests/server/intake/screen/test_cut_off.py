"""Imports that ended in the middle: where they stopped, and the two ways to end them well."""

from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from server.db.database import Database
from server.intake import service
from server.intake.changes import committing, schools
from server.settings import Settings
from tests.support.csv_office import CsvOffice
from tests.support.import_desk import DAY, Desk, attendance, clerk_of
from tests.support.office import school_days

SCHOOLS = ("1", "2", "3")


def whole() -> dict[str, str]:
    """A district of three schools, each with a student."""
    days = school_days()
    return {
        "schools": "school_id,name\n" + "".join(f"{one},School {one}\n" for one in SCHOOLS),
        "calendar": "school_id,date,event\n"
        + "".join(f"{one},{day},Instructional day\n" for one in SCHOOLS for day in days),
        "students": "student_id,first_name,last_name\n"
        + "".join(f"{one}00,Ana,Luna\n" for one in SCHOOLS),
        "enrollments": "student_id,school_id,school_year,grade,entry_date\n"
        + "".join(f"{one}00,{one},2025-26,09,2025-08-11\n" for one in SCHOOLS),
        "attendance": attendance(*(f"{one}00,{one},{DAY},absent_unexcused" for one in SCHOOLS)),
    }


@pytest.fixture
def power(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many schools are committed before it fails; empty: it does not."""
    left: list[int] = []
    write = schools.write

    def written(*given: Any, **more: Any) -> None:
        if left:
            left[0] -= 1
            if left[0] < 0:
                raise ConnectionError
        write(*given, **more)

    monkeypatch.setattr(committing, "WORK_AT_ONCE", 1)
    monkeypatch.setattr(schools, "write", written)
    return left


def cut_off(desk: Desk, power: list[int], *, after: int) -> str:
    """Begin to take the district in, and lose the power after some schools."""
    drop = desk.drop(**whole())
    assert desk.check(drop)["state"] == "checked"
    power.append(after)
    desk.commit(drop)
    power.clear()
    return drop


def runs(desk: Desk) -> list[Any]:
    found: list[Any] = desk.ask("GET", "/runs").json()["runs"]
    return found


def test_the_list_says_where_an_import_was_cut_off_and_goes_on_with_its_files(
    admin: Desk, office: CsvOffice, power: list[int]
) -> None:
    drop = cut_off(admin, power, after=2)

    (run,) = runs(admin)
    assert (run["state"], run["drop_id"]) == ("cut_off", drop)
    assert (run["schools_done"], run["schools_total"], run["last_school"]) == (2, 3, "School 2")
    assert len(office.facts()) == 2

    assert admin.commit(run["drop_id"])["state"] == "done"

    (run,) = runs(admin)
    assert (run["state"], run["schools_done"], run["drop_id"]) == ("done", 0, None)
    assert len(office.facts()) == 3


def test_an_import_that_was_cut_off_is_taken_back(
    admin: Desk, office: CsvOffice, power: list[int]
) -> None:
    cut_off(admin, power, after=1)
    (run,) = runs(admin)

    begun = admin.ask("POST", f"/runs/{run['id']}/undo").json()

    done = admin.look(begun["id"])
    assert (done["state"], done["undone"]["closed_count"]) == ("done", 1)
    assert office.facts() == []
    assert [one["state"] for one in runs(admin)] == ["undone"]


def test_other_files_may_come_in_between_and_both_ways_stay_open(
    admin: Desk, office: CsvOffice, power: list[int]
) -> None:
    drop = cut_off(admin, power, after=2)
    admin.take(attendance=attendance(f"100,1,{DAY},absent_excused"))

    later, first = runs(admin)
    assert (later["state"], first["state"]) == ("done", "failed")
    assert (first["last_school"], first["drop_id"]) == ("School 2", drop)
    assert admin.check(first["drop_id"])["state"] == "checked", "looked at again before it goes in"

    begun = admin.ask("POST", f"/runs/{first['id']}/undo").json()
    assert admin.look(begun["id"])["state"] == "done"
    assert [(number, kind) for number, _, _, kind in office.facts()] == [("100", "absent_excused")]


def test_another_s_files_are_not_offered_to_go_on_with(
    app: Litestar, db: Database, admin: Desk, power: list[int]
) -> None:
    cut_off(admin, power, after=2)
    clerk = clerk_of(app, db, "1")

    (run,) = runs(clerk)

    assert (run["state"], run["drop_id"]) == ("cut_off", None)


def test_an_import_that_runs_is_not_called_cut_off(
    admin: Desk, db: Database, settings: Settings, power: list[int]
) -> None:
    cut_off(admin, power, after=2)

    with service.alone(db, settings.data_dir):
        (run,) = runs(admin)

    assert run["state"] == "running"


def test_looking_whether_one_runs_stops_no_import(db: Database, tmp_path: Path) -> None:
    assert not service.is_running(db, tmp_path)
    with service.alone(db, tmp_path):
        assert service.is_running(db, tmp_path)
    assert not service.is_running(db, tmp_path)
