"""Reads a system's own extracts by a mapping profile: a shipped one, or a district's."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct

from server.intake.columns import across, joined, tables
from server.intake.columns.across import GridTable
from server.intake.columns.cells import NO, YES, Columns
from server.intake.columns.joined import SchoolDays
from server.intake.columns.orders import Asked, first_told
from server.intake.columns.profile import Names, Profile, TableProfile, shipped
from server.intake.columns.shapes import SHAPES
from server.intake.columns.tables import Known
from server.intake.columns.telling import Telling, conditions_of
from server.intake.formats import Reader, Scope, Sink, Source, Table, presente
from server.intake.records import CodeRecord, Origin
from server.intake.staged import calendars
from server.intake.words.refusals import sentence
from server.intake.words.saying import Both


class Found(Struct, frozen=True, kw_only=True):
    """A table that a profile recognises."""

    source: Source
    table: Table
    profile: TableProfile


def find(  # noqa: PLR0913  (all that may be said of an import)
    sources: Sequence[Source],
    *,
    chosen: Profile | None = None,
    order: Asked = None,
    school_days: SchoolDays | None = None,
    beside: Sequence[Source] = (),
    school_year: str = "",
) -> list[Reader]:
    """Return a reader for each profile that recognises one of the sources.

    ``chosen``: only this profile. ``order`` of day and month comes before the profile's own.
    ``school_days`` is asked for the calendar of a school when a table tells dates as numbers of
    school days and no calendar of that school is among the sources. ``beside``: all sources of
    the import, in which identifiers and calendars are looked up. ``school_year``: of tables that
    do not tell it.
    """
    profiles = shipped() if chosen is None else [chosen]
    claims: dict[str, list[Found]] = {}
    for source in sources:
        if source.kind != "table":
            continue
        for table in source.tables():
            best = _best(table, profiles)
            if best is not None:
                profile, told = best
                claims.setdefault(profile.key, []).extend(
                    Found(source=source, table=table, profile=one)
                    for one in profile.tables
                    if one.match == told.match
                )
    return [
        ProfileReader(
            profile,
            claims[profile.key],
            beside or sources,
            order=order,
            school_days=school_days or (lambda _: ()),
            school_year=school_year,
        )
        for profile in profiles
        if profile.key in claims
    ]


def matches(table: Table, told: TableProfile) -> bool:
    """Tell whether a table has all the columns by which a profile knows it."""
    return all(joined.place_of(table.header, names) is not None for names in told.match) and (
        not told.across or bool(across.days_of(table.header))
    )


def _best(table: Table, profiles: Sequence[Profile]) -> tuple[Profile, TableProfile] | None:
    fitting = [
        (profile, told)
        for profile in profiles
        for told in profile.tables
        if table.header and matches(table, told)
    ]
    return max(fitting, key=lambda one: len(one[1].match), default=None)


class ProfileReader:
    """Reads the tables that a profile recognises."""

    scope = Scope()

    @property
    def format(self) -> str:
        """Return ``profile:<key>``."""
        return f"profile:{self._profile.key}"

    def __init__(  # noqa: PLR0913  (all that may be said of an import)
        self,
        profile: Profile,
        found: Sequence[Found],
        sources: Sequence[Source],
        *,
        order: Asked,
        school_days: SchoolDays,
        school_year: str = "",
    ) -> None:
        self.sources = list({id(one.source): one.source for one in found}.values())
        self.skipped: dict[str, Both] = {
            one.table.file: _unread(one.profile) for one in found if one.profile.record == "totals"
        }
        self._profile = profile
        self._all = sources
        self._order: Asked = order
        self._school_year = school_year
        self._school_days = school_days
        self._calendars: Mapping[str, Sequence[str]] | None = None
        self.found: list[Found] = sorted(
            (one for one in found if one.profile.record != "totals"),
            key=lambda one: list(SHAPES).index(one.profile.record),
        )
        looked_up = self._lookup_sources(sources)
        self.sources += looked_up
        self.skipped |= {
            table.file: sentence("lookup_only") for source in looked_up for table in source.tables()
        }

    def read(self, out: Sink) -> None:
        """Read schools first, then people, then attendance."""
        counted: set[int] = set()
        for one in self.found:
            is_counted = id(one.table) in counted
            tables.read(msgspec.structs.replace(self._known(one), is_counted=is_counted), out)
            counted.add(id(one.table))
        if self.found:
            for record in self._codes():
                out.add(record)

    def _codes(self) -> Iterator[CodeRecord]:
        for code in self._profile.codes:
            meant = self._profile.meaning_of(code)
            yield CodeRecord(
                at=Origin(file=f"profile {self._profile.key}", line=0, element=f"code {code}"),
                code=code,
                kind=meant.kind,
                units=meant.units,
                is_default=self._profile.is_shipped,
            )

    def _known(self, one: Found) -> Known:
        told = one.profile
        nulls = self._profile.nulls
        table = joined.joined(one.table, told.lookups, self._table_with, nulls=nulls)
        fields: dict[str, Names] = dict(told.columns)
        if told.full_name and not _has_names(table, fields):
            fields["full_name"] = told.full_name
        order = told.dates or self._profile.dates
        days: Mapping[str, str] = {}
        if told.across:
            table = grid = GridTable(table)
            order, days = order or grid.order, grid.days
            fields |= {"date": across.DATE, "code": across.CODE}
        if told.day is not None:
            table, name = joined.dated(table, told.day, self._days_of)
            fields["date"] = name
        columns = msgspec.structs.replace(
            self._columns(table, told, fields), own_width=len(one.table.header)
        )
        return Known(
            table=table,
            shapes=(told.record,),
            columns=columns,
            order=first_told(self._order, order),
            is_workbook=one.table.file != one.source.name,
            days=days,
            telling=Telling(table.header, told.events, columns) if told.events else None,
            skip=conditions_of(table.header, told.skip, columns) if told.skip else (),
        )

    def _columns(self, table: Table, told: TableProfile, fields: Mapping[str, Names]) -> Columns:
        places = {
            field: place
            for field, names in fields.items()
            if (place := joined.place_of(table.header, names)) is not None
        }
        return Columns(
            places=places,
            names={field: _asked(told, table.header[place]) for field, place in places.items()},
            width=len(table.header),
            constants={"school_year": self._school_year} | dict(told.constants),
            nulls=frozenset(self._profile.nulls),
            yes=YES | {word.casefold() for word in self._profile.yes},
            no=NO | {word.casefold() for word in self._profile.no},
            values={
                field: {word.casefold(): meant for word, meant in words.items()}
                for field, words in told.values.items()
            },
            years=told.years,
            exit_is=told.exit_is,
        )

    def _table_with(self, columns: Sequence[str]) -> Table | None:
        for source in self._all:
            for table in source.tables() if source.kind == "table" else ():
                if _has(table, columns):
                    return table
        return None

    def _lookup_sources(self, sources: Sequence[Source]) -> list[Source]:
        """Return the sources that are only there to look identifiers up."""
        steps = [
            step.match
            for one in self.found
            for lookup in one.profile.lookups.values()
            for step in lookup.steps
        ]
        return [
            source
            for source in sources
            if source not in self.sources
            and source.kind == "table"
            and any(_has(table, columns) for columns in steps for table in source.tables())
        ]

    def _days_of(self, school_code: str) -> Sequence[str]:
        """Return a school's days of instruction: of a calendar in the import, else as known."""
        if self._calendars is None:
            ours = (self._known(one) for one in self.found if one.profile.record == "calendar")
            self._calendars = calendars.days_in([*presente.calendars(self._all), *ours])
        return self._calendars.get(school_code) or self._school_days(school_code)


def _unread(told: TableProfile) -> Both:
    """Return why a table of totals is not read, in the profile's own words if it has any."""
    if not told.says:
        return sentence("totals_only")
    return Both(told.says, told.says_es or told.says)


def _asked(told: TableProfile, name: str) -> str:
    """Return the column of the file itself that a column was looked up by."""
    lookup = told.lookups.get(name)
    if lookup is not None:
        return lookup.column if isinstance(lookup.column, str) else lookup.column[0]
    return name


def _has_names(table: Table, fields: Mapping[str, Names]) -> bool:
    """Tell whether first and last names have columns of their own."""
    return all(
        field in fields and joined.place_of(table.header, fields[field]) is not None
        for field in ("first_name", "last_name")
    )


def _has(table: Table, columns: Sequence[str]) -> bool:
    return all(joined.place_of(table.header, name) is not None for name in columns)
