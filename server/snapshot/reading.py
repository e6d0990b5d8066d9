"""Reads a school year's schools, calendars and stays: as known now, or as they were known."""

from datetime import date
from uuid import UUID

from msgspec import Struct

from server.attendance.store import former
from server.attendance.store.then import Then
from server.db.database import Transaction
from server.snapshot import store
from server.snapshot.store import DayLine, SchoolLine, StayLine


class Read(Struct, frozen=True, kw_only=True):
    """What is known of a school year but facts and contacts."""

    schools: list[SchoolLine]
    """By code."""
    days: dict[UUID, list[DayLine]]
    """Instructional days by school, sorted."""
    stays: list[StayLine]

    def days_of(self, school_id: UUID) -> list[date]:
        """Return a school's instructional days, sorted."""
        return [day.on_date for day in self.days.get(school_id, [])]


def read(tx: Transaction, school_year: str, then: Then | None) -> Read:
    """Return what is known of a school year: now (None), or then."""
    schools = store.schools(tx)
    if then is None:
        return Read(
            schools=schools,
            days=store.school_days(tx, school_year),
            stays=store.stays(tx, school_year),
        )
    were = {one.id: one for one in former.schools(tx, then)}
    gone = [SchoolLine(*one) for one in former.schools_gone(tx, then)]
    known = [SchoolLine(one.id, one.code, one.name, *were[one.id][1:]) for one in schools]
    days = former.calendar_days(tx, school_year, then)
    return Read(
        schools=sorted((*known, *gone), key=lambda one: one.code),
        days={school_id: [_day(one) for one in own] for school_id, own in days.items()},
        stays=_stays(tx, school_year, then),
    )


def _day(one: former.CalendarDay) -> DayLine:
    return DayLine(one.school_id, one.on_date, one.periods, one.minutes)


def _stays(tx: Transaction, school_year: str, then: Then) -> list[StayLine]:
    places = sorted(former.enrollments(tx, school_year, then), key=lambda one: one.id)
    stays = former.stays(tx, places, then)
    found: list[StayLine] = []
    for one in places:
        own: list[former.Enrollment | former.Stay] = [*stays.get(one.id, [])] or [one]
        found += [
            StayLine(
                place_id=one.id,
                student_id=one.student_id,
                school_id=one.school_id,
                grade=one.grade,
                is_from_file=one.source == "enrollment_file",
                periods=one.periods,
                entry_on=stay.entry_on,
                exit_on=stay.exit_on,
                exit_reason=stay.exit_reason,
            )
            for stay in own
        ]
    return found
