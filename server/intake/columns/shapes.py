"""The tables that Presente reads by column: what each is, and what its columns mean.

Presente's own CSVs have exactly these headers; a mapping profile says which of a system's columns
each of them is.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct


class Column(Struct, frozen=True, kw_only=True):
    """A column: its name, and what stands in it."""

    name: str
    says: str
    """For the person who fills the table in."""
    is_needed: bool = False
    is_date: bool = False


class Shape(Struct, frozen=True, kw_only=True):
    """A table of one kind of record."""

    key: str
    says: str
    columns: tuple[Column, ...]

    @property
    def needed(self) -> frozenset[str]:
        """Columns without which it is no such table."""
        return frozenset(column.name for column in self.columns if column.is_needed)

    @property
    def names(self) -> frozenset[str]:
        """All columns."""
        return frozenset(column.name for column in self.columns)

    @property
    def dates(self) -> frozenset[str]:
        """Columns that hold dates."""
        return frozenset(column.name for column in self.columns if column.is_date)


def _need(name: str, says: str) -> Column:
    return Column(name=name, says=says, is_needed=True)


def _may(name: str, says: str) -> Column:
    return Column(name=name, says=says)


def _need_date(name: str, says: str) -> Column:
    return Column(name=name, says=says, is_needed=True, is_date=True)


def _may_date(name: str, says: str) -> Column:
    return Column(name=name, says=says, is_date=True)


_SCHOOLS = Shape(
    key="schools",
    says="One line per school.",
    columns=(
        _need("school_id", "the district's own number of the school, as in all other files"),
        _need("name", "its name"),
        _may("level", "elementary, middle or high"),
        _may("mode", "how attendance is taken: daily, or period (class by class)"),
        _may("periods_per_day", "classes in a whole day"),
        _may("minutes_per_day", "minutes of instruction in a whole day"),
    ),
)
_CALENDAR = Shape(
    key="calendar",
    says="One line per school and date of the school year, holidays included.",
    columns=(
        _need("school_id", "the school"),
        _need_date("date", "the date"),
        _need(
            "event",
            "Instructional day, Make-up day, Student late arrival/early dismissal, Holiday, "
            "Teacher only day, Weather day, Strike, Emergency day, Non-instructional day or Other",
        ),
        _may("periods", "classes on this day, where it is a short one"),
        _may("minutes", "minutes of instruction on this day, where it is a short one"),
    ),
)
_TERMS = Shape(
    key="terms",
    says="One line per semester or other part of the school year.",
    columns=(
        _may("school_id", "the school; empty: all schools"),
        _need("school_year", "as 2024-25"),
        _need("kind", "semester, term or grading_period"),
        _may("title", "how it is called"),
        _need_date("begin_date", "its first day"),
        _need_date("end_date", "its last day"),
    ),
)
_STUDENTS = Shape(
    key="students",
    says="One line per student.",
    columns=(
        _need("student_id", "the district's own number of the student; leading zeros are kept"),
        _need("first_name", "given name"),
        _need("last_name", "family name, or both surnames"),
        _may("middle_name", "middle name"),
        _may("suffix", "Jr., III"),
        _may("preferred_name", "how the student is called"),
        _may_date("birth_date", "date of birth; it never leaves the server"),
    ),
)
_ENROLLMENTS = Shape(
    key="enrollments",
    says="One line per stay of a student in a school.",
    columns=(
        _need("student_id", "the student"),
        _need("school_id", "the school"),
        _need("school_year", "as 2024-25"),
        _may("grade", "KG, 01 to 12"),
        _may_date("entry_date", "first day in the school"),
        _may_date("exit_date", "last day in the school; empty: still there"),
        _may("exit_reason", "why the student left, such as Transferred"),
        _may("periods", "the student's classes a day, where they are fewer"),
    ),
)
_GUARDIANS = Shape(
    key="guardians",
    says="One line per guardian and student: brothers and sisters have a line each.",
    columns=(
        _need("guardian_id", "the same for the same person on every line"),
        _need("student_id", "the student"),
        _need("first_name", "given name"),
        _need("last_name", "family name"),
        _may("relation", "Mother, Father, Grandparent"),
        _may("language", "the language to speak: English, Spanish, or a tag such as es"),
        _may("needs_interpreter", "yes or no"),
        _may("is_primary", "yes or no: called first"),
        _may("is_emergency", "yes or no"),
        _may("lives_with", "yes or no: the student lives there"),
        _may("restriction", "a court order or another limit on contact, in words"),
        _may("position", "1 for who is called first, then 2, 3"),
        _may("mobile_phone", "as it is dialled"),
        _may("home_phone", "as it is dialled"),
        _may("work_phone", "as it is dialled"),
        _may("email", "e-mail address"),
        _may("street", "street and number"),
        _may("unit", "apartment or lot"),
        _may("city", "city"),
        _may("state", "as NM"),
        _may("postal_code", "ZIP code; leading zeros are kept"),
    ),
)
_ATTENDANCE = Shape(
    key="attendance",
    says="One line per absence, tardy or other exception. Days present need no line.",
    columns=(
        _need("student_id", "the student"),
        _may("school_id", "the school; empty: the student's school on that date"),
        _need_date("date", "the date"),
        _need("code", "the district's own attendance code; codes.csv says what it means"),
        _may("period", "the class; empty: the whole day"),
        _may("portion", "share of the day: 1, 0.5; empty: what the code takes"),
        _may("minutes", "minutes missed, where the district counts them"),
        _may("reason", "the reason given"),
        _may_date("updated_at", "when the line was last changed, as 2024-09-03T08:15:00-06:00"),
    ),
)
_CODES = Shape(
    key="codes",
    says="One line per attendance code of the district: what it means.",
    columns=(
        _need("code", "the code, as in attendance.csv"),
        _need(
            "kind",
            "present, tardy, absent_excused, absent_unexcused, absent_unverified, "
            "activity_interscholastic, activity_school, suspension_out, suspension_in, "
            "remote_attended, not_enrolled or no_school",
        ),
        _may("portion", "share of the day it takes: 1, 0.5"),
        _may("school_id", "only in this school; empty: everywhere"),
        _may("school_year", "only in this year; empty: always"),
    ),
)
_SUBMISSIONS = Shape(
    key="submissions",
    says="One line per school: up to which day all attendance has been taken.",
    columns=(
        _need("school_id", "the school"),
        _need_date("through_date", "last day whose attendance is complete"),
    ),
)
_STAFF = Shape(
    key="staff",
    says="One line per person of the programme. Nobody can sign in before he is invited.",
    columns=(
        _need("login", "the name to sign in with"),
        _need("name", "name"),
        _need("role", "advisor, social_worker, caller, coordinator, clerk or administrator"),
        _may("school_ids", "the person's schools, with ; between them"),
    ),
)
_CONTACTS = Shape(
    key="contacts",
    says="One line per call, visit or letter from before Presente, attempts included.",
    columns=(
        _need("contact_id", "any number; the same number again is the same contact"),
        _need("student_id", "the student"),
        _need_date("occurred_at", "date and time, as 2024-09-03 17:40"),
        _need("by_login", "who did it, as in staff.csv"),
        _need("method", "phone_call, home_visit, letter_mail, sms, email, school_meeting, ..."),
        _need("outcome", "spoke_guardian, voicemail_left, no_answer, no_one_home_note_left, ..."),
        _may("role", "the person's role then; empty: the role now"),
        _may("direction", "outbound (we called; also when empty) or inbound"),
        _may("party", "who was reached: guardian, student, ...; empty: by the outcome"),
        _may("met", "who was met, in words"),
        _may("note", "note"),
        _may("school_id", "the school then; empty: the student's school on that day"),
    ),
)

SHAPES: Mapping[str, Shape] = {
    shape.key: shape
    for shape in (
        _SCHOOLS,
        _CALENDAR,
        _TERMS,
        _STUDENTS,
        _ENROLLMENTS,
        _GUARDIANS,
        _ATTENDANCE,
        _CODES,
        _SUBMISSIONS,
        _STAFF,
        _CONTACTS,
    )
}
"""Every table, by its key (the own file's name without ``.csv``)."""

_PEOPLE = (_STUDENTS, _ENROLLMENTS)
_ASKED = (
    *(_GUARDIANS, _CONTACTS, _ATTENDANCE, _STAFF, _CALENDAR, _TERMS),
    *(*_PEOPLE, _SUBMISSIONS, _CODES, _SCHOOLS),
)


_OF_OTHERS: Mapping[str, frozenset[str]] = {
    "schools": frozenset(
        {"student_id", "section_id", "class_id", "course_id", "teacher_id", "staff_id", "login"}
    ),
    "students": frozenset({"guardian_id", "parent_id", "contact_id", "relation", "relationship"}),
}
"""Columns by which a table is no such table: a class has a school and a name, and a list of
guardians has students and names, and neither is what its names would make of it."""


def loosely(name: str) -> str:
    """Return a column's name as ours are written: ``First Name`` is ``first_name``."""
    return "_".join(name.casefold().replace("_", " ").split())


def own_names(header: Sequence[str]) -> frozenset[str]:
    """Return a header in lower case; where it is one of ours, with what is nearly ours in it."""
    exact = frozenset(name.casefold() for name in header)
    return exact | frozenset(map(loosely, header)) if shapes_of(exact) else exact


def shapes_of(header: frozenset[str], *, school_year: str = "") -> tuple[Shape, ...]:
    """Return what a header (in lower case) says that its table is; nothing: none of ours.

    Students and their enrolments may share one table; everything else is one thing.
    ``school_year``: of tables that do not tell it.
    """
    if school_year:
        header |= {"school_year"}
    fitting = [shape for shape in _ASKED if shape.needed <= header and not _is_other(shape, header)]
    if fitting and fitting[0] in _PEOPLE:
        return tuple(shape for shape in _PEOPLE if shape in fitting)
    return tuple(fitting[:1])


def _is_other(shape: Shape, header: frozenset[str]) -> bool:
    return not header.isdisjoint(_OF_OTHERS.get(shape.key, ()))
