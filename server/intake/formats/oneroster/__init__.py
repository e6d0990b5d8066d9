"""Reads OneRoster CSV, 1.0 to 1.2: schools, school years, students, their families, their stays.

What a delta says of a stay is to be added to what is known (``Scope.is_delta``):
``PlaceRecord.entry_on`` and ``exit_on`` are given as far as its lines tell. Ids of schools and
students that the set does not hold are handed on as ``sourcedId``.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

from server.intake.columns.orders import Asked
from server.intake.formats import Reader, Scope, Sink, Source, Table
from server.intake.formats.oneroster import manifest, missing, tables
from server.intake.formats.oneroster.enrollments import read_enrollments
from server.intake.formats.oneroster.people import People
from server.intake.formats.oneroster.schools import read_schools, read_terms
from server.intake.formats.roster.places import Places
from server.intake.formats.roster.sets import TableSet, sets_of
from server.intake.formats.roster.state import State
from server.intake.words.refusals import refusal, sentence
from server.intake.words.saying import Both


def find(sources: Sequence[Source], *, order: Asked = None) -> list[Reader]:
    """Return a reader for each set of OneRoster files: those of one folder or archive.

    ``order`` of day and month in dates that are not ISO; None: each file must tell it.
    """
    found: list[Reader] = []
    alone: list[Table] = []
    for one in sets_of(sources):
        by_kind = _by_kind(one)
        if by_kind and set(by_kind) == {tables.MANIFEST}:
            alone += by_kind[tables.MANIFEST]
        elif by_kind and is_oneroster(one):
            found.append(OneRoster(one, by_kind, order))
    if alone and found:
        raise refusal("manifest_apart", file=alone[0].file)
    return found


class OneRoster:
    """One set of files."""

    format = "oneroster"

    def __init__(self, found: TableSet, by_kind: Mapping[str, list[Table]], order: Asked) -> None:
        self._order: Asked = order
        self._set = found
        self._by_kind = by_kind

    @property
    def sources(self) -> Sequence[Source]:
        """The files of the set."""
        return list(
            {source.name: source for source, table in self._set.tables if _is_known(table)}.values()
        )

    @property
    def skipped(self) -> Mapping[str, Both]:
        """Tables of the standard that say nothing of attendance or families."""
        return {
            table.file: sentence("unused_table")
            for _, table in self._set.tables
            if not tables.kind_of(table.header) and tables.is_unused(table.header)
        }

    @cached_property
    def manifest(self) -> manifest.Manifest:
        """What the manifest says; without one the files hold everything."""
        found = self._by_kind.get(tables.MANIFEST)
        if not found:
            return manifest.Manifest()
        said = manifest.read(found[0])
        if said.version and not said.version.startswith("1."):
            raise refusal("oneroster_version", file=found[0].file, version=said.version)
        return said

    @property
    def scope(self) -> Scope:
        """How silence is meant."""
        return Scope(is_delta=self.manifest.is_delta, is_roster=not self.manifest.is_delta)

    def read(self, out: Sink) -> None:
        """Read schools, then people, then where they are."""
        state = State(self._by_kind, out, is_delta=self.manifest.is_delta, order=self._order)
        missing.tell(state, self.manifest, place=self._set.place)
        places = Places(state)
        people = People(state, places)
        read_terms(state)
        people.look()
        read_schools(state)
        people.read()
        read_enrollments(state, places)
        for place in places.records():
            out.add(place)


def is_oneroster(one: TableSet) -> bool:
    """Tell whether tables that lie side by side are OneRoster's, not those of one who borrowed."""
    kinds = [(tables.kind_of(table.header), table.header) for _, table in one.tables]
    return any(kind == tables.MANIFEST or (kind and tables.is_ours(h)) for kind, h in kinds)


def _by_kind(one: TableSet) -> dict[str, list[Table]]:
    found: dict[str, list[Table]] = {}
    for _, table in one.tables:
        kind = tables.kind_of(table.header)
        if kind:
            found.setdefault(kind, []).append(table)
    return found


def _is_known(table: Table) -> bool:
    return bool(tables.kind_of(table.header)) or tables.is_unused(table.header)
