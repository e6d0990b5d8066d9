"""Microsoft School Data Sync: the samples of its authors, counted by other means, and v1."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import msgspec
import pytest

from server.intake.files import sources
from server.intake.formats import oneroster, sds
from server.intake.records import (
    GuardianRecord,
    PlaceRecord,
    SchoolRecord,
    StudentRecord,
    TermRecord,
    TieRecord,
)
from server.problems import Problem
from tests.support import rosters
from tests.support.tables import MemorySink, read_all

SAMPLES = Path(__file__).parents[3] / "data" / "microsoft-sds"


def read(path: Path) -> MemorySink:
    with sources.opened(path) as found:
        assert oneroster.find(found) == []
        return read_all(sds.find(found))


def rows_of(version: str, name: str) -> list[dict[str, str]]:
    with (SAMPLES / version / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_sample_of_v2_by_other_means() -> None:
    sink = read(SAMPLES / "sds-v2")

    schools = {
        one["sourcedId"]: one for one in rows_of("sds-v2", "orgs") if one["type"] == "school"
    }
    users = rows_of("sds-v2", "users")
    students = {one["sourcedId"]: one for one in users if one["role"] == "Student"}
    school_of = {one["sourcedId"]: one["orgSourcedId"] for one in rows_of("sds-v2", "classes")}
    places = {
        (one["userSourcedId"], school_of[one["classSourcedId"]])
        for one in rows_of("sds-v2", "enrollments")
        if one["role"] == "Student"
    } | {(one["sourcedId"], one["orgSourcedIds"]) for one in students.values()}
    places = {(who, where) for who, where in places if where in schools}
    assert (len(schools), len(students), len(places)) == (2, 22, 15)

    assert {one.code: one.name for one in sink.all(SchoolRecord)} == {
        id_: one["name"] for id_, one in schools.items()
    }
    assert {one.number: (one.first_name, one.last_name) for one in sink.all(StudentRecord)} == {
        id_: (one["givenName"], one["familyName"]) for id_, one in students.items()
    }
    found = sink.all(PlaceRecord)
    assert {(one.number, one.school_code) for one in found} == places
    assert len(found) == len(places)
    assert {(one.entry_on, one.exit_on, one.school_year, one.periods) for one in found} == {
        (None, None, "", None)
    }
    assert {one.number: int(one.grade) for one in found} == {
        who: int(students[who]["grade"]) for who, _ in places
    }
    assert sum(n for (_, what), n in sink.left.items() if what.startswith("User")) == len(
        users
    ) - len(students)
    assert sink.faults == []


def test_the_sample_of_v2_1_by_other_means() -> None:
    sink = read(SAMPLES / "sds-v2.1")

    orgs = rows_of("sds-v2.1", "orgs")
    schools = {one["sourcedId"] for one in orgs if one["type"] == "school"}
    roles = [one for one in rows_of("sds-v2.1", "roles") if one["role"] == "student"]
    ties = rows_of("sds-v2.1", "relationships")
    births = {one["userSourcedId"]: one["birthDate"] for one in rows_of("sds-v2.1", "demographics")}
    sessions = rows_of("sds-v2.1", "academicSessions")

    assert {one.code for one in sink.all(SchoolRecord)} == schools
    assert {one.number: str(one.birth_on) for one in sink.all(StudentRecord)} == {
        one["userSourcedId"]: births[one["userSourcedId"]] for one in roles
    }
    assert {
        (one.number, one.school_code, str(one.entry_on), one.exit_on, one.school_year, one.grade)
        for one in sink.all(PlaceRecord)
    } == {
        (
            who["userSourcedId"],
            who["orgSourcedId"],
            who["roleStartDate"],
            None,
            "2021-22",
            who["grade"],
        )
        for who in roles
        if who["orgSourcedId"] in schools
    }
    assert [(one.number, one.source_id, one.relation) for one in sink.all(TieRecord)] == [
        (
            one["userSourcedId"],
            one["relationshipUserSourcedId"],
            one["relationshipRole"].capitalize(),
        )
        for one in ties
    ]
    users = {one["sourcedId"]: one for one in rows_of("sds-v2.1", "users")}
    assert {
        one.source_id: {(p.source_kind, p.value) for p in one.points}
        for one in sink.all(GuardianRecord)
    } == {
        one["relationshipUserSourcedId"]: {
            ("email", users[one["relationshipUserSourcedId"]]["email"]),
            ("sms", users[one["relationshipUserSourcedId"]]["sms"]),
        }
        for one in ties
    }
    assert [(one.title, str(one.begin_on), str(one.end_on)) for one in sink.all(TermRecord)] == [
        (one["title"], one["startDate"], one["endDate"])
        for one in sessions
        if one["type"] != "schoolYear"
    ]
    flags = Counter(one["userSourcedId"] for one in rows_of("sds-v2.1", "userFlags"))
    assert sink.left["userFlags.csv", "UserFlag"] == flags.total()
    assert sink.faults == []


@pytest.mark.parametrize("version", ["sds-v2", "sds-v2.1"])
def test_nothing_of_passwords_flags_or_descent_is_told(version: str) -> None:
    sink = read(SAMPLES / version)

    everything = msgspec.json.encode([sink.records, sink.faults, sink.notes]).decode()

    for secret in ("P@ssword", "iep", "freeLunch", "asian", "white", "hispanic", "Woodenville"):
        assert secret not in everything


def first() -> dict[str, rosters.Rows]:
    """Return a set of v1."""
    section = rosters.named(
        "SIS ID,School SIS ID,Section Name,Term SIS ID,Term Name,Term StartDate,Term EndDate,"
        "Periods"
    )
    person = rosters.named(
        "SIS ID,School SIS ID,Username,First Name,Last Name,Password,Grade,Birthdate,"
        "Student Number,Status"
    )
    return {
        "School": [
            ["SIS ID", "Name", "School Number", "Grade Low", "Grade High"],
            ["s1", "Contoso", "0007", "9", "12"],
            ["s2", "Fabrikam Elementary", "", "K", "8"],
        ],
        "Section": [
            section,
            ["c1", "s1", "Math", "t1", "Fall Semester", "8/18/2025", "12/19/2025", "1"],
            ["c2", "s1", "Art", "t2", "Spring Semester", "1/6/2026", "5/29/2026", "1"],
            ["c3", "s2", "Room 3", "y", "Year", "8/18/2025", "5/29/2026", ""],
        ],
        "Student": [
            person,
            ["p1", "s1", "ora", "Ora", "Klein", "secret", "9", "4/22/2010", "00501", "Active"],
            ["p2", "s2", "noé", "Noé", "Paz", "secret", "K", "2019-02-03", "p1", "Active"],
        ],
        "Teacher": [
            rosters.named("SIS ID,School SIS ID,Username,First Name,Last Name,Password,Title"),
            ["e1", "s1", "amy", "Amy", "Roe", "secret", "Teacher"],
        ],
        "StudentEnrollment": [
            ["Section SIS ID", "SIS ID"],
            ["c1", "p1"],
            ["c2", "p1"],
            ["c3", "p2"],
        ],
        "TeacherRoster": [["Section SIS ID", "SIS ID"], ["c1", "e1"]],
        "User": [
            ["Email", "First Name", "Last Name", "Phone", "SIS ID"],
            ["Eva@Example.org", "Eva", "Klein", "505-555-0101", ""],
        ],
        "Guardianrelationship": [
            ["SIS ID", "Email", "Role"],
            ["p1", "eva@example.org", "Parent"],
            ["p2", "Eva@example.org", "Guardian"],
        ],
    }


def test_v1(tmp_path: Path) -> None:
    sink = read(rosters.put_zip(tmp_path / "sds.zip", first()))

    assert [(one.code, one.source_id, one.level) for one in sink.all(SchoolRecord)] == [
        ("0007", "s1", "high"),
        ("s2", "s2", "elementary"),
    ]
    assert [
        (one.number, one.source_id, one.last_name, one.birth_on) for one in sink.all(StudentRecord)
    ] == [
        ("00501", "p1", "Klein", date(2010, 4, 22)),
        ("p2", "p2", "Paz", date(2019, 2, 3)),
    ]
    assert [(one.kind, one.title, str(one.end_on)) for one in sink.all(TermRecord)] == [
        ("semester", "Fall Semester", "2025-12-19"),
        ("semester", "Spring Semester", "2026-05-29"),
    ]
    assert [
        (one.number, one.school_code, str(one.entry_on), one.exit_on, one.grade, one.periods)
        for one in sink.all(PlaceRecord)
    ] == [
        ("00501", "0007", "2025-08-18", None, "09", 1),
        ("p2", "s2", "2025-08-18", None, "KG", None),
    ]
    assert [(one.number, one.source_id, one.relation) for one in sink.all(TieRecord)] == [
        ("00501", "eva@example.org", "Parent"),
        ("p2", "eva@example.org", "Guardian"),
    ]
    assert [one.source_id for one in sink.all(GuardianRecord)] == ["eva@example.org"]
    assert sink.left["Teacher.csv", "Teacher"] == 1
    assert sink.left["TeacherRoster.csv", "Enrollment (teacher)"] == 1
    assert sink.faults == []
    assert "secret" not in msgspec.json.encode([sink.records, sink.faults]).decode()


def test_v1_s_dates_are_never_guessed(tmp_path: Path) -> None:
    tables = first()
    tables["Section"] = [
        tables["Section"][0],
        [*tables["Section"][1][:5], "8/9/2025", "12/1/2025", ""],
    ]

    with pytest.raises(Problem) as caught:
        read(rosters.put(tmp_path, tables))
    assert caught.value.code == "dates_ambiguous"

    with sources.opened(tmp_path) as found:
        sink = read_all(sds.find(found, order="mdy"))
    assert str(sink.all(TermRecord)[0].begin_on) == "2025-08-09"


def test_v1_with_the_least_columns_asks_the_file_s_name(tmp_path: Path) -> None:
    people = ["SIS ID", "School SIS ID", "Username"]
    named = [*people, "First Name", "Last Name"]
    tables: dict[str, rosters.Rows] = {
        "school": [["SIS ID", "Name"], ["s1", "Contoso High School"]],
        "student": [named, ["p1", "s1", "ora", "Ora", "Klein"]],
        "teacher": [people, ["e1", "s1", "amy"]],
    }

    sink = read(rosters.put(tmp_path, tables))

    assert [one.number for one in sink.all(StudentRecord)] == ["p1"]
    assert sink.left["teacher.csv", "Teacher"] == 1
    assert [(one.school_year, one.entry_on) for one in sink.all(PlaceRecord)] == [("", None)]


def test_a_list_of_addresses_is_no_set(tmp_path: Path) -> None:
    rosters.put(
        tmp_path, {"list": [["Email", "First Name", "Last Name", "Phone"], ["a@b", "A", "B", "1"]]}
    )

    with sources.opened(tmp_path) as found:
        assert sds.find(found) == []
