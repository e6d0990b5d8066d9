"""Users: students, their guardians, and how they belong together. Staff is only counted."""

from datetime import date, timedelta

from server.intake.columns import values
from server.intake.formats.oneroster import tables
from server.intake.formats.roster.lines import Line, Refused
from server.intake.formats.roster.numbers import numbers_of
from server.intake.formats.roster.people import Ties, guardian_of, is_gone, untold_of_student
from server.intake.formats.roster.places import Places
from server.intake.formats.roster.reading import births_of
from server.intake.formats.roster.state import State
from server.intake.records import StudentRecord
from server.intake.words.saying import why

STUDENT = "student"
_GUARDIANS = frozenset({"parent", "guardian", "relative"})
_NONE = frozenset[str]()
_DAY = timedelta(days=1)


class People:
    """One reading of the users and their roles."""

    def __init__(self, state: State, places: Places) -> None:
        self._state = state
        self._places = places
        self._roles: dict[str, frozenset[str]] = {}
        self._same: dict[frozenset[str], frozenset[str]] = {}
        """Few different sets of roles, kept once each."""
        self._agents: set[str] = set()
        """Whom a student names as a guardian."""
        self._positions: dict[tuple[str, str], int] = {}
        """Whom after the first."""
        self._told: set[str] = set()
        """Students of whom a line says whose guardians they have, in order."""
        self._ties = Ties(state)

    def look(self) -> None:
        """Find out who is a student, of which number, and where: everything else refers to it."""
        for line in self._state.lines(tables.ROLES, "Role"):
            try:
                self._take_role(line)
            except Refused as refused:
                self._state.refuse(refused)
        students: dict[str, str] = {}
        for line in self._state.lines(tables.USERS, "User", again=True):
            user = line.text("sourcedid")
            role = line.word("role")
            if not role and user not in self._roles and line.text("grades"):
                role = STUDENT  # of 1.2, in a set whose roles.csv does not name him
            if role:
                self._add_role(user, role)
            if STUDENT in self._roles.get(user, ()):
                students[user] = line.text("identifier")
                agents = values.items(line.text("agentsourcedids"))
                self._told |= {user} if agents else set()
                self._agents.update(agents)
                self._positions.update(
                    ((user, agent), position) for position, agent in enumerate(agents) if position
                )
                self._note_grade(line, user)
        self._state.student_numbers = numbers_of(students)

    def read(self) -> None:
        """Take students, guardians and ties."""
        births = births_of(self._state, tables.DEMOGRAPHICS, key="sourcedid")
        for line in self._state.lines(tables.USERS, "User"):
            try:
                self._take(line, births)
            except Refused as refused:
                self._state.refuse(refused)
                self._hold(line)

    def _take_role(self, line: Line) -> None:
        line.refuse_formulas()
        user, role = line.need("usersourcedid"), line.word("role")
        school = line.text("orgsourcedid")
        is_over = is_gone(line)
        if not is_over:
            self._add_role(user, role)
        if role != STUDENT:
            self._state.ignore(line, f"Role ({role or 'no role'})")
        elif school and school not in self._state.other_orgs:
            last = line.day("enddate")  # inclusive, unlike the ends of enrolments and sessions
            span = (line.day("begindate"), last + _DAY if last else None)
            self._places.belong(
                (user, school), span, line.origin, changed_at=line.changed_at(), is_gone=is_over
            )

    def _add_role(self, user: str, role: str) -> None:
        roles = self._roles.get(user, _NONE) | {role}
        self._roles[user] = self._same.setdefault(roles, roles)

    def _note_grade(self, line: Line, user: str) -> None:
        grade = next((values.grade(word) for word in values.items(line.text("grades"))), "")
        if not grade:
            return
        self._state.grades[user] = grade
        for school in values.items(line.text("orgsourcedids", "primaryorgsourcedid")):
            self._state.school_grades.setdefault(school, set()).add(grade)

    def _take(self, line: Line, births: dict[str, date]) -> None:
        user = line.need("sourcedid")
        line.refuse_formulas()
        roles = self._roles.get(user, _NONE)
        agents = values.items(line.text("agentsourcedids"))
        if STUDENT in roles:
            self._state.out.add(self._student(line, user, births.get(user)))
            self._belong(line, user)
            for agent in agents:
                self._tie(line, (user, agent))
        elif roles & _GUARDIANS or user in self._agents:
            self._state.out.add(guardian_of(line, user))
            for student in agents:
                self._tie(line, (student, user))
        elif not roles:
            raise line.refuse("role", "", why("role_untold"))
        else:
            self._state.ignore(line, f"User ({', '.join(sorted(roles))})")

    def _hold(self, line: Line) -> None:
        """Remember whose ties a line that was refused may have told: they lose none."""
        for student in (line.text("sourcedid"), *values.items(line.text("agentsourcedids"))):
            self._state.hold_ties(student)

    def _student(self, line: Line, user: str, birth_on: date | None) -> StudentRecord:
        return StudentRecord(
            at=line.origin,
            number=self._state.student_numbers[user],
            first_name=line.need("givenname"),
            middle_name=line.text("middlename"),
            last_name=line.need("familyname"),
            preferred_name=line.text("preferredgivenname"),
            birth_on=birth_on,
            source_id=user,
            source_at=line.changed_at(),
            is_deleted=is_gone(line),
            untold=untold_of_student(line, birth_on),
        )

    def _belong(self, line: Line, user: str) -> None:
        """Take the schools that the user's own line names (1.1, or 1.2's primary one)."""
        if self._state.has(tables.ROLES):
            return
        for school in values.items(line.text("orgsourcedids", "primaryorgsourcedid")):
            if school not in self._state.other_orgs:
                self._places.belong(
                    (user, school),
                    (None, None),
                    line.origin,
                    changed_at=line.changed_at(),
                    is_gone=is_gone(line),
                )

    def _tie(self, line: Line, key: tuple[str, str]) -> None:
        roles = self._roles.get(key[1], _NONE) & _GUARDIANS
        relation = next(iter(roles)) if len(roles) == 1 else ""
        position = self._positions.get(key, 0 if key[0] in self._told else None)
        self._ties.add(line, key, relation=relation, position=position)
