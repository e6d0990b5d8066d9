"""Says where a student stands: the dated absences, the highest step, and why in words."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TypeAlias
from uuid import UUID

from schemas.attendance import Absence, AttendanceKind, Crossing, Standing
from schemas.base import StudentId
from server.attendance.rules.days import DayTotal
from server.db.database import Transaction
from server.ladder import catalog, climbs, store
from server.ladder.climbs import Climbing, Theirs
from server.ladder.law import Ladder
from server.ladder.rules.inputs import Climb
from server.ladder.store import facts
from server.ladder.store.facts import RawMark
from server.ladder.store.raw import Dates
from server.ladder.words import said

_Reasons: TypeAlias = dict[tuple[int, date, str], str]
"""What the files say why, by enrolment, date and kind."""
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
    reasons: _Reasons = {}
    crossings = store.crossings_of(
        tx, places, school_year=school_year, ladder=catalog.version_of(ladder)
    )
    found = {
        one[0]: _standing(of, one, reasons, crossings.get(one[0], []))
        for one in climbs.each(of, _marks(tx, of, reasons))
    }
    for student_id in places:
        if student_id not in found:
            nothing: Theirs = (student_id, [], [])
            found[student_id] = _standing(of, nothing, reasons, crossings.get(student_id, []))
    return [found[student_id] for student_id in places]


def _marks(tx: Transaction, of: Climbing, reasons: _Reasons) -> Iterator[RawMark]:
    """Yield the marks of everybody who climbs, and note what the files say why."""
    dates = Dates()
    numbers = [place.id for theirs in of.students.values() for place in theirs]
    for row in facts.told_of_places(tx, numbers):
        reason = row[7]
        if reason:
            key = row[0], dates[row[2]], row[4]
            reasons[key] = min(reasons.get(key, reason), reason)
        yield row[:7]


def _is_of_days_alone(ladder: Ladder) -> bool:
    """Tell whether nothing that was done about a student moves where he stands.

    Not the steps of a plain ladder: what was done opens only such as a person then decides, and no
    standing tells of these.
    """
    return ladder.is_plain and not ladder.steps[0].human_decision


def _standing(
    of: Climbing,
    one: Theirs,
    reasons: Mapping[tuple[int, date, str], str],
    crossings: list[Crossing],
) -> Standing:
    student_id, theirs, _ = one
    found = _climbed(of, one) if theirs else Climb(states=(), days=())
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


def _climbed(of: Climbing, one: Theirs) -> Climb:
    return climbs.climb_plain(of, one) if _is_of_days_alone(of.ladder) else climbs.climb(of, one)


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
