"""Decides who reaches which step, from the facts as known. Never commits, never deletes.

A crossing is written when a step's number is reached and all it requires is there, also where a
person must then decide. One that later records no longer support is taken back
(``no_longer_met_at``); reaching the step again is a new crossing. Steps below the highest one seen
at the same time are passed over. Nothing of one ladder touches the crossings of another, nor those
of another school year.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from uuid import UUID

import msgspec
from msgspec import Struct

from server.attendance import store as attendance
from server.db.database import Transaction
from server.ladder import catalog, climbs, crossed, store, sweep, year
from server.ladder.climbs import Quick
from server.ladder.crossed import Before, Met
from server.ladder.law import Ladder
from server.ladder.rules import folding
from server.ladder.rules.thresholds import Reached
from server.ladder.standings import standing_of, standings_of
from server.ladder.store import Crossed, NewCrossing, facts
from server.ladder.year import Asked, Year
from server.languages import Told

__all__ = [
    "Counts",
    "Movement",
    "climb_all",
    "climb_in",
    "counts",
    "ladder_of",
    "ladder_of_district",
    "recompute",
    "standing_of",
    "standings_of",
    "unexcused_units",
]

DEFAULT_LADDER = "aps-2014"
MIN_DAYS_SETTING = "ladder_min_days_compare"
"""``gt``: shares are judged from *more than* the ladder's days of enrolment on, where the sources
differ (APS PJ6); anything else: from as many on (NMSA 22-12A-2)."""


class Movement(Struct, frozen=True, kw_only=True):
    """How a student moved on the ladder by what is known now."""

    student_id: UUID
    school_id: UUID
    school_year: str
    opening: Reached | None
    """The step that owes the family outreach, while it is met."""
    newly: tuple[Reached, ...]
    taken_back: tuple[str, ...]


class Counts(Struct, frozen=True, kw_only=True):
    """Students at or above each step, and what the reader should know about the number."""

    steps: dict[str, int]
    warnings: list[str]


class _Changes(Struct, kw_only=True):
    """What becomes of crossings."""

    new: list[NewCrossing] = []
    moved: list[Crossed] = []
    lost: list[Crossed] = []


def ladder_of_district(tx: Transaction, school_year: str = "") -> Ladder:
    """Return the ladder that the district has chosen, in the version that a school year is under.

    Without a year, in its newest version.
    """
    return ladder_of(tx, attendance.find_setting(tx, "ladder", DEFAULT_LADDER), school_year)


def ladder_of(tx: Transaction, key: str, school_year: str = "") -> Ladder:
    """Return a ladder by its key, as the district reads it where its law leaves a choice."""
    compare = attendance.find_setting(tx, MIN_DAYS_SETTING, "")
    return catalog.get(key, school_year, min_days_compare=compare)


def recompute(
    tx: Transaction,
    ladder: Ladder,
    school_year: str,
    places: Mapping[UUID, UUID],
    met: Before | None = None,
) -> list[Movement]:
    """Bring the crossings of these students (by student: the present school) up to date.

    ``met``: the crossings that are met of those whose were read already.
    """
    opening = ladder.opener.key if ladder.opener else ""
    read: Before = {} if met is None else met
    met_before = {**read} | store.crossings_met(
        tx, places.keys() - read.keys(), school_year=school_year, ladder=catalog.version_of(ladder)
    )
    climb = crossed.all_short if ladder.is_plain else crossed.all_long
    changes = _Changes()
    movements: list[Movement] = []
    for student_id, met_now in climb(tx, ladder, school_year, places, met_before):
        school_id, before = places[student_id], met_before.get(student_id, {})
        newly, taken_back = _compare(changes, student_id, school_id, before, met_now)
        reached = {step.step: _reached(step) for step in met_now}
        movements.append(
            Movement(
                student_id=student_id,
                school_id=school_id,
                school_year=school_year,
                opening=reached.get(opening),
                newly=tuple(reached[step] for step in newly),
                taken_back=taken_back,
            )
        )
    store.take_back(tx, changes.lost)
    store.change_crossings(tx, changes.moved)
    store.add_crossings(tx, changes.new, school_year=school_year, ladder=catalog.version_of(ladder))
    tx.session.flush()
    return movements


def climb_all(
    tx: Transaction, ladder: Ladder, school_year: str, asked: Asked | None = None
) -> Iterator[tuple[UUID, tuple[Reached, ...]]]:
    """Yield every student of the district who is at or above a step that no person must decide.

    With the steps, the lowest first; from the facts alone, without what was written before.
    """
    return climb_in(tx, ladder, year.load(tx, school_year, asked or Asked()), asked or Asked())


def unexcused_units(
    tx: Transaction,
    school_year: str,
    students: Collection[UUID],
    *,
    known_at: datetime | None = None,
) -> dict[UUID, int]:
    """Return what each of these students missed unexcused in a year, as standings count it.

    As known now, or as it was known at a moment.
    """
    found = dict.fromkeys(students, 0)
    if not found or not school_year:
        return found
    rule = ladder_of_district(tx).day_rule
    asked = Asked(known_at=known_at)
    then = None if known_at is None else year.load(tx, school_year, asked)
    listed = facts.places(tx, school_year, students) if then is None else then.places(students)
    known = {place.id: place for place in listed}
    stays = facts.stays(tx, school_year, known) if then is None else then.stays()
    marks: dict[UUID, list[facts.RawMark]] = {}
    kinds = folding.KINDS_THAT_MATTER
    newest = None if then is None else then.newest
    for mark in facts.marks_of_places(tx, known, newest=newest, kinds=kinds):
        marks.setdefault(known[mark[0]].student_id, []).append(mark)

    @cache
    def opened() -> Year:
        """Only dates of which a part was missed need to know how the school keeps its days."""
        if then is not None:
            return then
        schools = {place.school_id for place in known.values()}
        return year.load(tx, school_year, Asked(), schools)

    for student_id, theirs in marks.items():
        places = {known[mark[0]].id: known[mark[0]] for mark in theirs}
        is_text = isinstance(theirs[0][2], str)
        spans = climbs.spans_of_places(places.values(), stays, {}, is_text=is_text)
        days = folding.unexcused_days(
            rule,
            lambda place_id: opened().place(known[place_id]),
            folding.within(theirs, spans),
        )
        found[student_id] = sum(units for _, units in days)
    return found


def counts(  # noqa: PLR0913  (what a count depends on)
    tx: Transaction,
    ladder: Ladder,
    school_year: str,
    *,
    day: int | None = None,
    on: date | None = None,
    known_at: datetime | None = None,
    as_recorded: bool = False,
) -> Counts:
    """Return how many students are at or above each step that needs no person's decision.

    Up to school day ``day`` of each school's own calendar, or up to the date ``on``; as known
    now, as it was known at a moment, or as recorded at the end of that very day. A student counts
    once in the district.
    """
    asked = Asked(day=day, on=on, known_at=known_at, as_recorded=as_recorded)
    opened = year.load(tx, school_year, asked)
    steps = {step.key: 0 for step in ladder.automatic_steps}
    for _, reached in climb_in(tx, ladder, opened, asked):
        for step in reached:
            steps[step.step] += 1
    warnings = list(opened.warnings)
    if not asked.is_of_then and school_year not in attendance.years_of(tx):
        warnings.append(
            Told(
                f"No attendance is known of the school year {school_year}.",
                f"No se conoce asistencia del año escolar {school_year}.",
            )
        )
    return Counts(steps=steps, warnings=warnings)


def climb_in(
    tx: Transaction, ladder: Ladder, opened: Year, asked: Asked
) -> Iterator[tuple[UUID, tuple[Reached, ...]]]:
    """Yield as ``climb_all`` does, of a school year that is open already."""
    if ladder.is_plain and opened.then is None:
        yield from sweep.sweep(tx, ladder, opened)
        return
    if ladder.is_plain:
        yield from _climb_then(tx, ladder, opened)
        return
    of = climbs.start(tx, ladder, opened, asked)
    for one in climbs.everybody(tx, of, is_all=True):
        met = climbs.climb(of, one).reached
        if met:
            yield one[0], met


def _climb_then(
    tx: Transaction, ladder: Ladder, opened: Year
) -> Iterator[tuple[UUID, tuple[Reached, ...]]]:
    """Yield the same of a plain ladder, by the enrolments and calendars of an earlier moment."""
    of = climbs.bare(ladder, opened)
    quick = Quick(of)
    for one in climbs.everybody(tx, of, is_all=True, kinds=folding.KINDS_THAT_MATTER):
        met = quick.reached(one)
        if met:
            yield one[0], met


def _compare(
    changes: _Changes,
    student_id: UUID,
    school_id: UUID,
    before: Mapping[str, Crossed],
    met: Sequence[Met],
) -> tuple[Sequence[str], tuple[str, ...]]:
    """Note what changes of a student's crossings; return the new steps and those taken back."""
    newly: list[str] = []
    for step in met:
        known = before.get(step.step)
        if known is None:
            newly.append(step.step)
            changes.new.append(
                NewCrossing(
                    student_id=student_id, school_id=school_id, **msgspec.structs.asdict(step)
                )
            )
            continue
        now = Crossed(known.key, student_id, *msgspec.structs.astuple(step))
        if now != known:
            changes.moved.append(now)
    if not before:
        return newly, ()
    still = {step.step for step in met}
    lost = [known for key, known in before.items() if key not in still]
    changes.lost += lost
    return newly, tuple(known.step for known in lost)


def _reached(step: Met) -> Reached:
    return Reached(step=step.step, crossed_on=step.crossed_on, value=step.value)
