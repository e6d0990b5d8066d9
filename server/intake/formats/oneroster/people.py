"""Users: students, their guardians, and how they belong together. Staff is only counted."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from schemas.people import ContactPointKind
from server.intake import values
from server.intake.formats.lines import Line, Refused
from server.intake.formats.oneroster import tables
from server.intake.formats.oneroster.state import Seat, State, is_gone
from server.intake.records import GuardianRecord, PointRecord, StudentRecord, TieRecord

_STUDENT = "student"
_GUARDIANS = frozenset({"parent", "guardian", "relative"})
_POINTS = (
    ("sms", ContactPointKind.MOBILE),
    ("phone", ContactPointKind.OTHER_PHONE),
    ("email", ContactPointKind.EMAIL),
)


def read_people(state: State) -> None:
    """Read students and guardians, and what roles they have where."""
    People(state).read()


class People:
    """One reading of the users."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._roles: dict[str, set[str]] = {}
        self._agents: dict[str, set[str]] = {}
        """Guardians by student."""
        self._ties: set[tuple[str, str]] = set()

    def read(self) -> None:
        """Look at all users once for who is who, then take them."""
        self._read_roles()
        self._look()
        births = self._births()
        for line in self._state.lines(tables.USERS, "User"):
            try:
                self._take(line, births)
            except Refused as refused:
                self._state.refuse(refused)

    def _read_roles(self) -> None:
        for line in self._state.lines(tables.ROLES, "Role"):
            if is_gone(line):
                self._state.ignore(line, "Role (tobedeleted)")
                continue
            try:
                self._seat(
                    line.need("usersourcedid"),
                    Seat(
                        role=line.text("role").casefold(),
                        school_id=line.text("orgsourcedid"),
                        begin_on=line.day("begindate"),
                        end_on=line.day("enddate"),
                    ),
                )
            except Refused as refused:
                self._state.refuse(refused)

    def _seat(self, user: str, seat: Seat) -> None:
        self._roles.setdefault(user, set()).add(seat.role)
        if seat.role == _STUDENT and seat.school_id not in self._state.other_orgs:
            self._state.seats.setdefault(user, []).append(seat)

    def _look(self) -> None:
        """Find every student's number and everybody whom a student names as his guardian."""
        identifiers: Counter[str] = Counter()
        students: dict[str, str] = {}
        for line in self._state.lines(tables.USERS, "User", again=True):
            user = line.text("sourcedid")
            role = line.text("role").casefold()
            if role:
                for school in values.items(line.text("orgsourcedids")) or [""]:
                    self._seat(user, Seat(role=role, school_id=school))
            if _STUDENT in self._roles.get(user, ()):
                students[user] = line.text("identifier")
                identifiers[students[user]] += 1
                for agent in values.items(line.text("agentsourcedids")):
                    self._agents.setdefault(agent, set()).add(user)
        for user, identifier in students.items():
            is_own = identifier and identifiers[identifier] == 1
            self._state.student_numbers[user] = identifier if is_own else user

    def _births(self) -> dict[str, date]:
        found: dict[str, date] = {}
        for line in self._state.lines(tables.DEMOGRAPHICS, "Demographics"):
            try:
                birth_on = line.day("birthdate")
            except Refused as refused:
                self._state.refuse(refused)
                continue
            if birth_on is not None:
                found[line.text("sourcedid", "usersourcedid")] = birth_on
        return found

    def _take(self, line: Line, births: dict[str, date]) -> None:
        user = line.need("sourcedid")
        roles = self._roles.get(user, set())
        if _STUDENT in roles:
            self._state.out.add(self._student(line, user, births.get(user)))
            self._state.grades[user] = next(
                (values.grade(word) for word in values.items(line.text("grades"))), ""
            )
            for position, agent in enumerate(values.items(line.text("agentsourcedids"))):
                self._tie(line, user, agent, position)
        elif roles & _GUARDIANS or user in self._agents:
            self._state.out.add(_guardian(line, user))
            for student in values.items(line.text("agentsourcedids")):
                self._tie(line, student, user, 0)
        else:
            self._state.ignore(line, f"User ({', '.join(sorted(roles)) or 'no role'})")

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
        )

    def _tie(self, line: Line, student: str, guardian: str, position: int) -> None:
        if (student, guardian) in self._ties:
            return
        self._ties.add((student, guardian))
        roles = self._roles.get(guardian, set()) & _GUARDIANS
        self._state.out.add(
            TieRecord(
                at=line.origin,
                number=self._state.student_number(student),
                source_id=guardian,
                relation=roles.pop().capitalize() if len(roles) == 1 else "",
                position=position,
                source_at=line.changed_at(),
                is_deleted=is_gone(line),
            )
        )


def _guardian(line: Line, user: str) -> GuardianRecord:
    return GuardianRecord(
        at=line.origin,
        source_id=user,
        first_name=line.need("givenname"),
        last_name=line.need("familyname"),
        points=list(_points(line)),
        source_at=line.changed_at(),
        is_deleted=is_gone(line),
    )


def _points(line: Line) -> Iterator[PointRecord]:
    known: set[str] = set()
    for name, kind in _POINTS:
        value = line.text(name)
        if value and value not in known:
            yield PointRecord(kind=kind, source_kind=name, value=value, position=len(known))
            known.add(value)
