"""OneRoster 1.0 to 1.2: which files are a set, what a set lacks, and which lines are at fault."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]  # it ships no types

from server.intake.files import sources
from server.intake.formats import oneroster
from server.intake.records import (
    GuardianRecord,
    SchoolRecord,
    StudentRecord,
)
from server.problems import Problem
from tests.support import rosters
from tests.support.one_roster import given, one_roster_12, read, stays
from tests.support.rosters import row
from tests.support.tables import read_all


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
    tables["orgs"][0][-2:] = ["metadata.region", "ext_code"]  # type: ignore[index]  # told by name, as tests like it
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

    with pytest.raises(Problem, match=rf"promises files .* \({name}\.csv\)") as caught:
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
