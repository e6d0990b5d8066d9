"""Gathers the tables that belong together: those of one folder, one archive or one workbook."""

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from msgspec import Struct

from server.intake.formats import Source, Table


class TableSet(Struct, kw_only=True):
    """Tables that lie side by side."""

    place: str
    """The folder; empty at the top."""
    tables: list[tuple[Source, Table]] = []


def sets_of(sources: Iterable[Source]) -> Sequence[TableSet]:
    """Return the tables, folder by folder. A workbook's sheets are a folder of their own."""
    found: dict[str, TableSet] = {}
    for source in sources:
        if source.kind != "table":
            continue
        tables = source.tables()
        place = str(PurePosixPath(source.name).parent)
        place = source.name if len(tables) > 1 else "" if place == "." else place
        one = found.setdefault(place, TableSet(place=place))
        one.tables.extend((source, table) for table in tables)
    return list(found.values())
