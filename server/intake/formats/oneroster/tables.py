"""Recognises OneRoster's tables by their columns, whatever the files are named."""

from collections.abc import Collection, Mapping

from server.intake.formats.roster.lines import folded

MANIFEST = "manifest"
ORGS = "orgs"
SESSIONS = "academicSessions"
CLASSES = "classes"
USERS = "users"
ROLES = "roles"
ENROLLMENTS = "enrollments"
DEMOGRAPHICS = "demographics"

_COLUMNS: Mapping[str, Collection[Collection[str]]] = {
    MANIFEST: [{"propertyname", "value"}],
    ENROLLMENTS: [{"classsourcedid", "usersourcedid", "role"}],
    ROLES: [{"usersourcedid", "role", "orgsourcedid"}],
    USERS: [{"sourcedid", "givenname", "familyname"}],
    CLASSES: [{"sourcedid", "schoolsourcedid", "title"}, {"sourcedid", "classcode", "title"}],
    SESSIONS: [{"sourcedid", "startdate", "enddate", "type"}],
    DEMOGRAPHICS: [{"sourcedid", "birthdate"}, {"usersourcedid", "birthdate"}],
    ORGS: [{"sourcedid", "name", "type"}],
}
"""In this order: the first that fits is it."""

_OURS_ALONE = frozenset(
    {"status", "datelastmodified", "enableduser", "schoolsourcedid", "agentsourcedids"}
)
"""Columns of OneRoster that Microsoft SDS, which borrows the other names, does not have."""

UNUSED: Mapping[str, Collection[str]] = {
    "courses": {"sourcedid", "coursecode"},
    "userProfiles": {"sourcedid", "profiletype"},
    "lineItems": {"sourcedid", "duedate", "assigndate"},
    "results": {"sourcedid", "score"},
    "categories": {"sourcedid", "status", "title"},
    "resources": {"sourcedid", "vendorresourceid"},
    "classResources": {"sourcedid", "resourcesourcedid"},
    "scoreScales": {"sourcedid", "scorescaletype"},
}


def kind_of(header: Collection[str]) -> str:
    """Return which of OneRoster's tables has these columns; empty: none that is read."""
    columns = {folded(name) for name in header}
    for kind, choices in _COLUMNS.items():
        if any(columns.issuperset(wanted) for wanted in choices):
            return kind
    return ""


def is_unused(header: Collection[str]) -> bool:
    """Tell whether it is a table of OneRoster that Presente has no use for."""
    columns = {folded(name) for name in header}
    return any(columns.issuperset(wanted) for wanted in UNUSED.values())


def is_ours(header: Collection[str]) -> bool:
    """Tell whether the columns are OneRoster's and not those of a format that borrowed them."""
    return not _OURS_ALONE.isdisjoint(folded(name) for name in header)
