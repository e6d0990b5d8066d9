"""Recognises the tables of School Data Sync by their columns.

v1's teachers and students may have the same columns; only there the file's name is asked, too.
"""

from collections.abc import Collection, Mapping

from server.intake.formats import Table
from server.intake.formats.roster.lines import folded_names
from server.intake.formats.roster.sets import TableSet

SCHOOLS = "School"
SECTIONS = "Section"
STUDENTS = "Student"
TEACHERS = "Teacher"
SEATS = "StudentEnrollment"
CONTACTS = "User"
TIES = "Guardianrelationship"

ORGS = "orgs"
USERS = "users"
ROLES = "roles"
CLASSES = "classes"
COURSES = "courses"
ENROLLMENTS = "enrollments"
SESSIONS = "academicSessions"
DEMOGRAPHICS = "demographics"
RELATIONSHIPS = "relationships"
FLAGS = "userFlags"

_COLUMNS: Mapping[str, Collection[Collection[str]]] = {
    SEATS: [{"sectionsisid", "sisid"}],
    SECTIONS: [{"sisid", "schoolsisid", "sectionname"}],
    TIES: [{"sisid", "email", "role"}],
    CONTACTS: [{"email", "firstname", "lastname", "phone"}],
    STUDENTS: [{"sisid", "schoolsisid", "username"}],
    SCHOOLS: [{"sisid", "name"}],
    RELATIONSHIPS: [{"usersourcedid", "relationshipusersourcedid"}],
    FLAGS: [{"usersourcedid", "flag"}],
    ENROLLMENTS: [{"classsourcedid", "usersourcedid", "role"}],
    ROLES: [{"usersourcedid", "orgsourcedid", "role"}],
    DEMOGRAPHICS: [{"usersourcedid", "birthdate"}],
    SESSIONS: [{"sourcedid", "startdate", "enddate"}],
    COURSES: [
        {"sourcedid", "orgsourcedid", "code"},
        {"sourcedid", "orgsourcedid", "schoolyearsourcedid"},
    ],
    CLASSES: [{"sourcedid", "orgsourcedid", "title"}],
    USERS: [{"sourcedid", "username"}, {"sourcedid", "givenname", "familyname"}],
    ORGS: [{"sourcedid", "name", "type"}],
}
"""In this order: the first that fits is it."""
_FIRST = frozenset({SCHOOLS, SECTIONS, STUDENTS, TEACHERS, SEATS, TIES})
_OF_STUDENTS = frozenset({"grade", "birthdate", "studentnumber", "graduationyear"})
_OF_TEACHERS = frozenset({"teachernumber", "title", "qualification"})
_ALONE = frozenset({CONTACTS})
"""Kinds that prove nothing: many a list has a name, a phone and an e-mail."""


def by_kind(one: TableSet) -> dict[str, list[Table]]:
    """Return the tables of a set by what they are; nothing when it is no set of SDS."""
    found: dict[str, list[Table]] = {}
    for _, table in one.tables:
        kind = _kind_of(table)
        if kind:
            found.setdefault(kind, []).append(table)
    return {} if set(found) <= _ALONE else found


def is_first(found: Collection[str]) -> bool:
    """Tell whether it is a set of v1."""
    return not _FIRST.isdisjoint(found)


def _kind_of(table: Table) -> str:
    columns = folded_names(table)
    for kind, choices in _COLUMNS.items():
        if any(columns.issuperset(wanted) for wanted in choices):
            return TEACHERS if kind == STUDENTS and _is_teachers(table, columns) else kind
    return ""


def _is_teachers(table: Table, columns: Collection[str]) -> bool:
    if not _OF_STUDENTS.isdisjoint(columns):
        return False
    return not _OF_TEACHERS.isdisjoint(columns) or "teacher" in table.file.casefold()
