"""Says where a student stands: the dated absences, the highest step, and why in words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias
from uuid import UUID

from schemas.attendance import Absence, AttendanceKind, Crossing, Standing
from schemas.base import StudentId
from server.attendance.rules.days import DayTotal
from server.db.database import Transaction
from server.ladder import catalog, climbs, store
from server.ladder.climbs import Climbing
from server.ladder.law import Ladder
from server.ladder.rules.inputs import Climb
from server.ladder.store import facts
from server.ladder.store.facts import PlaceFacts, RawTold
from server.ladder.words import said

_Told: TypeAlias = tuple[UUID, Sequence[PlaceFacts], list[RawTold]]
"""A student, the enrolments of the year, and all that is told in them."""
_NOT_MISSED = frozenset(
    {
        AttendanceKind.PRESENT,
        AttendanceKind.REMOTE_ATTENDED,
        AttendanceKind.NOT_ENROLLED,
        AttendanceKind.NO_SCHOOL,
    }
)


def standing_of(
    tx: Transaction, ladder: Ladder, school_year: str, *, student_id: UUID, school_id: UUID
) -> Standing:
    """Return where a student stands."""
    return standings_of(tx, ladder, school_year, {student_id: school_id})[0]


def standings_of(
    tx: Transaction, ladder: Ladder, school_year: str, places: Mapping[UUID, UUID]
) -> list[Standing]:
    """Return where these students (by student: the present school) stand, as known now."""
    if not places:
        return []
    of = climbs.open_for(
        tx, ladder, school_year, places.keys(), whole=not _is_of_days_alone(ladder)
    )
    crossings = store.crossings_of(
        tx, places, school_year=school_year, ladder=catalog.version_of(ladder)
    )
    found = {one[0]: _standing(of, one, crossings.get(one[0], [])) for one in _each(tx, of)}
    for student_id in places:
        if student_id not in found:
            nothing: _Told = student_id, of.students.get(student_id, ()), []
            found[student_id] = _standing(of, nothing, crossings.get(student_id, []))
    return [found[student_id] for student_id in places]


def _each(tx: Transaction, of: Climbing) -> Iterator[_Told]:
    """Yield everybody of whom anything is told, with all of it."""
    by_place = {place.id: theirs for theirs in of.students.values() for place in theirs}
    several: dict[UUID, list[RawTold]] = {}
    for told in facts.told_of_places(tx, by_place):
        theirs = by_place[told[0][0]]
        if len(theirs) == 1:
            yield theirs[0].student_id, theirs, told
        else:
            several.setdefault(theirs[0].student_id, []).extend(told)
    for student_id, known in several.items():
        yield student_id, of.students[student_id], known


def _is_of_days_alone(ladder: Ladder) -> bool:
    """Tell whether nothing that was done about a student moves where he stands.

    Not the steps of a plain ladder: what was done opens only such as a person then decides, and no
    standing tells of these.
    """
    return ladder.is_plain and not ladder.steps[0].human_decision


def _standing(of: Climbing, one: _Told, crossings: list[Crossing]) -> Standing:
    student_id, theirs, told = one
    by_date: dict[date, list[RawTold]] = {}
    for day, own in groupby(told, key=itemgetter(1)):
        by_date.setdefault(climbs.DATES[day], []).extend(own)
    reasons: dict[tuple[int, date, str], str] = {}
    for row in [row for row in told if row[6]]:
        key, reason = (row[0], climbs.DATES[row[1]], row[3]), row[6]
        reasons[key] = min(reasons.get(key, reason), reason)
    found = _climbed(of, one, by_date) if theirs else Climb(states=(), days=())
    highest = found.highest
    why = said.sentence(of.ladder, found, of.year.school_year)
    ids = [place.id for place in theirs]
    return Standing(
        student_id=StudentId(student_id),
        school_year=of.year.school_year,
        ladder=of.ladder.key,
        step=highest.step if highest else "",
        unexcused_units=sum(day.unexcused for day in found.days),
        excused_units=_units(found.days, AttendanceKind.ABSENT_EXCUSED),
        tardy_count=sum(AttendanceKind.TARDY in day.units for day in found.days),
        why_en=why.en,
        why_es=why.es,
        absences=[
            Absence(
                on_date=day.on_date, kind=kind, units=units, reason=_reason(reasons, ids, day, kind)
            )
            for day in found.days
            for kind, units in day.units.items()
            if kind not in _NOT_MISSED
        ],
        crossings=crossings,
    )


def _climbed(of: Climbing, one: _Told, by_date: Mapping[date, Sequence[RawTold]]) -> Climb:
    student_id, theirs, told = one
    if _is_of_days_alone(of.ladder):
        return climbs.climb_dates(of, theirs, by_date)
    return climbs.climb(of, (student_id, theirs, [(row[0], *row[:6]) for row in told]))


def _units(days: Iterable[DayTotal], kind: AttendanceKind) -> int:
    return sum(day.units.get(kind, 0) for day in days)


def _reason(
    reasons: Mapping[tuple[int, date, str], str],
    places: Iterable[int],
    day: DayTotal,
    kind: AttendanceKind,
) -> str:
    for place in places if reasons else ():
        reason = reasons.get((place, day.on_date, kind))
        if reason:
            return reason
    return ""
