"""Every figure of domain.md 6.2, each with the rows behind it. Pure: a number is its rows' number.

``Figure.rows`` names contacts, events, students or schools; a sum names students with what each
missed. The answer's words are in ``words``, the rows' columns in ``rows``.
"""

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from typing import Any, Literal, NamedTuple
from uuid import UUID

from msgspec import Struct

from schemas.attendance import UNITS_PER_DAY
from server.snapshot import rules
from server.snapshot.hearing import Counted
from server.snapshot.missed import Missed
from server.snapshot.settings import ISSUES, SnapshotSettings
from server.snapshot.students import Sorted
from server.snapshot.words import Said
from server.snapshot.years import Members, Term, Year

_NOBODY = Said("nobody_enrolled")

Kind = Literal["contact", "event", "student", "school", "missed"]


class Spent(NamedTuple):
    """What one student missed in one year, in units; negative where it is subtracted."""

    student_id: UUID
    school_year: str
    units: int


class Figure(Struct, kw_only=True):
    """One figure and its rows."""

    key: str
    kind: Kind
    rows: list[Any]
    value: int | float | None = None
    of: str = ""
    percent: int | float | None = None
    denominator: int | float | None = None
    exact: Fraction | None = None
    denominators: dict[str, int | float] = {}
    missing: Said | None = None
    """Why there is no value."""
    people: int | None = None
    """How many people it is of, where a small number must not be shown."""


class YearOf(Struct, frozen=True, kw_only=True):
    """One of the two years: what was missed, and how many students there were, by level."""

    year: Year
    missed: Missed
    members: Mapping[str, Members]
    """By level; "" is all the schools."""


class State(Struct, frozen=True, kw_only=True):
    """All that the figures are made of."""

    settings: SnapshotSettings
    schools: list[UUID]
    levels: Mapping[str, list[UUID]]
    """The schools by level, as they are this year."""
    terms: Mapping[UUID, Term]
    contacts: list[Counted]
    events: list[list[Counted]]
    sorted: Sorted
    this: YearOf
    before: YearOf
    rate: Missed | Said
    """What every student of the district missed; else why that is not available."""
    rate_members: int = 0
    unrecorded: tuple[Said | None, Said | None] = (None, None)
    """That no attendance of this year, of the year before, had been written down by then."""


def figures(state: State) -> list[Figure]:
    """Return every figure, in the order of the report."""
    found = [
        *_contacts(state),
        *_schools(state),
        *_bands(state),
        *_buckets(state),
        *_outcome(state),
        *_totals(state),
        *_means(state),
        _rate(state),
    ]
    _withhold(found, state)
    _share(found, state.settings)
    return found


SUMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("students_attempted", ("band_1", "band_2_5", "band_6_10", "band_over_10")),
    ("students_attempted", ("never", "left", "data", "analysed")),
    ("students_attempted", ("never_reached", "reached")),
    ("analysed", ("not_analysed_baseline", "baseline")),
    ("baseline", ("not_habitual", "habitual")),
    ("analysed", ("early_signs", "~early_signs")),
    ("analysed", ("habitual_at_first_contact", "~habitual_at_first_contact")),
    ("students_attempted", ("moved_within", "~moved_within")),
    ("data", tuple(f"data_{issue}" for issue in ISSUES)),
)
"""Totals and the parts that make them: what a reader could subtract. ``~``: those not in it."""


def _count(key: str, kind: Kind, rows: Iterable[Any], **more: Any) -> Figure:
    listed = list(rows)
    people = len(listed) if kind == "student" else None
    return Figure(key=key, kind=kind, rows=listed, value=len(listed), people=people, **more)


def _contacts(state: State) -> list[Figure]:
    found = [_count("contacts_or_attempts", "contact", state.contacts)]
    if state.settings.count_events:
        found.append(_count("contact_events", "event", state.events))
    return [*found, _count("students_attempted", "student", state.sorted.contacts)]


def _schools(state: State) -> list[Figure]:
    return [
        _count("schools", "school", state.schools),
        *(_count(f"schools_{level}", "school", theirs) for level, theirs in state.levels.items()),
    ]


def _bands(state: State) -> list[Figure]:
    counts = {one: len(theirs) for one, theirs in state.sorted.contacts.items()}
    return [
        _count(name, "student", theirs, of="students_attempted")
        for name, theirs in rules.bands(counts).items()
    ]


def _buckets(state: State) -> list[Figure]:
    found = [_count("reached", "student", state.sorted.reached, of="students_attempted")]
    never = state.sorted.contacts.keys() - set(state.sorted.reached)
    found.append(
        _count(
            "never_reached",
            "student",
            [one for one in state.sorted.contacts if one in never],
            of="students_attempted",
        )
    )
    for name in state.settings.precedence:
        rows = state.sorted.buckets[name]
        found.append(_count(name, "student", rows, of="students_attempted"))
    found += [
        _count(f"data_{reason}", "student", theirs, of="data")
        for reason, theirs in state.sorted.issues.items()
    ]
    return [*found, _count("moved_within", "student", state.sorted.moved_within)]


def _outcome(state: State) -> list[Figure]:
    settings, missed = state.settings, state.this.missed
    analysed = state.sorted.buckets["analysed"]
    most = settings.habitual * UNITS_PER_DAY
    at_first = {one: _at_first_contact(state, one) for one in analysed}
    base = [one for one in analysed if settings.baseline == "all" or at_first[one] < most]
    kept = set(base)
    below = [one for one in base if missed.of(one) < most]
    above = [one for one in base if missed.of(one) >= most]
    habitual_before = [one for one in analysed if at_first[one] >= most]
    early = [one for one in analysed if missed.of(one) >= settings.early * UNITS_PER_DAY]
    return [
        _count("baseline", "student", base, of="analysed"),
        _count(
            "not_analysed_baseline",
            "student",
            [one for one in analysed if one not in kept],
            of="analysed",
        ),
        _count("early_signs", "student", early, of="analysed"),
        _count("habitual_at_first_contact", "student", habitual_before, of="analysed"),
        _count("not_habitual", "student", below, of="baseline"),
        _count("not_habitual_of_attempted", "student", below, of="students_attempted"),
        _count("habitual", "student", above, of="baseline"),
    ]


def _at_first_contact(state: State, student_id: UUID) -> int:
    """Return what a student had missed by the end of the day of the first contact that counts."""
    first = min(one.on_date for one in state.sorted.contacts[student_id])
    days = state.this.missed.days(student_id)
    return sum(units for day, units in days if day <= first)


def _totals(state: State) -> list[Figure]:
    now = _spent(state.this, state.schools)
    then = _spent(state.before, state.schools)
    fewer = [*then, *(one._replace(units=-one.units) for one in now)]
    missing = _no_year(state.this) or _no_year(state.before)
    return [
        _sum("unexcused_total", now, missing=_no_year(state.this)),
        _sum("unexcused_total_before", then, missing=_no_year(state.before)),
        _sum("unexcused_fewer", fewer, missing=missing),
    ]


def _spent(one: YearOf, schools: Collection[UUID]) -> list[Spent]:
    missed = one.missed.by_student(schools)
    return [Spent(student, one.year.school_year, units) for student, units in missed.items()]


def _sum(key: str, rows: list[Spent], *, missing: Said | None) -> Figure:
    exact = Fraction(sum(one.units for one in rows), UNITS_PER_DAY)
    return Figure(
        key=key,
        kind="missed",
        rows=[] if missing else rows,
        value=None if missing else rules.half_up(exact),
        exact=None if missing else exact,
        missing=missing,
    )


def _no_year(one: YearOf) -> Said | None:
    return Said("no_year", (one.year.school_year,)) if one.year.is_empty() else None


def _means(state: State) -> list[Figure]:
    found: list[Figure] = []
    for level, schools in state.levels.items():
        found.append(_mean(f"mean_{level}", state, state.this, level=level, schools=schools))
        found.append(
            _mean(f"mean_{level}_before", state, state.before, level=level, schools=schools)
        )
    return found


def _mean(key: str, state: State, one: YearOf, *, level: str, schools: Collection[UUID]) -> Figure:
    theirs = one.members[level]
    counts = {
        "ever_enrolled": theirs.ever_enrolled,
        "on_day_n": theirs.on_day_n,
        "average_membership": rules.half_up(theirs.average_membership, 1),
    }
    used = Fraction(getattr(theirs, state.settings.mean_denominator))
    missing = _no_year(one) or (None if used else _NOBODY)
    rows = [] if missing else _spent(one, schools)
    exact = None if missing else Fraction(sum(row.units for row in rows), UNITS_PER_DAY) / used
    return Figure(
        key=key,
        kind="missed",
        rows=rows,
        value=None if exact is None else rules.half_up(exact, state.settings.mean_decimals),
        exact=exact,
        denominator=counts[state.settings.mean_denominator],
        denominators=counts,
        missing=missing,
        people=theirs.on_day_n,
    )


def _rate(state: State) -> Figure:
    key = "district_habitual_rate"
    if isinstance(state.rate, Said):
        return Figure(key=key, kind="missed", rows=[], missing=state.rate)
    most = state.settings.habitual * UNITS_PER_DAY
    missed = state.rate
    is_early = state.settings.habitual_until == "day_n"
    theirs = missed.by_student(missed.year.terms) if is_early else missed.all_year()
    rows = [
        Spent(one, missed.year.school_year, units) for one, units in theirs.items() if units >= most
    ]
    enrolled = state.settings.district_enrolled or state.rate_members
    exact = Fraction(100 * len(rows), enrolled) if enrolled else None
    return Figure(
        key=key,
        kind="missed",
        rows=rows,
        value=None if exact is None else rules.half_up(exact, state.settings.rate_decimals),
        exact=exact,
        denominator=enrolled,
        denominators={"numerator": len(rows), "ever_enrolled": state.rate_members},
        missing=None if enrolled else _NOBODY,
        people=len(rows),
    )


_OF_ATTENDANCE = frozenset(
    {
        *("never", "left", "data", "analysed", "moved_within", "baseline", "not_analysed_baseline"),
        *("early_signs", "habitual_at_first_contact", "not_habitual", "not_habitual_of_attempted"),
        *("habitual", "unexcused_total", "unexcused_fewer", "district_habitual_rate"),
        *(f"data_{issue}" for issue in ISSUES),
    }
)


def _withhold(found: Iterable[Figure], state: State) -> None:
    """Say "not available" instead of counting nothing where nothing had been written down yet."""
    this, before = state.unrecorded
    has_days = any(state.terms[one].day_n for one in state.schools)
    for one in found:
        is_before = one.key.endswith("_before")
        is_of_attendance = one.key in _OF_ATTENDANCE or one.key.startswith("mean_")
        why = before if is_before or (one.key == "unexcused_fewer" and not this) else this
        if why is None or one.kind == "school":
            continue
        if is_before or is_of_attendance or not has_days:
            one.value, one.rows, one.exact, one.people = None, [], None, None
            one.denominator, one.denominators, one.missing = None, {}, why


def _share(found: list[Figure], settings: SnapshotSettings) -> None:
    by_key = {one.key: one for one in found}
    for one in found:
        if one.of and one.value is not None:
            whole = len(by_key[one.of].rows)
            one.denominator = whole
            one.percent = rules.percent(len(one.rows), whole, settings.percent_decimals)
