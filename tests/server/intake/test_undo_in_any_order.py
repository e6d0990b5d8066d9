"""Several imports are taken back, in whatever order: what is left is what the others told."""

from datetime import date, timedelta
from itertools import permutations

import pytest

from server.intake.mending import undo
from tests.support.clerk import YEAR, Clerk
from tests.support.csv_office import DAYS


def test_the_last_goes_first_until_nothing_is_known(clerk: Clerk) -> None:
    """What the second had dropped came back when it was taken back: the first one told it."""
    office = clerk.office
    second = clerk.take(f"100,1,{DAYS[0]},U", f"100,1,{DAYS[2]},U", window="replace")

    clerk.take_back(second)
    assert len(office.facts()) == 3

    clerk.take_back(clerk.first)
    assert office.facts() == []
    assert not any(clerk.counts("aps-2014").values())


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_taken_back_in_any_order_the_first_file_is_left(clerk: Clerk, order: list[int]) -> None:
    """Each of the three tells everything again: what one made of a day the next one found."""
    before = clerk.office.facts()
    runs = [
        clerk.take(*(f"100,1,{day},E" for day in DAYS[:2]), f"101,1,{DAYS[5]},U", window="replace"),
        clerk.take(*(f"100,1,{day},E" for day in DAYS[:2]), f"101,1,{DAYS[5]},T", window="replace"),
        clerk.take(f"100,1,{DAYS[0]},T", f"101,1,{DAYS[5]},T", window="replace"),
    ]

    for place in order:
        clerk.take_back(runs[place])

    assert clerk.office.facts() == before


def test_what_a_later_file_told_again_is_known_until_that_is_taken_back_too(clerk: Clerk) -> None:
    before = clerk.office.facts()
    days = [f"100,1,{day},U" for day in DAYS[:3]]
    wrong = clerk.take(*days, f"101,1,{DAYS[1]},U")
    again = clerk.take(*days, f"101,1,{DAYS[1]},U", f"101,1,{DAYS[2]},U", window="replace")

    done = clerk.take_back(wrong)
    assert ("101", str(DAYS[1]), "", "absent_unexcused") in clerk.office.facts()
    assert (done.closed_count, done.kept_count) == (0, 1)

    clerk.take_back(again)
    assert clerk.office.facts() == before


def test_nobody_is_enrolled_by_a_file_that_was_taken_back(clerk: Clerk) -> None:
    """Facts hung on the enrolments: these stay for what was believed, and count nowhere."""
    enrolled, counts = clerk.enrolled(), clerk.counts("nm-afsa")
    assert (sorted(enrolled), counts["whole_school"]) == (["100", "101"], 2)
    clerk.office.district(["200", "201"])
    wrong = clerk.take(f"200,1,{DAYS[0]},U", f"101,1,{DAYS[0]},E")
    assert len(clerk.enrolled()) == 4

    done = clerk.take_back(wrong)

    assert (clerk.enrolled(), clerk.counts("nm-afsa")) == (enrolled, counts)
    assert done.removed["enrollment"] == 2
    assert "Later imports that hold" not in undo.text_of(done)
    between = clerk.now - timedelta(hours=1)
    assert len(clerk.enrolled(between)) == 4
    assert clerk.counts("nm-afsa", between)["whole_school"] == 4
    assert clerk.listed("nm-afsa", "whole_school", between) == ["100", "101", "200", "201"]


def test_who_was_taken_back_is_enrolled_again_by_the_next_file(clerk: Clerk) -> None:
    clerk.office.district(["200", "201"])
    clerk.take_back(clerk.take(f"200,1,{DAYS[0]},U", f"201,1,{DAYS[0]},U"))

    clerk.take(f"200,1,{DAYS[1]},U", window="merge")
    assert clerk.enrolled()["200"] == [(None, None)]
    assert "201" not in clerk.enrolled()

    clerk.office.district(["200", "201"])
    clerk.take()
    assert clerk.enrolled()["200"] == clerk.enrolled()["201"] == [(date(2025, 8, 11), None)]


def test_a_crossing_goes_with_the_enrolment_that_it_rested_on(clerk: Clerk) -> None:
    clerk.office.district(["200"])
    wrong = clerk.take(*(f"200,1,{day},U" for day in DAYS[:6]), window="merge")
    open_crossings = (
        "select count(*) from crossing join student on student.id = student_id "
        "where number = '200' and no_longer_met_at is null"
    )
    assert clerk.office.rows(open_crossings) != [(0,)]

    clerk.take_back(wrong)

    assert clerk.office.rows(open_crossings) == [(0,)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_no_field_keeps_the_word_of_a_file_that_was_taken_back(
    clerk: Clerk, order: list[int]
) -> None:
    """Each of the three moves the day on which a student came, and his name."""
    before = clerk.enrolled()
    runs: list[str] = []
    for day, name in zip(DAYS[5:8], ("Eva", "Luz", "Eva"), strict=True):
        clerk.office.files["enrollments.csv"] = (
            "student_id,school_id,school_year,grade,entry_date,exit_date\n"
            f"100,1,{YEAR},10,2025-08-11,{day}\n"
        )
        clerk.office.files["students.csv"] = (
            f"student_id,first_name,last_name\n100,{name},Pe\u00f1a\n"
        )
        runs.append(clerk.take())
    for place in order:
        clerk.take_back(runs[place])

    assert clerk.enrolled() == before
    assert clerk.office.rows("select first_name from student where number = '100'") == [("Ana",)]
    assert clerk.office.rows("select distinct grade from enrollment") == [("09",)]
    assert clerk.office.rows("select count(*) from stay where exit_on is not null") == [(0,)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_no_stay_is_left_of_files_that_were_taken_back(clerk: Clerk, order: list[int]) -> None:
    """Each of the three moves the day on which a student came: another stay in its place."""
    before = clerk.enrolled()
    runs: list[str] = []
    for day in DAYS[5:8]:
        clerk.office.files["enrollments.csv"] = (
            "student_id,school_id,school_year,grade,entry_date\n"
            f"100,1,{YEAR},09,{day}\n101,1,{YEAR},09,2025-08-11\n"
        )
        runs.append(clerk.take())
    places: list[set[int]] = [set(order[: count + 1]) for count in range(3)]
    for place, gone in zip(order, places, strict=True):
        clerk.take_back(runs[place])
        left = [number for number in range(3) if number not in gone]
        if left:
            assert clerk.enrolled()["100"] == [(DAYS[5 + left[-1]], None)]
            stays = clerk.office.rows(
                "select stay.entry_on from stay join enrollment on enrollment.id = place_id "
                "join student on student.id = student_id where number = '100'"
            )
            assert [str(day) for (day,) in stays] == [str(DAYS[5 + left[-1]])]

    assert clerk.enrolled() == before
    assert clerk.office.rows("select count(*) from stay") == [(2,)]
