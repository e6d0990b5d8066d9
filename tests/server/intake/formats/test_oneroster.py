"""OneRoster 1.0 to 1.2: what becomes of schools, people, ties and stays."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]

from server.intake.files import sources
from server.intake.formats import oneroster
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
from tests.support.rosters import Rows, row
from tests.support.tables import MemorySink, read_all


def read(path: Path) -> MemorySink:
    with sources.opened(path) as found:
        return read_all(oneroster.find(found))


def given(folder: Path, tables: Mapping[str, Rows]) -> MemorySink:
    return read(rosters.put(folder / "set", tables))


def stays(sink: MemorySink) -> list[tuple[str, str, date | None, date | None]]:
    return [
        (one.number, one.school_code, one.entry_on, one.exit_on) for one in sink.all(PlaceRecord)
    ]


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


def test_faults_name_file_line_field_value_reason_and_mend(tmp_path: Path) -> None:
    tables = rosters.one_roster()
    tables["users"] = [
        *tables["users"],
        rosters.user("u9", "student", "a", "", "Nameless"),
        [*rosters.user("u8", "student", "a", "X", "Y"), "more"],
    ]
    tables["demographics"] = [
        rosters.DEMOGRAPHICS,
        row(rosters.DEMOGRAPHICS, sourcedId="u1", birthDate="2013-02-30"),
    ]
    tables["enrollments"] = [
        *tables["enrollments"],
        rosters.seat("u1", "m", "a", "2025-10-01", "2025-09-01"),
        rosters.seat("u1", "nowhere", "", "2025-10-01", ""),
    ]

    faults = given(tmp_path, tables).faults

    assert [(one.file, one.line, one.element, one.field, one.value) for one in faults] == [
        ("demographics.csv", 2, "Demographics u1", "birthDate", "2013-02-30"),
        ("users.csv", 8, "User u9", "givenName", ""),
        ("users.csv", 9, "User in line 9", "line", "19"),
        ("enrollments.csv", 11, "Enrollment u1-m-2025-10-01", "endDate", "2025-09-01"),
        ("enrollments.csv", 12, "Enrollment u1-nowhere-2025-10-01", "schoolSourcedId", ""),
    ]
    assert all(one.reason and one.mend for one in faults)


def test_producers_own_columns_and_other_spellings(tmp_path: Path) -> None:
    tables = rosters.one_roster()
    orgs = [list(one) for one in tables["orgs"]]
    orgs[0] = ["SOURCEDID", "Status", "DateLastModified", "Name", "TYPE", " identifier ", "parent"]
    tables["orgs"] = [[*one, "x", "y"] for one in orgs]
    tables["orgs"][0][-2:] = ["metadata.region", "ext_code"]  # type: ignore[index]
    tables["demographics"] = [["userSourcedId", "birthdate"], ["u1", "2013-02-03"]]

    sink = given(tmp_path, tables)

    assert [one.code for one in sink.all(SchoolRecord)] == ["0101", "b"]
    assert sink.all(StudentRecord)[0].birth_on == date(2013, 2, 3)
    assert sink.left["orgs.csv", "metadata or ext_ column"] == 2


def test_header_only_files_say_nothing(tmp_path: Path) -> None:
    tables = {name: rows[:1] for name, rows in rosters.one_roster().items() if name != "manifest"}

    sink = given(tmp_path, tables)

    assert (sink.records, sink.faults, sink.notes) == ([], [], [])


def test_names_of_files_do_not_matter(tmp_path: Path) -> None:
    tables = rosters.one_roster()
    plain = given(tmp_path / "plain", tables)

    renamed = given(tmp_path, {f"file{n}": rows for n, rows in enumerate(tables.values())})

    assert len(renamed.records) == len(plain.records)
    assert [s.number for s in renamed.all(StudentRecord)] == ["00123", "00124", "u3"]


def test_a_set_may_lie_deep_in_an_archive(tmp_path: Path) -> None:
    file = rosters.put_zip(tmp_path / "set.zip", rosters.one_roster(), inside="export/2025/")

    with sources.opened(file) as found:
        (reader,) = oneroster.find(found)
        assert reader.sources[0].name == "export/2025/academicSessions.csv"
        assert len(read_all([reader]).all(StudentRecord)) == 3


def test_sets_of_several_archives_are_read_one_by_one(tmp_path: Path) -> None:
    rosters.put_zip(tmp_path / "week2.zip", rosters.one_roster())
    rosters.put_zip(tmp_path / "week1.zip", rosters.one_roster())

    with sources.opened(tmp_path) as found:
        readers = oneroster.find(found)
        assert [one.sources[0].name.partition("/")[0] for one in readers] == [
            "week1.zip",
            "week2.zip",
        ]


def test_a_manifest_apart_from_its_files_is_refused(tmp_path: Path) -> None:
    tables = rosters.one_roster()
    rosters.put(tmp_path / "meta", {"manifest": tables.pop("manifest")})
    rosters.put(tmp_path, tables)

    with pytest.raises(Problem, match=r"meta/manifest\.csv lies apart") as caught:
        read(tmp_path)
    assert caught.value.code == "manifest_apart"


def test_an_unknown_version_is_refused(tmp_path: Path) -> None:
    tables = rosters.one_roster()
    tables["manifest"] = rosters.manifest("2.0", users="bulk")

    with pytest.raises(Problem, match=r"OneRoster 2\.0"):
        given(tmp_path, tables)


@pytest.mark.parametrize("name", ["academicSessions", "classes"])
def test_a_missing_file_is_told_and_the_rest_is_read(tmp_path: Path, name: str) -> None:
    promised, plain = rosters.one_roster(), rosters.one_roster()
    del promised[name], plain[name]
    plain["manifest"] = rosters.manifest()

    told, noted = given(tmp_path / "1", promised), given(tmp_path / "2", plain)

    assert [one.field for one in told.faults] == [f"file.{name}"]
    assert [one.field for one in noted.notes] == [f"{name}.csv"]
    assert told.records


def test_other_tables_of_the_standard_are_left(tmp_path: Path) -> None:
    tables = rosters.one_roster()
    tables["courses"] = [
        rosters.named("sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode")
    ]
    rosters.put(tmp_path, tables)

    with sources.opened(tmp_path) as found:
        (reader,) = oneroster.find(found)
        assert list(reader.skipped) == ["courses.csv"]
        assert "courses.csv" in [one.name for one in reader.sources]


def one_roster_12() -> dict[str, Rows]:
    """Return the set as 1.2 tells it."""
    tables = rosters.one_roster()
    tables["manifest"] = rosters.manifest("1.2", users="bulk", roles="bulk")
    users: list[list[str]] = []
    for one in tables["users"][1:]:
        fields = dict(zip(rosters.USERS, one, strict=True))
        del fields["orgSourcedIds"], fields["role"]
        users.append(
            row(rosters.USERS_12, **fields, preferredGivenName="Zoe" if one[0] == "u1" else "")
        )
    tables["users"] = [rosters.USERS_12, *users]
    tables["roles"] = [
        rosters.ROLES,
        role("u1", "student", "a", "2023-08-14", ""),
        role("u2", "student", "a", "2025-08-11", "2025-10-03"),
        role("u2", "student", "b", "2025-10-06", "", kind="secondary"),
        role("u3", "student", "b"),
        role("u3", "student", "d"),
        role("g1", "parent", "a"),
        role("g2", "guardian", "a"),
        role("t1", "counselor", "a"),
    ]
    return tables


def role(
    who: str, what: str, org: str, first: str = "", last: str = "", *, kind: str = "primary"
) -> list[str]:
    return row(
        rosters.ROLES,
        sourcedId=f"r-{who}-{org}",
        userSourcedId=who,
        roleType=kind,
        role=what,
        beginDate=first,
        endDate=last,
        orgSourcedId=org,
    )


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


def test_without_roles_those_with_grades_are_students(tmp_path: Path) -> None:
    tables = one_roster_12()
    del tables["roles"]

    sink = given(tmp_path, tables)

    assert [one.number for one in sink.all(StudentRecord)] == ["00123", "00124", "u3"]
    assert [one.source_id for one in sink.all(GuardianRecord)] == ["g1", "g2"]
    assert [(one.element, one.field) for one in sink.faults] == [
        ("manifest", "roles.csv"),
        ("User t1", "role"),
    ]


def test_the_sheets_of_a_workbook_are_a_set(tmp_path: Path) -> None:
    plain = given(tmp_path, rosters.one_roster())
    book: Any = Workbook()
    book.remove(book.active)
    for name, rows in rosters.one_roster().items():
        sheet = book.create_sheet(name)
        for one in rows:
            sheet.append(list(one))
    book.save(tmp_path / "roster.xlsx")

    sink = read(tmp_path / "roster.xlsx")

    assert stays(sink) == stays(plain)
    assert [one.number for one in sink.all(StudentRecord)] == ["00123", "00124", "u3"]
    assert sink.all(StudentRecord)[0].at.file == "roster.xlsx: users"


@pytest.mark.parametrize("name", ["users", "orgs", "enrollments"])
def test_a_set_without_a_file_that_it_promises_whole_is_refused(tmp_path: Path, name: str) -> None:
    tables = rosters.one_roster()
    tables["manifest"] = rosters.manifest(users="bulk", orgs="bulk", enrollments="bulk")
    del tables[name]

    with pytest.raises(
        Problem, match=rf"manifest\.csv promises files .* \({name}\.csv\)"
    ) as caught:
        given(tmp_path, tables)

    assert caught.value.code == "oneroster_torn"


def test_a_formula_in_a_name_keeps_its_line_back_and_no_other(tmp_path: Path) -> None:
    tables = rosters.one_roster()
    columns, *rows = tables["users"]
    at, named = columns.index("sourcedId"), columns.index("givenName")
    tables["users"] = [
        columns,
        *([*row[:named], "=A1", *row[named + 1 :]] if row[at] == "u3" else row for row in rows),
    ]

    sink = given(tmp_path, tables)

    assert [(one.field, one.value) for one in sink.faults] == [("givenName", "=A1")]
    assert [one.number for one in sink.all(StudentRecord)] == ["00123", "00124"]


# Deltas ---------------------------------------------------------------------------------------

CHANGED = "2025-11-03T17:00:00Z"


def delta(tmp_path: Path, **tables: Rows) -> MemorySink:
    told = rosters.manifest(**dict.fromkeys(tables, "delta"))
    return given(tmp_path, {"manifest": told, **tables})


def changed(columns: list[str], fields: list[str], status: str = "active") -> list[str]:
    return [
        {"status": status, "dateLastModified": CHANGED}.get(column, field)
        for column, field in zip(columns, fields, strict=True)
    ]


def test_a_set_with_any_delta_is_one(tmp_path: Path) -> None:
    tables = rosters.one_roster()
    tables["manifest"] = rosters.manifest(users="delta", orgs="bulk")
    rosters.put(tmp_path / "delta", tables)
    rosters.put(tmp_path / "bulk", rosters.one_roster())

    with sources.opened(tmp_path) as found:
        assert [one.scope.is_delta for one in oneroster.find(found)] == [False, True]


def test_a_delta_keeps_when_and_what_was_taken_back(tmp_path: Path) -> None:
    users = [
        changed(rosters.USERS, rosters.user("u1", "student", "a", "Zoé", "N", identifier="7")),
        changed(rosters.USERS, rosters.user("u2", "student", "a", "Ben", "O"), "tobedeleted"),
        changed(rosters.USERS, rosters.user("g1", "parent", "a", "Eva", "N"), "ToBeDeleted"),
        changed(rosters.USERS, rosters.user("g2", "parent", "a", "Max", "N"), "inactive"),
    ]
    sink = delta(tmp_path, users=[rosters.USERS, *users])

    at = datetime(2025, 11, 3, 17, tzinfo=UTC)
    assert [(one.number, one.is_deleted, one.source_at) for one in sink.all(StudentRecord)] == [
        ("7", False, at),
        ("u2", True, at),
    ]
    assert [(one.source_id, one.is_deleted) for one in sink.all(GuardianRecord)] == [
        ("g1", True),
        ("g2", True),
    ]
    assert sink.notes == []


def test_a_transfer_ends_one_stay_and_begins_another(tmp_path: Path) -> None:
    users = [changed(rosters.USERS, rosters.user("u1", "student", "b", "Zoé", "N"))]
    seats = [
        changed(rosters.ENROLLMENTS, rosters.seat("u1", "m", "a", "2025-08-11", "2025-11-01")),
        changed(rosters.ENROLLMENTS, rosters.seat("u1", "e", "a", "2025-08-11", "2025-10-31")),
        changed(rosters.ENROLLMENTS, rosters.seat("u1", "k", "b", "2025-11-03", "2026-05-29")),
    ]

    sink = delta(tmp_path, users=[rosters.USERS, *users], enrollments=[rosters.ENROLLMENTS, *seats])

    assert stays(sink) == [
        ("u1", "a", date(2025, 8, 11), date(2025, 10, 31)),
        ("u1", "b", date(2025, 11, 3), None),
    ]
    assert {one.periods for one in sink.all(PlaceRecord)} == {None}
    assert {one.school_year for one in sink.all(PlaceRecord)} == {"2025-26"}


def test_a_transfer_is_seen_from_the_classes_alone(tmp_path: Path) -> None:
    seats = [
        changed(rosters.ENROLLMENTS, rosters.seat("u1", "m", "a", "2025-08-11", ""), "tobedeleted"),
        changed(rosters.ENROLLMENTS, rosters.seat("u1", "k", "b", "2025-11-03", "")),
    ]

    sink = delta(tmp_path, enrollments=[rosters.ENROLLMENTS, *seats])

    assert stays(sink) == [
        ("u1", "a", date(2025, 8, 11), date(2025, 11, 2)),
        ("u1", "b", date(2025, 11, 3), None),
    ]


def test_a_change_of_classes_alone_ends_no_stay(tmp_path: Path) -> None:
    dropped = changed(rosters.ENROLLMENTS, rosters.seat("u1", "m", "a", "2025-08-11", "2025-11-01"))
    there = changed(rosters.USERS, rosters.user("u2", "student", "a", "Ben", "O"))
    other = changed(rosters.ENROLLMENTS, rosters.seat("u2", "m", "a", "2025-08-11", "2025-11-01"))

    sink = delta(
        tmp_path,
        users=[rosters.USERS, there],
        enrollments=[rosters.ENROLLMENTS, dropped, other],
    )

    # Whether that was u2's only class is known where his enrolment is stored.
    [told] = sink.all(PlaceRecord)
    assert (told.number, told.ended_count) == ("u2", 1)
    assert stays(sink) == [("u2", "a", date(2025, 8, 11), date(2025, 10, 31))]
    assert sink.left["enrollments.csv", "Enrollment (change of classes)"] == 1


def test_who_left_the_district_has_a_last_day(tmp_path: Path) -> None:
    gone = changed(rosters.USERS, rosters.user("u1", "student", "a", "Zoé", "N"), "tobedeleted")
    seats = [changed(rosters.ENROLLMENTS, rosters.seat("u1", "m", "a", "2025-08-11", "2025-10-25"))]

    sink = delta(tmp_path, users=[rosters.USERS, gone], enrollments=[rosters.ENROLLMENTS, *seats])

    assert stays(sink) == [("u1", "a", date(2025, 8, 11), date(2025, 10, 24))]


def test_a_role_taken_back_ends_a_stay(tmp_path: Path) -> None:
    roles = [
        changed(
            rosters.ROLES, role("u1", "student", "a", "2025-08-11", "2025-10-24"), "tobedeleted"
        ),
        changed(rosters.ROLES, role("u1", "student", "b", "2025-10-27")),
    ]

    sink = delta(tmp_path, roles=[rosters.ROLES, *roles])

    assert sorted(stays(sink)) == [
        ("u1", "a", date(2025, 8, 11), date(2025, 10, 24)),
        ("u1", "b", date(2025, 10, 27), None),
    ]


def test_an_end_that_is_told_in_advance_ends_the_stay_unless_it_is_the_years(
    tmp_path: Path,
) -> None:
    roles = [
        changed(rosters.ROLES, role("u1", "student", "a", "2025-08-11", "2026-01-16")),
        changed(rosters.ROLES, role("u2", "student", "a", "2025-08-11", "2026-05-29")),
    ]

    sink = delta(tmp_path, roles=[rosters.ROLES, *roles])

    assert sorted(stays(sink)) == [
        ("u1", "a", date(2025, 8, 11), date(2026, 1, 16)),
        ("u2", "a", date(2025, 8, 11), None),
    ]
