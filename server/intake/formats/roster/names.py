"""Which columns of a roster's tables hold what Presente calls by words of its own."""

from collections.abc import Mapping, Sequence

from server.intake.formats.roster.lines import RosterTable

_COLUMNS: Mapping[str, Sequence[str]] = {
    "student_id": ("usersourcedid", "sisid", "identifier", "sourcedid"),
    "school_id": (
        *("schoolsourcedid", "orgsourcedid", "orgsourcedids", "schoolsisid", "classsourcedid"),
        *("identifier", "sourcedid", "sisid"),
    ),
    "guardian_id": (
        *("relationshipusersourcedid", "agentsourcedids", "agents", "email"),
        *("identifier", "sourcedid"),
    ),
    "school_year": ("schoolyear", "schoolyearsourcedid"),
    "kind": ("type",),
    "begin_date": ("startdate", "termstartdate", "begindate"),
    "entry_date": ("begindate", "rolestartdate", "startdate"),
    "exit_date": ("enddate", "roleenddate"),
}
"""Folded names, the likeliest first."""


def names_of(table: RosterTable) -> dict[str, str]:
    """Return the columns of a table as it writes them, by Presente's words."""
    return {
        field: table.header[table.columns[column]]
        for field, columns in _COLUMNS.items()
        for column in [next((one for one in columns if one in table.columns), "")]
        if column
    }
