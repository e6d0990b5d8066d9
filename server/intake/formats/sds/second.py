"""Reads a set of School Data Sync v2 or v2.1: orgs, users, roles, classes, relationships."""

from collections import Counter
from datetime import date, timedelta

from server.intake.columns import values
from server.intake.formats.roster.lines import Line, Refused
from server.intake.formats.roster.people import Ties, guardian_of, untold_of_student
from server.intake.formats.roster.places import Places
from server.intake.formats.roster.reading import births_of, school_of, session_of
from server.intake.formats.roster.sessions import YEAR, term_of
from server.intake.formats.roster.state import State
from server.intake.formats.roster.stays import Course
from server.intake.formats.sds import tables
from server.intake.records import StudentRecord

_SCHOOL = "school"
_STUDENT = "student"
_USER = "usersourcedid"
_DAY = timedelta(days=1)


def read_second(state: State) -> None:
    """Read everything."""
    _Second(state).read()


class _Second:
    def __init__(self, state: State) -> None:
        self._state = state
        self._places = Places(state)
        self._roles: dict[str, set[str]] = {}
        self._guardians: set[str] = set()

    def read(self) -> None:
        self._look()
        self._read_sessions()
        self._read_roles()
        self._read_orgs()
        self._read_classes()
        self._read_users()
        self._read_ties()
        self._read_enrollments()
        for place in self._places.records():
            self._state.out.add(place)
        for kind, element in ((tables.COURSES, "Course"), (tables.FLAGS, "UserFlag")):
            for line in self._state.lines(kind, element, key=_USER):
                self._state.ignore(line, element)

    def _look(self) -> None:
        for line in self._state.lines(tables.ORGS, "Org", again=True):
            if line.word("type") != _SCHOOL:
                self._state.other_orgs.add(line.text("sourcedid"))
        for line in self._state.lines(tables.RELATIONSHIPS, "Relationship", key=_USER, again=True):
            self._guardians.add(line.text("relationshipusersourcedid"))
        for line in self._state.lines(tables.USERS, "User", again=True):
            user = line.text("sourcedid")
            if role := line.word("role"):
                self._roles.setdefault(user, set()).add(role)
            self._note_grade(user, line, values.items(line.text("orgsourcedids")))

    def _note_grade(self, user: str, line: Line, schools: list[str]) -> None:
        grade = values.grade(line.text("grade"))
        if not grade:
            return
        self._state.grades[user] = grade
        for school in schools:
            self._state.school_grades.setdefault(school, set()).add(grade)

    def _read_sessions(self) -> None:
        for line in self._state.lines(tables.SESSIONS, "AcademicSession"):
            try:
                session = session_of(line, from_end=_DAY)
            except Refused as refused:
                self._state.refuse(refused)
                continue
            self._state.sessions.add(session)
            term = term_of(session, line.origin)
            if term is not None:
                self._state.out.add(term)

    def _read_roles(self) -> None:
        for line in self._state.lines(tables.ROLES, "Role", key=_USER):
            try:
                line.refuse_formulas()
                user, role = line.need(_USER), line.word("role")
                first, last = line.day("rolestartdate"), line.day("roleenddate")
            except Refused as refused:
                self._state.refuse(refused)
                continue
            self._roles.setdefault(user, set()).add(role)
            school = line.text("orgsourcedid")
            if role != _STUDENT:
                self._state.ignore(line, f"Role ({role or 'no role'})")
                continue
            self._note_grade(user, line, [school])
            known = self._state.sessions.named([line.text("sessionsourcedid")])
            if not school or school in self._state.other_orgs:
                self._state.ignore(line, "Role (student, of no school)")
                continue
            self._places.belong(
                (user, school),
                (first, last + _DAY if last else None),
                line.origin,
                school_year=known[0].school_year if known else "",
            )

    def _read_orgs(self) -> None:
        for line in self._state.lines(tables.ORGS, "Org"):
            if line.word("type") != _SCHOOL:
                self._state.ignore(line, f"Org ({line.text('type') or 'no type'})")
                continue
            try:
                line.refuse_formulas()
                code = line.need("sourcedid")
                grades = self._state.school_grades.get(code, set[str]())
                school = school_of(self._state, line, code, grades=grades)
            except Refused as refused:
                self._state.refuse(refused)
                continue
            self._state.school_codes[code] = code
            self._state.out.add(school)

    def _read_classes(self) -> None:
        for line in self._state.lines(tables.CLASSES, "Class"):
            try:
                line.refuse_formulas()
            except Refused as refused:
                self._state.refuse(refused)
                continue
            session_ids = values.items(line.text("sessionsourcedids"))
            known = self._state.sessions.named(session_ids)
            self._state.courses[line.text("sourcedid")] = Course(
                school_id=line.text("orgsourcedid"),
                session_ids=session_ids,
                is_scheduled=False,  # nothing says that these are all classes of a day
                is_year_long=any(one.kind == YEAR for one in known) or not session_ids,
                school_year=known[0].school_year if known else "",
            )

    def _read_users(self) -> None:
        births = births_of(self._state, tables.DEMOGRAPHICS, key=_USER)
        for line in self._state.lines(tables.USERS, "User"):
            try:
                self._take(line, births)
            except Refused as refused:
                self._state.refuse(refused)

    def _take(self, line: Line, births: dict[str, date]) -> None:
        user = line.need("sourcedid")
        line.refuse_formulas()
        roles = self._roles.get(user, set())
        if _STUDENT in roles:
            self._state.student_numbers[user] = user
            self._state.out.add(
                StudentRecord(
                    at=line.origin,
                    number=user,
                    first_name=line.need("givenname"),
                    middle_name=line.text("middlename"),
                    last_name=line.need("familyname"),
                    birth_on=births.get(user),
                    source_id=user,
                    untold=untold_of_student(line, births.get(user)),
                )
            )
            for school in values.items(line.text("orgsourcedids")):
                if school not in self._state.other_orgs:
                    self._places.belong((user, school), (None, None), line.origin)
        elif user in self._guardians:
            self._state.out.add(guardian_of(line, user))
        else:
            self._state.ignore(line, f"User ({', '.join(sorted(roles)) or 'no role'})")

    def _read_ties(self) -> None:
        ties = Ties(self._state)
        positions: Counter[str] = Counter()
        for line in self._state.lines(tables.RELATIONSHIPS, "Relationship", key=_USER):
            try:
                line.refuse_formulas()
                student, guardian = line.need(_USER), line.need("relationshipusersourcedid")
            except Refused as refused:
                self._state.refuse(refused)
                self._state.hold_ties(line.text(_USER))
                continue
            position = positions[student]
            positions[student] += 1
            ties.add(
                line, (student, guardian), relation=line.word("relationshiprole"), position=position
            )

    def _read_enrollments(self) -> None:
        for line in self._state.lines(tables.ENROLLMENTS, "Enrollment", key=_USER):
            try:
                line.refuse_formulas()
            except Refused as refused:
                self._state.refuse(refused)
                continue
            role = line.word("role")
            course = self._state.courses.get(line.text("classsourcedid"))
            if role != _STUDENT:
                self._state.ignore(line, f"Enrollment ({role or 'no role'})")
            elif course is None or course.school_id in self._state.other_orgs:
                self._state.ignore(line, "Enrollment (class of no school)")
            else:
                terms = self._state.sessions.named(course.session_ids)
                span = (terms[0].begin_on, terms[0].end_on) if len(terms) == 1 else (None, None)
                self._places.sit((line.text(_USER), course.school_id), span, line, course=course)
