"""What one reading of a set has learned so far, for the tables that refer to it."""

from collections.abc import Iterator, Mapping, Sequence

from server.intake.columns.orders import Asked
from server.intake.formats import Sink, Table
from server.intake.formats.roster.lines import Line, Refused, RosterTable, folded_names
from server.intake.formats.roster.names import names_of
from server.intake.formats.roster.sessions import Sessions
from server.intake.formats.roster.stays import Course


class State:
    """The set and what was read of it. Ids are the source system's own."""

    def __init__(
        self,
        by_kind: Mapping[str, Sequence[Table]],
        out: Sink,
        *,
        is_delta: bool = False,
        order: Asked = None,
    ) -> None:
        self._by_kind = by_kind
        self._order: Asked = order
        self._tables: dict[str, list[RosterTable]] = {}
        self.out = out
        self.is_delta = is_delta
        self.school_codes: dict[str, str] = {}
        self.other_orgs: set[str] = set()
        """Districts, departments and other orgs that are no schools."""
        self.student_numbers: dict[str, str] = {}
        self.sessions = Sessions()
        self.courses: dict[str, Course] = {}
        self.grades: dict[str, str] = {}
        """Of students."""
        self.school_grades: dict[str, set[str]] = {}
        """Which grades a school's students are in."""

    def has(self, kind: str) -> bool:
        """Tell whether the set has such a table."""
        return kind in self._by_kind

    def has_column(self, kind: str, column: str) -> bool:
        """Tell whether a table of this kind has a column, by its folded name."""
        return any(column in folded_names(table) for table in self._by_kind.get(kind, ()))

    def lines(
        self, kind: str, element: str, *, key: str = "sourcedid", again: bool = False
    ) -> Iterator[Line]:
        """Yield the lines of a kind of table. ``again``: another pass counts and reports them."""
        for table in self.tables(kind, element):
            yield from table.lines(None if again else self.out, key=key)

    def tables(self, kind: str, element: str) -> Sequence[RosterTable]:
        """Return the set's tables of a kind."""
        if kind not in self._tables:
            self._tables[kind] = [
                RosterTable(table, element, order=self._order)
                for table in self._by_kind.get(kind, ())
            ]
            for table in self._tables[kind]:
                self.out.called(table.file, names_of(table))
        return self._tables[kind]

    def refuse(self, refused: Refused) -> None:
        """Report a line that cannot be taken."""
        self.out.fault(refused.fault)

    def hold_ties(self, student: str) -> None:
        """Remember a student of whom a tie was refused. ``student``: the source's own id."""
        self.out.hold_ties(self.student_number(student))

    def ignore(self, line: Line, what: str) -> None:
        """Count a line that Presente has no use for."""
        self.out.ignored(line.table.file, what)

    def school_code(self, source_id: str) -> str:
        """Return a school's code; the source's own id when the set does not hold it."""
        return self.school_codes.get(source_id, source_id)

    def student_number(self, source_id: str) -> str:
        """Return a student's number; the source's own id when the set does not hold him."""
        return self.student_numbers.get(source_id, source_id)
