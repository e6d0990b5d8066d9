"""How fresh a school's attendance is said to be, and which days are said to be missing."""

import json
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from litestar import Litestar

from schemas.desk import DeskFreshness, SchoolFreshness
from schemas.people import Role
from server import cli
from server.attendance import store
from server.attendance.freshness import Gaps, Thresholds, Told, freshness, gaps_of
from server.attendance.rules.calendar import Fact
from server.attendance.store import CalendarDay
from server.db.database import Database, Transaction
from tests.conftest import MONDAY, FakeClock
from tests.server.desk.conftest import ask, read
from tests.support.people import a_school, client_for
from tests.support.programme import YEAR, a_student

LIMITS = Thresholds()
WEEK = [date(2026, 2, 23) + timedelta(days=count) for count in range(5)]
TODAY = MONDAY.date()
"""The Monday after."""
BUSY = dict.fromkeys(WEEK, 40)


def told(as_of: date | None, counts: dict[date, int] | None = None) -> Told:
    return Told(school_days=[*WEEK, TODAY], as_of=as_of, record_counts=counts or {})


@pytest.mark.parametrize(
    ("as_of", "status", "days_behind"),
    [
        (WEEK[4], "fresh", 0),
        (WEEK[3], "fresh", 1),
        (WEEK[2], "late", 2),
        (WEEK[0], "late", 4),
        (WEEK[0] - timedelta(days=3), "stale", 5),
        (None, "never", 5),
        (TODAY, "fresh", 0),
    ],
)
def test_only_school_days_before_today_are_waited_for(
    as_of: date | None, status: str, days_behind: int
) -> None:
    gaps = gaps_of(told(as_of), TODAY, LIMITS)

    assert (gaps.status, len(gaps.behind)) == (status, days_behind)


def test_before_a_year_begins_nothing_is_missing() -> None:
    assert gaps_of(told(None), WEEK[0], LIMITS) == Gaps(status="fresh", behind=[], silent=[])


def test_without_a_calendar_weekdays_stand_in() -> None:
    no_calendar = Told(school_days=[], as_of=WEEK[3], record_counts={})

    assert list(gaps_of(no_calendar, TODAY, LIMITS).behind) == [WEEK[4]]


def test_a_day_without_a_record_is_doubted_in_a_big_school_only() -> None:
    big = {**BUSY, WEEK[1]: 0}
    small = {day: 3 for day in WEEK if day != WEEK[1]}

    assert list(gaps_of(told(WEEK[4], big), TODAY, LIMITS).silent) == [WEEK[1]]
    assert list(gaps_of(told(WEEK[4], small), TODAY, LIMITS).silent) == []


def test_a_day_that_is_not_told_yet_is_behind_and_not_silent() -> None:
    gaps = gaps_of(told(WEEK[2], dict.fromkeys(WEEK[:3], 40)), TODAY, LIMITS)

    assert (list(gaps.behind), list(gaps.silent)) == (WEEK[3:], [])


def tell(tx: Transaction, school_id: UUID, *, until: date, each_day: int) -> None:
    """Give a school a calendar, a submission and as many records on each day up to it."""
    days = [(YEAR, CalendarDay(day, "Instructional day", is_instructional=True)) for day in WEEK]
    store.save_calendar_days(tx, school_id, days)
    store.save_submission(tx, school_id, YEAR, until=until)
    students = [a_student(tx, school_id) for _ in range(each_day)]
    places = store.places_of_school(tx, school_id, students)
    facts = [
        (place, Fact(on_date=day, kind="tardy"))
        for place in places.values()
        for day in WEEK
        if day <= until and day != WEEK[1]
    ]
    store.open_facts(tx, store.record(tx), facts)


def test_both_databases_say_the_same(any_db: Database) -> None:
    first, second = a_school(any_db, "Rio Grande High"), a_school(any_db, "Sandia High")
    with any_db.write(MONDAY) as tx:
        tell(tx, first, until=WEEK[4], each_day=12)

    with any_db.read(MONDAY) as tx:
        found = freshness(tx)

    assert (found.school_year, found.today) == (YEAR, TODAY)
    lines: dict[UUID, SchoolFreshness] = {one.school_id: one for one in found.schools}
    assert lines[first].status == "fresh"
    assert (lines[first].data_as_of, lines[first].submitted_at) == (WEEK[4], MONDAY)
    assert lines[first].silent == [WEEK[1]]
    assert lines[second].status == "never"
    assert [one.status for one in found.schools] == ["never", "fresh"]


def test_nobody_is_fresh_by_the_calendar_of_another_year(db: Database) -> None:
    school = a_school(db)
    with db.write(MONDAY) as tx:
        tell(tx, school, until=WEEK[4], each_day=1)

    with db.read(MONDAY.replace(month=8, day=20)) as tx:
        summer = freshness(tx).schools[0]
    with db.read(MONDAY.replace(month=9, day=22)) as tx:
        autumn = freshness(tx).schools[0]

    assert (summer.status, summer.days_behind) == ("fresh", 0)
    assert (autumn.status, autumn.days_behind) == ("stale", 15)


def test_the_district_says_when_a_school_is_late(db: Database) -> None:
    school = a_school(db)
    with db.write(MONDAY) as tx:
        tell(tx, school, until=WEEK[3], each_day=1)
        store.save_setting(tx, "freshness_late_days", 1)

    with db.read(MONDAY) as tx:
        assert [one.status for one in freshness(tx).schools] == ["late"]


def test_a_clerk_reads_of_the_own_school_only_and_cheaply(app: Litestar, db: Database) -> None:
    own, _other = a_school(db, "Rio Grande High"), a_school(db, "Sandia High")
    with db.write(MONDAY) as tx:
        tell(tx, own, until=WEEK[4], each_day=1)
    clerk = client_for(app, db, Role.CLERK, schools=[own])
    administrator = client_for(app, db, Role.ADMINISTRATOR)

    found = read(clerk, "freshness", DeskFreshness)

    assert [one.school_id for one in found.schools] == [own]
    assert len(read(administrator, "freshness", DeskFreshness).schools) == 2
    tag = ask(clerk, "freshness").headers["etag"]
    assert ask(clerk, "freshness", **{"if-none-match": tag}).status_code == 304
    with db.write(MONDAY + timedelta(hours=1)) as tx:
        store.save_submission(tx, own, YEAR, until=TODAY)
    assert ask(clerk, "freshness", **{"if-none-match": tag}).status_code == 200


def test_the_command_line_says_it_too(
    db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    school = a_school(db, "Rio Grande High", code="7")
    with db.write(MONDAY) as tx:
        tell(tx, school, until=WEEK[2], each_day=12)

    assert cli.main(["freshness", "--dir", str(tmp_path)], clock=FakeClock()) == 0

    said = capsys.readouterr().out
    assert "late   data as of 2026-02-25    Rio Grande High (7)" in said
    assert "2 school days not told yet: 2026-02-26, 2026-02-27" in said
    assert "1 school days without a single record: 2026-02-24" in said
    assert cli.main(["freshness", "--dir", str(tmp_path), "--json"], clock=FakeClock()) == 0
    assert json.loads(capsys.readouterr().out)["schools"][0]["days_behind"] == 2


def test_what_is_left_out_of_the_missing_days_stands_before_the_newest(
    db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    school = a_school(db, "Rio Grande High", code="7")
    with db.write(MONDAY) as tx:
        store.save_submission(tx, school, YEAR, until=WEEK[0] - timedelta(days=14))

    assert cli.main(["freshness", "--dir", str(tmp_path)], clock=FakeClock()) == 0

    said = next(line for line in capsys.readouterr().out.splitlines() if "not told yet" in line)
    assert "not told yet: ..., " in said
    assert said.endswith("2026-02-27")
