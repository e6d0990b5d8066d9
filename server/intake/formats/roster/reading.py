"""Lines that OneRoster and School Data Sync write alike: schools, sessions, dates of birth."""

from collections.abc import Collection
from datetime import date, timedelta

from server.intake.columns import values
from server.intake.formats.roster.lines import Line, Refused
from server.intake.formats.roster.people import is_gone
from server.intake.formats.roster.sessions import Session
from server.intake.formats.roster.state import State
from server.intake.records import SchoolRecord
from server.intake.words.saying import why


def school_of(state: State, line: Line, source_id: str, *, grades: Collection[str]) -> SchoolRecord:
    """Return a school. Its level is what its name says, else what its students' grades say."""
    name = line.need("name")
    return SchoolRecord(
        at=line.origin,
        code=state.school_code(source_id),
        name=name,
        level=values.level_of_name(name) or values.level_of_grades(set(grades)),
        source_id=source_id,
        source_at=line.changed_at(),
        is_deleted=is_gone(line),
    )


def session_of(line: Line, *, from_end: timedelta) -> Session:
    """Return a session. ``from_end``: from the end that is written to the first day after it."""
    line.refuse_formulas("title")
    begin_on, end_on = line.day("startdate"), line.day("enddate")
    if begin_on is None or end_on is None or begin_on >= end_on:
        field = "enddate" if begin_on else "startdate"
        raise line.refuse(field, line.text(field), why("session_dates"))
    return Session(
        id=line.need("sourcedid"),
        kind=line.word("type"),
        title=line.text("title"),
        begin_on=begin_on,
        end_on=end_on + from_end,
        parent_id=line.text("parentsourcedid"),
    )


def births_of(state: State, kind: str, *, key: str) -> dict[str, date]:
    """Return when people were born, by the source's own ids."""
    found: dict[str, date] = {}
    for line in state.lines(kind, "Demographics", key=key):
        try:
            birth_on = line.day("birthdate")
        except Refused as refused:
            state.refuse(refused)
            continue
        if birth_on is not None:
            found[line.text("usersourcedid", "sourcedid")] = birth_on
    return found
