"""Orgs, academic sessions and classes."""

from datetime import timedelta

from server.intake.columns import values
from server.intake.formats.oneroster import tables
from server.intake.formats.roster.lines import Line, Refused
from server.intake.formats.roster.numbers import numbers_of
from server.intake.formats.roster.people import is_gone
from server.intake.formats.roster.reading import school_of, session_of
from server.intake.formats.roster.sessions import YEAR, term_of
from server.intake.formats.roster.state import State
from server.intake.formats.roster.stays import Course

_SCHOOL = "school"
_SCHEDULED = "scheduled"


def read_terms(state: State) -> None:
    """Read school years and classes, and learn which orgs are no schools."""
    for line in state.lines(tables.ORGS, "Org", again=True):
        if not _is_school(line):
            state.other_orgs.add(line.text("sourcedid"))
    _sessions(state)
    _classes(state)


def read_schools(state: State) -> None:
    """Read schools. Their students' grades must be known."""
    state.school_codes = numbers_of(
        {
            line.text("sourcedid"): line.text("identifier")
            for line in state.lines(tables.ORGS, "Org", again=True)
            if _is_school(line)
        }
    )
    for line in state.lines(tables.ORGS, "Org"):
        try:
            source_id = line.need("sourcedid")
            if not _is_school(line):
                state.ignore(line, f"Org ({line.text('type') or 'no type'})")
                continue
            line.refuse_formulas()
            grades = state.school_grades.get(source_id, set[str]())
            state.out.add(school_of(state, line, source_id, grades=grades))
        except Refused as refused:
            state.refuse(refused)


def _is_school(line: Line) -> bool:
    return line.text("type").casefold() == _SCHOOL


def _sessions(state: State) -> None:
    for line in state.lines(tables.SESSIONS, "AcademicSession"):
        if is_gone(line):
            state.ignore(line, "AcademicSession (tobedeleted)")
            continue
        try:
            session = session_of(line, from_end=timedelta())
        except Refused as refused:
            state.refuse(refused)
            continue
        state.sessions.add(session)
        term = term_of(session, line.origin)
        if term is not None:
            state.out.add(term)
        elif session.kind != YEAR:
            state.ignore(line, f"AcademicSession ({line.text('type') or 'no type'})")


def _classes(state: State) -> None:
    for line in state.lines(tables.CLASSES, "Class"):
        if is_gone(line):
            state.ignore(line, "Class (tobedeleted)")
            continue
        try:
            line.refuse_formulas()
        except Refused as refused:
            state.refuse(refused)
            continue
        session_ids = values.items(line.text("termsourcedids"))
        known = state.sessions.named(session_ids)
        kind = line.text("classtype").casefold()
        for word in values.items(line.text("grades")):
            grades = state.school_grades.setdefault(line.text("schoolsourcedid"), set())
            grades.add(values.grade(word))
        state.courses[line.text("sourcedid")] = Course(
            school_id=line.text("schoolsourcedid"),
            session_ids=session_ids,
            periods=values.items(line.text("periods")),
            is_scheduled=kind in {"", _SCHEDULED},
            is_year_long=any(one.kind == YEAR for one in known) or not session_ids,
            school_year=known[0].school_year if known else "",
        )
