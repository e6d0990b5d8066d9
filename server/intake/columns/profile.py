"""Mapping profiles: which of a system's tables and columns say what, as TOML.

A profile is data, so that a district can bring one of its own. Every fault of one is told at once,
by key and with its mend. ``docs/profiles.md`` explains the format to people.
"""

import difflib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from importlib import resources
from pathlib import Path
from types import NoneType
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from schemas.attendance import AttendanceKind
from server.attendance.rules.calendar import units_of
from server.intake.columns.orders import Order
from server.intake.columns.shapes import SHAPES
from server.intake.words.profiles import of_profile
from server.languages import Told, joined
from server.problems import Invalid, Problem

Record = Literal[
    "schools",
    "calendar",
    "terms",
    "students",
    "enrollments",
    "guardians",
    "attendance",
    "codes",
    "submissions",
    "staff",
    "contacts",
    "totals",
]
Names = str | list[str]
"""A column's name; or several that it may have, the first that is there counts."""
Fault = tuple[str, Told]
"""A key of a profile, and what is wrong with it."""
CONDITIONS = ("yes", "no", "filled", "empty")
"""What may be asked of a column besides a list of texts."""


class Code(Struct, frozen=True, kw_only=True):
    """What one of the system's codes means."""

    kind: AttendanceKind
    portion: str | int | float | None = None
    """Share of the day that it takes; None: what its kind takes."""

    @property
    def units(self) -> int | None:
        """The share in 1/840 of a day."""
        return None if self.portion is None else units_of(str(self.portion))


class Step(Struct, frozen=True, kw_only=True):
    """Where one identifier becomes another: in the table with these columns."""

    match: list[str]
    key: str
    value: str


class Lookup(Struct, frozen=True, kw_only=True):
    """A column that stands in other tables of the import."""

    column: Names
    """Where the search begins."""
    steps: list[Step]
    may_lack: bool = False
    """Without the other tables the column is not there, instead of a refusal."""


class DayNumber(Struct, frozen=True, kw_only=True):
    """A date that is told as the number of a school day: day 1 is the first day of school."""

    column: str
    school: str
    """Column of the school."""


class Event(Struct, frozen=True, kw_only=True):
    """An attendance event that a row may tell, and when it does."""

    code: Names = ""
    """Column of the code. An empty field is no event."""
    suffix: Names = ""
    """Column whose text completes the code, behind a dash: status A and excuse U is ``A-U``."""
    code_is: str = ""
    """The code itself, where columns only say whether."""
    when: Mapping[str, str | list[str]] = {}
    """Columns and what each must say: yes, no, filled, empty, or a list of texts."""
    one_of: str = ""
    """Of the events with the same word here, a row tells only the first that holds."""
    period: Names = ""
    """Column of the class; empty: the event is of the whole day."""
    period_is: str = ""
    portion: Names = ""
    """Column of the share of a day."""
    portion_is: str | int | float = ""
    """The share of a row whose column of it is empty or not there."""
    minutes: Names = ""
    reason: Names = ""


class TableProfile(Struct, frozen=True, kw_only=True):
    """One of the system's tables."""

    record: Record
    match: list[Names]
    """Columns that tell this table from all others; all must be there."""
    columns: Mapping[str, Names] = {}
    """Column by field (``shapes``)."""
    constants: Mapping[str, str] = {}
    """Fields that are the same in the whole table."""
    lookups: Mapping[str, Lookup] = {}
    """Columns of other tables, under a name that ``columns`` and ``events`` can use."""
    full_name: Names = ""
    """A column of names as ``Last, First Middle``, where they have no columns of their own."""
    across: bool = False
    """Attendance with a column for each date: its name is the date, and its fields are codes."""
    day: DayNumber | None = None
    """The date, where the table has school-day numbers."""
    events: list[Event] = []
    skip: Mapping[str, str | list[str]] = {}
    """Rows that say nothing, as conditions: all must hold."""
    dates: Order | None = None
    years: Literal["begin", "end"] | None = None
    """Which calendar year a school year is named by, where it is one number."""
    exit_is: Literal["last_day", "day_after"] = "last_day"
    """What exit dates are. With ``day_after`` a stay that ends on its first day never was."""
    values: Mapping[str, Mapping[str, str]] = {}
    """By field, what the system's words are here: ``{event = {"1" = "Instructional day"}}``."""
    says: str = ""
    """Of a ``totals`` table: why it cannot be imported."""
    says_es: str = ""
    """The same in Spanish."""


class Profile(Struct, frozen=True, kw_only=True):
    """A system's tables."""

    key: str
    title: str
    system: str = ""
    dates: Order | None = None
    """Order of day and month where dates are not ISO; None: each file must tell."""
    nulls: tuple[str, ...] = ("NULL", "\\N")
    """What is written for nothing."""
    yes: list[str] = []
    """Words for yes besides the usual ones; and for no."""
    no: list[str] = []
    tables: list[TableProfile] = []
    codes: Mapping[str, Code | AttendanceKind] = {}
    is_shipped: bool = False
    """It came with Presente: its codes are the system's own, not the district's."""

    def meaning_of(self, code: str) -> Code:
        """Return what one of ``codes`` means."""
        meant = self.codes[code]
        return meant if isinstance(meant, Code) else Code(kind=meant)


def load(name: str) -> Profile:
    """Return the profile in a file, or the shipped one with this key. Raises ``Problem``."""
    path = Path(name)
    if path.is_file():
        try:
            return parse(path.read_text("utf-8-sig"), file=path.name)
        except UnicodeDecodeError:
            no_text = of_profile("no_text", file=path.name)
            raise Problem(no_text, code="profile_invalid") from None
    for profile in shipped():
        if profile.key == name:
            return profile
    known = ", ".join(profile.key for profile in shipped())
    raise Problem(of_profile("no_such", name=name, known=known), code="no_such_profile")


@cache
def shipped() -> Sequence[Profile]:
    """Return the profiles that Presente brings, by key."""
    folder = resources.files("server.intake") / "profiles"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=str)
    found = [parse(file.read_text("utf-8"), file=file.name) for file in files]
    return [msgspec.structs.replace(profile, is_shipped=True) for profile in found]


def parse(text: str, *, file: str) -> Profile:
    """Read a profile. Raises ``Invalid`` with every fault, by key."""
    try:
        told: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        no_toml = of_profile("no_toml", file=file, fault=fault)
        raise Invalid(no_toml, code="profile_invalid") from None
    told = {"tables" if key == "table" else key: value for key, value in told.items()}
    told.pop("is_shipped", None)
    faults: list[Fault] = []
    profile = _converted(told, Profile, "", faults)
    if not faults and isinstance(profile, Profile):
        faults = list(_senseless(profile))
        if not faults:
            return profile
    listed = joined((joined([f"\n  {key}: ", why], "") for key, why in faults), "")
    detail = of_profile("faults", file=file, count=len(faults), listed=listed)
    plain = tuple((key, str(why)) for key, why in faults)
    raise Invalid(detail, faults=plain, code="profile_invalid")


def _converted(told: Any, kind: Any, at: str, faults: list[Fault]) -> object:
    """Convert piece by piece, so that every fault is found and not the first alone."""
    kind = _struct_in(kind, told)
    if isinstance(told, dict) and isinstance(kind, type) and issubclass(kind, Struct):
        return _converted_struct(_keyed(told), kind, at, faults)
    if isinstance(told, list) and get_origin(kind) is list:
        return [
            _converted(one, get_args(kind)[0], f"{at}[{number}]", faults)
            for number, one in enumerate(_listed(told), start=1)
        ]
    if isinstance(told, dict) and get_origin(kind) is not None and len(get_args(kind)) > 1:
        inner = get_args(kind)[1]
        return {
            key: _converted(one, inner, f"{at}.{key}", faults) for key, one in _keyed(told).items()
        }
    try:
        found: object = msgspec.convert(told, cast("Any", kind))
    except msgspec.ValidationError as fault:
        words = _words_of(kind)
        mend = of_profile("one_of", words=", ".join(words)) if words else Told("", "")
        misfit = of_profile("misfit", fault=_plain(str(fault)), found=f"{told!r}", mend=mend)
        faults.append((at, misfit))
        return None
    return found


def _keyed(told: Any) -> dict[str, Any]:
    """Return a TOML table as what it is: its keys are texts."""
    return cast("dict[str, Any]", told)


def _listed(told: Any) -> list[Any]:
    """Return a TOML array as what it is."""
    return cast("list[Any]", told)


def _words_of(kind: Any) -> list[str]:
    """Return the words that a type allows, if it allows some words only."""
    choices = [one for one in get_args(kind) if isinstance(one, str)]
    for one in (kind, *get_args(kind)):
        choices += get_args(one) if get_origin(one) is Literal and one is not kind else ()
        if isinstance(one, type) and issubclass(one, Enum):
            choices += [str(word.value) for word in one]
    return choices


def _converted_struct(
    told: Mapping[str, Any], kind: type[Struct], at: str, faults: list[Fault]
) -> object:
    before = len(faults)
    hints = get_type_hints(kind)
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    known = sorted(fields.keys() - {"is_shipped"})
    faults += [
        (_key(at, key), of_profile("key_unknown", mend=_meant(key, known)))
        for key in told.keys() - fields.keys()
    ]
    values = {
        key: _converted(told[key], hints[key], _key(at, key), faults)
        for key in fields
        if key in told
    }
    for key, field in fields.items():
        if key not in told and field.required:
            faults.append((_key(at, key), of_profile("missing")))
    return kind(**values) if len(faults) == before else None


def _struct_in(kind: Any, told: object) -> Any:
    """Return which of a union's types to read a value as."""
    choices = [one for one in get_args(kind) if one is not NoneType]
    if get_origin(kind) in {list, dict, Mapping, Literal} or not choices:
        return kind
    if isinstance(told, dict):
        for one in choices:
            if isinstance(one, type) and issubclass(one, Struct):
                return one
    return kind


def _meant(word: str, known: Sequence[str]) -> Told:
    """Return the word that was likely meant, or all that there are."""
    near = difflib.get_close_matches(word, known, 1)
    if near:
        return of_profile("near", near=near[0])
    return of_profile("known", known=", ".join(known))


def _key(at: str, key: str) -> str:
    return f"{at}.{key}".lstrip(".").replace("tables[", "table[")


def _plain(text: str) -> str:
    return text.partition(" - at ")[0].rstrip(".") + "."


def _senseless(profile: Profile) -> Iterator[Fault]:
    """Yield what is well formed and still makes no sense."""
    if not profile.tables:
        yield "table", of_profile("no_table")
    for number, table in enumerate(profile.tables, start=1):
        for key, why in _senseless_table(table):
            yield f"table[{number}].{key}", why
    for code in profile.codes:
        meant = profile.meaning_of(code)
        if meant.portion is not None and meant.units is None:
            yield f"codes.{code}.portion", of_profile("no_share", portion=meant.portion)


def _senseless_table(table: TableProfile) -> Iterator[Fault]:
    if not table.match:
        yield "match", of_profile("no_match")
    if table.record != "totals":
        yield from _senseless_fields(table, table.record)
        yield from _senseless_ways(table)
        yield from _senseless_events(table)
    for name, lookup in table.lookups.items():
        for step in lookup.steps:
            if not {step.key, step.value} <= set(step.match):
                yield f"lookups.{name}.match", of_profile("lookup_match")


def _senseless_ways(table: TableProfile) -> Iterator[Fault]:
    """Yield ways of telling a record that another record is told in."""
    if table.full_name and not {"first_name", "last_name"} <= SHAPES[table.record].names:
        yield "full_name", of_profile("names_elsewhere")
    if table.across and table.record != "attendance":
        yield "across", of_profile("across_elsewhere")
    if table.across and (table.events or table.day):
        yield "across", of_profile("across_told")


def _senseless_events(table: TableProfile) -> Iterator[Fault]:
    if table.events and table.record != "attendance":
        yield "events", of_profile("events_elsewhere")
    for name, wanted in table.skip.items():
        yield from _senseless_condition(f"skip.{name}", wanted)
    for number, event in enumerate(table.events, start=1):
        for key, why in _senseless_event(event):
            yield f"events[{number}].{key}", why


def _senseless_fields(table: TableProfile, record: str) -> Iterator[Fault]:
    shape = SHAPES[record]
    for key, fields in (("columns", table.columns), ("constants", table.constants)):
        for field in fields.keys() - shape.names:
            mend = _meant(field, sorted(shape.names))
            yield f"{key}.{field}", of_profile("field_unknown", record=record, mend=mend)
    for field, names in table.columns.items():
        if not names:
            yield f"columns.{field}", of_profile("column_empty")
    for field, text in table.constants.items():
        if not text:
            yield f"constants.{field}", of_profile("constant_empty")
    told = {*table.columns, *table.constants}
    told |= {"first_name", "last_name"} if table.full_name else set()
    told |= {"date"} if table.day else set()
    told |= {"code"} if table.events else set()
    told |= {"date", "code"} if table.across else set()
    told |= {"school_year"} if "entry_date" in told else set()
    for field in sorted(shape.needed - told):
        yield f"columns.{field}", of_profile("column_missing")


def _senseless_event(event: Event) -> Iterator[Fault]:
    if bool(event.code) == bool(event.code_is):
        yield "code", of_profile("code_twice")
    if event.portion_is != "" and units_of(str(event.portion_is)) is None:
        yield "portion_is", of_profile("no_share", portion=event.portion_is)
    for name, wanted in event.when.items():
        yield from _senseless_condition(f"when.{name}", wanted)


def _senseless_condition(key: str, wanted: str | list[str]) -> Iterator[Fault]:
    if isinstance(wanted, str) and wanted not in CONDITIONS:
        yield key, of_profile("no_condition", words=", ".join(CONDITIONS), text=repr(wanted))
