"""An import is taken back, and whom another one has told, before or since, stays enrolled."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from server import cli
from server.db.database import Database
from server.intake.mending import undo
from server.intake.mending.undo import Undone
from server.intake.staged.own_schools import NotYourSchools
from server.snapshot import service as snapshots
from server.snapshot.service import Question
from tests.conftest import FakeClock
from tests.support.clerk import YEAR, Clerk
from tests.support.csv_office import DAYS

_ENROLLED = "student_id,school_id,school_year,grade,entry_date\n"
_ON_ONE_DAY = f"200,1,{DAYS[9]},U"


def ids(clerk: Clerk) -> dict[str, int]:
    """The ids of the enrolments, by student."""
    found = clerk.office.rows(
        "select student.number, e.id from enrollment e join student on student.id = student_id"
    )
    return {str(number): int(place_id) for number, place_id in found}


def published_of(clerk: Clerk, ent: str, number: str) -> dict[str, Any]:
    """What phones are told of a student: himself, or where he stands."""
    rows = clerk.office.rows("select ent, data from published where not gone")
    students = [json.loads(data) for kind, data in rows if kind == "student"]
    (student,) = (one for one in students if one["number"] == number)
    if ent == "student":
        return dict(student)
    others = [json.loads(data) for kind, data in rows if kind == ent]
    (found,) = (one for one in others if one["student_id"] == student["id"])
    return dict(found)


def grade(clerk: Clerk, number: str) -> str:
    rows = clerk.office.rows(
        "select number, grade from enrollment join student on student.id = student_id"
    )
    return str(dict(rows)[number])


def test_who_came_again_with_a_later_roster_stays_when_an_earlier_file_goes(clerk: Clerk) -> None:
    """The earlier file held when the roster that first told the student was taken back."""
    early = clerk.take(f"100,1,{DAYS[9]},U", window="merge")
    clerk.office.district(["200"])
    clerk.take_back(clerk.take(_ON_ONE_DAY, window="merge"))
    clerk.office.district(["200"])
    again = clerk.take()

    done = clerk.take_back(early)

    assert clerk.enrolled()["200"] == clerk.enrolled()["100"]
    assert "enrollment" not in done.removed
    clerk.take_back(again)
    assert "200" not in clerk.enrolled()


def test_no_enrolment_is_called_as_one_that_went(clerk: Clerk) -> None:
    early = clerk.take(f"100,1,{DAYS[9]},U", window="merge")
    clerk.office.district(["200"])
    wrong = clerk.take()
    gone = ids(clerk)["200"]
    with_both = clerk.now + timedelta(hours=1)
    clerk.take_back(wrong)
    clerk.office.district(["300"])
    clerk.take()
    assert ids(clerk)["300"] > gone

    clerk.take_back(early)

    assert sorted(clerk.enrolled()) == ["100", "101", "300"]
    then = clerk.enrolled(with_both)
    assert len(then) == 3
    assert "300" not in then


def test_what_came_while_an_undoing_was_cut_off_stays(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk.office.district(["200"])
    wrong = clerk.take()
    with monkeypatch.context() as patched:
        patched.setattr(undo, "_take_facts_back", _stop)
        with pytest.raises(KeyboardInterrupt):
            clerk.take_back(wrong)
    clerk.office.district(["300"])
    clerk.take()

    clerk.take_back(wrong)

    assert sorted(clerk.enrolled()) == ["100", "101", "300"]


def _stop(_work: object) -> Undone:
    raise KeyboardInterrupt


def test_whom_attendance_named_first_a_later_roster_keeps(clerk: Clerk) -> None:
    clerk.office.files["students.csv"] = "student_id,first_name,last_name\n200,Ana,Pe\u00f1a\n"
    named = clerk.take(_ON_ONE_DAY, window="merge")
    clerk.office.district(["200"])
    roster = clerk.take()

    clerk.take_back(named)
    assert clerk.enrolled()["200"] == clerk.enrolled()["100"]

    clerk.take_back(roster)
    assert "200" not in clerk.enrolled()


def test_whose_grade_a_later_roster_corrected_that_roster_keeps(clerk: Clerk) -> None:
    clerk.office.district(["200"])
    first = clerk.take()
    clerk.office.files["enrollments.csv"] = f"{_ENROLLED}200,1,{YEAR},10,2025-08-11\n"
    second = clerk.take()

    clerk.take_back(first)
    assert clerk.enrolled()["200"] == clerk.enrolled()["100"]
    assert grade(clerk, "200") == "10"

    clerk.take_back(second)
    assert "200" not in clerk.enrolled()


def test_phones_hear_that_nobody_is_enrolled_and_no_day_counts_any_more(clerk: Clerk) -> None:
    """His case stays: somebody may have worked on it."""
    clerk.office.district(["200"])
    wrong = clerk.take(*(f"200,1,{day},U" for day in DAYS[:12]), window="merge")
    assert published_of(clerk, "student", "200")["grade"] == "09"
    assert published_of(clerk, "standing", "200")["unexcused_units"] > 0

    clerk.take_back(wrong)

    assert not published_of(clerk, "student", "200")["grade"]
    assert published_of(clerk, "standing", "200")["unexcused_units"] == 0


def test_a_snapshot_of_then_says_what_it_said_before_the_undoing(clerk: Clerk) -> None:
    clerk.office.district(["100", "101", "200"])
    wrong = clerk.take(f"200,1,{DAYS[1]},U", window="merge")
    clerk.office.files["staff.csv"] = "login,name,role,school_id\neve,Eve Advisor,advisor,1\n"
    clerk.office.files["contacts.csv"] = (
        "contact_id,student_id,occurred_at,by_login,method,outcome\n"
        + "".join(
            f"{number},{student},{DAYS[10]} 17:40,eve,phone_call,spoke_guardian\n"
            for number, student in enumerate(("100", "200"), start=1)
        )
    )
    clerk.take()
    between = clerk.now + timedelta(hours=1)
    before = figures(clerk, between)

    clerk.take_back(wrong)

    assert figures(clerk, between) == before


def figures(clerk: Clerk, known_at: datetime) -> dict[str, Any]:
    question = Question(school_year=YEAR, day=60, known_at=known_at, told={"schools_are_all": True})
    with clerk.office.db.read(clerk.now) as tx:
        found = snapshots.snapshot(tx, snapshots.take(tx, question)).figures
        return {name: figure.value for name, figure in found.items()}


def test_a_clerk_does_not_reach_a_student_by_an_enrolment_that_was_taken_back(
    clerk: Clerk,
) -> None:
    clerk.office.district(["300"], school="2")
    clerk.take()
    clerk.office.files = {"enrollments.csv": f"{_ENROLLED}300,1,{YEAR},09,2025-08-11\n"}
    clerk.take_back(clerk.take(f"300,1,{DAYS[1]},U", window="merge"))

    clerk.office.files["students.csv"] = "student_id,first_name,last_name\n300,Other,Name\n"
    with pytest.raises(NotYourSchools):
        clerk.take(schools=frozenset({"1"}))

    assert clerk.office.rows("select first_name from student where number = '300'") == [("Ana",)]


def test_whom_no_other_school_has_a_clerk_sends_again(clerk: Clerk) -> None:
    clerk.office.district(["200"])
    clerk.take_back(clerk.take(_ON_ONE_DAY, window="merge"))

    clerk.office.files["students.csv"] = "student_id,first_name,last_name\n200,Eva,Pe\u00f1a\n"
    clerk.office.files["enrollments.csv"] = f"{_ENROLLED}200,1,{YEAR},09,2025-08-11\n"
    clerk.take(schools=frozenset({"1"}))

    assert "200" in clerk.enrolled()


def test_why_is_answered_as_known_then_of_whom_no_school_has_now(
    clerk: Clerk,
    any_db: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    clerk.office.district(["200"])
    wrong = clerk.take(*(f"200,1,{day},U" for day in DAYS[:6]), window="merge")
    between = (clerk.now + timedelta(hours=1)).isoformat()
    monkeypatch.setenv("PRESENTE_DATABASE_URL", any_db.url)
    asked = ["ladder", "why", "200", "--ladder", "aps-2014", "--known-at", between]
    clerk.take_back(wrong)

    assert cli.main(asked, clock=FakeClock(clerk.now + timedelta(hours=2))) == 0
    assert "(200), School 1" in capsys.readouterr().out
