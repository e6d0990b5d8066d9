"""Understands rows of the tables in ``shapes``: each becomes the records it tells."""

from collections.abc import Callable, Iterator, Mapping

from schemas.attendance import AttendanceKind
from schemas.people import ContactPointKind, Role
from schemas.vocabulary import (
    OUTCOME_FACTS,
    OUTCOMES_BY_METHOD,
    Direction,
    Method,
    Outcome,
    Party,
)
from server.attendance.rules.calendar import school_year_of, units_of
from server.intake.columns import full_names, values, words
from server.intake.columns.cells import FULL_NAME, Cells
from server.intake.columns.full_names import FullName
from server.intake.records import (
    AddressRecord,
    CalendarRecord,
    CodeRecord,
    ContactRecord,
    GuardianRecord,
    PlaceRecord,
    PointRecord,
    Record,
    SchoolRecord,
    StaffRecord,
    StudentRecord,
    SubmissionRecord,
    TermRecord,
    TieRecord,
)
from server.intake.words.saying import why

MOST_MINUTES = 24 * 60
MOST_PERIODS = 24
_MOST_POSITION = 99
_MODES = ("daily", "period")
_TERMS = ("semester", "term", "grading_period")
_OF_STUDENTS = {
    **{field: [field, FULL_NAME] for field in ("middle_name", "suffix")},
    "preferred_name": ["preferred_name"],
    "birth_on": ["birth_date"],
}
_OF_DAYS = {"periods": ["periods"], "minutes": ["minutes"]}
_OF_GUARDIANS = {
    ContactPointKind.MOBILE: ["mobile_phone"],
    ContactPointKind.HOME: ["home_phone"],
    ContactPointKind.WORK: ["work_phone"],
    ContactPointKind.OTHER_PHONE: ["mobile_phone", "home_phone", "work_phone"],
    ContactPointKind.EMAIL: ["email"],
    "addresses": ["street"],
}
_OF_TIES = {
    **{field: [field] for field in ("relation", "is_primary", "is_emergency", "lives_with")},
    "restriction": ["restriction"],
    "position": ["position", "is_primary"],
}
"""What a record says, and the columns of which a table must have one to say it."""
_POINTS = (
    ("mobile_phone", "Mobile", ContactPointKind.MOBILE),
    ("home_phone", "Home", ContactPointKind.HOME),
    ("work_phone", "Work", ContactPointKind.WORK),
    ("email", "e-mail", ContactPointKind.EMAIL),
)


def _school(cells: Cells) -> Iterator[Record]:
    yield SchoolRecord(
        at=cells.at,
        code=cells.need("school_id"),
        name=cells.need("name"),
        level=cells.find("level"),
        mode=cells.one_of("mode", _MODES),  # type: ignore[arg-type]  # one of ``_MODES`` or empty
        periods_per_day=cells.find_whole("periods_per_day", MOST_PERIODS),
        minutes_per_day=cells.find_whole("minutes_per_day", MOST_MINUTES),
    )


def _calendar_day(cells: Cells) -> Iterator[Record]:
    kind = cells.need("event")
    if kind.casefold() not in words.INSTRUCTIONAL | words.NO_INSTRUCTION:
        raise cells.refuse("event", kind, why("day_kind_unknown"))
    yield CalendarRecord(
        at=cells.at,
        school_code=cells.need("school_id"),
        on_date=cells.need_date("date"),
        kind=kind,
        is_instructional=kind.casefold() in words.INSTRUCTIONAL,
        periods=cells.find_whole("periods", MOST_PERIODS),
        minutes=cells.find_whole("minutes", MOST_MINUTES),
        untold=cells.untold(_OF_DAYS),
    )


def _term(cells: Cells) -> Iterator[Record]:
    cells.need("kind")
    begin_on, end_on = cells.need_date("begin_date"), cells.need_date("end_date")
    if end_on < begin_on:
        raise cells.refuse("end_date", end_on.isoformat(), why("end_before_first"))
    yield TermRecord(
        at=cells.at,
        school_code=cells.find("school_id"),
        school_year=cells.need_school_year("school_year"),
        kind=cells.one_of("kind", _TERMS),  # type: ignore[arg-type]  # one of ``_TERMS``
        title=cells.find("title"),
        begin_on=begin_on,
        end_on=end_on,
    )


def _names(cells: Cells) -> FullName:
    """Return a person's names, of columns of their own or of one."""
    if cells.untold({FULL_NAME: [FULL_NAME]}):
        return FullName(
            first=cells.need("first_name"),
            middle=cells.find("middle_name"),
            last=cells.need("last_name"),
            suffix=cells.find("suffix"),
        )
    text = cells.need(FULL_NAME)
    names = full_names.parse(text)
    if names is None:
        raise cells.refuse(FULL_NAME, text, why("no_full_name"))
    return names


def _student(cells: Cells) -> Iterator[Record]:
    names = _names(cells)
    yield StudentRecord(
        at=cells.at,
        number=cells.need("student_id"),
        first_name=names.first,
        middle_name=names.middle,
        last_name=names.last,
        suffix=names.suffix,
        preferred_name=cells.find("preferred_name"),
        birth_on=cells.find_date("birth_date"),
        untold=cells.untold(_OF_STUDENTS),
    )


def _place(cells: Cells) -> Iterator[Record]:
    entry_on, exit_on = cells.find_date("entry_date"), cells.find_exit("exit_date")
    if entry_on is not None and exit_on is not None and exit_on < entry_on:
        if cells.find_date("exit_date") == entry_on:
            return  # left on the day of entry, where exits are the day after: never came
        raise cells.refuse(
            "exit_date", exit_on.isoformat(), why("exit_before_entry", entry=entry_on)
        )
    year = cells.find_school_year("school_year")
    if not year and entry_on is not None:
        year = school_year_of(entry_on)
    yield PlaceRecord(
        at=cells.at,
        number=cells.need("student_id"),
        school_code=cells.need("school_id"),
        school_year=year or cells.need_school_year("school_year"),
        grade=values.grade(cells.find("grade")),
        entry_on=entry_on,
        exit_on=exit_on,
        exit_reason=cells.find("exit_reason"),
        periods=cells.find_whole("periods", MOST_PERIODS),
    )


def _guardian(cells: Cells) -> Iterator[Record]:
    source_id, names = cells.need("guardian_id"), _names(cells)
    language = cells.find("language")
    yield GuardianRecord(
        at=cells.at,
        source_id=source_id,
        first_name=names.first,
        last_name=names.last,
        language=words.LANGUAGES.get(language.casefold(), language),
        needs_interpreter=cells.is_true("needs_interpreter"),
        points=[
            PointRecord(kind=kind, source_kind=source_kind, value=value, position=position)
            for position, (field, source_kind, kind) in enumerate(_POINTS)
            if (value := cells.find(field))
        ],
        addresses=_addresses(cells),
        untold=cells.untold(_OF_GUARDIANS),
    )
    is_primary = cells.is_true("is_primary")
    position = cells.find_whole("position", _MOST_POSITION)
    yield TieRecord(
        at=cells.at,
        number=cells.need("student_id"),
        source_id=source_id,
        relation=cells.find("relation"),
        is_primary=is_primary,
        is_emergency=cells.is_true("is_emergency"),
        lives_with=cells.is_true("lives_with"),
        restriction=cells.find("restriction"),
        position=int(not is_primary) if position is None else position,
        untold=cells.untold(_OF_TIES),
    )


def _addresses(cells: Cells) -> list[AddressRecord]:
    street = cells.find("street")
    if not street:
        return []
    return [
        AddressRecord(
            kind="Home",
            street=street,
            unit=cells.find("unit"),
            city=cells.find("city"),
            state=cells.find("state"),
            postal_code=cells.find("postal_code"),
        )
    ]


def _code(cells: Cells) -> Iterator[Record]:
    cells.need("kind")
    portion = cells.find("portion")
    units = units_of(portion) if portion else None
    if portion and units is None:
        raise cells.refuse("portion", portion, why("no_share"))
    yield CodeRecord(
        at=cells.at,
        code=cells.need("code"),
        kind=cells.one_of("kind", tuple(AttendanceKind)),
        units=units,
        school_code=cells.find("school_id"),
        school_year=cells.find_school_year("school_year"),
    )


def _submission(cells: Cells) -> Iterator[Record]:
    yield SubmissionRecord(
        at=cells.at,
        school_code=cells.need("school_id"),
        through_on=cells.need_date("through_date"),
    )


def _staff(cells: Cells) -> Iterator[Record]:
    cells.need("role")
    schools = (part.strip() for part in cells.find("school_ids").split(";"))
    yield StaffRecord(
        at=cells.at,
        login=cells.need("login"),
        name=cells.need("name"),
        role=cells.one_of("role", tuple(Role)),
        school_codes=[school for school in schools if school],
    )


def _contact(cells: Cells) -> Iterator[Record]:
    for field in ("method", "outcome"):
        cells.need(field)
    method = Method(cells.one_of("method", tuple(Method)))
    outcome = Outcome(cells.one_of("outcome", tuple(Outcome)))
    if outcome not in OUTCOMES_BY_METHOD[method]:
        allowed = ", ".join(OUTCOMES_BY_METHOD[method])
        raise cells.refuse(
            "outcome", outcome, why("outcome_impossible", method=method, allowed=allowed)
        )
    party = OUTCOME_FACTS[outcome].party or Party.NONE
    yield ContactRecord(
        at=cells.at,
        source_id=cells.need("contact_id"),
        number=cells.need("student_id"),
        school_code=cells.find("school_id"),
        occurred_at=cells.need_moment("occurred_at"),
        by_login=cells.need("by_login"),
        by_role=cells.one_of("role", tuple(Role)),
        method=method,
        direction=cells.one_of("direction", tuple(Direction), default=Direction.OUTBOUND),
        outcome=outcome,
        party=cells.one_of("party", tuple(Party), default=party),
        met=cells.find("met"),
        note=cells.find_note("note"),
    )


BUILDERS: Mapping[str, Callable[[Cells], Iterator[Record]]] = {
    "schools": _school,
    "calendar": _calendar_day,
    "terms": _term,
    "students": _student,
    "enrollments": _place,
    "guardians": _guardian,
    "codes": _code,
    "submissions": _submission,
    "staff": _staff,
    "contacts": _contact,
}
"""What a row of each table says; attendance has a way of its own (``lines``)."""
