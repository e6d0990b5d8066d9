"""OneRoster: schools, students, guardians and their ties."""

from datetime import date
from pathlib import Path

import msgspec

from server.intake.records import (
    GuardianRecord,
    SchoolRecord,
    StudentRecord,
    TermRecord,
    TieRecord,
)
from tests.support import rosters
from tests.support.one_roster import given


def test_schools_are_the_orgs_that_are_schools(tmp_path: Path) -> None:
    sink = given(tmp_path, rosters.one_roster())

    assert [(one.code, one.name, one.level, one.source_id) for one in sink.all(SchoolRecord)] == [
        ("0101", "Rio Middle School", "middle", "a"),
        ("b", "Mesa Academy", "elementary", "b"),
    ]
    assert sink.counts["orgs.csv", "Org"] == 4
    assert sink.left["orgs.csv", "Org (district)"] == 1
    assert sink.left["orgs.csv", "Org (department)"] == 1
    assert sink.faults == []
    assert sink.notes == []


def test_parts_of_a_year_are_terms_whose_ends_are_their_last_days(tmp_path: Path) -> None:
    sink = given(tmp_path, rosters.one_roster())

    assert [
        (one.school_year, one.kind, one.title, one.begin_on, one.end_on)
        for one in sink.all(TermRecord)
    ] == [
        ("2025-26", "semester", "Fall", date(2025, 8, 11), date(2025, 12, 19)),
        ("2025-26", "semester", "Spring", date(2026, 1, 6), date(2026, 5, 28)),
    ]


def test_students_are_known_by_identifier_and_by_sourced_id(tmp_path: Path) -> None:
    sink = given(tmp_path, rosters.one_roster())

    assert [
        (one.number, one.source_id, one.first_name, one.last_name, one.birth_on)
        for one in sink.all(StudentRecord)
    ] == [
        ("00123", "u1", "Zoé", "Núñez", date(2013, 2, 3)),
        ("00124", "u2", "Ben", "Oso", None),
        ("u3", "u3", "Ana", "Paz", None),
    ]
    assert sink.left["users.csv", "User (teacher)"] == 1


def test_an_identifier_that_two_students_have_names_neither(tmp_path: Path) -> None:
    tables = rosters.one_roster()
    tables["users"] = [
        *tables["users"][:1],
        rosters.user("u1", "student", "a", "A", "A", identifier="7"),
        rosters.user("u2", "student", "a", "B", "B", identifier="7"),
        rosters.user("u3", "student", "a", "C", "C", identifier="u4"),
        rosters.user("u4", "student", "a", "D", "D", identifier="9"),
    ]

    sink = given(tmp_path, tables)

    assert [one.number for one in sink.all(StudentRecord)] == ["u1", "u2", "u3", "9"]


def test_guardians_come_with_their_numbers_and_ties_from_both_sides(tmp_path: Path) -> None:
    sink = given(tmp_path, rosters.one_roster())

    assert [
        (one.source_id, one.first_name, [(p.kind, p.source_kind, p.value) for p in one.points])
        for one in sink.all(GuardianRecord)
    ] == [
        (
            "g1",
            "Eva",
            [("mobile", "sms", "(505) 555-0101"), ("email", "email", "eva@example.org")],
        ),
        ("g2", "Max", [("other_phone", "phone", "505-555-0102")]),
    ]
    assert [
        (one.number, one.source_id, one.relation, one.position) for one in sink.all(TieRecord)
    ] == [
        ("00123", "g1", "Parent", 0),
        ("00123", "g2", "Guardian", 1),
        ("u3", "g2", "Guardian", 0),
    ]


def test_a_teacher_whom_a_student_names_is_a_guardian_too(tmp_path: Path) -> None:
    tables = rosters.one_roster()
    tables["users"] = [
        tables["users"][0],
        rosters.user("u1", "student", "a", "A", "A", agents="t1"),
        rosters.user("t1", "teacher", "a", "T", "T", phone="505-555-0103"),
    ]

    sink = given(tmp_path, tables)

    assert [one.source_id for one in sink.all(GuardianRecord)] == ["t1"]
    assert [(one.source_id, one.relation) for one in sink.all(TieRecord)] == [("t1", "")]


def test_no_password_and_nothing_of_descent_is_ever_told(tmp_path: Path) -> None:
    tables = rosters.one_roster()
    users = [list(one) for one in tables["users"]]
    users[1][rosters.USERS.index("dateLastModified")] = "yesterday"
    users[2].append("surplus")
    users[3].pop()
    users[4][rosters.USERS.index("givenName")] = users[4][rosters.USERS.index("familyName")] = ""
    tables["users"] = users

    sink = given(tmp_path, tables)

    everything = msgspec.json.encode([sink.records, sink.faults, sink.notes]).decode()
    everything += str(sink.counts) + str(sink.left)
    assert len(sink.faults) == 4
    assert "secret" not in everything
    assert "true" not in everything.replace('"is_deleted":true', "")
