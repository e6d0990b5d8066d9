"""Gives ``facts`` as they were known at an earlier moment: schools, calendars and enrolments."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from server.attendance.rules.places import Stay
from server.attendance.store import former
from server.attendance.store.then import Then
from server.db.database import Transaction
from server.ladder.store.facts import CalendarFacts, PlaceFacts, SchoolFacts


def schools(tx: Transaction, then: Then, wanted: Collection[UUID]) -> list[SchoolFacts]:
    """Return how schools kept their attendance, also those that went since."""
    known = [SchoolFacts(*one) for one in former.schools(tx, then)]
    gone = [SchoolFacts(one.id, *one[3:]) for one in former.schools_gone(tx, then)]
    return [one for one in (*known, *gone) if one.id in wanted]


def calendars(
    tx: Transaction, school_year: str, then: Then, wanted: Collection[UUID]
) -> dict[UUID, CalendarFacts]:
    """Return the calendars of a school year, by school."""
    found: dict[UUID, CalendarFacts] = {}
    for school_id, days in former.calendar_days(tx, school_year, then).items():
        if school_id in wanted:
            found[school_id] = CalendarFacts(
                [one.on_date for one in days],
                {one.on_date: one.periods for one in days if one.periods},
                {one.on_date: one.minutes for one in days if one.minutes},
            )
    return found


def semesters(
    tx: Transaction, school_year: str, then: Then
) -> dict[UUID | None, list[tuple[date, date]]]:
    """Return a year's semesters by school; None: those of every school. Sorted."""
    found: dict[UUID | None, list[tuple[date, date]]] = {}
    for one in former.terms(tx, school_year, then):
        if one.kind == "semester":
            found.setdefault(one.school_id, []).append((one.begin_on, one.end_on))
    return found


def places(
    tx: Transaction, school_year: str, then: Then, students: Collection[UUID] | None = None
) -> tuple[list[PlaceFacts], dict[int, list[Stay]]]:
    """Return a year's enrolments (of some students), and each stay of those with several."""
    known = former.enrollments(tx, school_year, then, students)
    stays = former.stays(tx, known, then)
    found = [
        PlaceFacts(
            one.id,
            one.student_id,
            one.school_id,
            one.grade,
            one.entry_on,
            one.exit_on,
            one.source,
            one.periods,
        )
        for one in known
    ]
    several: dict[int, list[Stay]] = {
        place_id: [(one.entry_on, one.exit_on) for one in theirs]
        for place_id, theirs in stays.items()
        if len(theirs) > 1
    }
    return found, several
