"""Orgs, academic sessions and classes."""

from server.intake.columns import values
from server.intake.formats.oneroster import tables
from server.intake.formats.roster.lines import Line, Refused
from server.intake.formats.roster.numbers import numbers_of
from server.intake.formats.roster.people import is_gone
from server.intake.formats.roster.sessions import YEAR, Session, term_of
from server.intake.formats.roster.state import State
from server.intake.formats.roster.stays import Course
from server.intake.records import SchoolRecord
from server.intake.words.saying import why

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
            name = line.need("name")
            line.refuse_formulas()
            state.out.add(
                SchoolRecord(
                    at=line.origin,
                    code=state.school_code(source_id),
                    name=name,
                    level=values.level_of_name(name)
                    or values.level_of_grades(state.school_grades.get(source_id, set())),
                    source_id=source_id,
                    source_at=line.changed_at(),
                    is_deleted=is_gone(line),
                )
            )
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
            session = _session(line)
        except Refused as refused:
            state.refuse(refused)
            continue
        state.sessions.add(session)
        term = term_of(session, line.origin)
        if term is not None:
            state.out.add(term)
        elif session.kind != YEAR:
            state.ignore(line, f"AcademicSession ({line.text('type') or 'no type'})")


def _session(line: Line) -> Session:
    line.refuse_formulas("title")
    begin_on = line.day("startdate")
    end_on = line.day("enddate")
    if begin_on is None or end_on is None or begin_on >= end_on:
        field = "enddate" if begin_on else "startdate"
        raise line.refuse(field, line.text(field), why("session_dates"))
    return Session(
        id=line.need("sourcedid"),
        kind=line.text("type").casefold(),
        title=line.text("title"),
        begin_on=begin_on,
        end_on=end_on,
        parent_id=line.text("parentsourcedid"),
    )


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
