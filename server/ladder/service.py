"""Decides who reaches which step, from the facts as known. Never commits, never deletes.

A crossing that later records no longer support is taken back (``no_longer_met_at``); reaching the
step again is a new crossing. Steps below the highest one seen at the same time are passed over.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from schemas.attendance import Absence, AttendanceKind, Standing
from schemas.base import StudentId
from server.attendance import rules as attendance_rules
from server.attendance import store as attendance
from server.attendance.rules import DayShare, Fact
from server.db.database import Transaction
from server.db.tables.attendance import CrossingRow
from server.ladder import catalog, rules, store, words
from server.ladder.catalog import Ladder
from server.ladder.rules import Reached
from server.people import store as people
from server.problems import Invalid

DEFAULT_LADDER = "aps-2014"

_NOT_MISSED = frozenset(
    {
        AttendanceKind.PRESENT,
        AttendanceKind.REMOTE_ATTENDED,
        AttendanceKind.NOT_ENROLLED,
        AttendanceKind.NO_SCHOOL,
    }
)


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


def ladder_of_district(tx: Transaction) -> Ladder:
    """Return the ladder that the district has chosen."""
    return catalog.get(attendance.find_setting(tx, "ladder", DEFAULT_LADDER))


def recompute(
    tx: Transaction, ladder: Ladder, school_year: str, places: Mapping[UUID, UUID]
) -> list[Movement]:
    """Bring the crossings of these students (by student: the present school) up to date."""
    thresholds = ladder.thresholds
    opening = next((step.key for step in ladder.steps if step.opens_case), "")
    facts = _facts_by_student(tx, school_year, students=places)
    met_before = store.crossings_met(tx, places, school_year=school_year, ladder=ladder.key)
    movements: list[Movement] = []
    for student_id, school_id in places.items():
        met = rules.reached(thresholds, _unexcused(facts.get(student_id, [])))
        before = met_before.get(student_id, {})
        newly = tuple(step for step in met if step.step not in before)
        taken_back = _take_back(tx, before, {step.step for step in met})
        _follow(before, met)
        for step in newly:
            store.add_crossing(
                tx,
                step,
                student_id=student_id,
                school_id=school_id,
                school_year=school_year,
                ladder=ladder.key,
                passed_over=step != met[-1],
            )
        movements.append(
            Movement(
                student_id=student_id,
                school_id=school_id,
                school_year=school_year,
                opening=next((step for step in met if step.step == opening), None),
                newly=newly,
                taken_back=taken_back,
            )
        )
    tx.session.flush()
    return movements


def standing_of(
    tx: Transaction, ladder: Ladder, school_year: str, *, student_id: UUID, school_id: UUID
) -> Standing:
    """Return where a student stands: the dated absences, the highest step, and why in words."""
    return standings_of(tx, ladder, school_year, {student_id: school_id})[0]


def standings_of(
    tx: Transaction, ladder: Ladder, school_year: str, places: Mapping[UUID, UUID]
) -> list[Standing]:
    """Return where these students (by student: the present school) stand."""
    facts = _facts_by_student(tx, school_year, students=places)
    return [
        _standing(tx, ladder, school_year, student_id=one, facts=facts.get(one, []))
        for one in places
    ]


def _standing(
    tx: Transaction, ladder: Ladder, school_year: str, *, student_id: UUID, facts: Iterable[Fact]
) -> Standing:
    shares = attendance_rules.days_of(facts)
    counting = [share for share in shares if _counts(share)]
    met = rules.reached(ladder.thresholds, [(day.on_date, day.units) for day in counting])
    highest = ladder.step(met[-1].step) if met else None
    said = highest.words if highest else None
    units = rules.total((day.on_date, day.units) for day in counting)
    dates = [day.on_date for day in counting]
    return Standing(
        student_id=StudentId(student_id),
        school_year=school_year,
        ladder=ladder.key,
        step=highest.key if highest else "",
        unexcused_units=units,
        excused_units=_units(shares, AttendanceKind.ABSENT_EXCUSED),
        tardy_count=sum(share.kind is AttendanceKind.TARDY for share in shares),
        why_en=words.why_en(
            units=units,
            dates=dates,
            school_year=school_year,
            step_words=said.en if said else "",
        ),
        why_es=words.why_es(
            units=units,
            dates=dates,
            school_year=school_year,
            step_words=said.es if said else "",
        ),
        absences=[_absence(share) for share in shares if share.kind not in _NOT_MISSED],
        crossings=store.crossings_of(tx, student_id, school_year=school_year, ladder=ladder.key),
    )


def unexcused_units(
    tx: Transaction, school_year: str, students: Collection[UUID]
) -> dict[UUID, int]:
    """Return what each of these students missed unexcused in a year, as standings count it."""
    facts = _facts_by_student(tx, school_year, students=students)
    return {one: rules.total(_unexcused(facts.get(one, []))) for one in students}


def counts(  # noqa: PLR0913  (what a count depends on)
    tx: Transaction,
    ladder: Ladder,
    school_year: str,
    *,
    day: int | None = None,
    on: date | None = None,
    known_at: datetime | None = None,
) -> Counts:
    """Return how many students are at or above each step that needs no person's decision.

    Up to school day ``day`` of each school's own calendar, or up to the date ``on``; as known
    now, or as it was known at a moment. A student counts once in the district.
    """
    if not attendance_rules.is_school_year(school_year):
        raise Invalid(f"Write the school year like 2021-22; {school_year!r} is none.")
    thresholds = ladder.thresholds
    last_by_school, warnings = _cutoffs(tx, school_year, day=day, on=on)
    facts: dict[UUID, list[Fact]] = {}
    for known in attendance.facts_of_year(tx, school_year, known_at=known_at):
        last = last_by_school.get(known.school_id)
        if last is not None and known.fact.on_date <= last:
            facts.setdefault(known.student_id, []).append(known.fact)
    if not facts:
        warnings.append(f"No attendance is known of the school year {school_year}.")
    values = {student_id: rules.total(_unexcused(known)) for student_id, known in facts.items()}
    return Counts(steps=rules.count(thresholds, values.values()), warnings=warnings)


def _cutoffs(
    tx: Transaction, school_year: str, *, day: int | None, on: date | None
) -> tuple[dict[UUID, date], list[str]]:
    last_by_school: dict[UUID, date] = {}
    warnings: list[str] = []
    for school in people.schools(tx):
        if on is not None:
            last_by_school[school.id] = on
            continue
        calendar = attendance.school_days(tx, school.id, school_year)
        reached = attendance_rules.nth_school_day(calendar, day or 0)
        if reached is not None:
            last_by_school[school.id] = reached
        elif calendar:
            last_by_school[school.id] = calendar[-1]
            warnings.append(
                f"{school.name} has only {len(calendar)} school days in {school_year}: "
                "counted to its last."
            )
        else:
            warnings.append(f"{school.name} has no calendar for {school_year}: left out.")
    return last_by_school, warnings


def _facts_by_student(
    tx: Transaction, school_year: str, *, students: Iterable[UUID]
) -> dict[UUID, list[Fact]]:
    facts: dict[UUID, list[Fact]] = {}
    for known in attendance.facts_of_year(tx, school_year, students=students):
        facts.setdefault(known.student_id, []).append(known.fact)
    return facts


def _unexcused(facts: Iterable[Fact]) -> list[tuple[date, int]]:
    return [
        (share.on_date, share.units) for share in attendance_rules.days_of(facts) if _counts(share)
    ]


def _counts(share: DayShare) -> bool:
    return share.kind is AttendanceKind.ABSENT_UNEXCUSED and share.units > 0


def _units(shares: Iterable[DayShare], kind: AttendanceKind) -> int:
    return sum(share.units for share in shares if share.kind is kind)


def _absence(share: DayShare) -> Absence:
    return Absence(on_date=share.on_date, kind=share.kind, units=share.units, reason=share.reason)


def _take_back(
    tx: Transaction, before: Mapping[str, CrossingRow], met: set[str]
) -> tuple[str, ...]:
    lost = tuple(step for step in before if step not in met)
    for step in lost:
        before[step].no_longer_met_at = tx.at
    return lost


def _follow(before: Mapping[str, CrossingRow], met: Iterable[Reached]) -> None:
    """Move a step that is still met to its date as known now; when it was first seen stays."""
    for step in met:
        row = before.get(step.step)
        if row is not None and (row.crossed_on, row.value) != (step.crossed_on, step.value):
            row.crossed_on, row.value = step.crossed_on, step.value
