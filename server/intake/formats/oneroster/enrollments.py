"""Enrolments in classes. Their ``endDate`` is the first day after."""

from server.intake.formats.oneroster import tables
from server.intake.formats.oneroster.people import STUDENT
from server.intake.formats.roster.lines import Line, Refused
from server.intake.formats.roster.people import is_gone
from server.intake.formats.roster.places import Places
from server.intake.formats.roster.state import State


def read_enrollments(state: State, places: Places) -> None:
    """Read the students' enrolments."""
    others: dict[tuple[str, str], int] = {}
    for line in state.lines(tables.ENROLLMENTS, "Enrollment"):
        role = line.word("role")
        gone = is_gone(line)
        if role != STUDENT or (gone and not state.is_delta):
            key = (line.table.file, "tobedeleted" if gone else role or "no role")
            others[key] = others.get(key, 0) + 1
            continue
        try:
            _take(state, line, places, gone=gone)
        except Refused as refused:
            state.refuse(refused)
    for (file, what), count in others.items():
        state.out.ignored(file, f"Enrollment ({what})", count)


def _take(state: State, line: Line, places: Places, *, gone: bool) -> None:
    course = state.courses.get(line.need("classsourcedid"))
    school = line.text("schoolsourcedid") or (course.school_id if course else "")
    if not school:
        raise line.refuse(
            "schoolsourcedid", "", "Its school is not told.", "Export the classes too."
        )
    begin_on, end_on = line.day("begindate"), line.day("enddate")
    if begin_on and end_on and begin_on > end_on:
        raise line.refuse(
            "enddate",
            line.text("enddate"),
            "It ends before it begins.",
            "Correct one of the two dates at the source.",
        )
    places.sit(
        (line.need("usersourcedid"), school),
        (begin_on, end_on),
        line,
        course=course,
        changed_at=line.changed_at(),
        is_gone=gone,
    )
