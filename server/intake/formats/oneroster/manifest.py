"""A set's manifest: its version, and which files hold everything and which only changes."""

from collections.abc import Mapping

from msgspec import Struct

from server.intake.columns import values
from server.intake.formats import Table
from server.intake.formats.roster.lines import RosterTable

DELTA = "delta"


class Manifest(Struct, frozen=True, kw_only=True):
    """What a manifest says."""

    version: str = ""
    files: Mapping[str, str] = {}
    """``users`` -> ``bulk``, ``delta`` or ``absent``."""

    @property
    def is_delta(self) -> bool:
        """Tell whether any file holds only changes: then no file's silence means anything."""
        return DELTA in self.files.values()


def read(table: Table) -> Manifest:
    """Read a manifest."""
    columns = RosterTable(table, "row").columns
    said: dict[str, str] = {}
    for _, fields in table.rows():
        row = [*fields, "", ""]
        name = values.text(row[columns["propertyname"]])
        said[name.casefold()] = values.text(row[columns["value"]]).casefold()
    return Manifest(
        version=_version(said.get("oneroster.version", "")),
        files={
            name.removeprefix("file."): value
            for name, value in said.items()
            if name.startswith("file.")
        },
    )


def _version(said: str) -> str:
    """Return "1.1" for the ways in which it is written: ``v1.1``, ``v1p1``."""
    return said.removeprefix("v").replace("p", ".", 1)
