"""Guardians of a roster: their numbers, and whose they are."""

from collections.abc import Iterator
from datetime import date

from schemas.people import ContactPointKind
from server.intake.columns import values
from server.intake.formats.roster.lines import Line
from server.intake.formats.roster.state import State
from server.intake.records import GuardianRecord, PointRecord, TieRecord
from server.intake.words.saying import why

GONE = frozenset({"tobedeleted", "inactive", "deleted"})
_POINTS = (
    ("sms", ContactPointKind.MOBILE),
    ("phone", ContactPointKind.OTHER_PHONE),
    ("email", ContactPointKind.EMAIL),
)
"""Which kind of phone ``phone`` is, no roster says."""
_OF_STUDENTS = {
    "middle_name": ["middlename"],
    "suffix": [],
    "preferred_name": ["preferredgivenname"],
}
_OF_GUARDIANS = {
    ContactPointKind.MOBILE: ["sms"],
    ContactPointKind.HOME: [],
    ContactPointKind.WORK: [],
    ContactPointKind.OTHER_PHONE: ["phone"],
    ContactPointKind.EMAIL: ["email"],
    "addresses": [],
}
"""What a record says, and the columns of which a table must have one to say it."""
_OF_NO_TIE = ("is_primary", "is_emergency", "lives_with", "restriction")
"""What no roster has a column for: a court order that another file told stays in force."""


def is_gone(line: Line) -> bool:
    """Tell whether the source took the line back."""
    return line.word("status") in GONE


def guardian_of(line: Line, source_id: str) -> GuardianRecord:
    """Return a guardian. One of the two names is enough: his number must not be lost."""
    first, last = line.text("givenname", "firstname"), line.text("familyname", "lastname")
    if not first and not last:
        raise line.refuse("familyname", "", why("missing_name"))
    return GuardianRecord(
        at=line.origin,
        source_id=source_id,
        first_name=first,
        last_name=last,
        points=list(_points(line)),
        untold=line.untold(_OF_GUARDIANS),
        source_at=line.changed_at(),
        is_deleted=is_gone(line),
    )


def untold_of_student(line: Line, birth_on: date | None) -> list[str]:
    """Return what the set does not say of a student."""
    return [*line.untold(_OF_STUDENTS), *([] if birth_on else ["birth_on"])]


def _points(line: Line) -> Iterator[PointRecord]:
    known: set[str] = set()
    for name, kind in _POINTS:
        value = values.number(line.text(name))
        if value and value not in known:
            yield PointRecord(kind=kind, source_kind=name, value=value, position=len(known))
            known.add(value)


class Ties:
    """Hands on each tie once, whoever of the two names it, or both."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._known: set[tuple[str, str]] = set()

    def add(
        self, line: Line, key: tuple[str, str], *, relation: str = "", position: int | None = 0
    ) -> None:
        """Take a tie. ``key``: the source's ids of student and guardian.

        ``position``: None where nothing says whom of several to call first.
        """
        if key in self._known:
            return
        self._known.add(key)
        student, guardian = key
        self._state.out.add(
            TieRecord(
                at=line.origin,
                number=self._state.student_number(student),
                source_id=guardian,
                relation=relation.capitalize(),
                position=position or 0,
                source_at=line.changed_at(),
                is_deleted=is_gone(line),
                untold=[
                    *_OF_NO_TIE,
                    *([] if relation else ["relation"]),
                    *(["position"] if position is None else []),
                ],
            )
        )
