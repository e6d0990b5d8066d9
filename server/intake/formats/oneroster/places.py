"""Enrolments in classes, drawn together to stays in schools."""

from collections.abc import Iterator

from msgspec import Struct

from server.intake.formats.lines import Line, Refused
from server.intake.formats.oneroster import tables
from server.intake.formats.oneroster.state import State, is_gone
from server.intake.formats.roster.stays import Course, Span, periods_of, stays
from server.intake.records import Origin, PlaceRecord

_STUDENT = "student"

Key = tuple[str, str, str]
"""User, school, school year."""


class Presence(Struct, kw_only=True):
    """What the lines say of one student in one school and year."""

    at: Origin
    spans: list[Span] = []
    courses: list[Course] = []


def read_places(state: State) -> None:
    """Read enrolments and hand on where every student is and was."""
    found: dict[Key, Presence] = {}
    for line in state.lines(tables.ENROLLMENTS, "Enrollment"):
        try:
            _take(state, line, found)
        except Refused as refused:
            state.refuse(refused)
    for user, school, year in _seated(state, found):
        found.setdefault((user, school, year), Presence(at=_at(state, user)))
    for key, presence in found.items():
        for place in _places(state, key, presence):
            state.out.add(place)


def _take(state: State, line: Line, found: dict[Key, Presence]) -> None:
    if line.text("role").casefold() != _STUDENT:
        state.ignore(line, f"Enrollment ({line.text('role') or 'no role'})")
        return
    if is_gone(line):
        state.ignore(line, "Enrollment (tobedeleted)")
        return
    course = state.courses.get(line.need("classsourcedid"))
    span = (line.day("begindate"), line.day("enddate"))
    school = line.text("schoolsourcedid") or (course.school_id if course else "")
    if not school:
        raise line.refuse(
            "schoolsourcedid", "", "The school is not told.", "Export the classes too."
        )
    key = (line.need("usersourcedid"), school, _year(state, course, span))
    presence = found.get(key)
    if presence is None:
        presence = found[key] = Presence(at=line.origin)
    if span not in presence.spans:
        presence.spans.append(span)
    if course is not None:
        presence.courses.append(course)


def _year(state: State, course: Course | None, span: Span) -> str:
    return (course.school_year if course else "") or state.sessions.only_year


def _seated(state: State, found: dict[Key, Presence]) -> Iterator[Key]:
    """Yield where students belong without sitting in any class."""
    placed = {(user, school) for user, school, _ in found}
    for user, seats in state.seats.items():
        for seat in seats:
            if seat.school_id and (user, seat.school_id) not in placed:
                yield user, seat.school_id, state.sessions.only_year


def _at(state: State, user: str) -> Origin:
    return Origin(file=tables.USERS, line=0, element=f"User {user}")


def _places(state: State, key: Key, presence: Presence) -> Iterator[PlaceRecord]:
    user, school, year = key
    session = state.sessions.years.get(year)
    spans = presence.spans or [(None, None)]
    for stay in stays(spans, year=session, terms=state.sessions.parts_of(year)):
        yield PlaceRecord(
            at=presence.at,
            number=state.student_number(user),
            school_code=state.school_code(school),
            school_year=year,
            grade=state.grades.get(user, ""),
            entry_on=stay.entry_on,
            exit_on=stay.exit_on,
            periods=None if state.is_delta else periods_of(presence.courses),
        )
