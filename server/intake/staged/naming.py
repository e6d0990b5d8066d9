"""Settles what names in the files stand for before anything else looks at them.

School years that enrolments do not tell, and students whom a source system names by an identifier
of its own: who is known by that stays who he is, whatever number a later file gives him.
"""

from collections.abc import Mapping
from datetime import date

from server.attendance.rules.calendar import school_year_of
from server.db.database import Transaction
from server.intake import store
from server.intake.staged import years
from server.intake.staged.staging import Staging
from server.intake.store import enrollments, known


def name_years(tx: Transaction, space: Staging, *, today: date, school_year: str = "") -> None:
    """Give enrolments without a school year (Microsoft SDS v2 tells none) the one they are of.

    That of the entry, where one is told; else the one that was asked for, the newest of the files'
    own terms or calendars, or that of today, in this order. A delta's bare word that somebody
    belongs to a school is of the enrolment that is known there already, in its newest year; of
    somebody new, of the year that what is stored names (``years``), or it is kept back.
    """
    entries = space.values(
        "select distinct entry_on from place where school_year = '' and entry_on is not null"
    )
    space.run(
        "update place set school_year = ? where school_year = '' and entry_on = ?",
        [(school_year_of(date.fromisoformat(day)), day) for day in entries],
    )
    [term] = space.values("select max(school_year) from term")
    [day] = space.values("select max(on_date) from calendar")
    told = max(term or "", school_year_of(date.fromisoformat(day)) if day else "")
    if "place" in space.deltas and not school_year:
        _name_known_years(tx, space, told)
        if not told:
            years.place_new(tx, space, today=today)
    present = school_year or told or school_year_of(today)
    space.run("update place set school_year = ? where school_year = ''", [(present,)])


def _name_known_years(tx: Transaction, space: Staging, told: str) -> None:
    """Give enrolments without a year that of the known one; ``told``: of the files' own terms."""
    by_school: dict[str, list[str]] = {}
    for code, number in space.rows(
        "select distinct school_code, number from place where school_year = ''"
    ):
        by_school.setdefault(code, []).append(number)
    for code, numbers in by_school.items():
        newest = enrollments.newest_year_of_school(tx, code)
        if newest < told:
            continue  # the files begin a year that the school was not in yet
        here = enrollments.enrolled_ever(tx, code, newest, numbers)
        space.run(
            "update place set school_year = ? "
            "where school_year = '' and number = ? and school_code = ?",
            [(newest, number, code) for number in sorted(here)],
        )


def keep_numbers(tx: Transaction, space: Staging) -> dict[str, str]:
    """Call students by the number under which their source's identifier is known already.

    A number that two students share in one file and that stands alone in the next (a delta) would
    make somebody new of one of them. Returns the files' numbers with ours, where only one student
    can be meant by them.
    """
    told: dict[str, str] = dict(
        space.rows("select source_id, number from student where source_id not in ('', number)")
    )
    if not told:
        return {}
    ours = known.source_keys(tx, "student", told)
    ours = {id_: number for id_, number in ours.items() if number != told[id_]}
    ours |= _known_by_id(tx, space, set(told) - set(ours))
    stored = known.names_known(tx, "student", set(ours.values()))
    ours = {id_: number for id_, number in ours.items() if number in stored}
    if not ours:
        return {}
    others = known.names_known(tx, "student", {told[id_] for id_ in ours})
    renamed = [(number, told[id_], id_) for id_, number in ours.items()]
    for new, old, id_ in renamed:
        space.run("update student set number = ? where source_id = ?", [(new, id_)])
        for table in ("place", "tie", "contact"):
            space.run(f"update {table} set number = ? where number = ?", [(new, old)])
    return {old: new for new, old, _ in renamed if old not in others}


def _known_by_id(tx: Transaction, space: Staging, ids: set[str]) -> Mapping[str, str]:
    """Return who is stored under the source's identifier itself, by the same name.

    The name must agree: one system's identifier may be another student's number.
    """
    rows = store.students_by_number(tx, known.names_known(tx, "student", ids))
    names = {
        id_: (first.casefold(), last.casefold())
        for id_, first, last in space.rows("select source_id, first_name, last_name from student")
        if id_ in rows
    }
    return {
        id_: id_
        for id_, row in rows.items()
        if names[id_] == (row.first_name.casefold(), row.last_name.casefold())
    }
