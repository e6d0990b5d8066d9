"""OneRoster: when a student was in a school, told by classes and roles."""

from datetime import date
from pathlib import Path

from server.intake.records import (
    PlaceRecord,
    StudentRecord,
    TieRecord,
)
from tests.support import rosters
from tests.support.one_roster import given, one_roster_12, stays


def test_stays_are_the_union_of_the_classes(tmp_path: Path) -> None:
    sink = given(tmp_path, rosters.one_roster())

    assert stays(sink) == [
        ("00123", "0101", date(2025, 8, 11), None),
        ("00124", "0101", date(2025, 8, 11), date(2025, 10, 3)),
        ("00124", "0101", date(2025, 11, 3), None),
        ("u3", "b", date(2025, 8, 11), None),
    ]
    assert [(one.school_year, one.grade, one.periods) for one in sink.all(PlaceRecord)] == [
        ("2025-26", "07", 3),
        ("2025-26", "08", 1),
        ("2025-26", "08", 1),
        ("2025-26", "KG", 1),
    ]
    assert sink.left["enrollments.csv", "Enrollment (teacher)"] == 1


def test_a_class_of_no_day_is_no_stay(tmp_path: Path) -> None:
    tables = rosters.one_roster()
    tables["enrollments"] = [
        rosters.ENROLLMENTS,
        rosters.seat("u2", "m", "a", "2025-08-11", "2025-08-11"),
        rosters.seat("u2", "e", "a", "2025-09-02", "2025-10-01"),
    ]

    found = [one for one in stays(given(tmp_path, tables)) if one[0] == "00124"]

    assert found == [("00124", "0101", date(2025, 9, 2), date(2025, 9, 30))]


def test_who_sits_in_no_class_is_in_the_school_all_year(tmp_path: Path) -> None:
    tables = rosters.one_roster()
    tables["enrollments"] = tables["enrollments"][:1]

    sink = given(tmp_path, tables)

    assert stays(sink) == [
        ("00123", "0101", date(2025, 8, 11), None),
        ("00124", "0101", date(2025, 8, 11), None),
        ("u3", "b", date(2025, 8, 11), None),
    ]
    assert {one.periods for one in sink.all(PlaceRecord)} == {None}
    assert sink.all(PlaceRecord)[0].at.file == "users.csv"


def test_a_year_that_begins_in_june_is_named_by_its_middle(tmp_path: Path) -> None:
    tables = rosters.one_roster()
    tables["academicSessions"] = [
        rosters.SESSIONS,
        rosters.session("y", "schoolYear", "2025-06-23", "2026-05-29", title="Y"),
    ]

    assert {one.school_year for one in given(tmp_path, tables).all(PlaceRecord)} == {"2025-26"}


def test_without_periods_the_fullest_term_counts(tmp_path: Path) -> None:
    tables = rosters.one_roster()
    tables["classes"] = [
        rosters.CLASSES,
        rosters.lesson("m", "a", "y", ""),
        *(rosters.lesson(f"f{n}", "a", "s1", "") for n in range(3)),
        *(rosters.lesson(f"g{n}", "a", "s2", "") for n in range(4)),
    ]
    tables["enrollments"] = [
        rosters.ENROLLMENTS,
        *(rosters.seat("u1", one[0], "a", "", "") for one in tables["classes"][1:]),
    ]

    assert given(tmp_path, tables).all(PlaceRecord)[0].periods == 5


def test_classes_of_two_years_are_two_places(tmp_path: Path) -> None:
    tables = rosters.one_roster()
    tables["academicSessions"] = [
        *tables["academicSessions"],
        rosters.session("z", "schoolYear", "2024-08-12", "2025-05-30", title="2024-25"),
    ]
    tables["classes"] = [*tables["classes"], rosters.lesson("old", "b", "z", "1")]
    tables["enrollments"] = [
        rosters.ENROLLMENTS,
        rosters.seat("u3", "old", "b", "2024-08-12", "2025-05-30"),
        rosters.seat("u3", "k", "b", "2025-08-11", "2026-05-29"),
    ]

    found = [one for one in given(tmp_path, tables).all(PlaceRecord) if one.number == "u3"]

    assert [(one.school_year, one.entry_on, one.exit_on) for one in found] == [
        ("2024-25", date(2024, 8, 12), None),
        ("2025-26", date(2025, 8, 11), None),
    ]


def test_the_roles_of_1_2_say_who_is_where_and_since_when(tmp_path: Path) -> None:
    sink = given(tmp_path, one_roster_12())

    assert sink.all(StudentRecord)[0].preferred_name == "Zoe"
    assert sorted(stays(sink)) == [
        ("00123", "0101", date(2025, 8, 11), None),
        ("00124", "0101", date(2025, 8, 11), date(2025, 10, 3)),
        ("00124", "b", date(2025, 10, 6), None),
        ("u3", "b", date(2025, 8, 11), None),
    ]
    assert [one.relation for one in sink.all(TieRecord)] == ["Parent", "Guardian", "Guardian"]
    assert sink.left["roles.csv", "Role (counselor)"] == 1
