"""What a snapshot depends on (domain.md 6.3): every choice has a name, a default and a check.

A settings file is TOML with any of the fields of ``SnapshotSettings``; docs/snapshot.md says what
each means and why its default is what it is.
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, TypeAlias, get_args

import msgspec
from msgspec import Struct

from schemas.people import Role
from schemas.vocabulary import OUTCOME_FACTS, Direction, Method, Outcome, Party
from server.problems import Invalid

Bucket: TypeAlias = Literal["never", "left", "data", "analysed"]
Issue: TypeAlias = Literal[
    "no_sis_match",
    "no_enrollment",
    "no_calendar",
    "no_attendance",
    "duplicate_student",
    "enrolled_twice",
]
BUCKETS: tuple[Bucket, ...] = get_args(Bucket)
ISSUES: tuple[Issue, ...] = get_args(Issue)
PUBLIC_CELL = 10

_WHO = {Party.GUARDIAN, Party.STUDENT}


class BadSnapshotSettings(Invalid):
    """A settings file does not fit; ``faults`` names every field at fault."""

    code = "bad_snapshot_settings"


class SnapshotSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every choice that changes a figure."""

    roles: tuple[Role, ...] = (
        Role.ADVISOR,
        Role.SOCIAL_WORKER,
        Role.CALLER,
        Role.COORDINATOR,
    )
    """Whose contacts count: the truancy team, work-study callers included."""
    methods: tuple[Method, ...] = (
        Method.PHONE_CALL,
        Method.HOME_VISIT,
        Method.SCHOOL_MEETING,
        Method.VIRTUAL_MEETING,
        Method.STUDENT_CONFERENCE,
        Method.COMMUNITY_VISIT,
    )
    """Which contacts count: by phone or face to face. No robo-calls, texts, e-mails, letters."""
    directions: tuple[Direction, ...] = (Direction.OUTBOUND, Direction.INBOUND)
    success_outcomes: tuple[Outcome, ...] = tuple(
        outcome for outcome, facts in OUTCOME_FACTS.items() if facts.success and facts.party in _WHO
    )
    """What counts as reached: an exchange with a guardian or the student."""
    contact_time: Literal["occurred_at", "est_at"] = "occurred_at"
    """As the person said, or corrected by how far the phone's clock was off."""
    year_begins: Literal["first_school_day", "july_1"] = "first_school_day"
    """The first day on which a contact counts in the year."""
    precedence: tuple[Bucket, ...] = BUCKETS
    """Which bucket takes a student first. ``analysed`` is the rest and comes last."""
    moved_within: Literal["kept", "left"] = "kept"
    """A student who went from one of the schools to another."""
    exit_day: Literal["enrolled", "gone"] = "enrolled"
    """Whose last day is day N itself."""
    end_of_year_reasons: tuple[str, ...] = (
        "End of school year",
        "End of year",
        "Completed",
        "Graduated",
        "Promoted",
    )
    """Exit reasons that are no leaving. Case, spaces and signs are ignored."""
    issues: tuple[Issue, ...] = ISSUES
    """What is a data issue."""
    attendance_missing: Literal["untold", "no_rows"] = "untold"
    """``untold``: the school has told no attendance of the year. ``no_rows``: also where no record
    of any kind names the student."""
    baseline: Literal["all", "under_10_at_first_contact"] = "all"
    """Of whom "not habitual" is said."""
    known: Literal["as_known_now", "as_recorded", "at"] = "as_known_now"
    """Facts as known now, as recorded by the end of day N of either year, or at ``--known-at``."""
    contacts_known: Literal["then", "now"] = "then"
    """Contacts that reached the server after that moment: left out, or counted all the same."""
    day_n: Literal["school_calendar", "district_date"] = "school_calendar"
    """Day N of each school's own calendar, or the date on which every school had reached it."""
    on: date | None = None
    """With ``district_date``: this date instead; ``on_before`` in the year before."""
    on_before: date | None = None
    mean_denominator: Literal["ever_enrolled", "on_day_n", "average_membership"] = "on_day_n"
    unit: Literal["day_rule"] = "day_rule"
    """Days by the day rule of the district's ladder."""
    percent_decimals: int = 0
    mean_decimals: int = 1
    rate_decimals: int = 1
    habitual: int = 10
    early: int = 5
    count_events: bool = True
    """Print, besides student-contacts, the contacts with one household at one moment as one."""
    min_cell: int = 0
    """Counts of people below it are not shown (and as many others as would give them away)."""
    schools_are_all: bool | None = None
    """Whether the files hold every school of the district: only then is there a district rate."""
    district_enrolled: int | None = None
    """The district's own number of students, where the rate is to be of that number."""
    habitual_until: Literal["end_of_year", "day_n"] = "end_of_year"


def from_toml(content: bytes, name: str) -> dict[str, Any]:
    """Return the fields in a settings file. Raises ``BadSnapshotSettings`` with every fault."""
    try:
        told = tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise BadSnapshotSettings(f"{name} is no TOML in UTF-8: {fault}.") from fault
    checked(told, name)
    return told


def checked(told: Mapping[str, Any], name: str) -> SnapshotSettings:
    """Return settings with these fields; the others have their defaults."""
    types = {field.name: field.type for field in msgspec.structs.fields(SnapshotSettings)}
    faults = [
        (key, f"there is no such setting; there are {', '.join(types)}")
        for key in told
        if key not in types
    ]
    values: dict[str, Any] = {}
    for key in types.keys() & told.keys():
        try:
            values[key] = msgspec.convert(told[key], types[key])
        except msgspec.ValidationError as fault:
            faults.append((key, f"{told[key]!r} does not fit: {fault}"))
    settings = SnapshotSettings(**values)
    faults += _senseless(settings)
    if faults:
        said = "; ".join(f"{key}: {fault}" for key, fault in sorted(faults))
        raise BadSnapshotSettings(f"{name}: {said}.", faults=tuple(sorted(faults)))
    return settings


def _senseless(settings: SnapshotSettings) -> list[tuple[str, str]]:
    faults = [
        (key, "name at least one")
        for key in ("roles", "methods", "directions", "success_outcomes")
        if not getattr(settings, key)
    ]
    if sorted(settings.precedence) != sorted(BUCKETS) or settings.precedence[-1] != "analysed":
        faults.append(
            ("precedence", 'name "never", "left" and "data" in any order, then "analysed"')
        )
    faults += [
        (key, f"{value} is not between {least} and {most}")
        for key, least, most in _BOUNDS
        if (value := getattr(settings, key)) is not None and not least <= value <= most
    ]
    if settings.day_n == "school_calendar" and (settings.on or settings.on_before):
        faults.append(("on", 'is only used with day_n = "district_date"'))
    return faults


_BOUNDS = (
    ("habitual", 1, 366),
    ("early", 1, 366),
    ("min_cell", 0, 1000),
    ("district_enrolled", 1, 10_000_000),
    ("percent_decimals", 0, 6),
    ("mean_decimals", 0, 6),
    ("rate_decimals", 0, 6),
)
