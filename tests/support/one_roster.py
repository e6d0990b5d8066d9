"""OneRoster sets written down and read for a test."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from server.intake.files import sources
from server.intake.formats import oneroster
from server.intake.records import (
    PlaceRecord,
)
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
