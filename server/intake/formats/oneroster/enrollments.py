"""Enrolments in classes. Their ``endDate`` is the first day after."""

from collections import Counter
from datetime import datetime

from msgspec import Struct

from server.intake.columns import values
from server.intake.formats.oneroster import tables
from server.intake.formats.oneroster.people import STUDENT
from server.intake.formats.roster.lines import Line, Refused
from server.intake.formats.roster.people import is_gone
from server.intake.formats.roster.places import Places
from server.intake.formats.roster.state import State
from server.intake.formats.roster.stays import Course, Span
from server.intake.words.saying import why

_SAME = (
    "status",
    "datelastmodified",
    "classsourcedid",
    "schoolsourcedid",
    "role",
    "begindate",
    "enddate",
)
"""What all students of one class have in common: understood once."""
_KEPT = 20_000


class _Seat(Struct, frozen=True, kw_only=True):
    """A seat in a class, whoever sits in it."""

    school: str
    span: Span
    course: Course | None
    changed_at: datetime | None
    is_gone: bool


def read_enrollments(state: State, places: Places) -> None:
    """Read the students' enrolments."""
    for table in state.tables(tables.ENROLLMENTS, "Enrollment"):
        known: dict[tuple[str, ...], _Seat | str] = {}
        others: Counter[str] = Counter()
        for line in table.lines(state.out):
            same = table.picked(line, _SAME)
            try:
                seat = known.get(same)
                if seat is None:
                    if len(known) >= _KEPT:
                        known.clear()
                    seat = known[same] = _seat(state, line)
                if isinstance(seat, str):
                    others[seat] += 1
                else:
                    _take(places, line, seat)
            except Refused as refused:
                state.refuse(refused)
        for what, count in others.items():
            state.out.ignored(table.file, f"Enrollment ({what})", count)


def _take(places: Places, line: Line, seat: _Seat) -> None:
    user = line.need("usersourcedid")
    if values.is_formula(user):
        raise line.refuse("usersourcedid", user, why("formula"))
    places.sit(
        (user, seat.school),
        seat.span,
        line,
        course=seat.course,
        changed_at=seat.changed_at,
        is_gone=seat.is_gone,
    )


def _seat(state: State, line: Line) -> _Seat | str:
    """Return what a line says of a class; a word for what is not used."""
    line.refuse_formulas()
    role, gone = line.word("role"), is_gone(line)
    if role != STUDENT:
        return role or "no role"
    if gone and not state.is_delta:
        return "tobedeleted"
    course = state.courses.get(line.need("classsourcedid"))
    school = line.text("schoolsourcedid") or (course.school_id if course else "")
    if not school:
        raise line.refuse("schoolsourcedid", "", why("school_untold"))
    begin_on, end_on = line.day("begindate"), line.day("enddate")
    if begin_on and end_on and begin_on > end_on:
        raise line.refuse("enddate", line.text("enddate"), why("ends_before_it_begins"))
    return _Seat(
        school=school,
        span=(begin_on, end_on),
        course=course,
        changed_at=line.changed_at(),
        is_gone=gone,
    )
