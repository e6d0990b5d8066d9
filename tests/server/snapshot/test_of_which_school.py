"""Whose contact it is while the roster is late, and what was known of a student then."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from schemas.people import Role
from server.contacts.rules import Stay, school_on
from server.db.database import Database
from server.ids import new_id
from server.snapshot import service
from server.snapshot.service import Question
from tests.server.snapshot.paper import Paper
from tests.server.snapshot.world import BEFORE, NOW, World, noon, weekdays
from tests.support.csv_office import DAYS, CsvOffice
from tests.support.office import MONDAY

MIDDLE, HIGH = new_id(), new_id()
LAST_YEAR = (date(2023, 8, 10), date(2024, 5, 24), "2023-24")


def a_stay(school: UUID, entry: date | None, leave: date | None, year: str) -> Stay:
    return Stay(school, entry, leave, is_from_file=True, school_year=year)


@pytest.mark.parametrize("leave", [date(2024, 5, 24), None])
def test_before_a_students_first_day_he_is_of_the_school_he_enters(leave: date | None) -> None:
    stays = [
        a_stay(MIDDLE, date(2023, 8, 10), leave, "2023-24"),
        a_stay(HIGH, date(2024, 9, 3), None, "2024-25"),
    ]

    assert school_on(stays, date(2024, 8, 20), school_year="2024-25") == HIGH
    assert school_on(stays, date(2024, 5, 2), school_year="2023-24") == MIDDLE
    assert school_on(stays[:1], date(2024, 8, 20), school_year="2024-25") == MIDDLE


@pytest.fixture
def late_roster(db: Database) -> Paper:
    """Ana was in the middle school last year; she was called before the high school's roster."""
    world = World(db)
    for code, level in (("M1", "middle"), ("H1", "high")):
        world.school(code, level)
        world.calendar(code, NOW, weekdays(date(2014, 9, 1), 16))
        world.calendar(code, BEFORE, weekdays(date(2013, 9, 2), 16))
    world.person("advisor", Role.ADVISOR)
    world.student("ana")
    world.student("ben")
    world.enrol("ana", "M1", BEFORE)
    world.enrol("ana", "H1")
    world.enrol("ben", "M1")
    day = world.days["H1", NOW][2]
    world.contact("ana", day, school="M1", outcome="spoke_guardian")
    world.contact("ben", day, school="H1")  # a contact history says so: he was there as a guest
    world.save()
    return Paper(world)


def test_a_call_before_the_roster_came_is_of_the_school_that_the_roster_tells(
    late_roster: Paper,
) -> None:
    def attempted(school: str) -> list[str]:
        return [
            row.number for row in late_roster.rows("students_attempted", schools=(school,)).rows
        ]

    assert attempted("H1") == ["ana", "ben"]
    assert attempted("M1") == []
    values = late_roster.values()
    assert (values["moved_within"], values["data_no_enrollment"]) == (1, 0)
    assert [row.number for row in late_roster.rows("moved_within").rows] == ["ben"]


def test_a_contact_that_was_taken_back_counts_as_known_before(db: Database) -> None:
    world = World(db)
    world.school("H1", "high")
    world.calendar("H1", NOW, weekdays(date(2014, 9, 1), 16))
    world.person("advisor", Role.ADVISOR)
    world.student("ana")
    world.enrol("ana", "H1")
    world.absent("ana", "H1", world.days["H1", NOW][0])
    day = world.days["H1", NOW][2]
    world.contact("ana", day, outcome="spoke_guardian", voided=True, until=noon(day + timedelta(9)))
    world.save()
    paper = Paper(world)

    assert paper.values()["contacts_or_attempts"] == 0
    for moment, count in ((noon(day + timedelta(8)), 1), (noon(day + timedelta(9)), 0)):
        known = paper.values(known_at=moment)
        assert (known["contacts_or_attempts"], known["reached"]) == (count, count), moment
        now = paper.values(known_at=moment, contacts_known="now")
        assert now["contacts_or_attempts"] == 0


def test_a_school_without_a_calendar_is_as_recorded_when_the_others_reached_day_n(
    db: Database,
) -> None:
    world = World(db)
    world.school("H1", "high")
    world.school("H2", "high")
    world.calendar("H1", NOW, weekdays(date(2014, 9, 1), 16))
    world.person("advisor", Role.ADVISOR)
    for number, code in (("ana", "H1"), ("ben", "H2")):
        world.student(number)
        world.enrol(number, code)
    world.absent("ana", "H1", world.days["H1", NOW][0])
    first, last = world.days["H1", NOW][0], world.days["H1", NOW][11]
    late = noon(last + timedelta(3))
    for number, code in (("ana", "H1"), ("ben", "H2")):
        world.contact(number, first, school=code)
        world.contact(number, first + timedelta(1), school=code, recorded=late)
    world.save()

    assert Paper(world).values(known="as_recorded")["contacts_or_attempts"] == 2


def test_who_was_known_of_another_year_only_was_matched_then(
    any_db: Database, tmp_path: Path
) -> None:
    office = CsvOffice(any_db, tmp_path)
    office.district(["100", "101", "102"])
    places = "student_id,school_id,school_year,grade,entry_date\n"
    office.files["enrollments.csv"] = (
        places + "100,1,2024-25,08,2024-08-12\n102,1,2025-26,09,2025-08-11\n"
    )
    office.attendance([f"102,1,{DAYS[0]},U"])
    office.files["staff.csv"] = "login,name,role\nana.example,Ana,advisor\n"
    office.files["contacts.csv"] = (
        "contact_id,student_id,occurred_at,by_login,method,outcome,school_id\n"
    ) + "".join(
        f"{number},{number},{DAYS[3]} 12:00,ana.example,phone_call,spoke_guardian,1\n"
        for number in (100, 101)
    )
    office.take()
    office.files["enrollments.csv"] = places + "".join(
        f"{number},1,2025-26,09,2025-08-11\n" for number in (100, 101)
    )
    office.take(at=MONDAY + timedelta(days=2))

    def issues(known_at: datetime | None) -> dict[str, Any]:
        with any_db.read(MONDAY + timedelta(days=3)) as tx:
            question = Question(school_year="2025-26", day=90, known_at=known_at)
            taken = service.take(tx, question)
            return {
                key: [row.number for row in service.rows_of(tx, taken, f"data_{key}").rows]
                for key in ("no_sis_match", "no_enrollment")
            }

    assert issues(None) == {"no_sis_match": [], "no_enrollment": []}
    assert issues(datetime(2026, 3, 3, tzinfo=UTC)) == {
        "no_sis_match": ["101"],
        "no_enrollment": ["100"],
    }
