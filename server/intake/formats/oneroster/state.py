"""What one reading of a set has learned so far, for the tables that refer to it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct

from server.intake.formats import Sink, Table
from server.intake.formats.lines import Line, Refused, lines
from server.intake.formats.roster.sessions import Sessions
from server.intake.formats.roster.stays import Course

_GONE = frozenset({"tobedeleted", "inactive"})


class Seat(Struct, kw_only=True):
    """A role somebody has in a school (OneRoster 1.2's roles, or 1.1's users.role)."""

    role: str
    school_id: str
    begin_on: date | None = None
    end_on: date | None = None


class State:
    """The set and what was read of it. Ids are ``sourcedId``."""

    def __init__(
        self, by_kind: Mapping[str, Sequence[Table]], out: Sink, *, is_delta: bool
    ) -> None:
        self._by_kind = by_kind
        self.out = out
        self.is_delta = is_delta
        self.school_codes: dict[str, str] = {}
        self.other_orgs: set[str] = set()
        self.student_numbers: dict[str, str] = {}
        self.sessions = Sessions()
        self.courses: dict[str, Course] = {}
        self.seats: dict[str, list[Seat]] = {}
        """Of students, by user."""
        self.grades: dict[str, str] = {}

    def has(self, kind: str) -> bool:
        """Tell whether the set has such a table."""
        return kind in self._by_kind

    def tables(self, kind: str) -> Sequence[Table]:
        """Return the set's tables of a kind."""
        return self._by_kind.get(kind, ())

    def lines(self, kind: str, element: str, *, again: bool = False) -> Iterator[Line]:
        """Yield a table's lines. ``again``: they were counted and checked before."""
        for table in self.tables(kind):
            yield from lines(table, element, None if again else self.out)

    def refuse(self, refused: Refused) -> None:
        """Report a line that cannot be taken."""
        self.out.fault(refused.fault)

    def ignore(self, line: Line, what: str) -> None:
        """Count a line that Presente has no use for."""
        self.out.ignored(line.origin.file, what)

    def school_code(self, source_id: str) -> str:
        """Return a school's code; its ``sourcedId`` when the set does not hold it."""
        return self.school_codes.get(source_id, source_id)

    def student_number(self, source_id: str) -> str:
        """Return a student's number; his ``sourcedId`` when the set does not hold him."""
        return self.student_numbers.get(source_id, source_id)


def is_gone(line: Line) -> bool:
    """Tell whether the source took the line back."""
    return line.text("status").casefold() in _GONE
