"""Reads a set of School Data Sync v1: School, Section, Student, StudentEnrollment, guardians."""

from collections import Counter
from datetime import date, timedelta

from server.intake.columns import values
from server.intake.formats.roster.lines import Line, Refused
from server.intake.formats.roster.numbers import numbers_of
from server.intake.formats.roster.people import Ties, guardian_of, is_gone, untold_of_student
from server.intake.formats.roster.places import Places
from server.intake.formats.roster.reading import school_of
from server.intake.formats.roster.sessions import YEAR, Session, term_of
from server.intake.formats.roster.state import State
from server.intake.formats.roster.stays import Course, Span
from server.intake.formats.sds import tables
from server.intake.records import StudentRecord
from server.intake.words.saying import why

_KEY = "sisid"
_YEAR_LONG = timedelta(days=250)
_DAY = timedelta(days=1)


def read_first(state: State) -> None:
    """Read everything."""
    places = Places(state)
    _number(state)
    _read_schools(state)
    spans = _read_sections(state)
    _read_students(state, places)
    _read_guardians(state)
    for line in state.lines(tables.TEACHERS, "Teacher", key=_KEY):
        state.ignore(line, "Teacher")
    for line in state.lines(tables.SEATS, "StudentEnrollment", key=_KEY):
        try:
            line.refuse_formulas()
        except Refused as refused:
            state.refuse(refused)
            continue
        student, section = line.text(_KEY), line.text("sectionsisid")
        course = state.courses.get(section)
        if student not in state.student_numbers or course is None:
            state.ignore(line, "Enrollment (teacher)" if course else "Enrollment (no section)")
        else:
            places.sit((student, course.school_id), spans[section], line, course=course)
    for place in places.records():
        state.out.add(place)


def _number(state: State) -> None:
    schools = {
        line.text(_KEY): line.text("schoolnumber")
        for line in state.lines(tables.SCHOOLS, "School", key=_KEY, again=True)
    }
    state.school_codes = numbers_of(schools)
    students = {
        line.text(_KEY): line.text("studentnumber")
        for line in state.lines(tables.STUDENTS, "Student", key=_KEY, again=True)
    }
    state.student_numbers = numbers_of(students)


def _read_schools(state: State) -> None:
    for line in state.lines(tables.SCHOOLS, "School", key=_KEY):
        try:
            line.refuse_formulas()
            source_id = line.need(_KEY)
            span = {values.grade(word) for word in (line.text("gradelow"), line.text("gradehigh"))}
            state.out.add(school_of(state, line, source_id, grades=span - {""}))
        except Refused as refused:
            state.refuse(refused)


def _read_sections(state: State) -> dict[str, Span]:
    """Take the classes and the terms they name; return when each class runs."""
    spans: dict[str, Span] = {}
    known: set[str] = set()
    for line in state.lines(tables.SECTIONS, "Section", key=_KEY):
        try:
            line.refuse_formulas()
            session = _session(line)
        except Refused as refused:
            state.refuse(refused)
            continue
        if session is not None and session.id not in known:
            known.add(session.id)
            state.sessions.add(session)
            term = term_of(session, line.origin)
            if term is not None:
                state.out.add(term)
        section = line.text(_KEY)
        spans[section] = (session.begin_on, session.end_on) if session else (None, None)
        state.courses[section] = Course(
            school_id=line.text("schoolsisid"),
            session_ids=[session.id] if session else [],
            periods=values.items(line.text("periods", "period")),
            is_scheduled=bool(line.text("periods", "period")),
            is_year_long=session is None or session.kind == YEAR,
            school_year=session.school_year if session else "",
        )
    return spans


def _session(line: Line) -> Session | None:
    begin_on, last = line.day("termstartdate"), line.day("termenddate")
    if begin_on is None or last is None:
        return None
    if last <= begin_on:
        raise line.refuse(
            "termenddate", line.text("termenddate"), why("term_ends_before_it_begins")
        )
    title = line.text("termname")
    return Session(
        id=f"{line.text('termsisid')} {begin_on} {last}",
        kind=_kind_of(title, begin_on, last),
        title=title,
        begin_on=begin_on,
        end_on=last + _DAY,
    )


def _kind_of(title: str, begin_on: date, last: date) -> str:
    if last - begin_on >= _YEAR_LONG:
        return YEAR
    return "semester" if "semester" in title.casefold() else "term"


def _read_students(state: State, places: Places) -> None:
    for line in state.lines(tables.STUDENTS, "Student", key=_KEY):
        try:
            line.refuse_formulas()
            source_id, birth_on = line.need(_KEY), line.day("birthdate")
            state.grades[source_id] = values.grade(line.text("grade"))
            state.out.add(
                StudentRecord(
                    at=line.origin,
                    number=state.student_number(source_id),
                    first_name=line.need("firstname"),
                    middle_name=line.text("middlename"),
                    last_name=line.need("lastname"),
                    birth_on=birth_on,
                    source_id=source_id,
                    is_deleted=is_gone(line),
                    untold=untold_of_student(line, birth_on),
                )
            )
            school = line.text("schoolsisid")
            if school:
                places.belong((source_id, school), (None, None), line.origin, is_gone=is_gone(line))
        except Refused as refused:
            state.refuse(refused)


def _read_guardians(state: State) -> None:
    """Take guardians, who are known by their e-mail address alone, and whose they are."""
    for line in state.lines(tables.CONTACTS, "User", key="email"):
        try:
            line.refuse_formulas("email")
            state.out.add(guardian_of(line, line.need("email").casefold()))
        except Refused as refused:
            state.refuse(refused)
    ties = Ties(state)
    positions: Counter[str] = Counter()
    for line in state.lines(tables.TIES, "Guardianrelationship", key=_KEY):
        try:
            line.refuse_formulas("email")
            student, email = line.need(_KEY), line.need("email").casefold()
        except Refused as refused:
            state.refuse(refused)
            state.hold_ties(line.text(_KEY))
            continue
        position = positions[student]
        positions[student] += 1
        ties.add(line, (student, email), relation=line.text("role"), position=position)
