"""Plain tables of schools, students and attendance, recognised by the usual names of columns.

For whatever no other format claims: a spreadsheet that somebody made, an example, a small export.
"""

from collections.abc import Sequence

from server.intake.columns import across, full_names
from server.intake.columns.orders import Asked
from server.intake.columns.profile import Event, Names, Profile, Record, TableProfile
from server.intake.columns.synonyms import FLAGS, STUDENT, columns_of, folded, missing_in
from server.intake.formats import Reader, Sink, Source, Table
from server.intake.formats.profile import Found, ProfileReader
from server.intake.records import Fault, Origin
from server.intake.words.saying import Why, why

_PROFILE = Profile(key="plain", title="Tables with the usual names of columns")
_VAGUE = frozenset({"status", "category", "type", "abbreviation", "al"})
"""Columns that may say anything: taken for an attendance code in a draft, never by themselves."""
_OF_ANYTHING = frozenset({"stateid", "localid", "sn"})
"""Numbers that a school may have as well as a student."""
_PERSON = (
    frozenset({*STUDENT.split(), "email", "login", "role", "firstname", "lastname"})
    | {"sectionid", "classid", "courseid", "teacherid", "staffid"}
) - _OF_ANYTHING
"""What a table of schools does not have, nor one that names them beside something else."""
_EVENT = frozenset({"student_id", "date"})
_OF_GUARDIANS = frozenset({"guardian_id", "relation"})
_NAMES = frozenset({"first_name", "last_name"})
_ASKED: tuple[Record, ...] = ("guardians", "attendance", "students", "enrollments", "schools")


def find(
    sources: Sequence[Source],
    *,
    order: Asked = None,
    school_year: str = "",
) -> list[Reader]:
    """Return a reader of the sources that hold plain tables. Asked last, of what is left over.

    ``order`` of day and month, and ``school_year``: as for ``presente.find``.
    """
    found = [
        Found(source=source, table=table, profile=told)
        for source in sources
        if source.kind == "table"
        for table in source.tables()
        for told in tables_in(table, school_year=school_year)
    ]
    if not found:
        return []
    return [PlainReader(_PROFILE, found, sources, order=order, school_days=lambda _: ())]


def tables_in(table: Table, *, school_year: str = "") -> list[TableProfile]:
    """Return what a table says, judged by the names of its columns; nothing: it is not clear."""
    if across.is_grid(table.header):
        return []  # its codes are worth more than its names: a profile says that it is one
    for record in _ASKED:
        told = _told(record, table, school_year)
        if told is None:
            continue
        others = [_told("enrollments", table, school_year)] if record == "students" else []
        return [told, *(other for other in others if other is not None)]
    return []


def _told(record: Record, table: Table, school_year: str) -> TableProfile | None:
    if _is_other(record, table):
        return None
    columns = columns_of(record, table.header)
    if folded(columns.get("code", "")) in _VAGUE:
        del columns["code"]
    constants: dict[str, str] = {}
    if record == "enrollments" and school_year and "school_year" not in columns:
        constants = {"school_year": school_year}
    missing = missing_in(record, columns) - constants.keys()
    full_name = ""
    if missing & _NAMES and (full_name := full_names.column_in(table, record)):
        missing -= _NAMES
    flag = next((name for name in table.header if folded(name) in FLAGS), "")
    events: list[Event] = []
    if record == "attendance" and flag and missing <= {"code"}:
        missing = frozenset[str]()
        columns.pop("code", None)
        events = _flagged(flag, columns.get("period", ""))
    if missing:
        return None
    names: dict[str, Names] = dict(columns)
    return TableProfile(
        record=record,
        match=[*names.values(), *([full_name] if full_name else [])],
        columns=names,
        constants=constants,
        full_name=full_name,
        events=events,
    )


def _is_other(record: Record, table: Table) -> bool:
    """Tell whether a table names what a record needs beside something else that it is about."""
    if record == "students":
        return _is_of_others(table)
    if record == "enrollments":
        return _is_of_schools(table)
    return record == "schools" and bool(_PERSON & {folded(name) for name in table.header})


def _is_of_schools(table: Table) -> bool:
    """Tell whether what looks like a student's number is the number of a school that is named."""
    told = columns_of("schools", table.header)
    student = columns_of("enrollments", table.header).get("student_id", "")
    return folded(student) in _OF_ANYTHING and {"school_id", "name"} <= told.keys()


def _is_of_others(table: Table) -> bool:
    """Tell whether it is about absences whose codes have no usual name, or about guardians.

    Read as students they would lose what they say, or give students the names of their parents.
    """
    absences = columns_of("attendance", table.header)
    guardians = columns_of("guardians", table.header)
    return absences.keys() >= _EVENT or not guardians.keys().isdisjoint(_OF_GUARDIANS)


def _flagged(flag: str, period: str) -> list[Event]:
    """Read a flag: absent, and nobody says whether it is excused; or present."""
    return [
        Event(code_is="absent_unverified", when={flag: "yes"}, period=period),
        Event(code_is="present", when={flag: "no"}, period=period),
    ]


class PlainReader(ProfileReader):
    """Reads plain tables."""

    @property
    def format(self) -> str:
        """Return ``plain``."""
        return "plain"

    def read(self, out: Sink) -> None:
        """Read the tables, and say what in them was taken for what."""
        for one in self.found:
            columns = dict(one.profile.columns)
            if one.profile.full_name:
                columns["last_name, first_name"] = one.profile.full_name
            known = ", ".join(f"{name} = {field}" for field, name in columns.items())
            out.note(_note(one, why("read_as", record=one.profile.record, columns=known)))
            unread = self._unread(one)
            if unread:
                out.note(_note(one, why("left_unread", columns=", ".join(unread))))
            is_placed = any(
                other.profile.record == "enrollments" and other.table is one.table
                for other in self.found
            )
            if one.profile.record == "students" and not is_placed and _lacks_year(one.table):
                out.note(_note(one, why("year_untold")))
        super().read(out)

    def _unread(self, one: Found) -> list[str]:
        """Return the columns of a table that nothing is read of; told with its first record."""
        same = [other.profile for other in self.found if other.table is one.table]
        if same[0] is not one.profile:
            return []
        used = [name for told in same for name in (*told.columns.values(), told.full_name)]
        used += [name for told in same for event in told.events for name in event.when]
        return [name for name in one.table.header if name and name not in used]


def _lacks_year(table: Table) -> bool:
    columns = columns_of("enrollments", table.header)
    return missing_in("enrollments", columns) == frozenset({"school_year"})


def _note(one: Found, because: Why) -> Fault:
    return Origin(file=one.table.file, line=one.table.header_line, element="header").fault(
        "", "", because
    )
