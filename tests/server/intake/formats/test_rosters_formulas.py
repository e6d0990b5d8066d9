"""What a spreadsheet wrote as a formula never reaches a screen or an export by way of a roster."""

from collections.abc import Callable, Sequence

import pytest

from server.intake.formats import Reader, Source, oneroster, sds
from server.intake.records import GuardianRecord, PlaceRecord, StudentRecord
from tests.support.tables import MemorySink, read_all, source

Find = Callable[[Sequence[Source]], list[Reader]]
FORMULAS = ['=HYPERLINK("http://x")', "+A1", "@SUM(A1)", "-A1+1"]

ONE_ROSTER = {
    "orgs.csv": "sourcedId,status,name,type,identifier\na,,Rio School,school,0101\n",
    "academicSessions.csv": (
        "sourcedId,status,title,type,startDate,endDate\n"
        "y,,2025-26,schoolYear,2025-08-11,2026-05-29\ns,,Fall,semester,2025-08-11,2025-12-20\n"
    ),
    "classes.csv": "sourcedId,status,title,schoolSourcedId,termSourcedIds,periods\nm,,Art,a,y,3\n",
    "users.csv": (
        "sourcedId,status,orgSourcedIds,role,givenName,familyName,username,phone,grades\n"
        "u1,,a,student,Ana,Paz,ana,,7\ng1,,a,parent,Eva,Paz,eva,+1 505 555 0101,\n"
    ),
    "enrollments.csv": (
        "sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role\ne1,,m,a,u1,student\n"
    ),
}
SECOND = {
    "orgs.csv": "sourcedId,name,type\na,Rio School,school\n",
    "users.csv": "sourcedId,username,givenName,familyName\nu1,ana,Ana,Paz\ng1,eva,Eva,Paz\n",
    "roles.csv": "userSourcedId,orgSourcedId,role,grade\nu1,a,student,07\n",
    "classes.csv": "sourcedId,orgSourcedId,title\nm,a,Art\n",
    "enrollments.csv": "classSourcedId,userSourcedId,role\nm,u1,student\n",
    "relationships.csv": (
        "userSourcedId,relationshipUserSourcedId,relationshipRole\nu1,g1,guardian\n"
    ),
}
FIRST = {
    "School.csv": "SIS ID,Name,School Number\na,Rio School,0101\n",
    "Section.csv": "SIS ID,School SIS ID,Section Name,Periods\nm,a,Art,3\n",
    "Student.csv": "SIS ID,School SIS ID,Username,First Name,Last Name,Grade\nu1,a,ana,Ana,Paz,7\n",
    "StudentEnrollment.csv": "Section SIS ID,SIS ID\nm,u1\n",
    "User.csv": "Email,First Name,Last Name,Phone\neva@x.org,Eva,Paz,+1 505 555 0101\n",
    "Guardianrelationship.csv": "SIS ID,Email,Role\nu1,eva@x.org,Parent\n",
}


def read(find: Find, files: dict[str, str]) -> MemorySink:
    return read_all(find([source(name, text) for name, text in files.items()]))


@pytest.mark.parametrize(
    ("find", "files"), [(oneroster.find, ONE_ROSTER), (sds.find, SECOND), (sds.find, FIRST)]
)
def test_what_only_begins_with_a_sign_is_no_formula(find: Find, files: dict[str, str]) -> None:
    sink = read(find, files)

    assert sink.faults == []
    assert len(sink.all(StudentRecord)) == len(sink.all(GuardianRecord)) == 1


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize(
    ("find", "files", "where"),
    [
        (oneroster.find, ONE_ROSTER, ("orgs.csv", "0101", "identifier")),
        (oneroster.find, ONE_ROSTER, ("academicSessions.csv", "Fall", "title")),
        (oneroster.find, ONE_ROSTER, ("classes.csv", "3\n", "periods")),
        (oneroster.find, ONE_ROSTER, ("users.csv", ",7\n", "grades")),
        (oneroster.find, ONE_ROSTER, ("enrollments.csv", "u1", "userSourcedId")),
        (oneroster.find, ONE_ROSTER, ("enrollments.csv", "m,a", "classSourcedId")),
        (sds.find, SECOND, ("orgs.csv", "Rio School", "name")),
        (sds.find, SECOND, ("users.csv", "Ana", "givenName")),
        (sds.find, SECOND, ("roles.csv", "07", "grade")),
        (sds.find, SECOND, ("classes.csv", ",a,", "orgSourcedId")),
        (sds.find, SECOND, ("enrollments.csv", "u1", "userSourcedId")),
        (sds.find, SECOND, ("relationships.csv", "guardian", "relationshipRole")),
        (sds.find, FIRST, ("School.csv", "0101", "School Number")),
        (sds.find, FIRST, ("Section.csv", ",3\n", "Periods")),
        (sds.find, FIRST, ("Student.csv", "Paz", "Last Name")),
        (sds.find, FIRST, ("StudentEnrollment.csv", "u1", "SIS ID")),
        (sds.find, FIRST, ("User.csv", "eva@x.org", "Email")),
        (sds.find, FIRST, ("Guardianrelationship.csv", "Parent", "Role")),
    ],
)
def test_a_formula_keeps_its_line_back(
    find: Find, files: dict[str, str], where: tuple[str, str, str], formula: str
) -> None:
    file, was, field = where
    kept = was.replace(was.strip(",\n").split(",")[0], f'"{formula.replace(chr(34), chr(34) * 2)}"')

    sink = read(find, {**files, file: files[file].replace(was, kept, 1)})

    assert [(one.file, one.field, one.value) for one in sink.faults] == [(file, field, formula)]
    assert not any(formula in str(record) for record in sink.records)


@pytest.mark.parametrize(
    ("find", "files", "file", "was"),
    [
        (oneroster.find, ONE_ROSTER, "users.csv", "Ana"),
        (sds.find, SECOND, "relationships.csv", "guardian"),
        (sds.find, FIRST, "Guardianrelationship.csv", "Parent"),
    ],
)
def test_whose_tie_was_kept_back_loses_none(
    find: Find, files: dict[str, str], file: str, was: str
) -> None:
    sink = read(find, {**files, file: files[file].replace(was, "=A1", 1)})

    assert "u1" in sink.held_ties


def test_what_is_never_shown_may_begin_with_any_sign() -> None:
    users = ONE_ROSTER["users.csv"].replace(",ana,", ",@ana,")

    sink = read(oneroster.find, {**ONE_ROSTER, "users.csv": users})

    assert sink.faults == []
    assert len(sink.all(PlaceRecord)) == 1
