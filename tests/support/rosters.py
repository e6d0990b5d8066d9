"""Small rosters, hand-made, and ways to write them down."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

Rows = Sequence[Sequence[str]]


def named(names: str) -> list[str]:
    """Return column names, written "a,b,c"."""
    return names.split(",")


ORGS = named("sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId")
SESSIONS = named(
    "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear"
)
CLASSES = named(
    "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,"
    "schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods"
)
USERS = named(
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,"
    "familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password"
)
USERS_12 = named(
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,"
    "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,"
    "userMasterIdentifier,resourceSourcedIds,preferredGivenName,preferredMiddleName,"
    "preferredFamilyName,primaryOrgSourcedId,pronouns"
)
ROLES = named(
    "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,"
    "orgSourcedId,userProfileSourcedId"
)
ENROLLMENTS = named(
    "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,"
    "beginDate,endDate"
)
DEMOGRAPHICS = named(
    "sourcedId,status,dateLastModified,birthDate,sex,americanIndianOrAlaskaNative,asian,white"
)


def row(columns: Sequence[str], **fields: str) -> list[str]:
    """Return a row of a table, empty where nothing is given."""
    unknown = fields.keys() - set(columns)
    assert not unknown, unknown
    return [fields.get(column, "") for column in columns]


def manifest(version: str = "1.1", **files: str) -> Rows:
    """Return a manifest; ``files`` are ``bulk``, ``delta`` or ``absent``."""
    return [
        ["propertyName", "value"],
        ["manifest.version", "1.0"],
        ["oneroster.version", version],
        *([f"file.{name}", mode] for name, mode in files.items()),
        ["source.systemName", "Hand"],
    ]


def written(rows: Rows, *, delimiter: str = ",", end: str = "\n", quoting: int = 0) -> str:
    """Return a table as CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)  # type: ignore[arg-type]  # told by name, as tests like it
    return text.getvalue()


def put(folder: Path, tables: Mapping[str, Rows]) -> Path:
    """Write tables as ``<name>.csv`` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text(written(rows), encoding="utf-8", newline="")
    return folder


def put_zip(file: Path, tables: Mapping[str, Rows], *, inside: str = "") -> Path:
    """Write tables into an archive."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in tables.items():
            archive.writestr(f"{inside}{name}.csv", written(rows))
    return file


def one_roster() -> dict[str, Rows]:
    """Return a bulk set of OneRoster 1.1: two schools, three students, two guardians, a teacher."""
    return {
        "manifest": manifest(
            orgs="bulk", users="bulk", academicSessions="bulk", classes="bulk", enrollments="bulk"
        ),
        "orgs": [
            ORGS,
            row(ORGS, sourcedId="d", name="Rio District", type="district"),
            row(ORGS, sourcedId="x", name="Science", type="department", parentSourcedId="a"),
            row(ORGS, sourcedId="a", name="Rio Middle School", type="school", identifier="0101"),
            row(ORGS, sourcedId="b", name="Mesa Academy", type="school", parentSourcedId="d"),
        ],
        "academicSessions": [
            SESSIONS,
            session("y", "schoolYear", "2025-08-11", "2026-05-29", title="2025-26"),
            session("s1", "semester", "2025-08-11", "2025-12-20", title="Fall", parent="y"),
            session("s2", "semester", "2026-01-06", "2026-05-29", title="Spring", parent="y"),
        ],
        "classes": [
            CLASSES,
            lesson("m", "a", "y", "1"),
            lesson("e", "a", "y", "2"),
            lesson("f", "a", "s1", "3"),
            lesson("g", "a", "s2", "3"),
            lesson("h", "a", "y", "", kind="homeroom"),
            lesson("k", "b", "y", ""),
        ],
        "users": [
            USERS,
            user(
                "u1", "student", "a", "Zoé", "Núñez", identifier="00123", agents="g1,g2", grade="7"
            ),
            user("u2", "student", "a", "Ben", "Oso", identifier="00124", grade="08"),
            user("u3", "student", "b", "Ana", "Paz", grade="K"),
            user(
                "g1", "parent", "a", "Eva", "Núñez", sms="(505) 555-0101", email="eva@example.org"
            ),
            user("g2", "guardian", "a", "Max", "Núñez", phone="505-555-0102", agents="u1,u3"),
            user("t1", "teacher", "a", "Tim", "Teach"),
        ],
        "enrollments": [
            ENROLLMENTS,
            *(seat("u1", one, "a", "2025-08-11", "2026-05-29") for one in "meh"),
            seat("u1", "f", "a", "2025-08-11", "2025-12-20"),
            seat("u1", "g", "a", "2026-01-06", "2026-05-29"),
            seat("u2", "m", "a", "2025-08-11", "2025-10-04"),
            seat("u2", "m", "a", "2025-11-03", ""),
            seat("u3", "k", "b", "", ""),
            seat("t1", "m", "a", "", "", role="teacher"),
        ],
        "demographics": [
            DEMOGRAPHICS,
            row(DEMOGRAPHICS, sourcedId="u1", birthDate="2013-02-03", white="true"),
        ],
    }


def session(
    id_: str, kind: str, first: str, end: str, *, title: str, parent: str = ""
) -> list[str]:
    """Return an academic session."""
    return row(
        SESSIONS,
        sourcedId=id_,
        title=title,
        type=kind,
        startDate=first,
        endDate=end,
        parentSourcedId=parent,
        schoolYear=end[:4],
    )


def lesson(
    id_: str, school: str, terms: str, periods: str, *, kind: str = "scheduled"
) -> list[str]:
    """Return a class."""
    return row(
        CLASSES,
        sourcedId=id_,
        title=f"Class {id_}",
        classType=kind,
        schoolSourcedId=school,
        termSourcedIds=terms,
        periods=periods,
    )


def user(id_: str, role: str, org: str, first: str, last: str, **more: str) -> list[str]:
    """Return a user of 1.1, with a password that nobody may ever see."""
    return row(
        USERS,
        sourcedId=id_,
        enabledUser="true",
        orgSourcedIds=org,
        role=role,
        username=f"name-{id_}",
        givenName=first,
        familyName=last,
        password=f"secret-{id_}",
        agentSourcedIds=more.pop("agents", ""),
        grades=more.pop("grade", ""),
        **more,
    )


def seat(
    who: str, lesson_id: str, school: str, first: str, end: str, *, role: str = "student"
) -> list[str]:
    """Return an enrolment in a class."""
    return row(
        ENROLLMENTS,
        sourcedId=f"{who}-{lesson_id}-{first}",
        classSourcedId=lesson_id,
        schoolSourcedId=school,
        userSourcedId=who,
        role=role,
        beginDate=first,
        endDate=end,
    )
