"""Reads the CSV sets of Microsoft School Data Sync: v1, v2 and v2.1.

They hold schools, students, classes and (v1, v2.1) guardians. v2 has no dates: its
``PlaceRecord`` then has no ``entry_on`` and an empty ``school_year``, the district's present one.
"""

from collections.abc import Mapping, Sequence

from server.intake.columns.orders import Asked
from server.intake.formats import Reader, Scope, Sink, Source, Table
from server.intake.formats.oneroster import is_oneroster
from server.intake.formats.roster.sets import TableSet, sets_of
from server.intake.formats.roster.state import State
from server.intake.formats.sds import tables
from server.intake.formats.sds.first import read_first
from server.intake.formats.sds.second import read_second
from server.intake.words.saying import Both


def find(sources: Sequence[Source], *, order: Asked = None) -> list[Reader]:
    """Return a reader for each set of SDS files: those of one folder or archive.

    ``order`` of day and month in dates that are not ISO; None: each file must tell it.
    """
    return [
        Sds(one, by_kind, order)
        for one in sets_of(sources)
        if (by_kind := tables.by_kind(one)) and not is_oneroster(one)
    ]


class Sds:
    """One set of files."""

    format = "sds"

    def __init__(self, found: TableSet, by_kind: Mapping[str, list[Table]], order: Asked) -> None:
        self._set = found
        self._by_kind = by_kind
        self._order: Asked = order

    @property
    def sources(self) -> Sequence[Source]:
        """The files of the set."""
        claimed = {id(table) for found in self._by_kind.values() for table in found}
        return list({s.name: s for s, table in self._set.tables if id(table) in claimed}.values())

    @property
    def skipped(self) -> Mapping[str, Both]:
        """Nothing: what is not used is counted."""
        return {}

    @property
    def scope(self) -> Scope:
        """SDS always tells everything."""
        return Scope(is_roster=True)

    def read(self, out: Sink) -> None:
        """Read schools, people, and where they are."""
        state = State(self._by_kind, out, order=self._order)
        (read_first if tables.is_first(self._by_kind) else read_second)(state)
